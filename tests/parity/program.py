"""`migrate parity` in this process, and a recording served beside it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from typer.testing import CliRunner

from migrate.parity.commands import parity
from migrate.parity.exchange import Exchange
from migrate.parity.replay import Replay, serve


def run(*arguments: str) -> tuple[int, str, str]:
    """The exit code, what went to standard output, and what to standard error."""
    result = CliRunner().invoke(parity, list(arguments))
    return result.exit_code, result.stdout, result.stderr


def only(prompts: str) -> tuple[str, ...]:
    """Only these prompts."""
    return "--no-probes", "--prompts", prompts


def alive(pid: int) -> bool:
    """Whether a process runs; one that ended and that nobody waits for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@contextmanager
def serving(*exchanges: Exchange) -> Iterator[str]:
    """The URL of an engine that answers as these exchanges do."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(serve(Replay.of(exchanges), "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
