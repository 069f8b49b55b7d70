"""One request over HTTP, and what came back with its times."""

from __future__ import annotations

import asyncio
import time
from typing import TypedDict

import httpx

from migrate.parity.exchange import Chunk, Json, Reply, Request


class _Body(TypedDict, total=False):
    json: Json
    content: str


TOO_LONG = "no whole answer"
# Far more than a model's longest answer: what sends more does not end by itself.
MOST_BYTES = 64 * 1024 * 1024


async def send(
    client: httpx.AsyncClient, asked: Request, within_s: float | None = None, *, events: int | None = None
) -> Reply:
    """A request and what came back, chunk by chunk; an engine that goes away, takes longer than `within_s` or does not
    end gives a reply with a failure. The client hangs up by itself after `events` chunks."""
    start = time.monotonic()
    chunks: list[Chunk] = []
    status, headers = 0, dict[str, str]()
    failure = ""
    size = 0
    body: _Body = {"json": asked.body} if asked.text is None else {"content": asked.text}
    try:
        async with (
            asyncio.timeout(within_s),
            client.stream(asked.method, asked.path, **body, headers=dict(asked.headers)) as response,
        ):
            status, headers = response.status_code, dict(response.headers)
            async for data in response.aiter_bytes():
                chunks.append(Chunk(_since(start), data.decode("utf-8", "surrogateescape")))
                if len(chunks) == events:
                    break
                if (size := size + len(data)) > MOST_BYTES:
                    failure = f"no end after {MOST_BYTES} bytes"
                    break
    except (TimeoutError, httpx.TimeoutException):
        failure = f"{TOO_LONG} in {time.monotonic() - start:.0f} s"
    except httpx.HTTPError as error:
        failure = f"{type(error).__name__}: {error}".rstrip(": ")
    return Reply(status, tuple(chunks), headers, _since(start), failure)


def _since(start: float) -> float:
    return round((time.monotonic() - start) * 1000, 3)
