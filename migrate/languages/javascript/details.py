"""`details` in a pattern: vLLM's answer has no such object, so its fields' own homes are taken out instead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ast_grep_py import SgNode

from migrate.languages.javascript.members import tested
from migrate.languages.javascript.modules import Place
from migrate.languages.javascript.script import QUOTES, Script, same, span
from migrate.languages.javascript.whole import Whole
from migrate.rulebook.clients import MemberRule

if TYPE_CHECKING:
    from migrate.languages.javascript.trail import Trail

TEXT = "text"
FIRST, USAGE = "choice", "usage"
HOME = "{base}.choices[0]"
# Where the templates of the rules look, and the pattern that takes it out of the answer under a name.
HOMES = {HOME: (FIRST, "choices: [NAME]"), "{base}.usage": (USAGE, "usage: NAME")}


@dataclass
class Taken:
    """What replaces an entry of a pattern: names by their patterns, the edits of the reads, reads of a whole text."""

    entry: SgNode
    names: dict[str, str] = field(default_factory=dict)
    edits: list[tuple[SgNode, str]] = field(default_factory=list)
    wholes: list[SgNode] = field(default_factory=list)
    needs: dict[str, str] = field(default_factory=dict)

    def add(self, script: Script, node: SgNode, template: str) -> bool:
        """The node becomes the template, with names for the homes in it; False where it asks for all of the answer."""
        for home, (name, pattern) in HOMES.items():
            if home in template:
                self.names.setdefault(pattern, script.fresh(name, self.entry))
                template = template.replace(home, self.names[pattern])
        self.edits.append((node, template))
        return "{base}" not in template


def taken(trail: Trail, entry: SgNode, holder: SgNode, rule: MemberRule) -> bool:
    """Rewrites the entry of a pattern whose value is an object that vLLM does not have; False where it cannot be."""
    found = Taken(entry)
    if not all(_read(trail, one, rule, found) for one in _reads(trail, holder)):
        return False
    if holder.kind() == "object_pattern" and any(
        one.kind() not in ("{", ",", "}", *_ENTRIES) for one in holder.children()
    ):
        return False
    found.names = found.names or {HOMES[HOME][1]: trail.script.fresh(FIRST, entry)}
    for node, text in found.edits:
        trail.walk.read += 1
        trail.changes.replace(span(node).start, span(node).end, text)
    for use in found.wholes:
        name = found.names[HOMES[HOME][1]]
        trail.walk.read += 1
        trail.walk.wholes.append(Whole(Place(trail.script, use), use, name))
    trail.changes.needs |= found.needs
    new = ", ".join(pattern.replace("NAME", name) for pattern, name in sorted(found.names.items()))
    trail.changes.replace(span(entry).start, span(entry).end, new.replace("usage: usage", "usage"))
    return True


@dataclass(frozen=True)
class _Use:
    """A read of what the entry gives: `name` where it stands, `field` of it that is read (None: itself), all of it."""

    name: SgNode
    field: str | None
    node: SgNode


def _reads(trail: Trail, holder: SgNode) -> Iterator[_Use]:
    if holder.kind() == "object_pattern":
        for child in holder.children():
            if (found := _entry(child)) is not None:
                yield from (_Use(use, found[0], use) for use in _uses(trail.script, found[1]))
        return
    for use in _uses(trail.script, holder):
        member = use.parent()
        prop = member.field("property") if member is not None and member.kind() == "member_expression" else None
        reads = member is not None and prop is not None and same(member.field("object") or member, use)
        yield _Use(use, prop.text(), member) if reads and prop and member else _Use(use, None, use)


def _read(trail: Trail, use: _Use, rule: MemberRule, found: Taken) -> bool:
    if use.name.kind() != "identifier":
        return False
    if rule.gives == TEXT or use.field is None:
        if rule.truth is not None and tested(use.name):
            return found.add(trail.script, use.name, rule.truth)
        if rule.becomes != "{whole}":
            return False
        found.names.setdefault(HOMES[HOME][1], trail.script.fresh(FIRST, found.entry))
        found.wholes.append(use.name)
        return True
    inner = trail.members.get((rule.gives, use.field))
    if inner is None or inner.safety == "manual":
        return False
    found.needs |= inner.needs
    return found.add(trail.script, use.node, inner.becomes)


_ENTRIES = ("shorthand_property_identifier_pattern", "pair_pattern")


def _entry(one: SgNode) -> tuple[str, SgNode] | None:
    if one.kind() == "pair_pattern":
        key, inner = one.field("key"), one.field("value")
        return (key.text().strip(QUOTES), inner) if key is not None and inner is not None else None
    return (one.text(), one) if one.kind() == "shorthand_property_identifier_pattern" else None


def _uses(script: Script, name: SgNode) -> list[SgNode]:
    binding = script.binding(name)
    return script.uses(binding) if binding else []
