"""Findings that belong together: what is written whole or not at all, and read as one note."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from migrate.findings import Finding, Safety
from migrate.source import Edit


@dataclass(frozen=True)
class Group:
    """The findings of one launch or one call, in the order of their places."""

    findings: tuple[Finding, ...]

    @property
    def lead(self) -> Finding:
        """The first finding; where programs joined a launch, the launch's own."""
        return next((one for one in self.findings if one.group.startswith(f"{one.path}#")), self.findings[0])

    @cached_property
    def edits(self) -> tuple[Edit, ...]:
        """Every edit once."""
        return tuple(dict.fromkeys(edit for finding in self.findings for edit in finding.edits))

    @property
    def kind(self) -> str:
        """What the group is about: a launch as a whole, or what its first finding is."""
        return "launch" if any(one.kind == "launch" for one in self.findings) else self.lead.kind

    @property
    def safety(self) -> Safety:
        """The class that a reader has to know: the gravest of its findings, advisory ones aside."""
        return max((one.safety for one in self.findings if not one.advisory), key=_rank, default=Safety.NONE)

    def holds(self, safety: Safety) -> bool:
        """Whether a finding of this class is among them; advisory ones do not count."""
        return any(one.safety is safety and not one.advisory for one in self.findings)


def _rank(safety: Safety) -> int:
    return safety.rank


def groups(findings: Iterable[Finding]) -> list[Group]:
    """The findings by group, groups by the place of their first finding; a finding without a group stands alone."""
    members: dict[object, list[Finding]] = {}
    for finding in sorted(findings, key=lambda one: (one.path, one.span.start, one.span.end, one.rule)):
        key = finding.group or (finding.path, finding.span, finding.rule, finding.message)
        members.setdefault(key, []).append(finding)
    return [Group(tuple(ones)) for ones in members.values()]
