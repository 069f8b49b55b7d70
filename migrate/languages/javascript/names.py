"""Programs that speak OpenAI's format already: the model's name must be served, tools need a parser."""

from __future__ import annotations

import re

from ast_grep_py import SgNode

from migrate.clients.outcome import ClientName, ClientNeed, Collected
from migrate.clients.rules import Book
from migrate.findings import Finding, Safety
from migrate.languages.javascript.script import QUOTES, Script, entries, span, value

ALIAS = "tgi"
_BASE = re.compile(r"\bbaseURL\b\s*:\s*(?:[\w.]+\s*(?:\?\?|\|\|)\s*)?[\"'`]([^\"'`]+)")
SERVE = "vLLM refuses model names that it does not serve: add tgi to --served-model-name of the server"


def names(script: Script, book: Book, collected: Collected) -> None:
    """What the calls with TGI's name of the model ask of the server."""
    match = _BASE.search(script.source.text)
    address = match[1] if match else None
    for body in script.root.find_all(kind="object"):
        pairs = entries(body)
        pair = pairs.get("model")
        if pair is None or not _alias(script, value(pair)):
            continue
        place = span(pair)
        group = f"client:{script.source.path}:{place.start}"
        where = (script.source.path, place, address, group)
        if ALIAS not in collected.served:
            collected.names.append(ClientName(ALIAS, *where))
            if not collected.launched:
                _say(script, pair, "client/model-name", "model-name", SERVE, "", collected)
        for name in book.requires.keys() & pairs.keys():
            rule = book.requires[name]
            collected.asked.append(ClientNeed("tool-call-parser", *where))
            _say(script, pairs[name], rule.id, "client", rule.why, group, collected)


def _alias(script: Script, model: SgNode) -> bool:
    declared = script.declared(model) if model.kind() in ("identifier", "shorthand_property_identifier") else None
    return (declared or model).text().strip(QUOTES) == ALIAS


def _say(script: Script, node: SgNode, rule: str, kind: str, text: str, group: str, collected: Collected) -> None:
    one = Finding(rule, script.source.path, span(node), kind, Safety.REVIEW, text, node.text(), group)
    collected.findings.append(one)
