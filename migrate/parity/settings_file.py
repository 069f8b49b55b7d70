"""Reads `parity.yaml`: all mistakes at once, each with its file and line."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec
import yaml
from yaml import MappingNode, Node, ScalarNode

from migrate.formats.yaml_tree import Loader
from migrate.parity.settings import Settings


class SettingsInvalid(ValueError):
    """A settings file with mistakes; each is one line of the message."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake and its place; the line counts from 1."""

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


def read(path: Path) -> Settings:
    """The settings of a file.

    Raises:
        SettingsInvalid: it cannot be read, or has mistakes; all are named with their lines.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        loader = Loader(text)
        node = loader.get_single_node()
        data = loader.construct_document(node) if node is not None else {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsInvalid(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    except yaml.YAMLError as error:
        raise SettingsInvalid(str(Mistake(path, _line_of(error), f"no YAML: {_problem(error)}"))) from error
    mistakes = [Mistake(path, line, message) for line, message in _mistakes(node, data, Settings, "")]
    if mistakes:
        raise SettingsInvalid("\n".join(map(str, mistakes)))
    settings = msgspec.convert(data, Settings)
    mistakes = [Mistake(path, _place(node, where), f"{'.'.join(where)}: {what}") for where, what in _unfit(settings)]
    if mistakes:
        raise SettingsInvalid("\n".join(map(str, mistakes)))
    return settings


def _line_of(error: yaml.YAMLError) -> int:
    mark = getattr(error, "problem_mark", None)
    return mark.line + 1 if mark else 1


def _problem(error: yaml.YAMLError) -> str:
    return getattr(error, "problem", None) or str(error).splitlines()[0]


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
