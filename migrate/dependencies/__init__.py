"""The files in which a project names the packages it needs."""

from migrate.dependencies.follow import Need, follow
from migrate.dependencies.packages import follow_packages

__all__ = ["Need", "follow", "follow_packages"]
