"""YAML as a tree of nodes with places: read tolerantly, never constructed, never printed again."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml
from yaml import MappingNode, Node, ScalarNode, SequenceNode

from migrate.source import Source, Span

# libyaml where PyYAML has it: the same nodes, twenty times faster.
Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_TEMPLATE_LINE = re.compile(r"^[ \t]*(?:\{\{[^\n]*?\}\}|\{%[^\n]*?%\})[ \t]*(?=\r?$)", re.MULTILINE)
_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|\ufeff")
_PROPERTIES = re.compile(r"(?:[&!][^\s,\[\]{}]*(?:[ \t]+|(?=[\r\n]|$)|(?=[,\]}])))*")


class BrokenYaml(Exception):
    """A text that is no YAML; `line` counts from 1."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


def mask(text: str) -> str:
    """The text as a YAML parser can read it, at the same length: templates become letters or comments."""
    if "{{" in text or "{%" in text:
        text = _TEMPLATE_LINE.sub(lambda match: "#".ljust(len(match[0])), text)
        text = _TEMPLATE.sub(lambda match: "x" * len(match[0]), text)
    return _UNREADABLE.sub("x", text)


def documents(source: Source) -> list[Node]:
    """The root nodes of a file's documents; marks are offsets into `source.text`.

    Raises:
        BrokenYaml: a place that no parser reads.
    """
    try:
        return [node for node in yaml.compose_all(mask(source.text), Loader) if node is not None]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise BrokenYaml(mark.line + 1 if mark else 0, error.problem or "not valid YAML") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise BrokenYaml(0, f"not valid YAML: {str(error).splitlines()[0]}") from None


def span(source: Source, node: Node) -> Span:
    """The node's own text, without its anchor and tag, and without what stands behind a collection."""
    start, end = node.start_mark.index, node.end_mark.index
    properties = _PROPERTIES.match(source.text, start, end)
    start = properties.end() if properties else start
    if isinstance(node, ScalarNode) and node.style not in ("|", ">"):
        return Span(min(start, end), end)
    if isinstance(node, ScalarNode):
        return Span(start, start + len(source.text[start:end].rstrip("\r\n")))
    if is_flow(node):
        return Span(start, end)
    children = [value for _, value in pairs(node)] if isinstance(node, MappingNode) else list(node.value)
    own = [child for child in children if start <= child.start_mark.index <= node.end_mark.index]
    last = max((span(source, child).end for child in own), default=start)
    keys = [key.end_mark.index for key, _ in pairs(node)] if isinstance(node, MappingNode) else []
    return Span(start, max([last, start, *keys]))


def scalars(node: Node) -> Iterator[ScalarNode]:
    """Every scalar below a node, keys too, in the order of the file; shared nodes once."""
    seen: set[int] = set()
    stack = [node]
    while stack:
        current = stack.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        if isinstance(current, ScalarNode):
            yield current
        elif isinstance(current, MappingNode):
            stack.extend(part for pair in reversed(current.value) for part in reversed(pair))
        elif isinstance(current, SequenceNode):
            stack.extend(reversed(current.value))


def pairs(node: Node | None) -> list[tuple[ScalarNode, Node]]:
    """A mapping's own entries whose key is a scalar, in order; nothing for another node."""
    if not isinstance(node, MappingNode):
        return []
    return [(key, value) for key, value in node.value if isinstance(key, ScalarNode)]


def entries(node: Node | None) -> dict[str, tuple[ScalarNode, Node, MappingNode]]:
    """A mapping's entries with `<<` expanded: name to key, value and the mapping that holds them.

    A name written twice counts as its last entry; an own entry wins over a merged one, an earlier merge over a later.
    """
    found: dict[str, tuple[ScalarNode, Node, MappingNode]] = {}
    _collect(node, found, ())
    return found


def _collect(node: Node | None, found: dict[str, tuple[ScalarNode, Node, MappingNode]], above: tuple[int, ...]) -> None:
    if not isinstance(node, MappingNode) or id(node) in above:
        return
    own = {key.value: (key, value, node) for key, value in pairs(node) if key.value != "<<"}
    found.update({name: entry for name, entry in own.items() if name not in found})
    for key, value in pairs(node):
        if key.value == "<<":
            for merged in value.value if isinstance(value, SequenceNode) else [value]:
                _collect(merged, found, (*above, id(node)))


def child(node: Node | None, *names: str) -> Node | None:
    """The node at a path of keys, merges expanded; None where there is none."""
    for name in names:
        entry = entries(node).get(name)
        if entry is None:
            return None
        node = entry[1]
    return node


def items(node: Node | None) -> list[Node]:
    """The items of a sequence; nothing for another node."""
    return list(node.value) if isinstance(node, SequenceNode) else []


def is_flow(node: Node) -> bool:
    """Whether a collection is written in brackets."""
    return isinstance(node, (MappingNode, SequenceNode)) and bool(node.flow_style)


def is_null(node: Node | None) -> bool:
    """Whether a node says nothing: absent, `~`, `null` or an empty plain scalar."""
    if node is None:
        return True
    return isinstance(node, ScalarNode) and not node.style and node.value in ("", "~", "null", "Null", "NULL")


def aliased(source: Source, key: Node, value: Node) -> bool:
    """Whether the value of a key is written as `*name`: its text stands elsewhere."""
    return source.text[key.end_mark.index :].lstrip(" \t:").startswith("*")
