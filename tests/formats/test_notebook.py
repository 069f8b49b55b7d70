"""Launches in notebooks: shell magics, Python cells, documents between."""

from __future__ import annotations

import json

import pytest

from migrate.formats.notebook import claims, read
from migrate.repository import Repository
from migrate.source import Source

RUN = "docker run --gpus all ghcr.io/huggingface/text-generation-inference:3.3.5 --model-id a/b"
CODE = 'import subprocess\nsubprocess.run(["text-generation-launcher", "--model-id", "a/b"])'


def text(kind: str, source: str) -> str:
    lines = source.splitlines(keepends=True)
    return json.dumps({"cells": [{"cell_type": kind, "source": lines, "outputs": [{"text": RUN}]}]}, indent=1)


@pytest.mark.parametrize(
    ("kind", "source", "count"),
    [
        ("code", f"!{RUN}", 1),
        ("code", f"%%bash\n{RUN}", 1),
        ("code", CODE, 1),
        ("markdown", f"# Start\n```bash\n{RUN}\n```", 1),
        ("markdown", f"Start it with `{RUN}`.", 1),
        ("markdown", f"Once it was {RUN}.", 0),
        ("code", f"# {RUN}", 0),
        ("raw", RUN, 0),
        ("code", "print(1)", 0),
    ],
    ids=["line", "cell", "python", "document", "backquotes", "prose", "comment", "raw", "nothing"],
)
def test_launches(kind: str, source: str, count: int) -> None:
    repo = Repository.of({"a.ipynb": text(kind, source)})
    file = repo.source("a.ipynb")
    assert file is not None
    found = read(file, repo)
    assert len(found.launches) == count
    assert all(file.text[one.anchor.start : one.anchor.end] in file.text for one in found.launches)
    assert found.problems == ()


def test_what_is_no_notebook_has_none() -> None:
    repo = Repository.of({"a.ipynb": "{"})
    assert read(Source("a.ipynb", "{"), repo).launches == ()
    assert claims("a.ipynb")
    assert not claims("a.py")
