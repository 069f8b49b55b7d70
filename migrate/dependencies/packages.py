"""`package.json`: a package that rewritten scripts need comes in beside the one that they used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from migrate.dependencies.follow import RULE, Need
from migrate.findings import Finding, Safety
from migrate.repository import Repository
from migrate.source import Edit, Source, Span

NAME = "package.json"


def follow_packages(repository: Repository, needs: Iterable[Need]) -> Iterator[Finding]:
    """The edits of every package.json that names an old package; a need's `new` is `name@range`."""
    wanted = list(dict.fromkeys(needs))
    for path in repository.paths if wanted else ():
        source = repository.source(path) if path.rpartition("/")[2] == NAME else None
        for need in wanted if source else ():
            yield from _added(source, need) if source else ()


def _added(source: Source, need: Need) -> Iterator[Finding]:
    name, _, versions = (need.new or "").rpartition("@")
    if not name or re.search(rf'"{re.escape(name)}"[ \t]*:', source.text):
        return
    match = re.search(rf'(?P<lead>[ \t]*)"{re.escape(need.old)}"[ \t]*:[ \t]*"[^"\n]*"', source.text)
    if match is None:
        return
    line = source.text[source.text.rfind("\n", 0, match.end()) + 1 : match.end()]
    joint = f",{source.newline}{match['lead']}" if not line[: -len(match[0])].strip() else ", "
    edit = Edit(source.path, match.end(), match.end(), f'{joint}"{name}": "{versions}"', RULE)
    span = Span(match.start() + len(match["lead"]), match.end())
    text = f"{need.old} stays where other code uses it; {name} {versions} is used now (install it anew)"
    yield Finding(RULE, source.path, span, "dependency", Safety.SAFE, text, match[0].strip(), need.group, (edit,))
