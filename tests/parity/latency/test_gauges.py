from __future__ import annotations

import asyncio

import pytest

from migrate.parity.latency import gauges
from migrate.parity.latency.connection import Raw
from migrate.parity.latency.gauges import read_page, told, watching
from migrate.parity.latency.pool import Pool
from migrate.parity.latency.wire import Target
from tests.parity.latency.engine import FakeEngine, serving
from tests.parity.latency.streams import arrived

VLLM = """\
# HELP vllm:num_requests_waiting Number of requests waiting to be processed.
# TYPE vllm:num_requests_waiting gauge
vllm:num_requests_waiting{engine="0",model_name="a } b"} 3.0
vllm:num_requests_waiting{engine="1",model_name="a } b"} 4.0
vllm:num_requests_waiting_by_reason{engine="0",reason="capacity"} 9.0
vllm:kv_cache_usage_perc{engine="0"} 0.25
vllm:kv_cache_usage_perc{engine="1"} 0.5
vllm:num_preemptions_total{engine="0"} 7.0
process_cpu_seconds_total 1.0
"""
TGI = "# TYPE tgi_queue_size gauge\ntgi_queue_size 5\n\ntgi_batch_current_size 2\ntgi_request_count 9\n"


def test_a_page_of_vllm() -> None:
    assert read_page(VLLM) == {
        "vllm:num_requests_waiting": 7.0,
        "vllm:kv_cache_usage_perc": 0.5,
        "vllm:num_preemptions_total": 7.0,
    }


def test_a_page_of_tgi() -> None:
    assert read_page(TGI) == {"tgi_queue_size": 5.0, "tgi_batch_current_size": 2.0}


@pytest.mark.parametrize("text", ["", "tgi_queue_size", "tgi_queue_size x", "<html>", "vllm:num_requests_waiting{"])
def test_what_is_no_page_says_nothing(text: str) -> None:
    assert read_page(text) == {}


def test_pages_in_words() -> None:
    later = VLLM.replace("} 7.0", "} 9.0").replace("} 0.5", "} 0.875")
    assert told([arrived(page.encode()) for page in (VLLM, later, VLLM.replace("} 7.0", "} 8.0"))]) == (
        "queue up to 7, KV cache in use up to 88 %, preemptions +2"
    )
    assert told([]) == ""


async def watch(engine: FakeEngine, seconds: float) -> list[Raw]:
    pages: list[Raw] = []
    async with serving(engine):
        pool = Pool.to(Target("127.0.0.1", engine.port))
        async with watching(pool, pages):
            await asyncio.sleep(seconds)
        pool.close()
    return pages


def test_pages_are_kept_while_watching(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gauges, "EVERY_S", 0.01)
    pages = asyncio.run(watch(FakeEngine(metrics=TGI), 0.1))
    assert len(pages) > 2
    assert told(pages) == "queue up to 5, requests in the batch up to 2"


def test_an_engine_without_metrics_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gauges, "EVERY_S", 0.01)
    assert asyncio.run(watch(FakeEngine(), 0.05)) == []


def test_an_engine_that_takes_no_connection() -> None:
    async def nobody() -> list[Raw]:
        pages: list[Raw] = []
        async with watching(Pool.to(Target("127.0.0.1", 9)), pages):
            await asyncio.sleep(0.05)
        return pages

    assert asyncio.run(nobody()) == []
