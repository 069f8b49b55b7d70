"""The files in which a Python project names the packages it needs."""

from migrate.dependencies.follow import Need, follow

__all__ = ["Need", "follow"]
