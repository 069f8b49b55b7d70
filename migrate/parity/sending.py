"""One request over HTTP, and what came back with its times."""

from __future__ import annotations

import time
from typing import TypedDict

import httpx

from migrate.parity.exchange import Chunk, Json, Reply, Request


class _Body(TypedDict, total=False):
    json: Json
    content: str


async def send(
    client: httpx.AsyncClient, asked: Request, *, events: int | None = None, patience_s: float | None = None
) -> Reply:
    """A request and what came back, chunk by chunk; an engine that goes away gives a reply with a failure.

    The client hangs up after `events` chunks, and gives up where nothing comes for `patience_s`.
    """
    start = time.monotonic()
    chunks: list[Chunk] = []
    keep = chunks.append
    status, headers = 0, dict[str, str]()
    failure = ""
    timeout = client.timeout if patience_s is None else httpx.Timeout(patience_s)
    try:
        body: _Body = {"json": asked.body} if asked.text is None else {"content": asked.text}
        async with client.stream(
            asked.method, asked.path, **body, headers=dict(asked.headers), timeout=timeout
        ) as response:
            status, headers = response.status_code, dict(response.headers)
            async for data in response.aiter_bytes():
                keep(Chunk(_since(start), data.decode("utf-8", "surrogateescape")))
                if events is not None and len(chunks) >= events:
                    break
    except httpx.HTTPError as error:
        failure = f"{type(error).__name__}: {error}".rstrip(": ")
    return Reply(status, tuple(chunks), headers, _since(start), failure)


def _since(start: float) -> float:
    return round((time.monotonic() - start) * 1000, 3)
