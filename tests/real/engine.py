"""The real vLLM as a process, from an argument list that a converted launch holds."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

# A start takes about a minute on two cores; a machine under load gets five.
START_SECONDS = 300
STOP_SECONDS = 30
# A CPU instead of the GPUs that the launch was written for; no network, one GiB of KV cache.
ENVIRONMENT = {
    "VLLM_TARGET_DEVICE": "cpu",
    "VLLM_CPU_KVCACHE_SPACE": "1",
    "VLLM_NO_USAGE_STATS": "1",
    "HF_HUB_OFFLINE": "1",
}
ON_A_CPU = {"--max-model-len": "2048", "--tensor-parallel-size": "1"}


def required(variable: str) -> str:
    """A path that the environment gives; the test is skipped where it does not."""
    value = os.environ.get(variable)
    if not value:
        pytest.skip(f"{variable} is not set: see CONTRIBUTING.md")
    return value


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def here(arguments: Sequence[str], model: str, port: int) -> list[str]:
    """The launch's own arguments with this machine's model, port and size; everything else as it is written."""
    values = {**ON_A_CPU, "--port": str(port)}
    words = [model, *arguments[1:]]
    for option, value in values.items():
        if option in words:
            words[words.index(option) + 1] = value
    return [*words, "--host", "127.0.0.1", "--enforce-eager"]


@dataclass(frozen=True)
class Server:
    """A running server and what it has said so far."""

    url: str
    log: Path

    def ask(self, path: str, body: Mapping[str, object] | None = None) -> dict[str, Any]:
        """The JSON answer of a POST with a body, or of a GET."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=120) as response:
            answer: dict[str, Any] = json.load(response)
        return answer

    def healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=5) as response:
                return bool(response.status == 200)
        except OSError:
            return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the server and its workers: politely, then by force."""
    for signal_number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, signal_number)
            process.wait(STOP_SECONDS)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue


@contextmanager
def serving(arguments: Sequence[str], log: Path) -> Iterator[Server]:
    """Run `vllm serve` with a converted launch's arguments until the block ends.

    `arguments` begin with the model, which MIGRATE_MODEL takes the place of.
    """
    python, model = required("MIGRATE_VLLM_PYTHON"), required("MIGRATE_MODEL")
    port = free_port()
    command = [python, "-m", "vllm.entrypoints.cli.main", "serve", *here(arguments, model, port)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **ENVIRONMENT},
            start_new_session=True,
        )
    try:
        server = Server(f"http://127.0.0.1:{port}", log)
        deadline = time.monotonic() + START_SECONDS
        while not server.healthy():
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"vLLM did not start: {' '.join(command)}\n{log.read_text(errors='replace')[-4000:]}")
            time.sleep(1)
        yield server
    finally:
        _stop(process)
