"""The event loop of the load path: uvloop's where it is installed, it costs half the time of asyncio's own."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from importlib.util import find_spec
from typing import TypeVar

T = TypeVar("T")


def fast_runner() -> asyncio.Runner:
    """A runner with the fastest loop there is."""
    if find_spec("uvloop") is None:
        return asyncio.Runner()
    import uvloop

    return asyncio.Runner(loop_factory=uvloop.new_event_loop)


def run_fast(main: Coroutine[None, None, T]) -> T:
    """Run in a loop of its own; not for a thread that runs one already."""
    with fast_runner() as runner:
        return runner.run(main)
