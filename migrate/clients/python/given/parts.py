"""Parts of a request that only some requests carry: each says what keeps all of them together the same as before."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from migrate.clients.parameters import Given, Note, Translation
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.edits.entries import Entries, Entry
from migrate.clients.python.given.parameters import Choice, Parameters
from migrate.clients.python.given.spreads import through
from migrate.clients.python.given.uses import SAMPLING, unreadable

MOST = 64  # ways to put a request together; nobody can say of more that they are right
DECIDING = {*SAMPLING, "typical_p", "temperature"}
LIMIT = "max_new_tokens"


@dataclass(eq=False)
class Part:
    """A dict that may be brought in. `becomes` and `added` are what it says under vLLM's names."""

    keywords: Entries
    given: dict[str, tuple[Given, Entries, Entry]]
    becomes: dict[str, tuple[str, str] | None] = field(default_factory=dict)
    added: list[tuple[str, str]] = field(default_factory=list)

    def pairs(self) -> dict[str, str]:
        return dict([*(pair for name in self.given if (pair := self.becomes.get(name))), *self.added])


Way = tuple[Part, ...]


def parts_of(project: Project, choice: Choice) -> list[Part]:
    return [Part(keywords, through(project, entries)) for keywords, entries in choice.dicts]


def ways(choices: Sequence[tuple[Choice, list[Part]]]) -> list[Way]:
    """Every combination that a request can carry; none where there are too many."""
    count = 1
    for _, parts in choices:
        count *= len(parts) + 1
    several = [[*((one,) for one in parts), *([] if choice.certain else [()])] for choice, parts in choices]
    return [] if count > MOST else [tuple(part for one in way for part in one) for way in product(*several)]


def sent(read: Parameters, way: Way) -> list[Given]:
    """Everything that a request of this kind holds: what comes later takes the place of what was there."""
    known = {one.name: one for one in read.known()}
    for part in way:
        known.update({name: one for name, (one, _, _) in part.given.items()})
    return list(known.values())


def limited(read: Parameters, found: Sequence[Way]) -> bool:
    """Whether a part brings the limit in wherever the dict itself has none."""
    return bool(found) and all(any(one.name == LIMIT for one in sent(read, way)) for way in found)


def fit(read: Parameters, base: Translation, found: Mapping[Way, Translation]) -> Iterator[tuple[At, Note]]:
    """Adds to each part what it needs besides its own parameters; yields where the parts do not come to the same."""
    if trouble := _mixed(read, found):
        yield trouble
        return
    start = dict([*(pair for pair in base.becomes.values() if pair), *base.added])
    for way, done in sorted(found.items(), key=lambda one: len(one[0])):
        wanted = dict([*(pair for pair in done.becomes.values() if pair), *done.added])
        have = dict(start)
        for part in way:
            have.update(part.pairs())
        wrong = {name for name in wanted if have.get(name) != wanted[name]}
        wrong |= {name for name in have if name not in wanted and name not in dict(base.added) and _from(base, name)}
        if wrong and len(way) == 1 and all(_sayable(read, way[0], name, wanted) for name in wrong):
            way[0].added += [(name, wanted[name]) for name in sorted(wrong)]
        elif wrong:
            reason = "what the parts that are brought in under conditions mean together cannot be told"
            yield unreadable(way[-1].keywords.at if way else _place(read), ", ".join(sorted(wrong)), reason)
            return


def _mixed(read: Parameters, found: Mapping[Way, Translation]) -> tuple[At, Note] | None:
    """Parts that decide about sampling beside keys that are set later: each would have to know of the other."""
    keys = {str(vars(use.slice)["value"]): use for use in read.later}
    names = {name for way in found for part in way for name in part.given}
    use = next((keys[name] for name in keys if name in DECIDING), None)
    if use is None or read.main is None or not names & DECIDING:
        return None
    what = ", ".join(sorted(names & DECIDING))
    return unreadable(At(read.main.module, use), what, "it decides about sampling in two ways")


def _from(base: Translation, name: str) -> bool:
    return any(pair is not None and pair[0] == name for pair in base.becomes.values())


def _place(read: Parameters) -> At:
    assert read.main is not None
    return read.main.at


def _sayable(read: Parameters, part: Part, name: str, wanted: Mapping[str, str]) -> bool:
    """Whether the part can say the value: a constant, or one whose names mean the same there."""
    if name not in wanted or name in part.pairs() or read.main is None:
        return False
    at, main = part.keywords.at, read.main.at
    scope = main.module.scope(main.node)
    names = {node.id for node in ast.walk(ast.parse(wanted[name], mode="eval")) if isinstance(node, ast.Name)}
    same = at.module is main.module and at.module.scope(at.node) is scope
    return not names or (same and all(len(main.module.bindings.get((scope, one), ())) < 2 for one in names))
