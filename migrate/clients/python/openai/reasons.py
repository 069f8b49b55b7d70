"""Why an answer ended, in TGI's own words, where programs of OpenAI's format read it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At
from migrate.clients.python.edits.report import Group
from migrate.clients.python.given.parameters import repeatable

RULE = "client/openai-finish-reason"
MEMBER = "finish_reason"
STOPPED, ENDED = "stop_sequence", "eos_token"
TGI_REASONS = (ENDED, STOPPED)
CALLED = "tool_calls"
APART = "finish_reason: vLLM says stop where TGI said eos_token or stop_sequence; stop_reason tells them apart"
TOOLS = "finish_reason: TGI said stop for a call of a tool, vLLM says tool_calls"


@dataclass(frozen=True)
class Read:
    """A place that reads `finish_reason`, from an object or by key; `whole` is the expression."""

    module: Module
    whole: ast.expr
    base: ast.expr
    key: bool

    @property
    def text(self) -> str:
        return self.module.text(self.whole)

    def stop(self, streams: bool) -> str:
        """The stop string; a stream's events have it only at the end."""
        base = self.module.text(self.base)
        if self.key:
            return f'{base}.get("stop_reason")'
        return f'getattr({base}, "stop_reason", None)' if streams else f"{base}.stop_reason"


@dataclass(frozen=True)
class Asked:
    """What the calls of a module ask: `stops`: a stop string, for which TGI did not say `stop`; `tools`."""

    stops: bool = False
    tools: bool = False


def reasons(module: Module, group: Group, asked: Asked) -> None:
    """`finish_reason` compared with TGI's own words, and with those that TGI used otherwise."""
    for read in _reads(module):
        compare = module.parents[read.whole]
        simple = isinstance(compare, ast.Compare) and len(compare.ops) == 1 and compare.left is read.whole
        if isinstance(compare, ast.Compare) and simple and module.placed(compare):
            _compared(read, compare, group, asked)


