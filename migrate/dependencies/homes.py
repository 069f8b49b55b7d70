"""The texts of a repository that name packages: dependency files, install commands, lock files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import dirname, join, normpath, splitext

from migrate.clients.notebook import notebook
from migrate.dependencies.lines import Place, installs, is_dependency_file, places, words
from migrate.repository import Repository
from migrate.source import Fragment

LOCKS = {
    "poetry.lock": "poetry lock",
    "uv.lock": "uv lock",
    "Pipfile.lock": "pipenv lock",
    "pdm.lock": "pdm lock",
    "conda-lock.yml": "conda-lock",
    "pixi.lock": "pixi lock",
}
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
        return list(words(text, package) if self.commands else places(self.path, text, package))


def homes(repository: Repository) -> Iterator[Home]:
    """Every text of the repository that may name packages."""
    files = {path for path in repository.paths if is_dependency_file(path)}
    files |= {path for file in sorted(files) for path in _included(repository, file)}
    for path in repository.paths:
        source = repository.source(path) if path in files or _may_install(path) else None
        if source is None:
            continue
        if path in files:
            yield Home(Fragment.whole(source), False)
        elif path.endswith(".ipynb"):
            found = notebook(source)
            yield from (Home(one, True) for one in (found.shell if found else ()))
        elif installs(source.text):
            yield Home(Fragment.whole(source), True)


def _may_install(path: str) -> bool:
    name = path.rpartition("/")[2]
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
    pattern = re.compile(rf"[\"' /]{re.sub('[-_.]+', '[-_.]', package)}[\"']", re.IGNORECASE)
    for path in repository.paths:
        command = LOCKS.get(path.rpartition("/")[2])
        source = repository.source(path) if command else None
        match = pattern.search(source.text) if source else None
        if match and command:
            yield path, match.start() + 1, match.end() - 1, command
