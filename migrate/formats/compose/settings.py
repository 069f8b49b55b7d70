"""Writes a plan's variables into a compose service: entries that go, entries that change, entries that come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from migrate.formats import env_file
from migrate.formats.compose.environment import Entry
from migrate.formats.compose.model import Fact, Service
from migrate.formats.compose.values import replace_scalar, text_of
from migrate.formats.yaml.entries import add_entries, remove_entries
from migrate.formats.yaml.scalar import fragment, settle, written
from migrate.formats.yaml.tree import aliased, is_flow, pairs, span
from migrate.source import Edit, Source
from migrate.touchpoints import CannotWrite, Plan, Setting, Token

_CARRIERS = ("environment", "env_file", "volumes")


@dataclass(frozen=True)
class Environment:
    """The variables of a service as they were read, and who else has the nodes that hold them.

    `foreign` says whether a node is also used by a service that is not rewritten. `launches`: the layers that start TGI
    themselves; what this service takes from them is theirs to write.
    """

    service: Service
    entries: Sequence[Entry]
    foreign: Callable[[Node], bool]
    launches: frozenset[int] = frozenset()

    def write(self, plan: Plan, only: Source | None = None) -> tuple[list[Edit], list[Setting]]:
        """The edits, and the settings that need an `environment:` key of their own.

        `only`: the file that may change (an override file); what stands in others is left to their own services.
        """
        gone = [self.entries[index] for index in plan.removed if not self._inherited(self.entries[index])]
        gone += [one for entry in gone for one in entry.below if not one.variable.shared]
        replaced = [
            (setting, self.entries[setting.replaces]) for setting in plan.settings if setting.replaces is not None
        ]
        if only is not None:
            gone = [entry for entry in gone if entry.source is only or entry.fact.source is only]
            replaced = [(setting, entry) for setting, entry in replaced if entry.fact.source is only]
        added = [setting for setting in plan.settings if setting.replaces is None]
        renamed = {id(setting): entry for setting in added if (entry := self._secret(setting)) is not None}
        added = [setting for setting in added if id(setting) not in renamed]
        if only is not None and not any(name in self.service.own.facts for name in _CARRIERS):
            added = []
        target = self._target(only) if added else None
        edits = self._removals(gone, target if added else None, plan.rule)
        for setting, entry in replaced:
            edits += _replace(entry, setting, plan.rule)
        for setting in plan.settings:
            if id(setting) in renamed:
                edits.append(_beside(renamed[id(setting)], setting, plan.rule))
        if target is None:
            return edits, added
        return [*edits, *self._additions(target, added, gone, plan.rule)], []

    def _inherited(self, entry: Entry) -> bool:
        return entry.fact.layer is not self.service.own and id(entry.fact.layer.node) in self.launches

    def _secret(self, setting: Setting) -> Entry | None:
        """The line of an env file whose value a setting repeats: it stays in that file."""
        if setting.value is None or setting.value.expression:
            return None
        lines = [entry for entry in self.entries if entry.holder is None]
        return next((entry for entry in lines if entry.variable.word.value == setting.value.value), None)

    def _target(self, only: Source | None) -> Fact | None:
        """Where variables are added: the service's own text, never that of a service which it extends."""
        own = self.service.own
        facts = [fact for fact in self.service.all("environment") if fact.layer is own]
        facts = [fact for fact in facts if only is None or fact.source is only]
        usable = [fact for fact in facts if isinstance(fact.value, (MappingNode, SequenceNode)) and fact.value.value]
        return usable[-1] if usable else None

    def _removals(self, gone: Sequence[Entry], target: Fact | None, rule: str) -> list[Edit]:
        edits: list[Edit] = []
        holders: dict[int, list[Entry]] = defaultdict(list)
        for entry in gone:
            if entry.holder is None:
                names = [entry.variable.name]
                edits += env_file.remove(entry.source, names, rule)
            else:
                holders[id(entry.holder)].append(entry)
        for entries in holders.values():
            keeps_key = target is not None and target.value is entries[0].holder
            edits += _remove(entries, keeps_key, rule)
        return edits

    def _additions(self, target: Fact, added: Sequence[Setting], gone: Sequence[Entry], rule: str) -> list[Edit]:
        source, node = target.source, target.value
        rule = next((setting.rule for setting in added if setting.rule), rule)
        if self.foreign(node):
            return [_merged(target, added, rule)]
        texts = [entry_text(setting, isinstance(node, MappingNode), is_flow(node), _style(node)) for setting in added]
        removed = _indices(node, [entry for entry in gone if entry.holder is node])
        return [add_entries(source, node, target.key, texts, removed, rule)]


def _beside(entry: Entry, setting: Setting, rule: str) -> Edit:
    """A variable under another name behind its line of an env file."""
    source, place = entry.source, entry.variable.span
    line = f"{setting.name}={entry.variable.word.raw}"
    end = place.end
    open_end = not source.text[place.start : end].endswith("\n")
    text = source.newline + line if open_end else line + source.newline
    return Edit(source.path, end, end, text, setting.rule or rule)


def entry_text(setting: Setting, mapping: bool, flow: bool = False, style: str | None = None) -> str:
    """A new variable as an entry of a map or of a list."""
    if setting.value is None:
        return f"{setting.name}:" if mapping else setting.name
    text = text_of(setting.value)
    if mapping:
        return f"{setting.name}: {written(text, style, flow)}"
    return written(f"{setting.name}={text}", style, flow)


