"""Programs that speak OpenAI's format already: the model's name must be served, tools need a parser."""

from __future__ import annotations

import re

from ast_grep_py import SgNode

from migrate.clients.outcome import ClientName, ClientNeed, Collected
from migrate.clients.rules import Book
from migrate.findings import Finding, Safety
from migrate.languages.javascript.script import Script, entries, span, value
from migrate.languages.server import SERVE, started_here

ALIAS = "tgi"
_ROUTE = re.compile(r"[\"'`](https?://[^\"'`\s]*)/chat/completions")
_URL = re.compile(r"[\"'`](https?://[^\"'`\s]*)[\"'`]")
_SENT = frozenset({"messages", "prompt"})
_NAME = re.compile(r"(?:[\w.]+\s*(?:\?\?|\|\|)\s*)?(?:\"([^\"`]+)\"|['`]([^'`$]+)['`])")
_BASE = re.compile(r"\bbaseURL\b\s*:\s*(?:[\w.]+\s*(?:\?\?|\|\|)\s*)?[\"'`]([^\"'`]+)")


def names(script: Script, book: Book, collected: Collected) -> None:
    """What the calls ask of the server that name the model as TGI does, or that go to a server started here."""
    address = _address(script.source.text)
    ours = collected.launched and address is not None and started_here(address)
    for body in script.root.find_all(kind="object"):
        pairs = entries(body)
        pair = pairs.get("model")
        named = _named(script, value(pair)) if pair is not None else None
        if pair is None or named is None or not (named == ALIAS or (ours and not pairs.keys().isdisjoint(_SENT))):
            continue
        place = span(pair)
        group = f"client:{script.source.path}:{place.start}"
        where = (script.source.path, place, address, group)
        if named not in collected.served:
            collected.names.append(ClientName(named, *where))
            if not collected.launched:
                _say(script, pair, "client/model-name", "model-name", SERVE, "", collected)
        for name in book.requires.keys() & pairs.keys():
            rule = book.requires[name]
            collected.asked.append(ClientNeed("tool-call-parser", *where))
            _say(script, pairs[name], rule.id, "client", rule.why, group, collected)


def _address(text: str) -> str | None:
    """Where the program's calls go: the client's address, that of the route, or the only one that the file names."""
    match = _BASE.search(text) or _ROUTE.search(text)
    if match is not None:
        return match[1]
    found = set(_URL.findall(text)) if "chat/completions" in text else set()
    return found.pop() if len(found) == 1 else None


def _named(script: Script, model: SgNode) -> str | None:
    """The name that is sent, through a constant and the default behind a variable of the environment."""
    declared = script.declared(model) if model.kind() in ("identifier", "shorthand_property_identifier") else None
    match = _NAME.fullmatch((declared or model).text())
    return match[1] or match[2] if match else None


def _say(script: Script, node: SgNode, rule: str, kind: str, text: str, group: str, collected: Collected) -> None:
    one = Finding(rule, script.source.path, span(node), kind, Safety.REVIEW, text, node.text(), group)
    collected.findings.append(one)
