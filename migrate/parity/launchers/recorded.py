"""A recording as an engine: served on a free port in this process, at once or with its timing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from migrate.parity.launchers import Progress
from migrate.parity.recording import Recording
from migrate.parity.replay import Replay, serve


@dataclass(frozen=True, slots=True)
class Recorded:
    """The recording, and how fast it answers: 1 keeps the recorded times, 0 answers at once."""

    recording: Recording
    speed: float = 0.0

    @property
    def words(self) -> tuple[str, ...]:
        return self.recording.engine.arguments

    def start(self, log: Path, ready_within_s: float, progress: Progress) -> AbstractAsyncContextManager[str]:
        return self._serving()

    @asynccontextmanager
    async def _serving(self) -> AsyncIterator[str]:
        """
        Raises:
            RecordingError: it cannot be read.
        """
        server = await serve(Replay.of(self.recording, self.speed, self.recording.engine), "127.0.0.1", 0)
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            server.close()  # an answer that nobody waits for any more is none to wait for here
