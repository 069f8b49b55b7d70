"""Notebooks that start TGI: shell magics, Python cells, and the documents between them."""

from __future__ import annotations

from collections.abc import Iterator

from migrate.clients.notebook import Written, notebook
from migrate.formats import markup
from migrate.formats.compose import reader as compose
from migrate.formats.dockerfile import reader as dockerfile
from migrate.formats.nested import read_nested
from migrate.formats.python import reader as python
from migrate.formats.shell.reader import ScriptContext, read_script
from migrate.repository import Repository
from migrate.source import Source
from migrate.touchpoints import Found

_SCRIPTS = (".sh", ".bash")
_YAML = (".yaml", ".yml")


def claims(path: str) -> bool:
    return path.endswith(".ipynb")


def read(source: Source, repo: Repository) -> Found:
    """Everything in the cells, and in the files that they write; outputs and metadata are not looked at."""
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
    for file in cells.written:
        yield from _written(file, repo)


def _written(file: Written, repo: Repository) -> Iterator[Found]:
    """A file that a cell writes, by its name."""
    inner = Source(file.name, file.fragment.text)
    if file.name.endswith(_SCRIPTS):
        yield read_script(file.fragment, repo, ScriptContext("notebook"))
    elif file.name.endswith(".py"):
        yield read_nested(file.fragment, python.read, repo)
    elif dockerfile.claims(file.name):
        yield read_nested(file.fragment, dockerfile.read, repo)
    elif file.name.endswith(_YAML) and compose.is_compose(inner):
        yield read_nested(file.fragment, compose.read, repo)
