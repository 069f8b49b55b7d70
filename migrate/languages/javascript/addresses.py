"""Where a call goes: the literal that holds TGI's path, and the host in front of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ast_grep_py import SgNode

from migrate.languages.javascript.changes import Changes
from migrate.languages.javascript.functions import definition
from migrate.languages.javascript.modules import Place, Scripts
from migrate.languages.javascript.script import QUOTES, RULE, Script, arguments, entries, span, value

_ROUTE = re.compile(r"(?P<base>[\"'`][^\"'`]*?)/?(?P<route>generate_stream|generate)/?[\"'`]$")
_INFO = re.compile(r"(?P<base>[\"'`][^\"'`]*?)/(?P<route>info)/?[\"'`]$")
_HOST = re.compile(r"^(?:https?://[^/]*|\$\{[^}]*\})?(?::\d+|:\$\{[^}]*\})?")
_ENVIRONMENT = re.compile(r"(?:process|import\.meta)\.env\.\w+")
_NAMES = ("identifier", "shorthand_property_identifier")


@dataclass(frozen=True)
class Address:
    """`node` holds the path `route` at `start`; `base` is what stands in front, as far as it is known.

    `script` is the file of the node. `variable`: the expression that takes the address from a variable of the
    environment, with the node as its default.
    """

    script: Script
    node: SgNode
    base: str
    route: str
    start: int
    variable: SgNode | None = None

    def move(self, changes: Changes, path: str) -> None:
        """The address names another path; where a variable may hold it, whichever it holds."""
        there = changes.at(self.script)
        if self.variable is None:
            there.replace(self.start, self.start + len(self.route), path)
            return
        place = span(self.variable)
        there.replace(place.start, place.start, "(")
        there.replace(place.end, place.end, f').replace(/\\/{self.route}\\/?$/, "/{path}")')
        name = _ENVIRONMENT.search(self.variable.text())
        held = name[0] if name else "the variable"
        there.note(self.variable, RULE, f"{held} may hold TGI's path: it is changed where it is used; set it anew")


def address(scripts: Scripts, script: Script, call: SgNode) -> Address | None:
    """The address of a call with one of TGI's generate routes."""
    return _address(scripts, script, call, _ROUTE)


def info(scripts: Scripts, script: Script, call: SgNode) -> Address | None:
    """The address of a call that asks the server what it serves."""
    return _address(scripts, script, call, _INFO)


def _address(scripts: Scripts, script: Script, call: SgNode, route: re.Pattern[str]) -> Address | None:
    first = target(call)
    for home, node in _literals(scripts, script, first) if first else ():
        text = node.text()
        match = route.match(text)
        if match and _HOST.sub("", match["base"][1:]).strip("/") == "":
            base = known(home, node, match["base"][1:]) or _host(call) or origin(scripts, script, call) or ""
            start = span(node).start + match.start("route")
            return Address(home, node, base, match["route"], start, _variable(node) if "://" in text else None)
    return None


def root(scripts: Scripts, script: Script, call: SgNode) -> str | None:
    """The address of a call to the root of a server; None where it has a path, or nothing is known of it."""
    first = target(call)
    if first is None:
        return None
    for _, node in _literals(scripts, script, first):
        text = node.text().strip(QUOTES)
        if re.fullmatch(r"https?://[^/]+/?", text):
            return text.rstrip("/")
        if text in ("", "/") and (base := origin(scripts, script, call)):
            return base if re.fullmatch(r"https?://[^/]+/?", base) else None
    return None


def origin(scripts: Scripts, script: Script, call: SgNode) -> str | None:
    """The address that a client was made with (`axios.create({ baseURL })`), here or where it is imported from."""
    callee = call.field("function")
    receiver = callee.field("object") if callee is not None and callee.kind() == "member_expression" else callee
    place = definition(scripts, script, receiver) if receiver is not None else None
    made = place.node if place is not None else None
    options = next(iter(arguments(made)), None) if made is not None and made.kind() == "call_expression" else None
    entry = entries(options).get("baseURL") if options is not None and options.kind() == "object" else None
    if place is None or entry is None:
        return None
    held = value(entry)
    declared = place.script.declared(held) if held.kind() in _NAMES else None
    texts = [one.text().strip(QUOTES) for one in _strings(declared or held)]
    return next((text for text in texts if text.startswith("http")), None)


def _host(call: SgNode) -> str | None:
    """The host of an object that node's http takes."""
    first = next(iter(arguments(call)), None)
    pairs = entries(first) if first is not None and first.kind() == "object" else {}
    entry = pairs.get("hostname") or pairs.get("host")
    text = value(entry).text() if entry is not None else ""
    return f"http://{text.strip(QUOTES)}" if text[:1] in QUOTES and text else None


def target(call: SgNode) -> SgNode | None:
    """The expression of a call's address: its first argument, or `url` or `path` of an object."""
    first = next(iter(arguments(call)), None)
    if first is not None and first.kind() == "object":
        entry = entries(first).get("url") or entries(first).get("path")
        return value(entry) if entry else None
    return first


def known(script: Script, node: SgNode, base: str) -> str:
    """The base with a constant or a default of the file in the place of its only name."""
    match = re.fullmatch(r"\$\{(\w+)\}", base)
    names = [one for one in node.find_all(kind="identifier") if match and one.text() == match[1]]
    declared = script.declared(names[0]) if names else None
    texts = [one.text().strip(QUOTES) for one in _strings(declared)] if declared else []
    return next((text for text in texts if text.startswith("http")), base)


def _variable(node: SgNode) -> SgNode | None:
    """The expression around a default whose other side is a variable of the environment."""
    around = node.parent()
    left = around.field("left") if around is not None and around.kind() == "binary_expression" else None
    return around if left is not None and _ENVIRONMENT.search(left.text()) else None


def _literals(scripts: Scripts, script: Script, first: SgNode) -> Iterator[tuple[Script, SgNode]]:
    """The texts of an address, here or where its name gets its value."""
    yield from ((script, one) for one in _strings(first))
    place = None
    if first.kind() in (*_NAMES, "member_expression"):
        place = definition(scripts, script, first)
    if place is None and first.kind() == "member_expression":
        place = _member(scripts, script, first)
    if place is not None:
        yield from ((place.script, one) for one in _strings(place.node))


def _member(scripts: Scripts, script: Script, member: SgNode) -> Place | None:
    """What an entry of an object of settings holds."""
    holder, prop = member.field("object"), member.field("property")
    if holder is None or prop is None:
        return None
    if holder.kind() == "member_expression":
        place = _member(scripts, script, holder)
    else:
        place = definition(scripts, script, holder) if holder.kind() in _NAMES else None
    entry = entries(place.node).get(prop.text()) if place is not None and place.node.kind() == "object" else None
    return Place(place.script, value(entry)) if place is not None and entry is not None else None


def _strings(node: SgNode) -> Iterator[SgNode]:
    if node.kind() in ("string", "template_string"):
        yield node
    for kind in ("string", "template_string"):
        yield from node.find_all(kind=kind)
