"""Expressions that put a text together: `+`, f-strings, `%`, `format`, `join`, `urljoin`, `strip`."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import replace
from string import Formatter

from migrate.clients.python.addresses.pieces import NOTHING, Piece, Text, default, joined, words
from migrate.clients.python.code.project import At
from migrate.clients.python.code.scopes import name_of

Look = Callable[[ast.expr], list[Text]]
STRIPS = ("rstrip", "strip", "lstrip")
WRAPPERS = ("str", "URL", "Url", "urljoin", "geturl", "human_repr")
_PERCENT = re.compile(r"%[sdr]")


def phrase(at: At, look: Look) -> list[Text] | None:
    """The texts an expression can be; None: it is no such expression."""
    node = at.node
    if isinstance(node, ast.Constant):
        text = node.value.decode("latin-1") if isinstance(node.value, bytes) else node.value
        return [(Piece(str(text), at),)]
    if isinstance(node, ast.JoinedStr):
        return joined([look(value) for value in node.values])
    if isinstance(node, ast.FormattedValue):
        return look(node.value)
    if isinstance(node, ast.IfExp):
        return [*look(node.body), *look(node.orelse)]
    if isinstance(node, ast.BinOp):
        return _operation(at, node, look)
    if isinstance(node, ast.Call):
        return _called(at, node, look)
    return None


def _operation(at: At, node: ast.BinOp, look: Look) -> list[Text] | None:
    if isinstance(node.op, ast.Add):
        return joined([look(node.left), look(node.right)])
    if isinstance(node.op, ast.Div):
        return joined([look(node.left), [(Piece("/"),)], look(node.right)])
    if isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant) and isinstance(node.left.value, str):
        given = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
        return _filled(At(at.module, node.left), _PERCENT.split(node.left.value), given, look)
    return None


def _filled(literal: At, between: list[str], given: list[ast.expr], look: Look) -> list[Text]:
    """The parts of a literal with values between them."""
    if len(given) != len(between) - 1:
        return [NOTHING]
    parts: list[list[Text]] = [[(Piece(between[0], literal),)]]
    for value, text in zip(given, between[1:], strict=True):
        parts += [look(value), [(Piece(text, literal),)]]
    return joined(parts)


def _called(at: At, call: ast.Call, look: Look) -> list[Text] | None:
    name = name_of(call.func)
    receiver = call.func.value if isinstance(call.func, ast.Attribute) else None
    if receiver is not None and name in STRIPS:
        return [_stripped(text) for text in look(receiver)]
    if receiver is not None and name == "removesuffix" and len(call.args) == 1:
        return [_cut(text, words(look(call.args[0])[0])) for text in look(receiver)]
    if isinstance(receiver, ast.Constant) and name == "format":
        return _formatted(At(at.module, receiver), call, look)
    if (
        receiver is not None
        and name == "join"
        and len(call.args) == 1
        and isinstance(call.args[0], ast.List | ast.Tuple)
    ):
        between = look(receiver)
        parts = [part for value in call.args[0].elts for part in (between, look(value))]
        return joined(parts[1:])
    if name == "urljoin" and len(call.args) == 2:
        return [_url(*pair) for pair in ((a, b) for a in look(call.args[0]) for b in look(call.args[1]))]
    if name in ("getenv", "get") and len(call.args) == 2:
        return [default(text) for text in look(call.args[1])]
    return look(call.args[0]) if name in WRAPPERS and len(call.args) == 1 else None


def _stripped(text: Text) -> Text:
    if text and text[-1].text.endswith("/"):
        return (*text[:-1], replace(text[-1], text=text[-1].text.rstrip("/")))
    return text


def _cut(text: Text, suffix: str) -> Text:
    if suffix and text and text[-1].text.endswith(suffix):
        return (*text[:-1], replace(text[-1], text=text[-1].text.removesuffix(suffix)))
    return text


def _formatted(literal: At, call: ast.Call, look: Look) -> list[Text] | None:
    assert isinstance(literal.node, ast.Constant)
    if not isinstance(literal.node.value, str):
        return None
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    between, given = [], []
    try:
        fields = list(Formatter().parse(literal.node.value))
    except ValueError:
        return None
    for number, (text, name, _, _) in enumerate(fields):
        between.append(text)
        if name is None:
            continue
        place = int(name or number) if (name or "0").isdigit() else len(call.args)
        value = named.get(name) or (call.args[place] if place < len(call.args) else None)
        if value is None:
            return None
        given.append(value)
    return _filled(literal, between if len(between) > len(given) else [*between, ""], given, look)


def _url(first: Text, second: Text) -> Text:
    base = words(first).rstrip("/")
    lead = "" if second and second[0].text.startswith("/") else "/"
    opened = any(piece.open for piece in (*first, *second))
    hint = next((piece.hint for piece in first if piece.hint), "")
    return (Piece(base + lead, None, hint, opened), *second)