def _style(node: Node) -> str | None:
    """The quotation marks of a list's items; values of a map are quoted where they need it."""
    if isinstance(node, SequenceNode):
        return next((item.style or None for item in node.value if isinstance(item, ScalarNode)), None)
    return None


def _indices(node: Node, entries: Sequence[Entry]) -> list[int]:
    nodes = [id(key) for key, _ in pairs(node)] if isinstance(node, MappingNode) else [id(item) for item in node.value]
    return sorted(nodes.index(id(entry.key if entry.key is not None else entry.value)) for entry in entries)


def _remove(entries: Sequence[Entry], keeps_key: bool, rule: str) -> list[Edit]:
    """Takes entries of one holder away, and the key with the last of them."""
    source, fact = entries[0].source, entries[0].fact
    holder = entries[0].holder
    assert holder is not None  # entries of env files have none and are not grouped
    indices = _indices(holder, entries)
    edits = remove_entries(source, holder, indices, rule)
    if keeps_key or len(indices) < len(holder.value):
        return edits
    anchored = source.text[holder.start_mark.index] == "&"
    if fact.value is not holder or anchored or aliased(source, fact.key, fact.value):
        return edits if is_flow(holder) else [*edits, _emptied(source, holder)]
    position = [id(key) for key, _ in fact.holder.value].index(id(fact.key))
    if is_flow(fact.holder):
        return remove_entries(source, fact.holder, [position], rule)
    if is_flow(holder):
        return remove_entries(source, fact.holder, [position], rule)
    key_line = Edit(source.path, *_line(source, fact.key), "", rule)
    return _joined(source, [key_line, *edits])


def _line(source: Source, node: Node) -> tuple[int, int]:
    start = source.text.rfind("\n", 0, node.start_mark.index) + 1
    end = source.text.find("\n", start)
    return start, len(source.text) if end < 0 else end + 1


def _joined(source: Source, edits: Sequence[Edit]) -> list[Edit]:
    """Neighbouring removals as one, so that a last line without a newline still goes with the newline before it."""
    last = edits[-1]
    if last.end == len(source.text) and not source.text.endswith("\n"):
        start = edits[0].start - 1
        start -= source.text[start - 1 : start + 1] == "\r\n"
        return [Edit(source.path, start, last.end, "", last.rule)] if len(edits) == 2 else list(edits)
    return list(edits)


def _emptied(source: Source, holder: MappingNode | SequenceNode) -> Edit:
    """A shared block without entries stays a collection, so that what refers to it keeps its kind."""
    text = source.text
    start = holder.start_mark.index
    end = start
    while end < len(text) and not text[end].isspace():
        end += 1
    return Edit(source.path, end, end, " {}" if isinstance(holder, MappingNode) else " []")


def _replace(entry: Entry, setting: Setting, rule: str) -> list[Edit]:
    """A variable under a new name, with a new value, or both, where it stands."""
    source, rule = entry.source, setting.rule or rule
    if entry.holder is None:
        text = setting.value.value if setting.value else entry.variable.word.value
        return env_file.assign(source, entry.variable.name, setting.name, text, rule)
    if entry.value is None:
        return []
    if entry.key is not None:
        return _replace_pair(entry, entry.key, entry.value, setting, rule)
    read = fragment(source, entry.value)
    text = setting.name if setting.value is None else f"{setting.name}={text_of(setting.value)}"
    return settle(source, entry.value, _differing(read.text, text, read.edit, rule), is_flow(entry.holder))


def _replace_pair(entry: Entry, key: ScalarNode, node: ScalarNode, setting: Setting, rule: str) -> list[Edit]:
    source, flow = entry.source, is_flow(entry.holder) if entry.holder is not None else False
    edits: list[Edit] = []
    if setting.name != entry.variable.name:
        edits += replace_scalar(source, key, Token(setting.name), rule, flow)
    if setting.value is None:
        return edits
    place = span(source, node)
    if place.start < place.end:
        return edits + replace_scalar(source, node, setting.value, rule, flow)
    at = _colon(source, key)
    return [*edits, Edit(source.path, at, at, " " + written(text_of(setting.value), None, flow), rule)]


def _colon(source: Source, key: ScalarNode) -> int:
    return source.text.index(":", key.end_mark.index) + 1


def _differing(old: str, new: str, edit: Callable[[int, int, str, str], Edit], rule: str) -> list[Edit]:
    """The edit of the part of a text that is different."""
    if old == new:
        return []
    name, _, text = old.partition("=")
    new_name, _, new_text = new.partition("=")
    if text == new_text and "=" in old:
        return [edit(0, len(name), new_name, rule)]
    return [edit(0, len(old), new, rule)]


def _merged(target: Fact, added: Sequence[Setting], rule: str) -> Edit:
    """A service's own map over one that others have too.

    Raises:
        CannotWrite: a list, or a place without an alias, cannot be merged.
    """
    source, key = target.source, target.key
    if not isinstance(target.value, MappingNode) or not target.own or not aliased(source, key, target.value):
        raise CannotWrite("the environment is shared with a service that is not TGI; give this service its own")
    at = source.text.index("*", key.end_mark.index)
    end = at + len(source.text[at:].split(None, 1)[0])
    lead = source.newline + " " * (key.start_mark.column + 2)
    lines = [f"<<: {source.text[at:end]}", *(entry_text(setting, True) for setting in added)]
    return Edit(source.path, _colon(source, key), end, "".join(lead + line for line in lines), rule)
