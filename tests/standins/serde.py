"""Reads JSON into the declared types of TGI's requests and refuses with the words of its deserializer (serde)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

WORDS = {"bool": "a boolean", "text": "a string", "seq": "a sequence"}
INTEGERS = {"i32": -(2**31), "u32": 0, "u64": 0, "usize": 0}


class Refused(Exception):
    """The text of a refusal, without the place at its end."""


Reader = Callable[[Any, str], None]


def found(value: Any) -> str:
    """How a value is called in a refusal."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return f"boolean `{str(value).lower()}`"
    if isinstance(value, int):
        return f"integer `{value}`"
    if isinstance(value, float):
        return f"floating point `{value}`"
    if isinstance(value, str):
        return f'string "{value}"'
    return "map" if isinstance(value, dict) else "sequence"


def wrong(path: str, message: str) -> Refused:
    return Refused(f"{path}: {message}" if path else message)


def scalar(kind: str) -> Reader:
    """A number, text or switch; a `?` at the end allows null, which stands for an absent value."""
    name, optional = kind.removesuffix("?"), kind.endswith("?")

    def read(value: Any, path: str) -> None:
        if value is None and optional:
            return
        if not _fits(value, name):
            raise wrong(path, f"invalid type: {found(value)}, expected {WORDS.get(name, name)}")
        if name in INTEGERS and value < INTEGERS[name]:
            raise wrong(path, f"invalid value: {found(value)}, expected {name}")

    return read


def _fits(value: Any, name: str) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if name in INTEGERS:
        return number and isinstance(value, int)
    kinds: dict[str, type | tuple[type, ...]] = {"bool": bool, "text": str, "seq": list}
    return number if name == "f32" else isinstance(value, kinds[name])


def sequence(item: Reader, optional: bool = False) -> Reader:
    whole = scalar("seq?" if optional else "seq")

    def read(value: Any, path: str) -> None:
        whole(value, path)
        for index, one in enumerate(value or ()):
            item(one, f"{path}[{index}]")

    return read


def struct(name: str, fields: Mapping[str, Reader], needs: tuple[str, ...] = (), other: Reader | None = None) -> Reader:
    """An object with these members, unknown ones ignored; a list is read as the members in order.

    `other` looks at the whole object after its members were read.
    """

    def read(value: Any, path: str) -> None:
        if isinstance(value, list):
            for index, (reader, one) in enumerate(zip(fields.values(), value, strict=False)):
                reader(one, f"{path}[{index}]")
            return
        if not isinstance(value, dict):
            raise wrong(path, f"invalid type: {found(value)}, expected struct {name}")
        for key, one in value.items():
            if key in fields:
                fields[key](one, f"{path}.{key}" if path else key)
        for key in needs:
            if key not in value:
                raise wrong(path, f"missing field `{key}`")
        if other is not None:
            other(value, path)

    return read


def untagged(name: str, fits: Callable[[Any], bool]) -> Reader:
    """One of several forms, where a refusal does not say which was meant."""

    def read(value: Any, path: str) -> None:
        if not fits(value):
            raise wrong(path, f"data did not match any variant of untagged enum {name}")

    return read


def anything(value: Any, path: str) -> None:
    """Whatever it is."""
