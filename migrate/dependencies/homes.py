"""The texts of a repository that name packages: dependency files, install commands, lock files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import basename, dirname, join, normpath, splitext

from migrate.clients.notebook import notebook
from migrate.dependencies import programs
from migrate.dependencies.lines import Place, lines
from migrate.dependencies.tables import PIPFILE, PYPROJECT, tables
from migrate.dependencies.words import installs, words
from migrate.repository import Repository
from migrate.source import Fragment
from migrate.triggers import holds

LOCKS = {
    "poetry.lock": "poetry lock",
    "uv.lock": "uv lock",
    "Pipfile.lock": "pipenv lock",
    "pdm.lock": "pdm lock",
    "conda-lock.yml": "conda-lock",
    "pixi.lock": "pixi lock",
    "requirements.lock": "rye lock",
    "requirements-dev.lock": "rye lock",
}
_FILES = re.compile(
    r"[\w.-]*requirements[\w.-]*\.(txt|in)|constraints[\w.-]*\.txt|pyproject\.toml|setup\.cfg|setup\.py|tox\.ini|Pipfile|"
    r"(hatch|pixi)\.toml|"
    r"(environment|conda|env)[\w-]*\.ya?ml"
)
_SCRIPTS = frozenset((".sh", ".bash", ".zsh", ".mk", ".yml", ".yaml", ".md", ".toml"))
_NAMED = re.compile(r"(?:.*\.)?(?:Dockerfile|Containerfile)(?:\..*)?|Makefile|Justfile|justfile")
_HISTORY = re.compile(r"(?:change(?:s|log)?|history|news|release(?:s|[-_]?notes)?)\b", re.IGNORECASE)
_INCLUDE = re.compile(r"(?m)^[ \t]*(?:-r|--requirement|-c|--constraint)[ \t=]+(\S+)")


@dataclass(frozen=True)
class Home:
    """A text that may name packages. `commands`: in install commands only, else one entry after the other."""

    fragment: Fragment
    commands: bool

    @property
    def path(self) -> str:
        return self.fragment.source.path

    def places(self, package: str) -> list[Place]:
        text = self.fragment.text
        return list(words(text, package) if self.commands else _entries(self.path, text, package))


def _entries(path: str, text: str, package: str) -> Iterator[Place]:
    """The entries of a package in a dependency file, or in a program that names what it needs."""
    base = basename(path)
    if base.endswith(".toml"):
        yield from tables(text, package, PYPROJECT)
    elif base == "Pipfile":
        yield from tables(text, package, PIPFILE)
    elif base == "setup.py":
        yield from programs.setup(text, package)
    elif base.endswith(".py"):
        yield from programs.script(text, package)
    else:
        yield from lines(text, package, sections=base in ("setup.cfg", "tox.ini"))


def homes(repository: Repository) -> Iterator[Home]:
    """Every text of the repository that may name packages."""
    files = {path for path in repository.paths if is_dependency_file(path)}
    files |= {path for file in sorted(files) for path in _included(repository, file)}
    for path in repository.paths:
        source = repository.source(path) if path in files or _may_install(repository, path) else None
        if source is None:
            continue
        if path in files:
            yield Home(Fragment.whole(source), False)
        elif path.endswith(".ipynb"):
            found = notebook(source)
            yield from (Home(one, True) for one in (found.shell if found else ()))
        elif installs(source.text):
            yield Home(Fragment.whole(source), True)
            if path.endswith(".py"):
                yield Home(Fragment.whole(source), False)


def is_dependency_file(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    return _FILES.fullmatch(name) is not None or (
        name.endswith((".txt", ".in")) and folder.rpartition("/")[2] == "requirements"
    )


def _may_install(repository: Repository, path: str) -> bool:
    name = basename(path)
    if name.endswith(".py"):
        return holds(repository.read(path), (b"install", b"# /// script"))
    if _HISTORY.match(name):
        return False
    return splitext(name)[1] in _SCRIPTS or _NAMED.fullmatch(name) is not None or name.endswith(".ipynb")


def _included(repository: Repository, path: str) -> Iterator[str]:
    """The files that a requirements file brings in with `-r`, those that they bring in, too."""
    seen = [path]
    for one in seen:
        source = repository.source(one) if one in repository.paths else None
        for match in _INCLUDE.finditer(source.text) if source else ():
            found = normpath(join(dirname(one), match[1]))
            if found not in seen and found in repository.paths:
                seen.append(found)
    yield from seen[1:]


def locks(repository: Repository, package: str) -> Iterator[tuple[str, int, int, str]]:
    """Lock files that hold a package: the path, where, and the command that writes the file anew."""
    name = re.sub("[-_.]+", "[-_.]", package)
    pattern = re.compile(rf"(?:^|(?<=[\"' /])){name}(?=[\"'=]|-\d|[ \t]*\r?$)", re.IGNORECASE | re.MULTILINE)
    for path in repository.paths:
        command = LOCKS.get(basename(path))
        source = repository.source(path) if command else None
        match = pattern.search(source.text) if source else None
        if match and command:
            yield path, match.start(), match.end(), command
