"""The rules of the program and those of the user's own folders, together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from migrate.mistakes import Mistake
from migrate.rulebook.client_rule import ClientRule
from migrate.rulebook.files import read_file
from migrate.rulebook.model import Rule, as_list


class RulesInvalid(Exception):
    """Rule files with mistakes; `errors` has them all."""

    def __init__(self, errors: Sequence[Mistake]) -> None:
        super().__init__("\n".join(map(str, errors)))
        self.errors = tuple(errors)


@dataclass(frozen=True)
class Rulebook:
    """Rules by id, in file order; a later folder's rule takes the place of an earlier one with its id.

    `rules` are those for launches, `clients` those for programs; `places` has the file and line of each.
    """

    rules: Mapping[str, Rule]
    places: Mapping[str, str]
    clients: Mapping[str, ClientRule] = field(default_factory=dict)

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


def load(extra: tuple[Path, ...] = ()) -> Rulebook:
    """The rules of the program, for launches and for clients, with those of the extra folders over them.

    Read once for the same folders; the program's own rules are the same objects whatever is laid over them.

    Raises:
        RulesInvalid: any file has a mistake; all of them are listed.
    """
    return _load(extra)


@cache
def _load(extra: tuple[Path, ...]) -> Rulebook:
    if not extra:
        return _laid_over(Rulebook({}, {}), [[rules_folder() / "launch", rules_folder() / "clients"]])
    return _laid_over(_load(()), [[folder] for folder in extra])


def _laid_over(base: Rulebook, homes: Iterable[Iterable[Path]]) -> Rulebook:
    """The rules of the folders over those of `base`; one home, of one folder or several, has each id once."""
    rules, clients, places = dict(base.rules), dict(base.clients), dict(base.places)
    errors: list[Mistake] = []
    for home in homes:
        seen: set[str] = set()
        for path, rule, line in _entries(home, errors):
            if rule.id in seen:
                errors.append(Mistake(str(path), line, f"{rule.id} is defined twice in this folder"))
            seen.add(rule.id)
            for kind in (rules, clients):
                kind.pop(rule.id, None)
            if isinstance(rule, Rule):
                rules[rule.id] = rule
            else:
                clients[rule.id] = rule
            places[rule.id] = f"{path}:{line}"
    if errors:
        raise RulesInvalid(errors)
    return Rulebook(rules, places, clients)


def _entries(folders: Iterable[Path], errors: list[Mistake]) -> Iterator[tuple[Path, Rule | ClientRule, int]]:
    for folder in folders:
        for path in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]):
            yield from ((path, rule, line) for rule, line in read_file(path, errors))
