"""Where a call goes: the literal that holds TGI's path, and the host in front of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ast_grep_py import SgNode

from migrate.languages.javascript.functions import definition
from migrate.languages.javascript.modules import Scripts
from migrate.languages.javascript.script import QUOTES, Script, arguments, entries, span, value

_ROUTE = re.compile(r"(?P<base>[\"'`][^\"'`]*?)/?(?P<route>generate_stream|generate)/?[\"'`]$")
_INFO = re.compile(r"(?P<base>[\"'`][^\"'`]*?)/(?P<route>info)/?[\"'`]$")
_HOST = re.compile(r"^(?:https?://[^/]*|\$\{[^}]*\})?(?::\d+|:\$\{[^}]*\})?")
_NAMES = ("identifier", "shorthand_property_identifier")


@dataclass(frozen=True)
class Address:
    """`node` holds the path `route` at `start`; `base` is what stands in front, as far as it is known."""

    node: SgNode
    base: str
    route: str
    start: int


def address(scripts: Scripts, script: Script, call: SgNode) -> Address | None:
    """The address of a call with one of TGI's generate routes."""
    return _address(scripts, script, call, _ROUTE)


def info(scripts: Scripts, script: Script, call: SgNode) -> Address | None:
    """The address of a call that asks the server what it serves."""
    return _address(scripts, script, call, _INFO)


def _address(scripts: Scripts, script: Script, call: SgNode, route: re.Pattern[str]) -> Address | None:
    first = target(call)
    for node in _literals(script, first) if first else ():
        text = node.text()
        match = route.match(text)
        if match and _HOST.sub("", match["base"][1:]).strip("/") == "":
            base = known(script, node, match["base"][1:]) or _host(script, call) or origin(scripts, script, call) or ""
            return Address(node, base, match["route"], span(node).start + match.start("route"))
    return None


def root(scripts: Scripts, script: Script, call: SgNode) -> str | None:
    """The address of a call to the root of a server; None where it has a path, or nothing is known of it."""
    first = target(call)
    if first is None:
        return None
    for node in _literals(script, first):
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


def _host(script: Script, call: SgNode) -> str | None:
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


def _literals(script: Script, first: SgNode) -> Iterator[SgNode]:
    yield from _strings(first)
    if first.kind() == "identifier" and (declared := script.declared(first)):
        yield from _strings(declared)


def _strings(node: SgNode) -> Iterator[SgNode]:
    if node.kind() in ("string", "template_string"):
        yield node
    for kind in ("string", "template_string"):
        yield from node.find_all(kind=kind)
