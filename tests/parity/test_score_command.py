from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from migrate.parity.commands import parity
from migrate.parity.exchange import Chunk, Exchange, Json, Reply, Request
from migrate.parity.replay import Replay, serve
from tests.parity.material import FOLDER, exchanges

TGI = str(FOLDER / "tgi-parity.jsonl.gz")


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(parity, list(arguments))
    return result.exit_code, result.stdout, result.stderr


def said(path: str, answer: Json) -> Exchange:
    return Exchange(path, Request("GET", path), Reply(200, (Chunk(1.0, json.dumps(answer)),)))


@contextmanager
def serving(*items: Exchange) -> Iterator[str]:
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(serve(Replay.of(items), "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    loop.call_soon_threadsafe(server.close)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


VLLM = said("/v1/models", {"data": [{"id": "tgi"}]}), said("/version", {"version": "0.32.0"})


def test_tgi_takes_no_token_ids() -> None:
    with serving(said("/info", {"model_id": "m", "version": "3.3.7"})) as url:
        code, out, err = run("score", TGI, url)
    assert (code, out) == (2, "")
    assert err == "error: tgi takes no token ids: score against vllm or sglang, or compare instead\n"


def test_nor_does_an_engine_that_is_not_known() -> None:
    with serving(said("/v1/models", {"data": [{"id": "m"}]})) as url:
        code, _, err = run("score", TGI, url)
    assert code == 2
    assert "openai takes no token ids: score against vllm or sglang" in err


def test_no_recording_and_no_engine(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert run("score", str(tmp_path / "none.jsonl"), f"http://127.0.0.1:{port}")[0] == 3
    assert run("score", TGI, f"http://127.0.0.1:{port}")[0] == 4


@pytest.mark.parametrize(("option", "expected"), [((), 1), (("--allow-inconclusive",), 0)])
def test_an_engine_that_scores_nothing(tmp_path: Path, option: tuple[str, ...], expected: int) -> None:
    report = tmp_path / "report.json"
    with serving(*VLLM) as url:
        code, out, err = run("score", TGI, url, "--format", "json", "--output", str(report), *option)
    assert (code, out) == (expected, "")
    assert err.splitlines()[-1].startswith("INCONCLUSIVE: score: no answer could be scored")
    assert json.loads(report.read_text())["outcome"] == "inconclusive"


def test_the_real_tgi_scored_by_the_real_vllm() -> None:
    """What vLLM 0.32.0 said about the tokens of TGI 3.3.7, played back."""
    scores = [item for item in exchanges("vllm-scores") if item.run == "tgi"]
    with serving(*VLLM, *scores) as url:
        code, out, _ = run("score", TGI, url)
    assert code == 0
    assert "0 of 30 answers hold a token that lacks more than " in out
    assert "2 answers could not be scored" in out
