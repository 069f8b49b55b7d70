"""The whole text of a stream: TGI's last event holds it, on vLLM the pieces are joined where they come."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile

from ast_grep_py import SgNode

from migrate.languages.javascript.script import FUNCTIONS, Script, same, span
from migrate.languages.javascript.trail import Trail

LOOPS = frozenset({"for_in_statement", "for_statement", "while_statement", "do_statement"})
WHY = "generated_text: no event of vLLM holds the whole text; join the pieces (choices[0].text)"
NAME = "generatedText"


@dataclass(frozen=True)
class Site:
    """Where pieces are added: offset and lead of the new line; `event` is the node that binds an event."""

    event: SgNode
    at: int
    before: str
    after: str


def joined(trail: Trail, call: SgNode, prefix: str | None = '""') -> None:
    """Puts the joined text where the whole one is read. `prefix`: what stands in front of it (None: not known)."""
    written: set[tuple[str, int]] = set()
    for one in trail.walk.wholes:
        place = one.place
        there = trail.at(place.script)
        site = _site(place.script, one.event)
        top = _outside(place.script, site.event, call) if site else None
        if site is None or top is None or prefix is None:
            there.changes.escape(place.node, WHY)
            continue
        name = place.script.fresh(NAME, top)
        if (place.script.source.path, site.at) not in written:
            written.add((place.script.source.path, site.at))
            piece = f"{name} += {one.choice}.text;"
            there.changes.replace(site.at, site.at, f"{site.before}{piece}{site.after}")
            start = span(top).start
            lead = place.script.indent(top)
            there.changes.replace(start, start, f"let {name} = {prefix};\n{lead}")
        guard = f"({one.choice}.finish_reason ? {name} : null)"
        there.changes.replace(span(place.node).start, span(place.node).end, name if _guarded(place.node) else guard)


def _site(script: Script, event: SgNode) -> Site | None:
    """Behind the statement that makes an event, or first in the loop or the function that gets it."""
    binding = script.binding(event) if event.kind() == "identifier" else None
    if binding is None:
        return None
    for one in binding.name.ancestors():
        kind = one.kind()
        if kind in ("lexical_declaration", "variable_declaration"):
            return Site(binding.name, span(one).end, f"\n{script.indent(one)}", "")
        if kind in LOOPS or kind in FUNCTIONS:
            return _first(script, binding.name, one.field("body"))
    return None


def _first(script: Script, event: SgNode, body: SgNode | None) -> Site | None:
    statements = [one for one in body.children() if one.is_named()] if body is not None else []
    if body is None or body.kind() != "statement_block" or not statements:
        return None
    at = span(statements[0]).start
    return Site(event, at, "", f"\n{script.indent(statements[0])}" if "\n" in body.text() else " ")


def _outside(script: Script, event: SgNode, call: SgNode) -> SgNode | None:
    """The statement in front of which the text is empty: the loop over all events, or the request's own statement."""
    inside = takewhile(lambda one: one.kind() not in FUNCTIONS, event.ancestors())
    loops = [one for one in inside if one.kind() in LOOPS and not _holds(one, call)]
    if loops:
        return loops[-1] if _stands(loops[-1]) else None
    around = next((one for one in call.ancestors() if one.kind() in FUNCTIONS), script.root)
    if not _holds(around, event):
        return None
    return next((one for one in call.ancestors() if _stands(one)), None)


def _stands(node: SgNode) -> bool:
    """Whether a node is a statement of a block."""
    parent = node.parent()
    return parent is not None and parent.kind() in ("program", "statement_block")


def _holds(node: SgNode, inner: SgNode) -> bool:
    return span(node).start <= span(inner).start and span(inner).end <= span(node).end


def _guarded(read: SgNode) -> bool:
    """Whether a test around a read lets only the last event through."""
    node = read
    for around in read.ancestors():
        test = around.field("condition") or (around.field("left") if around.kind() == "binary_expression" else None)
        text = test.text() if test is not None and not same(test, node) else ""
        if "generated_text" in text or "details" in text:
            return True
        if around.kind() in FUNCTIONS:
            return False
        node = around
    return False
