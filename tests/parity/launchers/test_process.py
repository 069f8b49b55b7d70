from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

import httpx
import pytest

from migrate.parity.launchers import EngineTrouble, health, process
from migrate.parity.launchers.process import running
from tests.parity.program import alive

ENGINE = """
import http.server, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print("child", child.pid, flush=True)
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
DEAF = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("pid", os.getpid(), flush=True)
time.sleep(60)
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "engine.log"


def command(tmp_path: Path, code: str) -> str:
    script = tmp_path / "engine.py"
    script.write_text(code)
    return f"{sys.executable} {script} {{port}}"


def gone(pid: int) -> bool:
    deadline = time.monotonic() + 5
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not alive(pid)


def child(log: Path) -> int:
    return int(log.read_text().split("child ")[1].split()[0])


def test_an_engine_is_ready_inside_and_gone_outside(tmp_path: Path, log: Path) -> None:
    said: list[str] = []

    async def use() -> None:
        async with running(command(tmp_path, ENGINE), log, 20, said.append) as url:
            async with httpx.AsyncClient() as client:
                assert (await client.get(f"{url}/health")).status_code == 200
            assert alive(child(log))

    asyncio.run(use())
    assert gone(child(log))
    assert said[0].endswith("/health")


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, asyncio.CancelledError])
def test_nothing_stays_behind_when_something_goes_wrong(tmp_path: Path, log: Path, error: type[BaseException]) -> None:
    async def use() -> None:
        async with running(command(tmp_path, ENGINE), log, 20, ignore):
            raise error

    with pytest.raises(error):
        asyncio.run(use())
    assert gone(child(log))


def ignore(_: str) -> None:
    """Progress that nobody reads."""


def start(text: str, log: Path, within: float) -> str:
    async def use() -> None:
        async with running(text, log, within, ignore):
            raise AssertionError("it cannot be healthy")

    with pytest.raises(EngineTrouble) as raised:
        asyncio.run(use())
    return str(raised.value)


def test_an_engine_that_ends_says_why(tmp_path: Path, log: Path) -> None:
    message = start(command(tmp_path, "print('no such model'); raise SystemExit(3)"), log, 20)
    assert message.startswith("the engine ended with 3; its log ends with")
    assert message.endswith("no such model")


def test_an_engine_that_says_nothing(tmp_path: Path, log: Path) -> None:
    assert "wrote nothing" in start(command(tmp_path, "raise SystemExit(0)"), log, 20)


@pytest.mark.parametrize("text", ["/no/such/program {port}", "''"])
def test_no_such_program(log: Path, text: str) -> None:
    assert "No such file" in start(text, log, 1) or "ermission" in start(text, log, 1)


def test_waiting_is_told_now_and_then(tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "TOLD_EVERY_S", 0.4)
    said: list[str] = []

    async def use() -> None:
        async with running(command(tmp_path, "import time; time.sleep(60)"), log, 1, said.append):
            raise AssertionError("it cannot be healthy")

    with pytest.raises(EngineTrouble):
        asyncio.run(use())
    assert said[0].endswith("/health")
    assert 2 <= len(said) <= 4
    assert said[1].endswith("/health: 0 s") or said[1].endswith("/health: 1 s")


def test_an_engine_that_neither_starts_nor_stops(tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "GRACE_S", 0.1)
    assert "not healthy after 2 s" in start(command(tmp_path, DEAF), log, 2)
    assert gone(int(log.read_text().split()[1]))


def test_a_free_port_is_free() -> None:
    port = process.free_port()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}")
