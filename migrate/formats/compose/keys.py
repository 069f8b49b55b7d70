"""New keys in a compose service, in the indentation of the file."""

from __future__ import annotations

from collections.abc import Sequence

from yaml import Node, ScalarNode, SequenceNode

from migrate.formats.compose.model import Layer
from migrate.formats.yaml.entries import places
from migrate.formats.yaml.lines import insert_behind
from migrate.formats.yaml.scalar import written
from migrate.formats.yaml.tree import aliased, is_flow, is_null, pairs, span
from migrate.source import Edit

_ANCHORS = ("image", "build", "extends", "<<")


def new_keys(layer: Layer, keys: Sequence[tuple[str, Sequence[str], bool]], rule: str = "") -> list[Edit]:
    """The edit that gives a service new keys behind its image; each key has entries, and says whether they are a
    list."""
    own = pairs(layer.node)
    empty = {key.value: (key, node) for key, node in own if is_null(node)}
    edits = [_filled(layer, *empty[key[0]], key, rule) for key in keys if key[0] in empty]
    keys = [key for key in keys if key[0] not in empty]
    return [*edits, *_added(layer, own, keys, rule)] if keys else edits


def _filled(layer: Layer, name: ScalarNode, node: Node, key: tuple[str, Sequence[str], bool], rule: str) -> Edit:
    """A key that is there and says nothing gets its value in brackets."""
    start = layer.source.text.index(":", name.end_mark.index) + 1
    value = _bracketed(*key).partition(": ")[2]
    return Edit(layer.source.path, start, max(start, span(layer.source, node).end), f" {value}", rule)


def _added(
    layer: Layer,
    own: Sequence[tuple[ScalarNode, Node]],
    keys: Sequence[tuple[str, Sequence[str], bool]],
    rule: str,
) -> list[Edit]:
    source = layer.source
    names = [key.value for key, _ in own]
    index = next((names.index(name) for name in _ANCHORS if name in names), None)
    if is_flow(layer.node):
        texts = [_bracketed(*key) for key in keys]
        spots = places(source, layer.node)
        at = spots[index if index is not None else -1].end if spots else span(source, layer.node).start + 1
        return [Edit(source.path, at, at, (", " if spots else "") + ", ".join(texts), rule)]
    indent = " " * own[0][0].start_mark.column
    lines = [line for key in keys for line in _lines(layer, indent, *key)]
    at = places(source, layer.node)[index].end if index is not None else layer.key.end_mark.index
    return [insert_behind(source, at, lines, rule)]


def _bracketed(name: str, entries: Sequence[str], listed: bool) -> str:
    if not listed:
        return f"{name}: {{{', '.join(entries)}}}"
    return f"{name}: [{', '.join(written(entry, chr(34), True) for entry in entries)}]"


def _lines(layer: Layer, indent: str, name: str, entries: Sequence[str], listed: bool) -> list[str]:
    if not listed:
        return [f"{indent}{name}:", *(f"{indent}  {entry}" for entry in entries)]
    if not entries:
        return [f"{indent}{name}: []"]
    lead = indent + " " * list_step(layer)
    return [f"{indent}{name}:", *(f"{lead}- {written(entry, None)}" for entry in entries)]


def list_step(layer: Layer) -> int:
    """How far the dashes of the service's lists stand behind their key; two columns where it has none."""
    for key, node in pairs(layer.node):
        if _is_block_list(node) and not aliased(layer.source, key, node):
            return max(0, int(node.value[0].start_mark.column) - 2 - int(key.start_mark.column))
    return 2


def _is_block_list(node: Node) -> bool:
    return isinstance(node, SequenceNode) and not is_flow(node) and bool(node.value)
