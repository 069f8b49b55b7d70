"""What engines are asked: a built-in suite, or prompts from a file."""

from migrate.parity.prompts.lines import load
from migrate.parity.prompts.prompt import Prompt, PromptError
from migrate.parity.prompts.suite import SUITE

__all__ = ["SUITE", "Prompt", "PromptError", "load"]
