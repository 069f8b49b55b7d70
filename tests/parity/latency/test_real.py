"""The real vLLM under load, held against itself."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from migrate.parity.evidence import Outcome
from migrate.parity.latency.arrivals import parse_load
from migrate.parity.latency.measuring import measure_both
from migrate.parity.latency.plan import Plan
from migrate.parity.latency.samples import Latency
from migrate.parity.latency.stage import latency_stage
from migrate.parity.launchers.process import running
from migrate.parity.prompts import Prompt

OPTIONS = "--max-model-len 2048 --enforce-eager --dtype bfloat16 --generation-config vllm --host 127.0.0.1"
ENVIRONMENT = {"VLLM_TARGET_DEVICE": "cpu", "VLLM_CPU_KVCACHE_SPACE": "1", "VLLM_NO_USAGE_STATS": "1"}
PROMPTS = (
    Prompt("raw", "The capital of France is", max_tokens=12),
    Prompt("chat", messages=(("user", "Say hello."),), max_tokens=12),
)


async def against_itself(command: str, log: Path) -> Latency:
    plan = Plan(parse_load("closed:2"), blocks=8, patience_s=120)
    async with running(command, log, 600, print) as url:
        return await measure_both(url, url, PROMPTS, plan, print)


@pytest.mark.slow
def test_vllm_is_not_slower_than_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python, model = os.environ.get("MIGRATE_VLLM_PYTHON"), os.environ.get("MIGRATE_MODEL")
    if not python or not model:
        pytest.skip("MIGRATE_VLLM_PYTHON and MIGRATE_MODEL are not set: see CONTRIBUTING.md")
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    command = f"{Path(python).with_name('vllm')} serve {model} --served-model-name m --port {{port}} {OPTIONS}"
    latency = asyncio.run(against_itself(command, tmp_path / "log"))
    assert (latency.requests, latency.failed, latency.limited) == ((16, 16), (0, 0), "")
    assert latency_stage(latency).outcome is not Outcome.FAIL
    for sample in (*latency.first, *latency.second):
        assert 1 <= len(sample.token_s) <= sample.tokens <= 12
        assert sample.prompt_tokens > 0
        assert sample.sent_s < sample.token_s[0] <= sample.token_s[-1] <= (sample.ended_s or 0)
    assert any("its own metrics: " in note and "KV cache in use" in note for note in latency.notes)
