"""A Python program that starts TGI, read and written."""

from __future__ import annotations

from migrate.formats.python import reader as python
from migrate.repository import Repository
from migrate.source import apply_edits
from migrate.touchpoints import Launch, Plan


def launches(text: str) -> tuple[Launch, ...]:
    repository = Repository.of({"a.py": text})
    source = repository.source("a.py")
    assert source is not None
    return python.read(source, repository).launches


def written(text: str, plan: Plan) -> str:
    (launch,) = launches(text)
    after = apply_edits(text, launch.write(plan))
    compile(after, "a.py", "exec")
    return after
