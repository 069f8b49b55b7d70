"""The call that sends a body: from the object on, through names and functions of the repository."""

from __future__ import annotations

from dataclasses import dataclass, field

from ast_grep_py import SgNode

from migrate.languages.javascript.addresses import address, root
from migrate.languages.javascript.bodies import is_body
from migrate.languages.javascript.functions import function, parameters, uses
from migrate.languages.javascript.modules import Place, Scripts
from migrate.languages.javascript.script import FUNCTIONS, Script, arguments, called, patterns, same, span

WRITERS = frozenset({"write", "end"})
DEPTH = 3
UNSEEN = "the body that is sent here (inputs, parameters) cannot be seen"
SHARED = "the body that is sent (inputs, parameters) is used here, too: write vLLM's names in both places"


@dataclass
class Sent:
    """A call that sends a request, with all bodies that it may send; `unseen`: places that hold it back, and why."""

    script: Script
    call: SgNode
    bodies: list[Place]
    unseen: list[tuple[Place, str]] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, int]:
        return self.script.source.path, span(self.call).start


@dataclass(frozen=True)
class Inner:
    """A call inside of a function that sends what the function is given as argument number `index`."""

    place: Place
    made: Place
    index: int


def sent(scripts: Scripts, script: Script, body: SgNode) -> Sent | None:
    """The call that sends an object, and what else it sends."""
    found = _call(script, body)
    if found is None:
        return _shared(scripts, script, body)
    call, node = found
    inner = _within(scripts, script, call, node, DEPTH)
    if inner is None:
        return Sent(script, call, [Place(script, body)])
    done = Sent(inner.place.script, inner.place.node, [])
    for one in _handed(scripts, inner.made, inner.index, DEPTH):
        if one.node.kind() == "object" and is_body(one.node):
            done.bodies.append(one)
        else:
            done.unseen.append((one, UNSEEN))
    return done if any(one.script is script and same(one.node, body) for one in done.bodies) else None


def _shared(scripts: Scripts, script: Script, body: SgNode) -> Sent | None:
    """The call that sends a body of which something else is done, too."""
    declarator = body.parent()
    name = declarator.field("name") if declarator is not None else None
    binding = script.binding(name) if name is not None else None
    found = [(use, one[0]) for use in (script.uses(binding) if binding else ()) if (one := _call(script, use))]
    call = next((call for _, call in found if address(scripts, script, call) is not None), None)
    if call is None or binding is None:
        return None
    place = span(call)
    others = [use for use in script.uses(binding) if not place.start <= span(use).start < place.end]
    return Sent(script, call, [Place(script, body)], [(Place(script, one), SHARED) for one in others])


def _call(script: Script, node: SgNode) -> tuple[SgNode, SgNode] | None:
    """The call that gets a value, through JSON.stringify and one variable, and its argument."""
    inner = node
    for parent in node.ancestors():
        kind = parent.kind()
        if kind == "call_expression":
            callee = parent.field("function")
            if callee and callee.text() != "JSON.stringify":
                return _opened(script, parent), inner
        elif kind == "variable_declarator":
            return _named(script, parent)
        elif kind in ("statement_block", "return_statement", "arrow_function"):
            return None
        if kind != "arguments":
            inner = parent
    return None


def _named(script: Script, declarator: SgNode) -> tuple[SgNode, SgNode] | None:
    name = declarator.field("name")
    return _only(script, name) if name is not None else None


def _only(script: Script, name: SgNode) -> tuple[SgNode, SgNode] | None:
    """The one call that gets what a name holds; None where there are others, or it is used for something else, too."""
    binding = script.binding(name)
    found: list[tuple[SgNode, SgNode]] = []
    for use in script.uses(binding) if binding else ():
        parent = use.parent()
        if parent is not None and parent.kind() == "member_expression":
            if parent.text().endswith(".length"):
                continue
            return None
        one = _call(script, use)
        if one is None:
            return None
        callee = one[0].field("function")
        if callee is None or not callee.text().startswith(("console.", "Buffer.byteLength")):
            found.append(one)
    return found[0] if len(found) == 1 else None


def _opened(script: Script, call: SgNode) -> SgNode:
    """The call that opened the request that another call writes to: node's `http.request`."""
    callee = call.field("function")
    receiver = callee.field("object") if callee and called(call) in WRITERS else None
    made = script.declared(receiver) if receiver is not None and receiver.kind() == "identifier" else None
    return made if made is not None and made.kind() == "call_expression" and called(made) == "request" else call


def _within(scripts: Scripts, script: Script, call: SgNode, node: SgNode, depth: int) -> Inner | None:
    """The call in the called function that sends what it is given; None where the call itself has the address."""
    if not depth or address(scripts, script, call) is not None or root(scripts, script, call) is not None:
        return None
    found = function(scripts, script, call)
    index = next((i for i, one in enumerate(arguments(call)) if same(one, node)), None)
    given = parameters(found.node) if found else []
    if found is None or index is None or index >= len(given):
        return None
    name = next(patterns(given[index]), None)
    only = _only(found.script, name) if name is not None else None
    if only is None:
        return None
    inner, argument = only
    if address(scripts, found.script, inner) is not None or root(scripts, found.script, inner) is not None:
        return Inner(Place(found.script, inner), found, index)
    return _within(scripts, found.script, inner, argument, depth - 1)


def _handed(scripts: Scripts, made: Place, index: int, depth: int) -> list[Place]:
    """What all callers of a function hand to it as one argument."""
    found = uses(scripts, made.script, made.node) or []
    return [one for use in found for one in _given(scripts, use, index, depth)]


def _given(scripts: Scripts, use: Place, index: int, depth: int) -> list[Place]:
    call = use.node.parent()
    handed = arguments(call) if call is not None and call.kind() == "call_expression" else []
    if call is None or index >= len(handed):
        return [use]
    node = handed[index]
    if node.kind() != "identifier":
        return [Place(use.script, node)]
    declared = use.script.declared(node)
    if declared is not None:
        return [Place(use.script, declared)]
    for around in call.ancestors() if depth else ():
        given = parameters(around) if around.kind() in FUNCTIONS else []
        number = next((i for i, one in enumerate(given) if _binds(one, node)), None)
        if number is not None:
            return _handed(scripts, Place(use.script, around), number, depth - 1) or [use]
    return [use]


def _binds(parameter: SgNode, name: SgNode) -> bool:
    return any(one.text() == name.text() for one in patterns(parameter))
