"""One parsed file: places of nodes, entries of objects, and what a name is bound to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from ast_grep_py import SgNode

from migrate.source import Edit, Source, Span

RULE = "client/javascript-generate"
SCOPES = frozenset({"program", "statement_block", "for_in_statement", "for_statement", "class_body"})
FUNCTIONS = frozenset(
    (
        *("function_declaration", "function_expression", "arrow_function", "method_definition"),
        *("generator_function_declaration", "generator_function"),
    )
)
NAMED = frozenset({"function_declaration", "generator_function_declaration", "class_declaration"})
IMPORTED = ("import_clause", "import_specifier", "namespace_import")
BINDING = (
    *("variable_declarator", "for_in_statement", "formal_parameters", "arrow_function", "catch_clause"),
    *(*NAMED, *IMPORTED),
)
QUOTES = "\"'`"


def span(node: SgNode) -> Span:
    place = node.range()
    return Span(place.start.index, place.end.index)


def same(one: SgNode, other: SgNode) -> bool:
    return span(one) == span(other) and one.kind() == other.kind()


def entries(node: SgNode) -> dict[str, SgNode]:
    """The named entries of an object, by name; spread entries have the name `...`."""
    found: dict[str, SgNode] = {}
    for child in node.children():
        kind = child.kind()
        if kind == "pair":
            key = child.field("key")
            found[key.text().strip(QUOTES) if key else "?"] = child
        elif kind == "shorthand_property_identifier":
            found[child.text()] = child
        elif kind in ("spread_element", "method_definition"):
            found["..."] = child
    return found


def value(entry: SgNode) -> SgNode:
    """What an entry holds; a shorthand one is its own value."""
    return entry.field("value") or entry


def arguments(call: SgNode) -> list[SgNode]:
    """The arguments of a call, without brackets and commas."""
    found = call.field("arguments")
    return [one for one in found.children() if one.kind() not in ("(", ",", ")", "comment")] if found else []


def called(call: SgNode) -> str:
    """The last part of the name of what is called."""
    function = call.field("function")
    return function.text().rsplit(".", 1)[-1].strip() if function else ""


@dataclass(frozen=True)
class Binding:
    """A name at the place that binds it; `scope` is where it is seen."""

    name: SgNode
    scope: Span


@dataclass(eq=False)
class Script:
    """A file with its syntax tree."""

    source: Source
    root: SgNode
    typed: bool = False  # TypeScript
    made: dict[tuple[str, int], tuple[str, Span]] = field(default_factory=dict)  # new names, and where they are seen

    def edit(self, start: int, end: int, text: str) -> Edit:
        return Edit(self.source.path, start, end, text, RULE)

    def fresh(self, name: str, node: SgNode) -> str:
        """A name that nothing has where a node stands; the same for every question about the node."""
        key, scope = (name, span(node).start), _function(node)
        if key not in self.made:
            taken = {one for one, place in self.made.values() if place.start < scope.end and scope.start < place.end}
            while name in taken or name in self.names or name in self.bindings:
                name += "_"
            self.made[key] = (name, scope)
        return self.made[key][0]

    def indent(self, node: SgNode) -> str:
        """The white space that the line of a node begins with."""
        text = self.source.text
        start = text.rfind("\n", 0, span(node).start) + 1
        return text[start : len(text) - len(text[start:].lstrip(" \t"))]

    @cached_property
    def bindings(self) -> dict[str, list[Binding]]:
        """Every place that binds a name, by the name."""
        found: dict[str, list[Binding]] = {}
        for kind in BINDING:
            for node in self.root.find_all(kind=kind):
                for name in _bound(node):
                    found.setdefault(name.text(), []).append(Binding(name, _scope(node)))
        return found

    @cached_property
    def names(self) -> dict[str, list[SgNode]]:
        """Every identifier that may read a name, by the name, in the order of the text."""
        found: dict[str, list[SgNode]] = {}
        for kind in ("identifier", "shorthand_property_identifier"):
            for node in self.root.find_all(kind=kind):
                found.setdefault(node.text(), []).append(node)
        return found

    def binding(self, name: SgNode) -> Binding | None:
        """The binding that a name sees: the one of the nearest scope."""
        at = span(name)
        around = [
            one for one in self.bindings.get(name.text(), ()) if one.scope.start <= at.start and at.end <= one.scope.end
        ]
        return max(around, key=lambda one: (one.scope.start, -one.scope.end), default=None)

    def uses(self, binding: Binding) -> list[SgNode]:
        """The reads of a binding."""
        nodes = self.names.get(binding.name.text(), ())
        return [node for node in nodes if not same(node, binding.name) and self.binding(node) == binding]

    def declared(self, name: SgNode) -> SgNode | None:
        """The expression that a `const` gives a name; None where it is another kind of name, or is set again."""
        binding = self.binding(name)
        declarator = binding.name.parent() if binding else None
        if binding is None or declarator is None or declarator.kind() != "variable_declarator":
            return None
        again = [use for use in self.uses(binding) if (parent := use.parent()) and _assigns(parent, use)]
        return None if again else declarator.field("value")


def _assigns(parent: SgNode, use: SgNode) -> bool:
    left = parent.field("left")
    return (
        parent.kind() in ("assignment_expression", "augmented_assignment_expression")
        and left is not None
        and same(left, use)
    )


def _bound(node: SgNode) -> Iterator[SgNode]:
    kind = node.kind()
    holders: list[SgNode | None]
    if kind == "variable_declarator":
        holders = [node.field("name")]
    elif kind == "for_in_statement":
        holders = [node.field("left")]
    elif kind in NAMED:
        holders = [node.field("name")]
    elif kind in IMPORTED:
        holders = [*[child for child in node.children() if child.kind() == "identifier"][-1:]]
    elif kind == "formal_parameters":
        holders = [*(child for child in node.children() if child.kind() not in ("(", ",", ")"))]
    else:
        holders = [node.field("parameter")]
    for holder in holders:
        if holder is not None:
            yield from patterns(holder)


def patterns(node: SgNode) -> Iterator[SgNode]:
    """The names that a pattern binds."""
    kind = node.kind()
    if kind in ("identifier", "type_identifier", "shorthand_property_identifier_pattern"):
        yield node
    elif kind == "pair_pattern":
        inner = node.field("value")
        yield from patterns(inner) if inner else ()
    elif kind in ("required_parameter", "optional_parameter"):
        inner = node.field("pattern")
        yield from patterns(inner) if inner else ()
    elif kind in ("assignment_pattern", "object_assignment_pattern"):
        inner = node.field("left")
        yield from patterns(inner) if inner else ()
    elif kind in ("object_pattern", "array_pattern", "rest_pattern"):
        for child in node.children():
            yield from patterns(child)


def _function(node: SgNode) -> Span:
    """The function around a node, or the whole text."""
    found = [one for one in node.ancestors() if one.kind() in FUNCTIONS or one.kind() == "program"]
    return span(found[0]) if found else span(node)


def _scope(node: SgNode) -> Span:
    """The text in which a binding is seen."""
    if node.kind() in ("for_in_statement", "arrow_function", "catch_clause"):
        return span(node)
    for parent in node.ancestors():
        if parent.kind() in SCOPES or parent.kind() in FUNCTIONS:
            return span(parent)
    return Span(0, 0)
