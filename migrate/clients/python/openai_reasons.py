"""Why an answer ended, in TGI's own words, where programs of OpenAI's format compare it."""

from __future__ import annotations

import ast

from migrate.clients.python.module import Module
from migrate.clients.python.project import At
from migrate.clients.python.report import Group

RULE = "client/openai-finish-reason"
TGI_REASONS = ("eos_token", "stop_sequence")
APART = "finish_reason: vLLM says stop where TGI said eos_token or stop_sequence; stop_reason tells them apart"


def reasons(module: Module, group: Group, streams: bool, stops: bool) -> None:
    """`finish_reason` compared with TGI's own words.

    `streams`: a stream's events have a `stop_reason` only at the end; `stops`: a stop string is sent, for which TGI did
    not say `stop`.
    """
    for one in module.attributes.get("finish_reason", []):
        compare = module.parents[one]
        simple = isinstance(compare, ast.Compare) and len(compare.ops) == 1 and compare.left is one
        if isinstance(compare, ast.Compare) and simple and module.placed(compare):
            _reason(module, one, compare, group, streams, stops)


def _reason(module: Module, one: ast.Attribute, compare: ast.Compare, group: Group, streams: bool, stops: bool) -> None:
    other = compare.comparators[0]
    base = module.text(one.value)
    stop = f'getattr({base}, "stop_reason", None)' if streams else f"{base}.stop_reason"
    equal = isinstance(compare.ops[0], ast.Eq)
    if isinstance(compare.ops[0], ast.In | ast.NotIn) and isinstance(other, ast.Tuple | ast.List | ast.Set):
        _among(module, other, group)
    elif not isinstance(other, ast.Constant) or not isinstance(compare.ops[0], ast.Eq | ast.NotEq):
        return
    elif other.value == "stop_sequence":
        group.changes.replace(module, *module.span(compare), f"{stop} is {'not ' if equal else ''}None")
    elif other.value == "eos_token" or (other.value == "stop" and stops):
        sign, join = ("==", "and") if equal else ("!=", "or")
        text = f'{base}.finish_reason {sign} "stop" {join} {stop} is {"" if equal else "not "}None'
        tight = isinstance(module.parents[compare], ast.BoolOp | ast.UnaryOp | ast.Compare)
        group.changes.replace(module, *module.span(compare), f"({text})" if tight else text)


def _among(module: Module, words: ast.Tuple | ast.List | ast.Set, group: Group) -> None:
    """`in ("eos_token", "stop_sequence")`: both are vLLM's `stop`; one alone cannot be told apart here."""
    mine = [one for one in words.elts if isinstance(one, ast.Constant) and one.value in TGI_REASONS]
    said = {one.value for one in words.elts if isinstance(one, ast.Constant)}
    if len(mine) == 2 or (mine and "stop" in said):
        for one in mine:
            start, end = module.span(one)
            quote = module.fragment.text[start]
            group.changes.replace(module, start, end, f"{quote}stop{quote}")
    elif mine:
        group.notes.append((At(module, words), RULE, APART))


def elsewhere(module: Module, group: Group) -> None:
    """TGI's words that stand anywhere but in a comparison: the keys of a dict, the cases of a match."""
    read = module.attributes.get("finish_reason", [])
    compares = [module.parents[one] for one in read if isinstance(module.parents[one], ast.Compare)]
    compared = {id(word) for one in compares for word in ast.walk(one)}
    for node in module.nodes if read else ():
        if isinstance(node, ast.Constant) and node.value in TGI_REASONS and id(node) not in compared:
            group.notes.append((At(module, node), RULE, APART))
