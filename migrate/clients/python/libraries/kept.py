"""What programs do with an object whose successor has the same methods: arguments of calls, attributes."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from migrate.clients.python.answers.flow import Flow
from migrate.clients.python.answers.trail import shown
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.code.scopes import Function, parameters
from migrate.clients.python.edits.drafts import Draft, displayed
from migrate.clients.python.edits.entries import Entries, Entry, keywords_of, reads
from migrate.clients.python.edits.flatten import emit_keywords
from migrate.clients.python.edits.report import Group
from migrate.clients.python.given.arguments import seen
from migrate.rulebook.constructors import Argument, ConstructorRule, Keeps
from migrate.rulebook.model import as_list

OWN = "{}: the new class has no attribute of this kind"
GIVEN = "{}: it is given when the object is made; the new class does not take it with a call"
TWICE = "{}: {} of a call takes the place of the one that the object is made with; write the whole of it here"
AGAIN = "{}: it takes the place of the {} that the object is made with; both were joined before"

OPEN = "**{}: what it holds cannot be seen; the names of the new class are meant now (max_tokens)"


class Kept:
    """The uses of one object; `made` are the arguments that it is made with."""

    def __init__(self, project: Project, made: Entries, rule: ConstructorRule, keeps: Keeps, group: Group) -> None:
        self.project, self.made, self.rule, self.keeps, self.group = project, made, rule, keeps, group

    def settle(self, at: At) -> None:
        """Calls and attributes, also of what copies of the object are bound to."""
        flow = Flow(self.project, {}, {})
        flow.follow(at, "object")
        for place, path in flow.calls:
            if path in self.keeps.methods:
                self._call(place)
            elif isinstance(place.node, ast.Call) and isinstance(place.node.func, ast.Attribute):
                self._attribute(place, path.split(".")[0], place.node.func)
        for place, _ in flow.escapes:
            parent = place.module.parents[place.node]
            if isinstance(parent, ast.Call) and parent.func is place.node and not isinstance(place.node, ast.Attribute):
                self._call(At(place.module, parent))
            for one in (place.node, parent):
                if isinstance(one, ast.Attribute):
                    self._attribute(At(place.module, one), one.attr, one)
                    break

    def _attribute(self, at: At, name: str, node: ast.Attribute) -> None:
        new = self.keeps.attributes.get(name, "" if name in self.rule.arguments else name)
        spec = self.rule.arguments.get(name)
        if not new or (spec is not None and spec.value and not shown(At(at.module, node))):
            self.group.manual.append((at, self.rule.id, OWN.format(name)))
        elif new != name:
            end = at.module.span(node)[1]
            self.group.changes.replace(at.module, end - len(name), end, new)

    # --- calls ---

    def _call(self, at: At) -> None:
        assert isinstance(at.node, ast.Call)
        entries = keywords_of(at, at.node)
        self._words(entries, entries.entries)
        for entry in entries.entries:
            if entry.name is None:
                self._spread(At(at.module, entry.value))

    def _words(self, entries: Entries, given: Sequence[Entry]) -> None:
        """The arguments of a call, in the call or where they come from."""
        draft = Draft(entries)
        into: dict[str, dict[str, str]] = {}
        for entry in given:
            spec = self.rule.arguments.get(entry.name or "")
            if entry.name in self.keeps.joined:
                self._joined(draft, entry, self.keeps.joined[entry.name])
            elif spec is not None:
                self._one(draft, entry, spec, into)
        draft.added += [(name, displayed(pairs.items())) for name, pairs in into.items()]
        emit_keywords(draft, self.group.changes)

    def _spread(self, at: At) -> None:
        """`**options`: a dict that is seen, or what the callers of the function pass."""
        inner = seen(self.project, at)
        values = self.project.values(at)
        function = at.module.around(at.node, ast.FunctionDef, ast.AsyncFunctionDef)
        if inner is not None and not reads(inner)[1:]:
            self._words(inner, inner.entries)
        elif len(values) == 1 and isinstance(function, Function) and function.args.kwarg is values[0].node:
            own = {argument.arg for argument, _ in parameters(function)}
            for caller in self.project.callers(At(at.module, function)):
                if isinstance(caller.node, ast.Call):
                    passed = keywords_of(caller, caller.node)
                    self._words(passed, [one for one in passed.entries if one.name not in own])
        else:
            self.group.notes.append((at, self.rule.id, OPEN.format(at.module.text(at.node))))

    def _one(self, draft: Draft, entry: Entry, spec: Argument, into: dict[str, dict[str, str]]) -> None:
        at = At(draft.entries.module, entry.value)
        text = at.module.text(entry.value)
        if text in as_list(spec.unset) or (spec.drop and not spec.manual):
            draft.dropped.append(entry)
            if spec.review and text not in (*as_list(spec.unset), *as_list(spec.absent)):
                self.group.notes.append((at, self.rule.id, spec.review))
        elif spec.manual or spec.hoist or spec.keys or spec.value:
            self.group.manual.append((at, self.rule.id, f"{entry.name}: {spec.manual or GIVEN.format(entry.name)}"))
        elif spec.into and spec.into not in self.keeps.flat:
            draft.dropped.append(entry)
            pairs = into.setdefault(spec.into, self._made(spec.into, entry))
            pairs |= {spec.to or "": text, **spec.together}
        elif spec.to and spec.to != entry.name:
            draft.renamed.append((entry, spec.to))

    def _made(self, into: str, entry: Entry) -> dict[str, str]:
        """What the object has in the dict already, which the call's own takes the place of."""
        found: dict[str, str] = {}
        for one in self.made.entries:
            spec = self.rule.arguments.get(one.name or "")
            text = self.made.module.text(one.value)
            if spec is not None and spec.into == into and text not in as_list(spec.unset):
                found |= {spec.to or "": text, **spec.together}
                if not isinstance(one.value, ast.Constant):
                    at = At(self.made.module, one.value)
                    self.group.manual.append((at, self.rule.id, TWICE.format(entry.name, into)))
        return found

    def _joined(self, draft: Draft, entry: Entry, other: str) -> None:
        """An argument of a call that was joined with one of the object."""
        before = self.made.get(other)
        if before is None or self.made.module.text(before.value) in as_list(self.rule.arguments[other].unset):
            return
        module, first, second = draft.entries.module, self.made.module.text(before.value), entry.value
        if isinstance(before.value, ast.List) and all(isinstance(one, ast.Constant) for one in before.value.elts):
            rest = module.text(second)
            rest = rest[1:-1] if isinstance(second, ast.List) else f"*{rest}"
            draft.revalued.append((entry, f"[{', '.join(one for one in (first[1:-1].strip(), rest.strip()) if one)}]"))
        else:
            self.group.notes.append((At(module, second), self.rule.id, AGAIN.format(entry.name, other)))
