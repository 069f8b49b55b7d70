"""Rules as data: their shape, how they are read and checked, how their examples are run, and how they are explained."""

from migrate.rulebook.loader import Rulebook, RulesInvalid, load

__all__ = ["Rulebook", "RulesInvalid", "load"]
