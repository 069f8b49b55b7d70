"""Where a call goes: the literal that holds TGI's path, and the host in front of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ast_grep_py import SgNode

from migrate.languages.javascript.script import QUOTES, Script, arguments, entries, span, value

_ROUTE = re.compile(r"(?P<base>[\"'`][^\"'`]*?)/?(?P<route>generate_stream|generate)/?[\"'`]$")
_INFO = re.compile(r"(?P<base>[\"'`][^\"'`]*?)/(?P<route>info)/?[\"'`]$")
_HOST = re.compile(r"^(?:https?://[^/]*|\$\{[^}]*\})?(?::\d+|:\$\{[^}]*\})?")
_ENVIRONMENT = re.compile(r"process\.env\.\w+|import\.meta\.env\.\w+")


@dataclass(frozen=True)
class Address:
    """`node` holds the path `route` at `start`; `base` is what stands in front, as far as it is known."""

    node: SgNode
    base: str
    route: str
    start: int


def address(script: Script, call: SgNode) -> Address | None:
    """The address of a call with one of TGI's generate routes."""
    return _address(script, call, _ROUTE)


def info(script: Script, call: SgNode) -> Address | None:
    """The address of a call that asks the server what it serves."""
    return _address(script, call, _INFO)


def _address(script: Script, call: SgNode, route: re.Pattern[str]) -> Address | None:
    first = target(call)
    for node in _literals(script, first) if first else ():
        text = node.text()
        match = route.match(text)
        if match and _HOST.sub("", match["base"][1:]).strip("/") == "":
            return Address(
                node, known(script, node, match["base"][1:]), match["route"], span(node).start + match.start("route")
            )
    return None


def root(script: Script, call: SgNode) -> str | None:
    """The address of a call to the root of a server; None where it has a path, or nothing is known of it."""
    first = target(call)
    if first is None:
        return None
    for node in _literals(script, first):
        text = node.text().strip(QUOTES)
        if re.fullmatch(r"https?://[^/]+/?", text):
            return text.rstrip("/")
    return None


def target(call: SgNode) -> SgNode | None:
    """The expression of a call's address: its first argument, or `url` of an object."""
    first = next(iter(arguments(call)), None)
    if first is not None and first.kind() == "object":
        entry = entries(first).get("url")
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
