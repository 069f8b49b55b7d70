from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from migrate.parity.exchange import Engine, Exchange, Reply, Request
from migrate.parity.latency.arrivals import BadLoad, Load, Shape, parse_load
from migrate.parity.recording import Writer


def gaps(load: Load, requests: int, seed: int = 1) -> list[float]:
    return [later - earlier for earlier, later in pairwise(load.due(requests, seed))]


def test_a_closed_loop_has_no_clock() -> None:
    load = parse_load("closed:8")
    assert (load, load.open_loop) == (Load(Shape.CLOSED, 8), False)
    assert load.due(3) == (0.0, 0.0, 0.0)


def test_a_constant_rate() -> None:
    assert parse_load("constant:4").due(4) == (0.0, 0.25, 0.5, 0.75)


def test_poisson_arrivals_have_the_rate_and_repeat() -> None:
    load = parse_load("poisson:20")
    found = gaps(load, 5001)
    mean = sum(found) / len(found)
    assert mean == pytest.approx(1 / 20, rel=0.06)
    assert sum(gap > mean for gap in found) / len(found) == pytest.approx(0.368, abs=0.03)
    assert load.due(50, 3) == load.due(50, 3) != load.due(50, 4)


def test_a_ramp_goes_from_one_rate_to_the_other() -> None:
    found = gaps(parse_load("ramp:1-10"), 100)
    assert (found[0], found[-1]) == pytest.approx((1.0, 0.1), rel=0.01)
    assert found == sorted(found, reverse=True)


def test_a_ramp_of_one_request() -> None:
    assert parse_load("ramp:1-10").due(1) == (0.0,)


@pytest.mark.parametrize(
    "content", ["timestamp,x\n5.5,a\n5,b\n7,c\n", '{"timestamp": 5.5}\n\n{"at": 5}\n{"time": 7}\n']
)
def test_a_trace_begins_at_zero_in_order(tmp_path: Path, content: str) -> None:
    path = tmp_path / "trace"
    path.write_text(content)
    assert parse_load(f"trace:{path}").times == (0.0, 0.5, 2.0)


def test_the_last_pass_of_a_recording_is_a_trace(tmp_path: Path) -> None:
    path = tmp_path / "tgi.jsonl.gz"
    with Writer(path, Engine("tgi")) as writer:
        for run, sent in (("one", 0.0), ("two", 250.0), ("two", 100.0), ("sample-00", 5.0), ("probes", None)):
            request = Request("POST", "/generate", {"inputs": "x"})
            writer.write(Exchange(f"{sent}", request, Reply(200), run, sent_ms=sent))
    assert parse_load(f"trace:{path}").times == (0.0, 0.15)


def test_a_trace_that_is_no_text_or_no_file(tmp_path: Path) -> None:
    (tmp_path / "trace").write_bytes(b"time\n\xe9\n")
    with pytest.raises(BadLoad, match=r"trace: no UTF-8 text \(byte 5\)"):
        parse_load(f"trace:{tmp_path / 'trace'}")
    with pytest.raises(BadLoad, match="is no file"):
        parse_load("trace:/dev/zero")


def test_a_recording_without_times(tmp_path: Path) -> None:
    with Writer(tmp_path / "tgi.jsonl", Engine("tgi")):
        pass
    with pytest.raises(BadLoad, match="no time"):
        parse_load(f"trace:{tmp_path / 'tgi.jsonl'}")


def test_dates_in_a_trace(tmp_path: Path) -> None:
    path = tmp_path / "trace.csv"
    path.write_text("TIMESTAMP\n2026-01-01T00:00:01+00:00\n2026-01-01T01:00:00.5+01:00\n")
    assert parse_load(f"trace:{path}").times == (0.0, 0.5)


@pytest.mark.parametrize(
    ("times", "expected"),
    [((0.0, 1.0, 2.0), (0.0, 1.0, 2.0, 3.0, 4.0)), ((0.0,), (0.0, 1.0, 2.0, 3.0, 4.0))],
)
def test_a_short_trace_begins_again(times: tuple[float, ...], expected: tuple[float, ...]) -> None:
    assert Load(Shape.TRACE, times=times).due(5) == expected


def test_a_trace_is_cut_to_the_requests() -> None:
    assert Load(Shape.TRACE, times=(0.0, 1.0, 2.0)).due(2) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("name\nx\n", ":2: no time"),
        ('{"timestamp": true}', ":1: no time"),
        ('{"timestamp": 1}\noops\n', ":2: no JSON"),
        ("time\nsoon\n", ":2: Invalid isoformat"),
        ("time\n", "no requests"),
        ("time\n1\nnan\n", ":3: nan is no time"),
        ('{"time": 1e999}', ":1: inf is no time"),
        ('{"time":' * 200_000, ":1: no JSON: maximum recursion"),
        (None, "No such file"),
    ],
)
def test_no_trace(tmp_path: Path, content: str | None, message: str) -> None:
    path = tmp_path / "trace"
    if content is not None:
        path.write_text(content)
    with pytest.raises(BadLoad) as caught:
        parse_load(f"trace:{path}")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ["", "closed", "closed:0", "closed:1.5", "closed:x", "burst:3", "ramp:3", "ramp:0-1", "poisson:-1", "constant:inf"],
)
def test_no_load(text: str) -> None:
    with pytest.raises(BadLoad):
        parse_load(text)


@pytest.mark.parametrize("text", ["closed:8", "constant:0.5", "poisson:5", "ramp:1-10"])
def test_a_load_says_what_it_is(text: str) -> None:
    assert str(parse_load(text)) == text


def test_a_trace_says_how_long_it_is() -> None:
    assert str(Load(Shape.TRACE, times=(0.0, 1.0))) == "trace of 2 requests"
