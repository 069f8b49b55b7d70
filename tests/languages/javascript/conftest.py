"""A script in memory is read and edited, as for the other clients."""

from tests.clients.conftest import moved

__all__ = ["moved"]
