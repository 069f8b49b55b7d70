"""What engines are asked: a built-in suite, prompts from a file, or captured traffic."""

from migrate.parity.prompts.files import load
from migrate.parity.prompts.prompt import Prompt, PromptError
from migrate.parity.prompts.suite import SUITE

__all__ = ["SUITE", "Prompt", "PromptError", "load"]
