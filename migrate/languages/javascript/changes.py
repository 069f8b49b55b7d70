"""What is found out about one call: edits, reasons why it stays, notes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ast_grep_py import SgNode

from migrate.clients.outcome import ClientName, ClientNeed, Collected
from migrate.findings import Finding, Safety
from migrate.languages.javascript.script import RULE, Script, span
from migrate.source import Edit, Source, Span


@dataclass
class Changes:
    """The edits of one call with everything that is read from its answer.

    `script` is the file that is being edited, `home` that of the call.
    """

    script: Script
    call: SgNode
    message: str
    rule: str = RULE
    edits: list[Edit] = field(default_factory=list)
    reasons: list[tuple[Source, Span, str]] = field(default_factory=list)
    notes: list[tuple[Source, Span, str, str]] = field(default_factory=list)  # place, rule, text
    needs: dict[str, str] = field(default_factory=dict)  # fields of the request that what is read asks for
    adapters: list[str] = field(default_factory=list)
    features: list[str] = field(default_factory=list)
    address: str | None = None
    home: Script | None = None

    @property
    def group(self) -> str:
        return f"client:{(self.home or self.script).source.path}:{span(self.call).start}"

    def at(self, script: Script) -> Changes:
        """The same changes, where they go on in another file: all lists are shared."""
        return replace(self, script=script, home=self.home or self.script)

    def replace(self, start: int, end: int, text: str) -> None:
        edit = self.script.edit(start, end, text)
        if edit not in self.edits:
            self.edits.append(edit)

    def wrap(self, node: SgNode, base: SgNode, template: str) -> None:
        """The node becomes the template, in which `{base}` is the base's text, with its own changes."""
        before, after = template.split("{base}")
        outer, inner = span(node), span(base)
        if before or outer.start != inner.start:
            self.replace(outer.start, inner.start, before)
        if after or outer.end != inner.end:
            self.replace(inner.end, outer.end, after)

    def escape(self, node: SgNode, reason: str) -> None:
        self.reasons.append((self.script.source, span(node), reason))

    def note(self, node: SgNode, rule: str, text: str) -> None:
        self.notes.append((self.script.source, span(node), rule, text))

    def report(self, collected: Collected) -> None:
        """The findings: the change with its edits and each note at its place, or only the reasons where it stays."""
        source, place, rule = self.script.source, span(self.call), self.rule
        group = self.group
        if self.reasons:
            for file, where, reason in dict.fromkeys(self.reasons):
                text = file.text[where.start : where.end]
                one = Finding(rule, file.path, where, "endpoint", Safety.MANUAL, reason, text, group)
                collected.findings.append(one)
            return
        edits = tuple(dict.fromkeys(self.edits))
        one = Finding(rule, source.path, place, "endpoint", Safety.SAFE, self.message, self.call.text(), group, edits)
        collected.findings.append(one)
        for file, where, name, reason in dict.fromkeys(self.notes):
            text = file.text[where.start : where.end]
            collected.findings.append(Finding(name, file.path, where, "endpoint", Safety.REVIEW, reason, text, group))
        asked = (source.path, place, self.address, group)
        collected.names += [ClientName(name, *asked, adapter=True) for name in self.adapters]
        collected.asked += [ClientNeed(feature, *asked) for feature in self.features]


def settle(found: list[Changes]) -> None:
    """Calls that share a place (a type, a helper, an address) are written together or not at all."""
    again = True
    while again:
        again = False
        blocked = {(edit.path, edit.start, edit.end) for one in found if one.reasons for edit in one.edits}
        for one in found:
            if not one.reasons and any((edit.path, edit.start, edit.end) in blocked for edit in one.edits):
                one.escape(one.call, "it shares values with a call that stays as it is")
                again = True
