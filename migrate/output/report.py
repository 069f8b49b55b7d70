"""What every output is made of."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from migrate.findings import Finding, Safety, Skipped
from migrate.grouping import Group, groups
from migrate.repository import Repository


@dataclass(frozen=True)
class Report:
    """One run over one root. `source` is the TGI version that was asked for, None where the images say it.

    `nothing` is what a person reads where nothing was found.
    """

    root: str
    target: str
    source: str | None
    repository: Repository
    findings: tuple[Finding, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    nothing: str = "Nothing depends on TGI here"

    @property
    def groups(self) -> list[Group]:
        return groups(self.findings)

    def position(self, path: str, offset: int) -> tuple[int, int]:
        """(line, column) from 1; the first place of a file that is no text."""
        source = self.repository.source(path)
        return source.position(offset) if source else (1, 1)

    def counts(self) -> dict[str, int]:
        """How many findings of each class, how many files hold one, how many launches were found."""
        classes = Counter(one.safety for one in self.findings)
        launches = {one.group or (one.path, one.span) for one in self.findings if one.kind == "launch"}
        files = {one.path for one in self.findings}
        by_class = {safety.value: classes[safety] for safety in Safety}
        return {"findings": len(self.findings), **by_class, "files": len(files), "launches": len(launches)}

    @property
    def incomplete(self) -> bool:
        """Whether an input could not be read."""
        return any(one.unread for one in self.skipped)

    @property
    def actionable(self) -> bool:
        """Whether anything was found that is more than a note."""
        return any(one.safety is not Safety.NONE for one in self.findings)
