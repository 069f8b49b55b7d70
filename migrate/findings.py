"""What a run says: findings with their edits, files that were not read, and the summary of both."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum

from migrate.source import Edit, Span


class Safety(StrEnum):
    """`safe` keeps behaviour, `review` may change it, `manual` is not written, `none` is a note."""

    SAFE = "safe"
    REVIEW = "review"
    MANUAL = "manual"
    NONE = "none"

    @property
    def level(self) -> str:
        """The SARIF level of the class."""
        return {"safe": "note", "review": "warning", "manual": "error", "none": "none"}[self.value]

    @property
    def rank(self) -> int:
        return ("none", "safe", "review", "manual").index(self.value)


@dataclass(frozen=True)
class Finding:
    """One fact about one place. `group` ties the findings (and edits) of one launch: written whole or not at all."""

    rule: str
    path: str
    span: Span
    kind: str
    safety: Safety
    message: str
    text: str = ""
    group: str = ""
    edits: tuple[Edit, ...] = ()
    advisory: bool = False  # a note about a default that is not written: never holds a group back under --safe-only

    @property
    def fingerprint(self) -> str:
        """Stable over line moves: from the rule, the path and the touchpoint's own text."""
        return hashlib.sha256("\0".join((self.rule, self.path, self.text)).encode("utf-8", "replace")).hexdigest()[:20]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that holds a trigger and was not read, with the reason.

    `unread`: an input that should have been read (exit code 3); a binary file is only named.
    """

    path: str
    reason: str
    unread: bool = True


@dataclass(frozen=True)
class Reading:
    """The result of a scan before it is shown or written."""

    findings: tuple[Finding, ...] = ()
    skipped: tuple[Skipped, ...] = field(default=())
