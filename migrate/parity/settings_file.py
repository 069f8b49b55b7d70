"""Reads `parity.yaml`: all mistakes at once, each with its file and line."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec
import yaml
from yaml import MappingNode, Node, ScalarNode

from migrate.formats.yaml.tree import Loader
from migrate.mistakes import Mistake, not_yaml, text_of
from migrate.parity.settings import Settings


class SettingsInvalid(ValueError):
    """A settings file with mistakes; each is one line of the message."""


def read(path: Path) -> Settings:
    """The settings of a file.

    Raises:
        SettingsInvalid: it cannot be read, or has mistakes; all are named with their lines.
    """
    node, data = _tree(path)
    _refuse(path, _mistakes(node, data, Settings, ""))
    settings = msgspec.convert(data, Settings)
    _refuse(path, ((_place(node, where), f"{'.'.join(where)}: {what}") for where, what in _unfit(settings)))
    return settings


def _refuse(path: Path, mistakes: Iterable[tuple[int, str]]) -> None:
    """
    Raises:
        SettingsInvalid: there are any.
    """
    if lines := [str(Mistake(str(path), line, message)) for line, message in mistakes]:
        raise SettingsInvalid("\n".join(lines))


def _tree(path: Path) -> tuple[Node | None, Any]:
    """The file as nodes with places, and as values.

    Raises:
        SettingsInvalid: it cannot be read, or is no YAML.
    """
    text = text_of(path, SettingsInvalid)
    try:
        loader = Loader(text)
        node = loader.get_single_node()
        return node, loader.construct_document(node) if node is not None else {}
    except (yaml.YAMLError, RecursionError) as error:
        raise SettingsInvalid(str(not_yaml(str(path), text, error))) from error


def _mistakes(node: Node | None, data: Any, kind: Any, above: str) -> Iterator[tuple[int, str]]:
    """The mistakes of one section and of the sections in it."""
    if node is None:
        return
    if not isinstance(node, MappingNode) or not isinstance(data, dict):
        yield _line(node), f"{above.rstrip('.') or 'the file'} must be a section of settings"
        return
    hints = get_type_hints(kind, include_extras=True)
    for key, value in node.value:
        name = key.value if isinstance(key, ScalarNode) else ""
        if name not in hints:
            yield _line(key), f"{above}{name} is not a setting{_nearest(name, hints)}"
        elif section := _section(hints[name]):
            if data[name] is not None or section is hints[name]:
                yield from _mistakes(value, data[name], section, f"{above}{name}.")
        elif wrong := _refusal(data[name], hints[name]):
            yield _line(value), f"{above}{name}: {wrong}"


def _section(hint: Any) -> Any:
    """The class of a section, also of one that may be left out."""
    kinds = [hint, *get_args(hint)]
    return next((kind for kind in kinds if dataclasses.is_dataclass(kind) or _is_struct(kind)), None)


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _refusal(value: Any, hint: Any) -> str:
    try:
        msgspec.convert(value, hint)
    except msgspec.ValidationError as error:
        return str(error)
    return ""


def _nearest(name: str, known: dict[str, Any]) -> str:
    near = get_close_matches(name, known, n=1)
    return f": did you mean {near[0]}?" if near else f": there are {', '.join(known)}"


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _place(node: Node | None, where: Sequence[str]) -> int:
    """The line of the deepest key of a path that the file has."""
    line = 1
    for name in where:
        pairs = node.value if isinstance(node, MappingNode) else []
        found = next(((key, value) for key, value in pairs if key.value == name), None)
        if found is None:
            return line
        line, node = _line(found[0]), found[1]
    return line


def _unfit(settings: Settings) -> Iterator[tuple[tuple[str, ...], str]]:
    """Settings that are each possible and do not fit together, or are no load, with their paths."""
    engines = settings.engines
    if engines.service and (engines.first or engines.second):
        yield ("engines", "service"), "stands for both engines: leave first and second out"
    elif not engines.service and bool(engines.first) != bool(engines.second):
        yield ("engines",), f"{'second' if engines.first else 'first'} is missing"
    if settings.load is not None:
        for name, shape in (("shape", settings.load.shape), *(("sweep", each) for each in settings.load.sweep)):
            if wrong := _no_load(shape):
                yield ("load", name), wrong


def _no_load(shape: str) -> str:
    """Why a text is no load; whether a trace can be read shows when it is."""
    from migrate.parity.latency.arrivals import BadLoad, parse_load

    try:
        if not shape.startswith("trace:"):
            parse_load(shape)
    except BadLoad as error:
        return str(error)
    return ""
