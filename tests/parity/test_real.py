"""The real vLLM, started by the process launcher, against the recording of the real TGI with the same model."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import httpx
import pytest

from migrate.parity.comparison import compare_engines
from migrate.parity.evidence import Outcome
from migrate.parity.launchers.process import running
from migrate.parity.prompts import Prompt
from migrate.parity.protocols.shape import items, text
from migrate.parity.record import Pass, identify, record_engine
from migrate.parity.recording import Recording, Writer
from tests.parity.material import FOLDER, exchanges

RUN = "one-at-a-time-1"
OPTIONS = "--max-model-len 2048 --enforce-eager --dtype bfloat16 --generation-config vllm --host 127.0.0.1"
ENVIRONMENT = {"VLLM_TARGET_DEVICE": "cpu", "VLLM_CPU_KVCACHE_SPACE": "1", "VLLM_NO_USAGE_STATS": "1"}


def prompts() -> list[Prompt]:
    """What TGI was asked."""
    found = []
    for item in exchanges("tgi-parity"):
        said = tuple((text(each, "role"), text(each, "content")) for each in items(item.request.body, "messages"))
        if item.run == RUN:
            found.append(Prompt(item.id, text(item.request.body, "inputs"), said))
    return found


async def record(command: str, path: Path) -> int:
    async with (
        running(command, path.with_suffix(".log"), 600, print) as url,
        httpx.AsyncClient(base_url=url, timeout=300) as client,
    ):
        engine, protocol = await identify(client)
        with Writer(path, engine) as writer:
            return await record_engine(client, writer, prompts(), protocol, print, [Pass("one", 1)])


@pytest.mark.slow
def test_vllm_passes_against_the_recorded_tgi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python, model = os.environ.get("MIGRATE_VLLM_PYTHON"), os.environ.get("MIGRATE_MODEL")
    if not python or not model:
        pytest.skip("MIGRATE_VLLM_PYTHON and MIGRATE_MODEL are not set: see CONTRIBUTING.md")
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    path = tmp_path / "vllm.jsonl"
    program = Path(python).with_name("vllm")
    assert asyncio.run(record(f"{program} serve {model} --served-model-name tgi --port {{port}} {OPTIONS}", path)) == 0
    tgi, vllm = Recording.open(FOLDER / "tgi-parity.jsonl.gz"), Recording.open(path)
    compared = compare_engines((tgi.engine, tgi), (vllm.engine, vllm))
    assert (compared.second.name, compared.prompts) == ("vllm", 32)
    assert compared.verdict.outcome is Outcome.PASS, compared.verdict.line
