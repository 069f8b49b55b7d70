"""How an engine comes to be there: each launcher gives the URL of a healthy engine and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol

Progress = Callable[[str], None]


class EngineTrouble(ConnectionError):
    """An engine that did not start, or not in time; the message holds the end of its log."""


class UnusableEngine(ValueError):
    """An engine that cannot be started as it is named: the message says what is missing."""


class Launcher(Protocol):
    """One engine, and how to start it."""

    @property
    def words(self) -> tuple[str, ...]:
        """The command line that starts it, none where it is there already; a recording keeps it."""
        ...

    def start(self, log: Path, ready_within_s: float, progress: Progress) -> AbstractAsyncContextManager[str]:
        """The URL of the engine while it is up and healthy; however the block is left, nothing stays behind.

        `log` gets what it says, `ready_within_s` is how long it may take to be healthy.

        Raises:
            EngineTrouble: it did not start, ended, or was not healthy in time.
        """
        ...
