"""Reads rule files: all errors at once, each with its file, line and path inside the rule."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from migrate.rulebook.checks import complaints
from migrate.rulebook.model import Rule, as_list

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class RuleError:
    """One mistake in a rule file; line from 1."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class RulesInvalid(Exception):
    """Rule files with mistakes; `errors` has them all."""

    def __init__(self, errors: Sequence[RuleError]) -> None:
        super().__init__("\n".join(map(str, errors)))
        self.errors = tuple(errors)


@dataclass(frozen=True)
class Rulebook:
    """Rules by id, in file order; a later folder's rule takes the place of an earlier one with its id."""

    rules: Mapping[str, Rule]
    places: Mapping[str, str]

    def matching(self, key: str, name: str) -> tuple[Rule, ...]:
        """The rules whose `match` has `key` with this name (`option`, `variable`, `image`, `mention` ...)."""
        return self._index.get((key, name), ())

    @property
    def _index(self) -> dict[tuple[str, str], tuple[Rule, ...]]:
        index: dict[tuple[str, str], tuple[Rule, ...]] | None = self.__dict__.get("_by_match")
        if index is None:
            index = {}
            for rule in self.rules.values():
                for key in ("option", "variable", "absent", "image", "mention", "remark"):
                    for name in as_list(getattr(rule.match, key)):
                        index[key, name] = (*index.get((key, name), ()), rule)
                if rule.match.launch:
                    index["launch", ""] = (*index.get(("launch", ""), ()), rule)
            self.__dict__["_by_match"] = index
        return index


def rules_folder() -> Path:
    """The rules that come with the program: package data in a wheel, rules/ in a checkout."""
    packaged = Path(__file__).resolve().parent.parent / "_rules"
    return packaged if packaged.is_dir() else packaged.parent.parent / "rules"


@cache
def load(extra: tuple[Path, ...] = ()) -> Rulebook:
    """The rules of the program for launches, with those of the extra folders over them.

    Raises:
        RulesInvalid: any file has a mistake; all of them are listed.
    """
    rules: dict[str, Rule] = {}
    places: dict[str, str] = {}
    errors: list[RuleError] = []
    for folder in (rules_folder() / "launch", *extra):
        seen: set[str] = set()
        for path in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]):
            for rule, place in _read_file(path, errors):
                if rule.id in seen:
                    errors.append(RuleError(str(path), place, f"{rule.id} is defined twice in this folder"))
                seen.add(rule.id)
                rules[rule.id] = rule
                places[rule.id] = f"{path}:{place}"
    if errors:
        raise RulesInvalid(errors)
    return Rulebook(rules, places)


def _read_file(path: Path, errors: list[RuleError]) -> Iterable[tuple[Rule, int]]:
    text = path.read_text("utf-8")
    try:
        entries = yaml.load(text, _LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        errors.append(RuleError(str(path), line, f"not YAML: {error.problem}"))
        return
    if not isinstance(entries, list):
        errors.append(RuleError(str(path), 1, "a rule file is a list of rules"))
        return
    starts = [match.start() for match in re.finditer(r"(?m)^- ", text)]
    lines = [text.count("\n", 0, start) + 1 for start in starts]
    if len(lines) != len(entries):
        lines = [1] * len(entries)
    for entry, line in zip(entries, lines, strict=True):
        try:
            rule = msgspec.convert(entry, Rule)
        except msgspec.ValidationError as error:
            errors.append(_place(path, text, line, error))
            continue
        errors.extend(RuleError(str(path), line, f"{rule.id}: {text_}") for text_ in complaints(rule))
        yield rule, line


def _place(path: Path, text: str, line: int, error: msgspec.ValidationError) -> RuleError:
    """The error at the line of the key that its path ends with, as near as the rule's own lines tell."""
    message, _, where = str(error).partition(" - at `$")
    keys = re.findall(r"\.(\w+)", where) or re.findall(r"field `(\w+)`", message)
    for offset, content in enumerate(text.splitlines()[line - 1 :]):
        if offset and content.startswith("- "):
            break
        if keys and re.search(rf"\b{keys[-1]}\b\s*:", content):
            return RuleError(str(path), line + offset, str(error))
    return RuleError(str(path), line, str(error))
