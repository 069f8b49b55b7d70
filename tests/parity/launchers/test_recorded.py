from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from migrate.parity.asking import Protocol
from migrate.parity.exchange import Engine
from migrate.parity.launchers.recorded import Recorded
from migrate.parity.launchers.url import Url
from migrate.parity.record import identify
from migrate.parity.recording import Recording, Writer


def recording(tmp_path: Path, engine: Engine) -> Recording:
    path = tmp_path / "a.jsonl"
    with Writer(path, engine):
        pass
    return Recording.open(path)


async def who(launcher: Recorded | Url, log: Path) -> tuple[Engine, Protocol]:
    async with launcher.start(log, 1, print) as url, httpx.AsyncClient(base_url=url) as client:
        return await identify(client)


@pytest.mark.parametrize(
    ("engine", "protocol"),
    [
        (Engine("tgi", "3.3.7", "m"), Protocol.TGI),
        (Engine("vllm", "0.32.0", "m"), Protocol.OPENAI),
        (Engine("openai", "", "m"), Protocol.OPENAI),
    ],
)
def test_a_recording_says_which_engine_it_is(tmp_path: Path, engine: Engine, protocol: Protocol) -> None:
    launcher = Recorded(recording(tmp_path, engine))
    assert asyncio.run(who(launcher, tmp_path / "log")) == (engine, protocol)
    assert not (tmp_path / "log").exists()


def test_its_words_are_those_of_the_engine(tmp_path: Path) -> None:
    assert Recorded(recording(tmp_path, Engine("vllm", arguments=("serve", "m")))).words == ("serve", "m")


def test_a_url_is_left_as_it_is(tmp_path: Path) -> None:
    async def use() -> str:
        async with Url("http://engine:8080").start(tmp_path / "log", 1, print) as url:
            return url

    assert asyncio.run(use()) == "http://engine:8080"
    assert Url("http://engine").words == ()
