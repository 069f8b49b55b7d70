"""`details` in a pattern: vLLM's answer has no such object, so its fields' own homes are taken out instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ast_grep_py import SgNode

from migrate.languages.javascript.script import QUOTES, Script, span

if TYPE_CHECKING:
    from migrate.languages.javascript.trail import Trail

FIRST, USAGE = "choice", "usage"
# Where the templates of the rules look, and the pattern that takes it out of the answer under a name.
HOMES = {"{base}.choices[0]": (FIRST, "choices: [NAME]"), "{base}.usage": (USAGE, "usage: NAME")}


def taken(trail: Trail, entry: SgNode, holder: SgNode, kind: str) -> bool:
    """Rewrites the entry of a pattern whose value is an object that vLLM does not have; False where it cannot be."""
    if holder.kind() == "object_pattern":
        reads = [one for child in holder.children() if (one := _entry(child)) is not None]
        uses = [(key, use) for key, inner in reads for use in _uses(trail.script, inner)]
        defaults = any(one.kind() not in ("{", ",", "}", *_ENTRIES) for one in holder.children())
        return not defaults and _write(trail, entry, [(key, use, use) for key, use in uses], kind)
    found: list[tuple[str, SgNode, SgNode]] = []
    for use in _uses(trail.script, holder):
        member = use.parent()
        prop = member.field("property") if member is not None and member.kind() == "member_expression" else None
        if member is None or prop is None:
            return False
        found.append((prop.text(), member, use))
    return _write(trail, entry, found, kind)


_ENTRIES = ("shorthand_property_identifier_pattern", "pair_pattern")


def _entry(one: SgNode) -> tuple[str, SgNode] | None:
    if one.kind() == "pair_pattern":
        key, inner = one.field("key"), one.field("value")
        return (key.text().strip(QUOTES), inner) if key is not None and inner is not None else None
    return (one.text(), one) if one.kind() == "shorthand_property_identifier_pattern" else None


def _uses(script: Script, name: SgNode) -> list[SgNode]:
    binding = script.binding(name)
    return script.uses(binding) if binding else []


def _write(trail: Trail, entry: SgNode, reads: list[tuple[str, SgNode, SgNode]], kind: str) -> bool:
    """The reads as (field, node to replace, name), and the entry."""
    names: dict[str, str] = {}
    edits = []
    for field, node, use in reads:
        rule = trail.members.get((kind, field))
        if rule is None or rule.safety == "manual" or (node is use and use.kind() != "identifier"):
            return False
        text = rule.becomes
        for home, (name, pattern) in HOMES.items():
            if home in text:
                names[pattern] = _free(trail.script, name)
                text = text.replace(home, names[pattern])
        if "{base}" in text:
            return False
        edits.append((node, text))
        trail.changes.needs |= rule.needs
    for node, text in edits:
        trail.walk.read += 1
        trail.changes.replace(span(node).start, span(node).end, text)
    new = ", ".join(pattern.replace("NAME", name) for pattern, name in sorted(names.items()))
    trail.changes.replace(span(entry).start, span(entry).end, new.replace("usage: usage", "usage"))
    return bool(names)


def _free(script: Script, name: str) -> str:
    """A name that nothing in the file has."""
    while name in script.names or name in script.bindings:
        name += "_"
    return name
