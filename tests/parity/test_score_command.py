from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from migrate.parity.exchange import Chunk, Exchange, Json, Reply, Request
from tests.parity.material import FOLDER, exchanges
from tests.parity.program import run, serving

TGI = str(FOLDER / "tgi-parity.jsonl.gz")


def said(path: str, answer: Json) -> Exchange:
    return Exchange(path, Request("GET", path), Reply(200, (Chunk(1.0, json.dumps(answer)),)))


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
        code, out, _ = run("score", TGI, url, "--report", f"json={report}", *option)
    assert code == expected
    assert out.startswith("INCONCLUSIVE: score: no answer could be scored")
    assert json.loads(report.read_text())["outcome"] == "inconclusive"


def test_the_real_tgi_scored_by_the_real_vllm() -> None:
    """What vLLM 0.32.0 said about the tokens of TGI 3.3.7, played back."""
    scores = [item for item in exchanges("vllm-scores") if item.run == "tgi"]
    with serving(*VLLM, *scores) as url:
        code, out, _ = run("score", TGI, url)
    assert code == 0
    assert "0 of 30 answers hold a token that lacks more than " in out
    assert "2 answers could not be scored" in out
