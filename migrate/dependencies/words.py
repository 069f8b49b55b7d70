"""Packages in commands that install them: `pip install`, `uv add`, `conda install` and the like."""

from __future__ import annotations

import re
from collections.abc import Iterator

from migrate.dependencies import programs
from migrate.dependencies.lines import Place, line_of, spelt

_INSTALL = re.compile(
    r"\b(?:pip[\d.]*[ \t]+install|uv[ \t]+(?:pip[ \t]+install|add)|(?:poetry|pdm|rye|pixi)[ \t]+add|"
    r"pipenv[ \t]+install|(?:conda|mamba|micromamba)[ \t]+install|uvx?[ \t][^\n;&|]*?--with)\b"
    r"(?P<words>(?:\\\r?\n|[^\n;&|])*)"
)
_WORD = (
    r"(?<![\w./:@=-])(?P<quote>[\"']?)(?P<whole>{name}(?:\[[\w,-]*\])?(?:[<>=!~]=?[\w.,<>=!~*]*|@[\w.^~*<>=,]+)?)"
    r"(?P=quote)(?![\w./=@-])"
)


def installs(text: str) -> bool:
    """Whether a text has a command that installs packages."""
    return _INSTALL.search(text) is not None or programs.installs(text)


def words(text: str, package: str) -> Iterator[Place]:
    """The entries of a package in commands that install packages, as a shell's words and as lists of words."""
    for command in _INSTALL.finditer(text):
        pattern = re.compile(_WORD.format(name=spelt(package)), re.IGNORECASE)
        for match in pattern.finditer(text, command.start("words"), command.end("words")):
            start, end = match.span("whole")
            yield Place(start, end, line_of(text, start, end), "word", quote=match["quote"], stop=end)
    yield from programs.commands(text, package)
