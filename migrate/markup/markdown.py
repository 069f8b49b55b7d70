"""Pieces of a comment in a pull request."""

from __future__ import annotations

import re
from itertools import accumulate

from migrate.markup.visible import visible

# GitHub refuses a comment of more than 65,536 characters.
LIMIT = 65_000
# The most characters of a table's cell and of a code span.
CELL, _LINE = 400, 300
# What a folded list takes beside its lines.
_FRAME = 200


def folded(title: str, listed: list[str], count: int, room: int) -> list[str]:
    """As many of the lines as there is room for (characters), and how many there are beside; nothing if none fits."""
    left = room - len(title) - _FRAME
    fitting = [
        line for line, end in zip(listed, accumulate(len(line) + 1 for line in listed), strict=True) if end < left
    ]
    if not fitting:
        return []
    more = [f"- and {count - len(fitting)} more"] if count > len(fitting) else []
    return ["", f"<details><summary>{title}</summary>", "", *fitting, *more, "", "</details>"]


def code(text: str) -> str:
    """A code span: nothing that a model or a user said acts in it, neither markup nor a mention of somebody."""
    line = _cut(" ".join(visible(text).split("\n")), _LINE)
    fence = "`" * (max(map(len, re.findall("`+", line)), default=0) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") or not line.strip() else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def escaped(line: str, room: int = CELL) -> str:
    """Keep table cells whole and what was said from being read as markup or as a mention."""
    plain = _cut(" ".join(visible(line).split("\n")), room)
    marked = re.sub(r"([\\|`*_\[\]~])", r"\\\1", plain).replace("&", "&amp;").replace("<", "&lt;")
    return marked.replace("#", "&#35;").replace("@", "@&#8203;")


def _cut(line: str, room: int) -> str:
    return line if len(line) <= room else f"{line[: room - 1]}…"
