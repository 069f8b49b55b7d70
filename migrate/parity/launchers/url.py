"""An engine that runs already: nothing is started, nothing is stopped."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from migrate.parity.launchers import Progress


@dataclass(frozen=True, slots=True)
class Url:
    """Where it listens."""

    url: str

    @property
    def words(self) -> tuple[str, ...]:
        return ()

    def start(self, log: Path, ready_within_s: float, progress: Progress) -> AbstractAsyncContextManager[str]:
        return self._there()

    @asynccontextmanager
    async def _there(self) -> AsyncIterator[str]:
        yield self.url
