from __future__ import annotations

from pathlib import Path

import pytest

from migrate.parity.launchers.logs import TAIL_BYTES, clean, fresh, tail

# As vLLM 0.32.0 writes it.
WARNING = (
    "(APIServer pid=1) WARNING 11-29 01:47:55 [system_utils.py:255] This can cause errors like `OSError: [Errno 24]`"
)
WORKER = "(VllmWorker-0 pid=32) ERROR 11-29 01:48:12 [multiproc_executor.py:953] "
CAUSE = "FileNotFoundError: [Errno 2] No such file or directory: '/proc/32/status'"
VLLM = [
    WARNING,
    f"{WORKER}Traceback (most recent call last):",
    f"{WORKER}    with open(path) as f:",
    f"{WORKER}{CAUSE}",
]
AFTER = [f'(APIServer pid=1)   File "core.py", line {number}, in run' for number in range(20)]
LAST = "(APIServer pid=1) RuntimeError: Engine core initialization failed. See root cause above."


def written(folder: Path, lines: list[str]) -> Path:
    path = folder / "engine.log"
    path.write_text("\n".join(lines))
    return path


def test_the_first_error_is_named_where_the_end_has_another(tmp_path: Path) -> None:
    log = written(tmp_path, [*VLLM, *AFTER, LAST])
    assert tail(log).splitlines() == [
        f"its first error is {CAUSE}; its log ends with ({log}):",
        *AFTER[-14:],
        LAST,
    ]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("ValueError: no", "ValueError: no"),
        (
            "torch.distributed.DistBackendError: NCCL error",
            "torch.distributed.DistBackendError: NCCL error",
        ),
        (f"(EngineCore pid=7) {CAUSE}", CAUSE),
        (f"2025-12-01T10:00:00.123456Z ERROR text_generation_launcher: {CAUSE}", CAUSE),
        (f"2025-12-01T10:00:00.1Z ERROR shard-manager: text_generation_launcher: {CAUSE}", CAUSE),
    ],
)
def test_every_engines_lines(line: str, error: str, tmp_path: Path) -> None:
    assert tail(written(tmp_path, [line, *AFTER])).startswith(f"its first error is {error}; its log")


@pytest.mark.parametrize("line", [WARNING, "  raise ValueError: no", "INFO: errors: none", "an OSError: once"])
def test_what_is_no_error(line: str, tmp_path: Path) -> None:
    assert tail(written(tmp_path, [line, *AFTER])).startswith("its log ends with (")


def test_an_error_in_the_last_lines_is_not_said_twice(tmp_path: Path) -> None:
    assert tail(written(tmp_path, [LAST])).splitlines()[1:] == [LAST]


def test_a_long_log_is_read_from_its_end(tmp_path: Path) -> None:
    log = written(tmp_path, ["ValueError: old", "x" * TAIL_BYTES, *AFTER])
    assert tail(log).startswith("its log ends with (")


def test_no_log_and_an_empty_one(tmp_path: Path) -> None:
    assert tail(tmp_path / "none.log") == ""
    assert tail(written(tmp_path, [])) == f"it wrote nothing to its log ({tmp_path / 'engine.log'})"


@pytest.mark.parametrize(
    "line",
    [
        'INFO text_generation_launcher: Args { model_id: "m", api_key: Some("s3cret-one"), json_output: false }',
        "non-default args: {'api_key': ['s3cret-one', 's3cret-two'], 'model': 'm'}",
        "non-default args: {'api_key': 's3cret-one', 'model': 'm'}",
    ],
)
def test_a_key_that_an_engine_logs_is_redacted(line: str, tmp_path: Path) -> None:
    said = tail(written(tmp_path, [line]))
    assert "s3cret" not in said
    assert ("m'" in said or '"m"' in said, "[redacted]" in said) == (True, True)


@pytest.mark.parametrize(
    "line",
    [
        b"non-default args: {'api_key': ['sesame-1', 'sesame-2']}",
        b'Args { model_id: "m", api_key: Some("sesame") }',
        b"vllm serve m --api-key sesame-open",
        b"HF_TOKEN=hf_sesamesesamesesame",
        b"['vllm', 'serve', '--api-key', 'sesame']",
        b"GET /?api_key=sesame",
    ],
)
def test_what_an_engine_says_of_its_keys_does_not_stay(tmp_path: Path, line: bytes) -> None:
    log = tmp_path / "engine.log"
    with fresh(log) as file:
        file.write(b"\xff begin\r\n" + line + b"\nend")
    clean(log)
    assert b"sesame" not in log.read_bytes()
    assert log.read_bytes().startswith(b"\xff begin\r\n")
    assert log.read_bytes().endswith(b"\nend")
    assert [path.name for path in tmp_path.iterdir()] == ["engine.log"]


def test_a_log_is_its_owner_s(tmp_path: Path) -> None:
    log = written(tmp_path, ["of another run"])
    fresh(log).close()
    assert log.read_bytes() == b""
    assert log.stat().st_mode & 0o777 == 0o600
    clean(log)
    assert log.stat().st_mode & 0o777 == 0o600


def test_no_log_to_clean(tmp_path: Path) -> None:
    clean(tmp_path / "engine.log")
    assert list(tmp_path.iterdir()) == []