def elsewhere(module: Module, group: Group) -> None:
    """TGI's words that stand anywhere but in such a comparison: the keys of a dict, the cases of a match.

    What is read becomes TGI's word there.
    """
    reads = [read for read in _reads(module) if not isinstance(module.parents[read.whole], ast.Compare)]
    words = list(_words(module)) if reads or list(_reads(module)) else []
    if not words:
        return
    said = {node.value for node in module.nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    ends = any(word.value == ENDED for word in words)
    mixed = ends and "stop" in said and _plain_stream(module)
    if not reads or mixed or not all(repeatable(one.base) and module.placed(one.whole) for one in reads):
        group.notes += [(At(module, word), RULE, APART) for word in words]
        return
    streams = _streams(module)
    for read in reads:
        ended = "" if "stop" in said or not ends else f'"{ENDED}" if {read.text} == "stop" else '
        text = f'"{STOPPED}" if {read.stop(streams)} is not None else {ended}{read.text}'
        alone = isinstance(
            module.parents[read.whole], ast.Assign | ast.Return | ast.keyword | ast.Match | ast.Subscript
        )
        group.changes.replace(module, *module.span(read.whole), text if alone else f"({text})")


def apart(modules: Iterable[Module], groups: Iterable[Group], spoken: Sequence[Group]) -> None:
    """TGI's words in modules that make no call: which call's answer comes there is not followed, so they are told.

    `groups`: everything that is found, whose modules are settled; `spoken`: those of OpenAI's format.
    """
    settled = {key for group in groups for key in (*group.changes.modules, id(group.at.module))}
    for module in modules if spoken else ():
        if id(module) in settled or not any(True for _ in _reads(module)):
            continue
        words = [node for node in module.nodes if isinstance(node, ast.Constant) and node.value in TGI_REASONS]
        spoken[0].notes += [
            (At(module, one), RULE, APART) for one in words if not isinstance(module.parents[one], ast.IfExp)
        ]


def _reads(module: Module) -> Iterator[Read]:
    for one in module.attributes.get(MEMBER, []):
        if isinstance(one.ctx, ast.Load) and not _written(module, one):
            yield Read(module, one, one.value, False)
    for node in module.nodes:
        if isinstance(node, ast.Subscript) and _is(node.slice, MEMBER) and isinstance(node.ctx, ast.Load):
            yield from [] if _written(module, node) else [Read(module, node, node.value, True)]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
            known = len(node.args) == 1 and _is(node.args[0], MEMBER) and not _written(module, node)
            yield from [Read(module, node, node.func.value, True)] if known else []


def _is(node: ast.AST, word: str) -> bool:
    return isinstance(node, ast.Constant) and node.value == word


def _written(module: Module, node: ast.AST) -> bool:
    """Whether the place is turned into TGI's words already."""
    above = module.parents[node]
    outer = [above, module.parents.get(above), *(module.parents.get(one) for one in [module.parents.get(above)] if one)]
    return any(isinstance(one, ast.IfExp) and _is(one.body, STOPPED) for one in outer)


def _words(module: Module) -> Iterator[ast.Constant]:
    """TGI's words outside of comparisons with what is read."""
    compares = [module.parents[read.whole] for read in _reads(module)]
    compared = {id(word) for one in compares if isinstance(one, ast.Compare) for word in ast.walk(one)}
    for node in module.nodes:
        if isinstance(node, ast.Constant) and node.value in TGI_REASONS and id(node) not in compared:
            above = module.parents[node]
            if not isinstance(above, ast.IfExp) and not (isinstance(above, ast.Subscript) and above.slice is node):
                yield node


def _streams(module: Module) -> bool:
    return any(isinstance(one, ast.keyword) and one.arg == "stream" for one in module.nodes)


def _plain_stream(module: Module) -> bool:
    """Whether completions may be streamed, whose last event said `eos_token`, where all others said `stop`."""
    texts = [call for call in module.calls if ".chat." not in (name := module.text(call.func)) and "ompletion" in name]
    return _streams(module) and bool(texts)


def _compared(read: Read, compare: ast.Compare, group: Group, asked: Asked) -> None:
    module, operator, other = read.module, compare.ops[0], compare.comparators[0]
    if isinstance(operator, ast.In | ast.NotIn) and isinstance(other, ast.Tuple | ast.List | ast.Set):
        _among(module, other, group, asked)
    elif isinstance(other, ast.Constant) and isinstance(operator, ast.Eq | ast.NotEq):
        _equal(read, compare, other.value, group, asked)


def _equal(read: Read, compare: ast.Compare, word: object, group: Group, asked: Asked) -> None:
    module, equal = read.module, isinstance(compare.ops[0], ast.Eq)
    stop = read.stop(_streams(module))
    if word == STOPPED:
        group.changes.replace(module, *module.span(compare), f"{stop} is {'not ' if equal else ''}None")
    elif word == ENDED or (word == "stop" and asked.stops):
        sign, join = ("==", "and") if equal else ("!=", "or")
        text = f'{read.text} {sign} "stop" {join} {stop} is {"" if equal else "not "}None'
        tight = isinstance(module.parents[compare], ast.BoolOp | ast.UnaryOp | ast.Compare)
        if repeatable(read.base):
            group.changes.replace(module, *module.span(compare), f"({text})" if tight else text)
        else:
            group.notes.append((At(module, compare), RULE, APART))
    elif word == "stop" and asked.tools:
        text = f'{read.text} {"in" if equal else "not in"} ("stop", "{CALLED}")'
        group.changes.replace(module, *module.span(compare), text)
    elif word == CALLED and asked.tools:
        group.notes.append((At(module, compare), RULE, TOOLS))


def _among(module: Module, words: ast.Tuple | ast.List | ast.Set, group: Group, asked: Asked) -> None:
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
    if asked.tools and "stop" in said and CALLED not in said:
        group.notes.append((At(module, words), RULE, TOOLS))
