"""A small translation, so that the commands are tested for what they do and not for what the rules say."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from migrate.__main__ import main
from migrate.findings import Finding, Reading, Safety
from migrate.repository import Repository
from migrate.settings import Settings
from migrate.source import Edit, Span

IMAGE = re.compile(r"ghcr\.io/huggingface/text-generation-inference:[\w.-]+")
SHARDS = re.compile(r"--num-shard")
LOST = re.compile(r"--otlp-endpoint \S+")
NEW = "vllm/vllm-openai:v0.32.0"


def scan(repo: Repository, candidates: Sequence[str], settings: Settings) -> Reading:
    """The image is safe, the shard count to be reviewed, the OTLP endpoint manual; all on one line are one group."""
    return Reading(tuple(one for path in candidates for one in _read(repo, path)))


def _read(repo: Repository, path: str) -> list[Finding]:
    source = repo.source(path)
    assert source
    found = []
    for kind, rule, safety, new, pattern in (
        ("launch", "launch/image", Safety.SAFE, NEW, IMAGE),
        ("option", "launch/shards", Safety.REVIEW, "--tensor-parallel-size", SHARDS),
        ("option", "launch/otlp", Safety.MANUAL, None, LOST),
    ):
        for match in pattern.finditer(source.text):
            group = f"{path}:{source.position(match.start())[0]}"
            edits = () if new is None else (Edit(path, *match.span(), new, rule),)
            message = f"{match[0]} becomes {new or 'nothing; set it by hand'}"
            found.append(Finding(rule, path, Span(*match.span()), kind, safety, message, match[0], group, edits))
    return found


@pytest.fixture(autouse=True)
def pipeline(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = ModuleType("migrate.pipeline")
    module.__dict__["scan"] = scan
    monkeypatch.setitem(sys.modules, "migrate.pipeline", module)
    return module


def git(root: Path, *words: str, stdin: bytes | None = None) -> bytes:
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.invalid", "-c", "core.autocrlf=false"]
    return subprocess.run(["git", *identity, *words], cwd=root, check=True, capture_output=True, input=stdin).stdout


@dataclass
class Ran:
    """What one command did."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode()


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes]) -> Callable[..., Ran]:
    def call(*words: str | Path) -> Ran:
        capfdbinary.readouterr()
        code = main([str(word) for word in words])
        captured = capfdbinary.readouterr()
        return Ran(code, captured.out, captured.err.decode())

    return call


@pytest.fixture
def commit(tmp_path: Path) -> Callable[[Mapping[str, str | bytes]], Path]:
    """A git repository that holds the files, all committed."""

    def build(files: Mapping[str, str | bytes]) -> Path:
        root = tmp_path / "repo"
        root.mkdir(exist_ok=True)
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "before", "--allow-empty"]):
            git(root, *words)
        return root

    return build
