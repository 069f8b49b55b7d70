"""Writes one word so that the reader of a command line gives it back as it was."""

from __future__ import annotations

import re

from migrate.formats.shell.syntax import dialect_of
from migrate.touchpoints import CannotWrite, Token

_SAFE = re.compile(r"[\w@+=:,./^%-]+")
_EXPANSION = re.compile(r"\$\$?(?:\{[^{}\s]*\}|\([^()\s]*\)|\w+|@)|\$?\{\{[^\n]*?\}\}")


def quote(token: Token, dialect: str = "shell") -> str:
    """The word as text of a dialect. What was written in the same dialect is used as it was; an expression stays
    expandable and one word; a literal loses its special characters to quotes (single ones, so that JSON stays
    readable)."""
    if token.raw and token.dialect == dialect:
        return token.raw
    if dialect == "words":
        return _unquoted(token.value)
    return _expression(token.value, dialect) if token.expression else literal(token.value, dialect)


def _unquoted(value: str) -> str:
    """A word of a variable that is split at blanks, where quotes would be part of the word.

    Raises:
        CannotWrite: the word holds blanks.
    """
    if not value or re.search(r"\s", value):
        raise CannotWrite(f"{value!r} holds blanks, and the variable that the arguments stand in is split at blanks")
    return value


def literal(value: str, dialect: str = "shell") -> str:
    """A value without expansions, quoted where it needs to be."""
    rules = dialect_of(dialect)
    doubled = value.replace("$", "$$") if rules.doubled != "expansion" else value
    if rules.specifiers:
        doubled = doubled.replace("%", "%%")
    if _SAFE.fullmatch(value) and not value.startswith("^"):
        return doubled
    if rules.c_escapes:
        doubled = doubled.replace("\\", "\\\\")
        return "'" + doubled.replace("'", "\\'").replace("\n", "\\n") + "'"
    return "'" + doubled.replace("'", "'\\''") + "'"


def _expression(value: str, dialect: str) -> str:
    """Unquoted only where nothing can split it: a program that expands before it splits (make, a template) or after
    (systemd) needs no quotes, a shell does."""
    if dialect != "shell" and _SAFE.fullmatch(_EXPANSION.sub("x", value)) and "{{" not in value:
        return value
    kept: list[str] = []
    at = 0
    for match in _EXPANSION.finditer(value):
        kept += [_escaped(value[at : match.start()]), match[0]]
        at = match.end()
    return '"' + "".join(kept) + _escaped(value[at:]) + '"'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"') if "$(" not in text and "`" not in text else text


def escape_in(mark: str, text: str) -> str:
    """A command as it stands inside a quoted word of another command (`bash -c "..."`): only the marks are escaped,
    so that expansions stay with the shell that they belonged to."""
    if mark == "'":
        return text.replace("'", "'\\''")
    return text.replace("\\", "\\\\").replace('"', '\\"') if mark == '"' else text
