"""An engine as a local command: started, waited for until it is healthy, stopped with all it started."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

# How often /health is asked, how long a stopped engine may take to finish its requests (TGI waits 90 s for them).
POLL_S, GRACE_S = 0.25, 20.0
TOLD_EVERY_S = 10.0
LOG_LINES = 15


class EngineTrouble(ConnectionError):
    """An engine that did not start, or not in time; the message holds the end of its log."""


def free_port() -> int:
    """A port that nothing listens on at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@asynccontextmanager
async def running(
    command: str, log: Path, ready_within_s: float, progress: Callable[[str], None]
) -> AsyncIterator[str]:
    """The URL of an engine that is healthy; `{port}` in the command is replaced by a free port.

    Its output goes to `log`. However the block is left, no process of the command's group stays behind.

    Raises:
        EngineTrouble: no such program, it ended, or it was not healthy in time.
    """
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    arguments = shlex.split(command.replace("{port}", str(port)))
    with log.open("wb") as output:
        try:
            process = await asyncio.create_subprocess_exec(
                *arguments, stdout=output, stderr=asyncio.subprocess.STDOUT, start_new_session=True
            )
        except (OSError, ValueError) as error:
            raise EngineTrouble(f"{command}: {error}") from error
        try:
            await _healthy(url, process, log, ready_within_s, progress)
            yield url
        finally:
            await _stop(process)


async def _healthy(
    url: str, process: asyncio.subprocess.Process, log: Path, ready_within_s: float, progress: Callable[[str], None]
) -> None:
    waited = 0.0
    progress(f"waiting for {url}/health")
    async with httpx.AsyncClient(timeout=POLL_S * 4) as client:
        while not await _answers(client, url):
            if process.returncode is not None:
                raise EngineTrouble(f"the engine ended with {process.returncode}; {_tail(log)}")
            if waited >= ready_within_s:
                raise EngineTrouble(f"the engine is not healthy after {ready_within_s:g} s; {_tail(log)}")
            await asyncio.sleep(POLL_S)
            waited += POLL_S
            if waited % TOLD_EVERY_S == 0:
                progress(f"waiting for {url}/health: {waited:g} s")


async def _answers(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(f"{url}/health")).is_success
    except httpx.HTTPError:
        return False


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


def _tail(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_LINES:]
    return "\n".join([f"its log ends with ({log}):", *lines]) if lines else f"it wrote nothing to its log ({log})"
