"""An engine as a local command: started, waited for until it is healthy, stopped with all it started."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from migrate.parity.launchers import EngineTrouble, Progress
from migrate.parity.launchers.health import healthy
from migrate.parity.launchers.logs import clean, fresh

# How long a stopped engine may take to finish its requests (TGI waits 90 s for them).
GRACE_S = 20.0


@dataclass(frozen=True, slots=True)
class Process:
    """A command line; `{port}` in it is replaced by a free port."""

    command: str

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(shlex.split(self.command))

    def start(self, log: Path, ready_within_s: float, progress: Progress) -> AbstractAsyncContextManager[str]:
        return running(self.command, log, ready_within_s, progress)


def free_port() -> int:
    """A port that nothing listens on at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@asynccontextmanager
async def running(command: str, log: Path, ready_within_s: float, progress: Progress) -> AsyncIterator[str]:
    """The URL of an engine that is healthy; `{port}` in the command is replaced by a free port.

    Its output goes to `log`, out of which secrets are taken once it has ended. However the block is left, no process of
    the command's group stays behind.

    Raises:
        EngineTrouble: no such program, it ended, or it was not healthy in time.
    """
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    arguments = shlex.split(command.replace("{port}", str(port)))
    with fresh(log) as output:
        try:
            process = await asyncio.create_subprocess_exec(
                *arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            raise EngineTrouble(f"{command}: {getattr(error, 'strerror', None) or error}") from error

        async def ended() -> str:
            return "" if process.returncode is None else str(process.returncode)

        try:
            await healthy(url, ended, log, ready_within_s, progress)
            yield url
        finally:
            await _stop(process)
            clean(log)


async def _stop(process: asyncio.subprocess.Process) -> None:
    """Ask the whole group to end, then make it."""
    _signal(process, signal.SIGTERM)
    try:
        async with asyncio.timeout(GRACE_S):
            await process.wait()
    except TimeoutError:
        pass
    finally:
        _signal(process, signal.SIGKILL)
        await process.wait()


def _signal(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    """The group outlives its first process where that left children behind."""
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return
