from __future__ import annotations

import gzip
import json
import sys
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from migrate.parity.exchange import (
    BadExchange,
    Chunk,
    Engine,
    Exchange,
    Json,
    Reply,
    Request,
    exchange_from_json,
    exchange_to_json,
)
from migrate.parity.recording import Recording, RecordingError, Writer

ENGINE = Engine("tgi", "3.3.7", "m", ("--port", "80"))
STREAM = {"content-type": "text/event-stream"}


def exchange(name: str = "a", run: str = "one") -> Exchange:
    request = Request("POST", "/generate_stream", {"inputs": "é"}, {"accept": "x"})
    return Exchange(name, request, Reply(200, (Chunk(1.5, "data: \udce9"), Chunk(2.0, "\n\n")), STREAM, 2.5), run)


def write(path: Path, *exchanges: Exchange, engine: Engine = ENGINE) -> None:
    with Writer(path, engine) as writer:
        for item in exchanges:
            writer.write(item)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    items = [exchange("a"), exchange("b"), exchange("a", "two")]
    write(path, *items)
    recording = Recording.open(path)
    assert recording.engine == ENGINE
    assert list(recording) == items
    assert recording.runs() == ["one", "two"]
    assert recording.run("two") == items[2:]


SUFFIXES = pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])


@SUFFIXES
def test_a_recording_goes_on_where_it_stopped(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.jsonl{suffix}"
    write(path, exchange("a"))
    with Writer(path, ENGINE) as writer:
        assert writer.done == {("a", "one")}
        writer.write(exchange("b"))
        assert writer.done == {("a", "one"), ("b", "one")}
    assert [item.id for item in Recording.open(path)] == ["a", "b"]


@SUFFIXES
def test_a_kill_at_any_byte_loses_only_what_was_being_written(tmp_path: Path, suffix: str) -> None:
    whole, ends = tmp_path / f"whole.jsonl{suffix}", []
    with Writer(whole, ENGINE) as writer:
        for name in "ab":
            ends.append(whole.stat().st_size)
            writer.write(exchange(name))
    data = whole.read_bytes()
    ends.append(len(data))
    for cut in range(0, len(data) + 1, 7):
        path = tmp_path / f"cut.jsonl{suffix}"
        path.write_bytes(data[:cut])
        complete = sum(end <= cut for end in ends)
        if complete:
            assert len(list(Recording.open(path))) >= complete - 1
        with Writer(path, ENGINE) as writer:
            assert len(writer.done) == max(0, complete - 1)
            writer.write(exchange("c"))
        assert [item.id for item in Recording.open(path)] == [*"ab"[: max(0, complete - 1)], "c"]


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_other_tools_read_what_was_compressed(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.jsonl{suffix}"
    write(path, exchange("a"), exchange("b"))
    unpacked = gzip.decompress(path.read_bytes()) if suffix == ".gz" else zstd.decompress(path.read_bytes())
    assert len(unpacked.splitlines()) == 3
    packed = gzip.compress(unpacked) if suffix == ".gz" else zstd.compress(unpacked)
    path.write_bytes(packed)
    assert [item.id for item in Recording.open(path)] == ["a", "b"]


def test_a_cut_recording_in_one_piece_is_not_written_over(tmp_path: Path) -> None:
    plain, path = tmp_path / "a.jsonl", tmp_path / "a.jsonl.gz"
    write(plain, *(exchange(f"{name}") for name in range(200)))
    path.write_bytes(gzip.compress(plain.read_bytes())[:-20])
    before = path.read_bytes()
    with pytest.raises(RecordingError, match="compressed as one piece"), Writer(path, ENGINE):
        pass
    assert path.read_bytes() == before


def test_zstd_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.jsonl.zst"
    write(path, exchange())
    monkeypatch.setitem(sys.modules, "backports.zstd", None)
    monkeypatch.setitem(sys.modules, "compression.zstd", None)
    with pytest.raises(RecordingError, match="pip install"):
        Recording.open(path)
    with pytest.raises(RecordingError, match="pip install"), Writer(path, ENGINE):
        pass


@pytest.mark.parametrize("events", [20_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_memory_stays_flat_however_long_a_recording_is(tmp_path: Path, events: int) -> None:
    path = tmp_path / "a.jsonl.gz"
    chunks = tuple(Chunk(float(at), f'data: {{"token":{at}}}\n\n') for at in range(1000))
    reply = Reply(200, chunks, STREAM, 1000.0)
    tracemalloc.start()
    try:
        with Writer(path, ENGINE) as writer:
            for number in range(events // 1000):
                writer.write(Exchange(f"p{number}", Request("POST", "/generate_stream"), reply, "one"))
        assert sum(len(item.reply.chunks) for item in Recording.open(path)) == events
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4_000_000


def test_an_exchange_that_broke_off_is_asked_again(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    write(path, Exchange("a", Request("GET", "/"), Reply(0, failure="refused")))
    with Writer(path, ENGINE) as writer:
        assert writer.done == set()


def test_a_recording_of_another_engine_is_not_continued(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    write(path, exchange())
    before = path.read_bytes()
    with pytest.raises(RecordingError, match="holds a recording of tgi"), Writer(path, Engine("vllm", "0.32.0")):
        pass
    assert path.read_bytes() == before


def test_secrets_are_not_written(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    request = Request("GET", "/info", headers={"authorization": "Bearer very-secret"})
    write(path, Exchange("1", request, Reply(200)), engine=Engine("tgi", arguments=("--api-key", "very-secret")))
    assert b"very-secret" not in path.read_bytes()


def test_a_full_disk_takes_the_line_back(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    write(path, exchange())
    before = path.read_bytes()

    class Full:
        def __init__(self, file: object) -> None:
            self.file, self.left = file, 10

        def write(self, data: bytes) -> int:
            if not self.left:
                raise OSError(28, "No space left on device")
            taken, self.left = self.left, 0
            return self.file.write(data[:taken])  # type: ignore[attr-defined, no-any-return]

        def __getattr__(self, name: str) -> object:
            return getattr(self.file, name)

    with Writer(path, ENGINE) as writer:
        writer._file = Full(writer._file)  # type: ignore[assignment]
        with pytest.raises(OSError, match="No space"):
            writer.write(exchange("b"))
        assert writer.done == {("a", "one")}
    assert path.read_bytes() == before


def test_compressed_recordings_are_read_also_when_cut(tmp_path: Path) -> None:
    plain = tmp_path / "a.jsonl"
    write(plain, *(exchange(str(number)) for number in range(200)))
    packed = tmp_path / "a.jsonl.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert list(Recording.open(packed)) == list(Recording.open(plain))
    packed.write_bytes(packed.read_bytes()[:-20])
    assert 0 < len(list(Recording.open(packed))) <= 200


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "no header"),
        ('{"recording":1', "no header"),
        ("hello\n", "no recording"),
        ("{}\n", "no version"),
        ('{"recording":1}\n', "names no engine"),
        ('{"recording":2,"engine":{}}\n', "schema 2, this program reads up to 1"),
    ],
)
def test_no_recording(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(content)
    with pytest.raises(RecordingError, match=message):
        Recording.open(path)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="No such file"):
        Recording.open(tmp_path / "none.jsonl")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that has no end")
def test_a_device_is_no_recording() -> None:
    """It would be read without end."""
    with pytest.raises(RecordingError, match="/dev/full: is no file"):
        Recording.open(Path("/dev/full"))
    with pytest.raises(RecordingError, match="/dev/full: is no file"), Writer(Path("/dev/full"), Engine("tgi")):
        raise AssertionError


def test_a_file_that_is_not_compressed_but_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_text("{}\n")
    with pytest.raises(RecordingError, match=r"a\.jsonl\.gz"):
        Recording.open(path)


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"recording":1,"engine":{"name":"tgi"}}\n{"id":\n')
    with pytest.raises(RecordingError, match=r"a\.jsonl:2:"):
        list(Recording.open(path))
    path.write_text('{"recording":1,"engine":{"name":"tgi"}}\n' + "[" * 200_000 + "\n")
    with pytest.raises(RecordingError, match=r"a\.jsonl:2: maximum recursion"):
        list(Recording.open(path))


def valid() -> dict[str, Json]:
    return json.loads(json.dumps(exchange_to_json(exchange())))  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("id", 5, "id is no text"),
        ("request", [], "request is no object"),
        ("reply", None, "reply is no object"),
        ("request.method", None, "method is no text"),
        ("request.headers", [], "headers is no object"),
        ("reply.status", "200", "status is no integer"),
        ("reply.chunks", {}, "chunks is no list"),
        ("reply.chunks", [[1]], "no pair"),
        ("reply.chunks", [[True, "x"]], "time is no number"),
        ("reply.chunks", [[2, "x"], [1, "y"]], "backwards"),
        ("reply.status", True, "status is no integer"),
        ("reply.chunks", [[float("nan"), "x"]], "time is no number"),
        ("reply.ended_ms", "x", "time is no number"),
        ("reply.ended_ms", float("inf"), "time is no number"),
        ("rules", ["a", 1], "rules is no list"),
        ("manual", 1, "manual is no text"),
    ],
)
def test_a_line_that_holds_no_exchange(path: str, value: Json, message: str) -> None:
    data = valid()
    *parents, last = path.split(".")
    place = data
    for name in parents:
        place = place[name]  # type: ignore[assignment]
    place[last] = value
    with pytest.raises(BadExchange, match=message):
        exchange_from_json(data)


def test_what_the_rules_did_is_kept() -> None:
    item = replace(exchange(), rules=("client/parameter-stop",), manual="best_of", optional=True)
    assert exchange_from_json(exchange_to_json(item)) == item
    assert {"rules", "manual", "optional"}.isdisjoint(exchange_to_json(exchange()))


def test_members_of_later_versions_are_ignored() -> None:
    assert exchange_from_json({**valid(), "more": 1}) == exchange()


def test_an_answer_knows_whether_it_was_streamed() -> None:
    assert exchange().reply.streamed
    assert exchange().reply.body == "data: \udce9\n\n"
    assert not Reply(200, headers={"content-type": "application/json"}).streamed
    assert not Reply(0, failure="connection refused").streamed


text = st.text('aé漢🦙\ud8ff\u2028\n"\\\0', max_size=8)


@given(st.lists(st.tuples(st.floats(0, 1e6), text), max_size=3), text, st.integers(0, 599), text)
def test_any_exchange_survives_its_line(chunks: list[tuple[float, str]], name: str, status: int, failure: str) -> None:
    ordered = tuple(Chunk(at, data) for at, data in sorted(chunks))
    item = Exchange(name, Request("POST", "/", text=failure), Reply(status, ordered, failure=failure))
    assert exchange_from_json(json.loads(json.dumps(exchange_to_json(item)))) == item
