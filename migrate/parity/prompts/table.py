"""Prompts of a table: a line of names (`text` or `prompt`, or `user` with `system`; max_tokens, temperature, seed,
stop, name), then one prompt a row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

from migrate.parity.prompts.lines import Limits, convert
from migrate.parity.prompts.prompt import DEFAULT_TOKENS, Prompt, PromptError

_COLUMNS = frozenset({"name", "text", "prompt", "user", "system", "max_tokens", "temperature", "seed", "stop"})


def read(path: str, content: str) -> list[Prompt]:
    """The prompts of a CSV file, or of one that tabs separate.

    Raises:
        PromptError: the columns or a row cannot be used.
    """
    head = content.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(content, newline=""), delimiter="\t" if "\t" in head else ",", strict=True)
    found: list[Prompt] = []
    try:
        _known(path, rows.fieldnames or ())
        for row in rows:
            found.append(_prompt(f"{path}:{rows.line_num}", len(found) + 1, _cells(row)))
    except csv.Error as error:
        raise PromptError(f"{path}:{rows.line_num or 1}: {error}") from error
    return found


def _known(path: str, columns: Iterable[str]) -> None:
    """
    Raises:
        PromptError: a column that means nothing, or none with a text.
    """
    names = {name.strip().lower() for name in columns}
    unknown = sorted(names - _COLUMNS)
    if unknown or not names & {"text", "prompt", "user"}:
        said = f"unknown columns {', '.join(unknown)}" if unknown else "no column text, prompt or user"
        raise PromptError(f"{path}:1: {said}; known are {', '.join(sorted(_COLUMNS))}")


def _cells(row: Mapping[str | None, object]) -> dict[str, str]:
    """Cells by column; those beyond the last column stand under none."""
    return {(name or "").strip().lower(): cell for name, cell in row.items() if isinstance(cell, str)} | (
        {"": "more"} if row.get(None) else {}
    )


def _prompt(place: str, number: int, cells: Mapping[str, str]) -> Prompt:
    if "" in cells:
        raise PromptError(f"{place}: more cells than columns: put quotes around a text with commas")
    raw, user = cells.get("text") or cells.get("prompt") or "", cells.get("user") or ""
    if bool(raw) == bool(user):
        raise PromptError(f"{place}: a prompt needs either text or user")
    system = (("system", cells["system"]),) if user and cells.get("system") else ()
    given = convert(place, {name: _number(cells.get(name, "")) for name in Limits.__struct_fields__}, Limits)
    return Prompt(
        cells.get("name") or f"row-{number}",
        raw,
        (*system, ("user", user)) if user else (),
        given.max_tokens or DEFAULT_TOKENS,
        given.temperature or 0.0,
        given.seed,
        (cells["stop"],) if cells.get("stop") else (),
    )


def _number(cell: str) -> int | float | str | None:
    """A cell's number, its text where it is none, nothing where it is empty."""
    for kind in (int, float):
        try:
            return kind(cell)
        except ValueError:
            continue
    return cell or None
