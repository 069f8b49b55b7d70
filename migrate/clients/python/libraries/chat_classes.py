"""Chat classes that wrap the object of a client library and speak the chat route through it."""

from __future__ import annotations

import ast
from collections.abc import Container, Iterable

import msgspec

from migrate.clients.outcome import Collected
from migrate.clients.python.answers.flow import Flow
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.edits.entries import Entries, keywords_of
from migrate.clients.python.edits.report import Group
from migrate.clients.python.libraries.constructors import settle_arguments
from migrate.clients.python.libraries.references import References
from migrate.clients.python.openai.fields import Fields
from migrate.rulebook.constructors import Chat, ConstructorRule

SERVE = "--served-model-name"
RAW = "the wrapped object is used by itself too, and posts to the root, which vLLM does not have: make a {} for that"


class ChatClasses:
    """Decides what becomes of an object that a chat class wraps.

    With a launch in the repository both stay and the launch serves the name that the class sends. Without one, nobody
    can promise that name, and the object becomes a chat class itself.
    """

    def __init__(self, project: Project, collected: Collected, fields: Fields, references: References) -> None:
        self.project, self.collected, self.fields, self.references = project, collected, fields, references
        self.beside: list[Group] = []  # what is told besides a group that stays

    def wrapped(self, entries: Entries, rule: ConstructorRule, group: Group) -> Group | None:
        """None: no chat class wraps the object."""
        if not (rule.unless or rule.refuses):
            return None
        at = entries.at
        flow = Flow(self.project, {}, {})
        flow.follow(at, "object")
        refused = [call for place, _ in flow.escapes if (call := self._wrapper(place, rule.refuses)) is not None]
        if refused:
            group.manual += [(call, rule.id, rule.refuses[self._name(call)]) for call in refused]
            return group
        chats = {id(place.node): self._wrapper(place, rule.unless) for place, _ in flow.escapes}
        wrappers = [chat for chat in chats.values() if chat is not None]
        if not wrappers:
            return None
        alone = [place for place, _ in (*flow.calls, *flow.escapes) if not chats.get(id(place.node))]
        served = self.collected.launched or rule.served in self.collected.served
        if rule.chat and not (alone or served) and self._replaceable(entries, wrappers, rule, rule.chat):
            self._replace(entries, wrappers, rule, rule.chat, group)
            return group
        self._stays(entries, wrappers, rule, group)
        if alone:
            raw = Group(at, rule.id, rule.summary)
            raw.manual += [(place, rule.id, RAW.format(rule.becomes)) for place in alone]
            self.beside.append(raw)
        return group

    def _wrapper(self, place: At, classes: Container[str]) -> At | None:
        """The call of a class that wraps the object."""
        parent = place.module.parents.get(place.node)
        call = place.module.parents.get(parent) if isinstance(parent, ast.keyword) else parent
        found = At(place.module, call) if isinstance(call, ast.Call) else None
        return found if found and self._name(found) in classes else None

    def _name(self, call: At) -> str:
        assert isinstance(call.node, ast.Call)
        return self.project.foreign(call.module, call.node.func) or ""

    # --- both stay ---

    def _stays(self, entries: Entries, wrappers: Iterable[At], rule: ConstructorRule, group: Group) -> None:
        self.serve(entries.at, rule.served, group)
        for wrapper in wrappers:
            flow = Flow(self.project, {}, {})
            flow.follow(wrapper, "object")
            self.fields.tools(flow, rule.tools, (), group)
        for name, reason in rule.chat.reviews.items() if rule.chat else ():
            entry = entries.get(name)
            if entry is not None and entries.module.text(entry.value) not in ("None", "[]"):
                group.notes.append((At(entries.module, entry.value), rule.id, f"{name}: {reason}"))

    def serve(self, at: At, name: str | None, group: Group) -> None:
        """The server needs a model name that a program sends."""
        if name is None or name in self.collected.served:
            return
        group.names.append(name)
        if not self.collected.launched and name in ("tgi", "dummy"):
            text = f"vLLM refuses model names that it does not serve: add {name} to {SERVE} of the server"
            group.notes.append((at, "client/model-name", text))

    # --- one chat class in their place ---

    def _replaceable(self, entries: Entries, wrappers: Iterable[At], rule: ConstructorRule, chat: Chat) -> bool:
        known = all(name in chat.arguments and name not in chat.reviews for name in entries.names())
        return (
            known
            and all(entry.name for entry in entries.entries)
            and all(self._plain(wrapper, rule, chat) for wrapper in wrappers)
        )

    def _plain(self, wrapper: At, rule: ConstructorRule, chat: Chat) -> bool:
        """Whether the wrapper says nothing of its own and nothing is asked of it that the successor lacks."""
        assert isinstance(wrapper.node, ast.Call)
        given = keywords_of(wrapper, wrapper.node).entries
        if len([entry for entry in given if entry.name not in chat.drops]) + len(wrapper.node.args) != 1:
            return False
        flow = Flow(self.project, {}, {})
        flow.follow(wrapper, "object")
        read = [place.node.attr for place, _ in flow.escapes if isinstance(place.node, ast.Attribute)]
        used = [*read, *(path.split(".")[0] for _, path in flow.calls)]
        return not set(used) & {*rule.tools, *chat.reads}

    def _replace(
        self, entries: Entries, wrappers: Iterable[At], rule: ConstructorRule, chat: Chat, group: Group
    ) -> None:
        group.message = chat.summary
        mine = msgspec.structs.replace(rule, becomes=chat.becomes, arguments=chat.arguments, adds=chat.adds, keeps=None)
        settle_arguments(self.project, entries, mine, group)
        self.references.replace(entries.at, mine, group, ())
        for wrapper in wrappers:
            assert isinstance(wrapper.node, ast.Call)
            kept = [word.value for word in wrapper.node.keywords if word.arg not in chat.drops]
            inner = [*wrapper.node.args, *kept][0]
            outer = msgspec.structs.replace(mine, constructor=rule.unless)
            self.references.replace(wrapper, outer, group, ())
            (start, end), (first, last) = wrapper.module.span(wrapper.node), wrapper.module.span(inner)
            group.changes.replace(wrapper.module, start, first, "")
            group.changes.replace(wrapper.module, last, end, "")
