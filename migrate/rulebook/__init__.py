"""Rules as data: their shape, how they are read and checked, and how their own examples are run."""

from migrate.rulebook.loader import Rulebook, RuleError, RulesInvalid, load

__all__ = ["RuleError", "Rulebook", "RulesInvalid", "load"]
