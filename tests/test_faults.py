"""A fault of the tool itself in one file leaves the others as they are."""

from __future__ import annotations

import pytest

from migrate.faults import contained
from migrate.findings import Reading, Skipped
from migrate.pipeline import scan
from migrate.problems import UsageProblem
from migrate.repository import Repository
from migrate.settings import Settings

RUN = "docker run ghcr.io/huggingface/text-generation-inference:3.3.5 --model-id a/b\n"
CALL = 'fetch("http://tgi/generate", { body: JSON.stringify({ inputs: q, parameters: {} }) }).then((r) => r.json());\n'


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MIGRATE_DEBUG", raising=False)


def read(files: dict[str, str]) -> Reading:
    repo = Repository.of(files)
    return scan(repo, repo.paths, Settings())


def broken(*_: object, **__: object) -> None:
    raise ValueError("broken")


def test_every_path_is_named() -> None:
    skipped: list[Skipped] = []
    with contained(("a", "b"), skipped):
        broken()
    assert [one.path for one in skipped] == ["a", "b"]
    assert "ValueError: broken" in skipped[0].reason


def test_what_is_said_to_a_person_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageProblem), contained(("a",), []):
        raise UsageProblem("x")
    monkeypatch.setenv("MIGRATE_DEBUG", "1")
    with pytest.raises(ValueError, match="broken"), contained(("a",), []):
        broken()


@pytest.mark.parametrize(
    ("place", "files", "path"),
    [
        ("migrate.formats.workflow.read", {"ci.yaml": f"a: {RUN}", "run.sh": RUN}, "ci.yaml"),
        ("migrate.clients.reading.JavaScript.read", {"a.js": CALL, "run.sh": RUN}, "a.js"),
        ("migrate.clients.reading.JavaScript.report", {"a.js": CALL, "run.sh": RUN}, "a.js"),
        ("migrate.clients.reading._python", {"a.py": "from text_generation import Client\n", "run.sh": RUN}, "a.py"),
    ],
    ids=["format", "language", "language, across files", "Python"],
)
def test_the_rest_goes_on(monkeypatch: pytest.MonkeyPatch, place: str, files: dict[str, str], path: str) -> None:
    monkeypatch.setattr(place, broken)
    reading = read(files)
    assert [(one.path, one.unread) for one in reading.skipped] == [(path, True)]
    assert {one.path for one in reading.findings if one.edits} == {"run.sh"}


def test_a_launch_that_cannot_be_translated_holds_its_clients_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("migrate.pipeline.convert", broken)
    reading = read({"run.sh": RUN})
    assert [one.path for one in reading.skipped] == ["run.sh"]
    assert not any(one.edits for one in reading.findings)
