"""Takes entries out of YAML collections: whole lines of a block, text and one comma of a bracket."""

from __future__ import annotations

from collections.abc import Sequence

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from migrate.formats.yaml.lines import insert_behind, line_start, remove_lines
from migrate.formats.yaml.tree import is_flow, span
from migrate.source import Edit, Source, Span


def places(source: Source, node: Node) -> list[Span]:
    """The text of every entry of a collection, in order: `key: value` or an item, without dashes."""
    if isinstance(node, MappingNode):
        return [_pair(source, key, value) for key, value in node.value]
    return [span(source, item) for item in node.value] if isinstance(node, SequenceNode) else []


def _pair(source: Source, key: Node, value: Node) -> Span:
    start, end = key.start_mark.index, span(source, value).end
    text = source.text[key.end_mark.index :]
    alias = text[: len(text) - len(text.lstrip(" \t:"))]
    if text[len(alias) :].startswith("*"):
        name = text[len(alias) :].split(None, 1)[0].rstrip(",}]")
        return Span(start, key.end_mark.index + len(alias) + len(name))
    return Span(start, max(end, key.end_mark.index + 1))


def remove_entries(source: Source, node: Node, indices: Sequence[int], rule: str = "") -> list[Edit]:
    """The edits that take entries away; comments on lines of their own stay."""
    all_places = places(source, node)
    if not is_flow(node):
        return remove_lines(source, [all_places[index] for index in indices], rule)
    gone = set(indices)
    kept = [index for index in range(len(all_places)) if index not in gone]
    edits: list[Edit] = []
    for index in sorted(gone):
        following = index + 1 < len(all_places)
        if following and any(other > index for other in kept):
            edits.append(Edit(source.path, all_places[index].start, all_places[index + 1].start, "", rule))
    behind = [index for index in sorted(gone) if not any(other > index for other in kept)]
    if behind:
        start = all_places[behind[0] - 1].end if behind[0] else all_places[0].start
        edits.append(Edit(source.path, start, all_places[behind[-1]].end, "", rule))
    return edits


def add_entries(
    source: Source, node: Node, key: ScalarNode, texts: Sequence[str], gone: Sequence[int] = (), rule: str = ""
) -> Edit:
    """New entries behind the last one that stays (`gone`: the indices of those that go), in the form of the
    collection."""
    all_places = places(source, node)
    kept = [index for index in range(len(all_places)) if index not in set(gone)]
    if is_flow(node):
        at = all_places[kept[-1]].end if kept else span(source, node).start + 1
        return Edit(source.path, at, at, (", " if kept else "") + ", ".join(texts), rule)
    lead = source.text[line_start(source, all_places[0].start) : all_places[0].start]
    dash = lead.rfind("-")
    lead = lead if dash < 0 else lead[: dash + 1] + " " * (len(lead) - dash - 1)
    at = all_places[kept[-1]].end if kept else key.end_mark.index
    return insert_behind(source, at, [lead + text for text in texts], rule)
