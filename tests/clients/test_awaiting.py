"""Calls of asynchronous clients: streams that must be awaited, answers that are awaited somewhere else."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

TG = 'from text_generation import AsyncClient\n\nclient = AsyncClient("http://tgi")\n\n\n'
OPEN = "client.generate_stream(p, max_new_tokens=5)"
NEW = 'client.completions.create(model="", prompt=p, max_tokens=5, temperature=0, stream=True)'
HUB = 'import asyncio\n\nfrom huggingface_hub import AsyncInferenceClient\n\nclient = AsyncInferenceClient("http://tgi")\n\n\n'
ASK = "client.text_generation(p, max_new_tokens=5, return_full_text=False)"
ASKED = 'client.completions.create(model="", prompt=p, max_tokens=5, temperature=0)'
HELPER = "\n\nasync def completion_text(request):\n    return (await request).choices[0].text\n\n\nclient = "


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            f"async def run(p):\n    async for e in {OPEN}:\n        print(e.token.text)\n",
            f"async def run(p):\n    async for e in await {NEW}:\n        print(e.choices[0].text)\n",
        ),
        (
            f"def opened(p):\n    return {OPEN}\n\n\nasync def run(p):\n    async for e in opened(p):\n        print(e.token.text)\n",
            f"def opened(p):\n    return {NEW}\n\n\nasync def run(p):\n    async for e in await opened(p):\n        print(e.choices[0].text)\n",
        ),
        (
            f"async def opened(p):\n    return {OPEN}\n\n\nasync def run(p):\n    async for e in await opened(p):\n        print(e.token.text)\n",
            f"async def opened(p):\n    return await {NEW}\n\n\nasync def run(p):\n    async for e in await opened(p):\n        print(e.choices[0].text)\n",
        ),
        (
            f"async def run(p):\n    return [e.token.text async for e in {OPEN}]\n",
            f"async def run(p):\n    return [e.choices[0].text async for e in await {NEW}]\n",
        ),
    ],
    ids=["loop", "plain-function", "function-that-waits", "comprehension"],
)
def test_stream(before: str, after: str, moved: Callable[..., Any]) -> None:
    assert moved(TG + before).main.endswith(after)


@pytest.mark.parametrize(
    "text",
    [
        f"opened = lambda p: {OPEN}\n\n\nasync def run(p):\n    async for e in opened(p):\n        print(e.token.text)\n",
        f"def opened(p):\n    stream = {OPEN}\n    return stream\n\n\nasync def run(p):\n    async for e in opened(p):\n        print(e.token.text)\n",
        f"def opened(p):\n    return {OPEN}\n\n\nmake = opened\n\n\nasync def run(p):\n    async for e in opened(p):\n        print(e.token.text)\n",
    ],
    ids=["lambda", "named", "handed-on"],
)
def test_stream_that_nobody_can_await(text: str, moved: Callable[..., Any]) -> None:
    done = moved(TG + text)
    assert done.main == TG + text
    assert "make this function async" in done.says("manual")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"texts = asyncio.gather(*[{ASK} for p in 'ab'])\n", f"texts = asyncio.gather(*[completion_text({ASKED}) for p in 'ab'])\n"),
        (f"def ask(p):\n    return {ASK}\n", f"def ask(p):\n    return completion_text({ASKED})\n"),
        (f"async def ask(p):\n    return await asyncio.wait_for({ASK}, 5)\n", f"async def ask(p):\n    return await asyncio.wait_for(completion_text({ASKED}), 5)\n"),
    ],
    ids=["gather", "returned", "limited"],
)  # fmt: skip
def test_text_that_is_awaited_later(before: str, after: str, moved: Callable[..., Any]) -> None:
    done = moved(HUB + before).main
    assert HELPER in done
    assert done.endswith(after)


def test_pieces_that_are_awaited_later(moved: Callable[..., Any]) -> None:
    text = f"{HUB}async def run(p):\n    asked = {ASK[:-1]}, stream=True)\n    async for piece in await asked:\n        print(piece)\n"
    done = moved(text).main
    assert (
        "async def completion_pieces(request):\n    return (chunk.choices[0].text async for chunk in await request)\n"
        in done
    )
    assert "asked = completion_pieces(client.completions.create(" in done


def test_name_that_is_taken(moved: Callable[..., Any]) -> None:
    text = f"{HUB}completion_text = 1\nx = asyncio.gather(*[{ASK} for p in 'ab'])\n"
    assert "async def completion_text_(request):" in moved(text).main


def test_two_clients_share_the_function(moved: Callable[..., Any]) -> None:
    second = HUB.replace("\n\n\n", '\nother = AsyncInferenceClient("http://tgi")\n\n\n')
    text = f"{second}x = asyncio.gather(*[{ASK} for p in 'ab'])\ny = asyncio.gather(*[other{ASK[6:]} for p in 'ab'])\n"
    assert moved(text).main.count("async def completion_text(") == 1


def test_no_place_for_the_function(moved: Callable[..., Any]) -> None:
    text = f"def run(asyncio):\n    from huggingface_hub import AsyncInferenceClient\n    client = AsyncInferenceClient('http://tgi')\n    return asyncio.gather(*[{ASK} for p in 'ab'])\n"
    done = moved(text)
    assert done.main == text
    assert "await it here" in done.says("manual")


def test_answers_beside_exceptions(moved: Callable[..., Any]) -> None:
    text = f"{HUB}async def run(p):\n    all = await asyncio.gather(*[{ASK[:-1]}, details=True) for p in 'ab'], return_exceptions=True)\n    return [one.generated_text for one in all if not isinstance(one, Exception)]\n"
    assert "[one.choices[0].text for one in all if not isinstance(one, Exception)]" in moved(text).main
