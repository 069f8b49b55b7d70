"""Where a request's parameters stand: in the body, in objects by a name, spread into others, handed over by callers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ast_grep_py import SgNode

from migrate.languages.javascript.functions import parameters, uses
from migrate.languages.javascript.modules import Place, Scripts
from migrate.languages.javascript.script import FUNCTIONS, Script, arguments, entries, patterns, value

NAMES = ("identifier", "shorthand_property_identifier")
ELSEWHERE = "parameters: they are built elsewhere and cannot be seen; write vLLM's names there"
SPREAD = "parameters: what ... brings in cannot be seen"
NOTHING = "parameters: a caller hands none over, so TGI samples without a limit: write max_tokens and temperature"


@dataclass(frozen=True)
class Part:
    """An object whose entries are parameters of the request."""

    script: Script
    holder: SgNode
    inner: dict[str, SgNode]


@dataclass
class Parts:
    """`main`: the object that the body itself has. `fixed` are always sent, `callers` are what each caller adds.

    `troubles`: places that cannot be seen through, and why.
    """

    main: Part | None = None
    fixed: list[Part] = field(default_factory=list)
    callers: list[Part] = field(default_factory=list)
    troubles: list[tuple[Place, str]] = field(default_factory=list)

    @property
    def base(self) -> list[Part]:
        return [*([self.main] if self.main else []), *self.fixed]


def parts(scripts: Scripts, script: Script, entry: SgNode | None) -> Parts:
    """The parts behind the entry `parameters` of a body; none where it has no such entry."""
    found = Parts()
    if entry is None:
        return found
    holder = value(entry)
    if holder.kind() != "object":
        _named(scripts, script, holder, found, ELSEWHERE, whole=True)
        return found
    found.main = Part(script, holder, _named_entries(holder))
    for spread in spreads(holder):
        if spread.kind() == "spread_element":
            _named(scripts, script, spread.children()[-1], found, SPREAD, whole=False)
        else:
            found.troubles.append((Place(script, spread), SPREAD))
    return found


def _named_entries(holder: SgNode) -> dict[str, SgNode]:
    return {name: entry for name, entry in entries(holder).items() if name != "..."}


def spreads(holder: SgNode) -> list[SgNode]:
    """What an object holds besides named entries."""
    return [one for one in holder.children() if one.kind() in ("spread_element", "method_definition")]


def _named(scripts: Scripts, script: Script, name: SgNode, found: Parts, reason: str, *, whole: bool) -> None:
    """The objects that a name stands for. `whole`: nothing else is sent beside them."""
    binding = script.binding(name) if name.kind() in NAMES else None
    declared = script.declared(name) if name.kind() in NAMES else None
    if name.kind() == "object":
        declared = name
    alone = name.kind() == "object" or (binding is not None and len(script.uses(binding)) == 1)
    if declared is not None and declared.kind() == "object" and alone and not spreads(declared):
        found.fixed.append(Part(script, declared, _named_entries(declared)))
        return
    parameter = _parameter(script, name) if alone and declared is None else None
    if parameter is None:
        found.troubles.append((Place(script, name), reason))
        return
    made, index, default = parameter
    callers = uses(scripts, script, made)
    if not callers or (default is not None and (default.kind() != "object" or _named_entries(default))):
        found.troubles.append((Place(script, name), reason))
    for use in callers or ():
        _handed(use, index, found, reason, whole=whole)


def _parameter(script: Script, name: SgNode) -> tuple[SgNode, int, SgNode | None] | None:
    """The function, the number and the default of the parameter that a name is; None where it is none."""
    binding = script.binding(name)
    if binding is None:
        return None
    for around in binding.name.ancestors():
        if around.kind() in FUNCTIONS:
            for index, one in enumerate(parameters(around)):
                whole = next(patterns(one), None) if one.kind() != "object_pattern" else None
                if whole is not None and whole.text() == name.text() and not list(one.find_all(kind="object_pattern")):
                    return around, index, one.field("right") or one.field("value")
            return None
    return None


def _handed(use: Place, index: int, found: Parts, reason: str, *, whole: bool) -> None:
    """What one caller hands over."""
    call = use.node.parent()
    given = arguments(call) if call is not None and call.kind() == "call_expression" else None
    if given is None:
        found.troubles.append((use, reason))
        return
    if index >= len(given) or given[index].text() == "undefined":
        if whole:
            found.troubles.append((use, NOTHING))
        return
    node = given[index]
    binding = use.script.binding(node) if node.kind() in NAMES else None
    held = use.script.declared(node) if binding is not None and len(use.script.uses(binding)) == 1 else None
    node = held if held is not None else node
    if node.kind() != "object" or spreads(node):
        found.troubles.append((Place(use.script, node), reason))
        return
    found.callers.append(Part(use.script, node, _named_entries(node)))


def all_of(found: Parts) -> Iterator[Part]:
    """Every part, those that are always sent first."""
    yield from found.base
    yield from found.callers
