"""Options, places and engines that cannot be: one line, the documented code, and no secret of a command line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from migrate.parity.commands.options import put
from migrate.parity.recording import Recording
from tests.parity.material import FOLDER
from tests.parity.program import run

TGI = str(FOLDER / "tgi-parity.jsonl.gz")


@pytest.fixture
def prompts(tmp_path: Path) -> str:
    path = tmp_path / "prompts.jsonl"
    path.write_text(json.dumps({"name": "a", "text": "x", "max_tokens": 4}))
    return str(path)


@pytest.mark.parametrize(
    "arguments",
    [
        ("replay", TGI, "--port", "99999"),
        ("replay", TGI, "--speed", "nan"),
        ("record", "http://localhost:1", "a.jsonl", "--timeout", "nan"),
        ("record", "http://localhost:1", "a.jsonl", "--ready-within", "nan"),
    ],
)
def test_numbers_that_cannot_be(arguments: tuple[str, ...]) -> None:
    assert run(*arguments)[0] == 2


@pytest.mark.parametrize("key", ["open\nsesame", "öpen-sesame"])
def test_a_key_that_no_header_can_hold_is_not_told(key: str, tmp_path: Path) -> None:
    code, _, err = run("record", "http://localhost:1", str(tmp_path / "a.jsonl"), "--api-key", key)
    assert (code, "sesame" in err) == (2, False)
    assert "no header can hold" in err


@pytest.mark.parametrize(
    ("engine", "code"),
    [
        ("http://user:sesame@127.0.0.1:1", 4),
        ("vllm serve m --api-key sesame", 2),
        ("/no/vllm serve m --api-key sesame --port {port}", 4),
        ("docker run -e HF_TOKEN=sesame --gpus all", 2),
    ],
)
def test_no_message_has_the_secrets_of_an_engine(engine: str, code: int, tmp_path: Path) -> None:
    found, out, err = run("record", engine, str(tmp_path / "a.jsonl"))
    assert (found, "sesame" in out + err, err.startswith("error: ")) == (code, False, True)


ECHO = """
import http.server, json, sys
port, key = int(sys.argv[1]), sys.argv[3]
print(sys.argv, {"api_key": [key]}, flush=True)
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.say(200 if self.path in ("/health", "/info") else 404, {"model_id": "m", "version": "3", "key": key})
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.say(200, {"generated_text": key})
    def say(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
http.server.HTTPServer(("127.0.0.1", port), Handler).serve_forever()
"""


def test_an_engine_that_says_its_key_everywhere(prompts: str, tmp_path: Path) -> None:
    (tmp_path / "echo.py").write_text(ECHO)
    engine = f"{sys.executable} {tmp_path / 'echo.py'} {{port}} --api-key open-sesame"
    assert run("record", engine, str(tmp_path / "a.jsonl"), "--no-probes", "--prompts", prompts)[0] == 0
    assert b"--api-key" in (tmp_path / "a.log").read_bytes()
    assert all(b"sesame" not in (tmp_path / name).read_bytes() for name in ("a.jsonl", "a.log"))
    assert "[redacted]" in next(iter(Recording.open(tmp_path / "a.jsonl"))).reply.body


@pytest.mark.parametrize("name", ["a.log", ".", "notes.txt"])
def test_a_place_that_no_recording_can_have_is_told_before_an_engine_is_started(name: str, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("notes\n")
    code, _, err = run("record", f"touch {tmp_path / 'started'} {{port}}", str(tmp_path / name))
    assert (code, err.startswith("error: "), len(err.splitlines())) == (3, True, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_broken_recording_is_not_scored_by_an_engine_that_has_to_be_started(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"recording":1,"engine":{"name":"tgi"}}\noops\n')
    code, _, err = run("score", str(path), f"touch {tmp_path / 'started'} {{port}}")
    assert (code, "a.jsonl:2: " in err, (tmp_path / "started").exists()) == (3, True, False)


def test_a_compose_file_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("services: [\n")
    code, _, err = run("run", "--from", f"{tmp_path / 'compose.yaml'}:a")
    assert (code, err.startswith("error: compose.yaml:2: ")) == (2, True)


def test_what_was_there_before_a_report_stays_where_none_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("old")
    (tmp_path / "link.html").symlink_to(tmp_path / "page.html")
    put(tmp_path / "link.html", b"new")
    assert (tmp_path / "link.html").is_symlink()
    assert (tmp_path / "page.html").read_text() == "new"
    with pytest.raises(OSError, match="No space left"):
        put(Path("/dev/full"), b"x")
    with pytest.raises(IsADirectoryError) as caught:
        put(tmp_path, b"x")
    assert caught.value.filename == str(tmp_path)
    with pytest.raises(FileNotFoundError) as missing:
        put(tmp_path / "no" / "page.html", b"x")
    assert missing.value.filename == str(tmp_path / "no" / "page.html")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.html", "page.html"]
