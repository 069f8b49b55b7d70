"""Waiting for an engine that was started: until it is healthy, has ended, or takes too long."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx

from migrate.parity.launchers import EngineTrouble, Progress
from migrate.parity.launchers.logs import tail

# How often /health is asked, and how long one answer may take.
POLL_S, ANSWER_S = 0.25, 1.0
TOLD_EVERY_S = 10.0


async def healthy(
    url: str, ended: Callable[[], Awaitable[str]], log: Path, ready_within_s: float, progress: Progress
) -> None:
    """Wait until `/health` answers with success; `ended` says how the engine ended, or nothing while it runs.

    Raises:
        EngineTrouble: it ended, or is not healthy in time; the message has the end of the log.
    """
    start = told = time.monotonic()
    progress(f"waiting for {url}/health")
    async with httpx.AsyncClient(timeout=ANSWER_S) as client:
        while not await _answers(client, url):
            if how := await ended():
                raise EngineTrouble(f"the engine ended with {how}; {tail(log)}")
            now = time.monotonic()
            if now - start >= ready_within_s:
                raise EngineTrouble(f"the engine is not healthy after {ready_within_s:g} s; {tail(log)}")
            if now - told >= TOLD_EVERY_S:
                told = now
                progress(f"waiting for {url}/health: {now - start:.0f} s")
            await asyncio.sleep(POLL_S)


async def _answers(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(f"{url}/health")).is_success
    except httpx.HTTPError:
        return False
