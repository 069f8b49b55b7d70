"""Safe access to JSON that a server sent: a member of another type counts as missing."""

from __future__ import annotations

from migrate.parity.exchange import Json


def member(data: Json, *path: str | int) -> Json:
    """The value at a path of names and places, None where there is none."""
    for step in path:
        if isinstance(step, str):
            data = data.get(step) if isinstance(data, dict) else None
        else:
            data = data[step] if isinstance(data, list) and step < len(data) else None
    return data


def text(data: Json, *path: str | int) -> str:
    value = member(data, *path)
    return value if isinstance(value, str) else ""


def integer(data: Json, *path: str | int) -> int | None:
    value = member(data, *path)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def number(data: Json, *path: str | int) -> float | None:
    value = member(data, *path)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def items(data: Json, *path: str | int) -> list[Json]:
    value = member(data, *path)
    return value if isinstance(value, list) else []


def integers(data: Json, *path: str | int) -> tuple[int, ...] | None:
    """A list of integers, None where it is missing or holds anything else."""
    value = member(data, *path)
    if not isinstance(value, list) or any(not isinstance(item, int) for item in value):
        return None
    return tuple(item for item in value if isinstance(item, int))


def count(value: str | None) -> int | None:
    """A header's number."""
    return int(value) if value is not None and value.isdecimal() else None
