"""TypeScript's names for TGI's answer: interfaces and type aliases of the same file follow the answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ast_grep_py import SgNode

from migrate.languages.javascript.changes import Changes
from migrate.languages.javascript.modules import TYPES, Place, Scripts
from migrate.languages.javascript.script import Script, span

if TYPE_CHECKING:
    from migrate.languages.javascript.trail import Trail

MEMBERS = {"generated_text": ("choices", "{ text: string }[]")}
ANNOTATIONS = frozenset({"type_annotation", "type_identifier", "type_arguments", "object_type"})
HELD = frozenset({"details", "error", "error_type", "token"})


def retype(trail: Trail, node: SgNode, kind: str) -> None:
    """Rewrites the type that an annotation, an `as` or a type argument gives TGI's answer."""
    annotation = next((one for one in node.children() if one.kind() in ANNOTATIONS), None)
    if annotation is None or kind not in ("script-answer", "reply"):
        if annotation is not None and "generated_text" in annotation.text():
            trail.changes.escape(annotation, "this type of TGI's answer must be written anew")
        return
    for holder in [annotation, *annotation.find_all(kind="type_identifier"), *annotation.find_all(kind="object_type")]:
        if holder.kind() == "object_type":
            _object(trail.changes, holder)
        elif holder.kind() == "type_identifier" and (place := _declared(trail.scripts, trail.script, holder.text())):
            _object(trail.changes.at(place.script), place.node)


def untype(changes: Changes, body: SgNode) -> None:
    """Takes the type of TGI's request away from an object that is a request of vLLM's now."""
    holder = body.parent()
    if holder is None:
        return
    if holder.kind() in ("as_expression", "satisfies_expression"):
        changes.replace(span(body).end, span(holder).end, "")
        return
    for one in holder.children() if holder.kind() == "variable_declarator" else ():
        if one.kind() == "type_annotation":
            changes.replace(span(one).start, span(one).end, "")


def _declared(scripts: Scripts, script: Script, name: str) -> Place | None:
    """The body of an interface or of an alias of an object type, here or where it is imported from."""
    for kind, part in TYPES.items() if script.typed else ():
        for one in script.root.find_all(kind=kind):
            if (found := one.field("name")) and found.text() == name and (body := one.field(part)):
                return Place(script, body)
    for imported in scripts.imports(script):
        if imported.local.text() == name and (place := scripts.exported(imported.path, imported.name)):
            return _declared(scripts, place.script, imported.name)
    return None


def _object(changes: Changes, body: SgNode) -> None:
    for one in body.find_all(kind="property_signature"):
        name = one.field("name")
        if name is None:
            continue
        if name.text() in MEMBERS:
            new, kind = MEMBERS[name.text()]
            optional = "?" if re.match(r"\s*\?", one.text()[len(name.text()) :]) else ""
            changes.replace(span(one).start, span(one).end, f"{new}{optional}: {kind}")
        elif name.text() in HELD:
            changes.escape(one, f"{name.text()} has another place in vLLM's answer; write this type anew")
