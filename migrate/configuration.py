"""The configuration file: `[tool.migrate]` of pyproject.toml, or migrate.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from migrate.problems import UsageProblem
from migrate.settings import KEEP

FILES = ("migrate.toml", "pyproject.toml")
_TEXTS = ("to", "from")
_LISTS = ("keep", "exclude", "rules", "ignore")


@dataclass(frozen=True, slots=True)
class Configuration:
    """What the file says. `rules` are folders, found from the file's own place; `file` is the one that was read."""

    to: str | None = None
    source: str | None = None
    keep: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    rules: tuple[Path, ...] = ()
    ignore: tuple[str, ...] = ()
    file: Path | None = None


def configuration(root: Path, named: Path | None = None) -> Configuration:
    """The configuration of `root`, or of the file that `--config` names. migrate.toml goes before pyproject.toml.

    Raises:
        UsageProblem: a file that is not TOML, an unknown key, a value of the wrong type; named with file and key.
    """
    if named is not None:
        if not named.is_file():
            raise UsageProblem(f"{named}: there is no such configuration file")
        return _read(named) or Configuration(file=named)
    for name in FILES:
        if (root / name).is_file() and (found := _read(root / name)):
            return found
    return Configuration()


def _read(file: Path) -> Configuration | None:
    try:
        document = tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise UsageProblem(f"{file}: cannot be read: {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        if file.name == "pyproject.toml" and b"tool.migrate" not in file.read_bytes():
            return None
        raise UsageProblem(f"{file}: is not valid TOML: {error}") from error
    if file.name != "pyproject.toml":
        return parse(document, file, "")
    tool = document.get("tool")
    table = tool.get("migrate") if isinstance(tool, dict) else None
    return None if table is None else parse(table, file, "tool.migrate.")


def parse(table: object, file: Path, prefix: str = "") -> Configuration:
    """Check one table.

    Raises:
        UsageProblem: as in `configuration`.
    """
    if not isinstance(table, dict):
        raise UsageProblem(f"{file}: {prefix.rstrip('.')} must be a table of settings")
    for key in table:
        if key not in _TEXTS + _LISTS:
            raise UsageProblem(f"{file}: {prefix}{key} is not a setting; known are {', '.join(_TEXTS + _LISTS)}")
    texts = {key: _text(table[key], file, prefix + key) for key in _TEXTS if key in table}
    lists = {key: _list(table[key], file, prefix + key) for key in _LISTS if key in table}
    for name in lists.get("keep", ()):
        if name not in KEEP:
            raise UsageProblem(f"{file}: {prefix}keep: {name!r} is not one of {', '.join(KEEP)}")
    return Configuration(
        to=texts.get("to"),
        source=texts.get("from"),
        keep=lists.get("keep", ()),
        exclude=lists.get("exclude", ()),
        rules=tuple(file.parent / folder for folder in lists.get("rules", ())),
        ignore=lists.get("ignore", ()),
        file=file,
    )


def _text(value: object, file: Path, key: str) -> str:
    if not isinstance(value, str):
        raise UsageProblem(f'{file}: {key} must be a text such as "{_example(key)}", not {_kind(value)}')
    return value


def _list(value: object, file: Path, key: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise UsageProblem(f'{file}: {key} must be a list of texts such as ["{_example(key)}"], not {_kind(value)}')
    for item in value:
        if not isinstance(item, str):
            raise UsageProblem(f"{file}: {key} must hold texts only, not {_kind(item)}")
    return tuple(value)


def _example(key: str) -> str:
    examples = {"to": "vllm@0.32.0", "from": "tgi@3.3.5", "keep": "dtype", "exclude": "vendor/", "rules": "rules/"}
    return examples.get(key.rpartition(".")[2], "launch/port")


def _kind(value: object) -> str:
    names = {"bool": "a truth value", "int": "a number", "float": "a number", "list": "a list", "dict": "a table"}
    return names.get(type(value).__name__, "a text" if isinstance(value, str) else "a date or time")
