"""Notebooks that start TGI: shell magics, Python cells, and the documents between them."""

from __future__ import annotations

from collections.abc import Iterator

from migrate.clients.notebook import notebook
from migrate.formats import markup, python
from migrate.formats.nested import read_nested
from migrate.formats.shell import ScriptContext, read_script
from migrate.repository import Repository
from migrate.source import Source
from migrate.touchpoints import Found


def claims(path: str) -> bool:
    return path.endswith(".ipynb")


def read(source: Source, repo: Repository) -> Found:
    """Everything in the cells; outputs and metadata are not looked at."""
    found = list(_read(source, repo))
    return Found(
        tuple(launch for one in found for launch in one.launches),
        tuple(mention for one in found for mention in one.mentions),
        tuple(problem for one in found for problem in one.problems),
    )


def _read(source: Source, repo: Repository) -> Iterator[Found]:
    cells = notebook(source)
    if cells is None:
        return
    yield read_nested(cells.code, python.read, repo)
    for fragment in cells.shell:
        yield read_script(fragment, repo, ScriptContext("notebook"))
    for fragment in cells.text:
        yield read_nested(fragment, markup.read, repo)
