"""`migrate: ignore[rule-id] reason`: a comment, in any comment syntax, that keeps a place as it is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from migrate.findings import Finding, Safety
from migrate.repository import Repository
from migrate.source import Source, Span

RULE = "ignore/malformed"
_COMMENT = re.compile(
    r"(?:\#|//|--|<!--|/\*|;|%|\{\#|\brem\b)[^\n]*?"
    r"\bmigrate:[ \t]*ignore\b(?:\[(?P<rules>[^\]\n]*)\])?(?P<reason>[^\n]*)",
    re.IGNORECASE,
)
_CLOSING = re.compile(r"(?:-->|\*/|#\}|\}\}|\s)+$")


@dataclass(frozen=True, slots=True)
class Ignore:
    """One comment: `line` from 1; `rules` are ids or patterns such as `launch/*`."""

    line: int
    span: Span
    rules: tuple[str, ...]
    reason: str

    @property
    def complete(self) -> bool:
        return bool(self.rules and self.reason)

    def covers(self, finding: Finding, first: int, last: int) -> bool:
        """Whether the comment stands on the line above the finding's lines `first` to `last`, or on one of them."""
        return self.complete and first - 1 <= self.line <= last and matches(finding.rule, self.rules)


def matches(rule: str, patterns: Iterable[str]) -> bool:
    """Whether an id is one of the ids or fits one of the patterns."""
    return any(fnmatchcase(rule, pattern) for pattern in patterns)


def read_ignores(source: Source) -> list[Ignore]:
    """The ignore comments of a file, malformed ones too."""
    found = []
    for match in _COMMENT.finditer(source.text):
        rules = tuple(name.strip() for name in (match["rules"] or "").split(",") if name.strip())
        reason = _CLOSING.sub("", match["reason"]).strip()
        found.append(Ignore(source.position(match.start())[0], Span(*match.span()), rules, reason))
    return found


def without_ignored(repo: Repository, findings: Iterable[Finding], everywhere: Iterable[str] = ()) -> list[Finding]:
    """What is left after the comments and the rules that the configuration ignores.

    A group is written whole or not at all, so an ignored finding that holds edits takes those of its group that hold
    edits along. A comment without a rule or a reason is reported and ignores nothing.
    """
    listed = list(findings)
    patterns = tuple(everywhere)
    ignores = {path: _of(repo, path) for path in sorted({one.path for one in listed})}
    kept: list[Finding] = []
    dropped: list[Finding] = []
    for finding in listed:
        covered = matches(finding.rule, patterns) or _covered(repo, finding, ignores[finding.path])
        (dropped if covered else kept).append(finding)
    held = {one.group for one in dropped if one.edits and one.group}
    kept = [one for one in kept if one.group not in held or not one.edits]
    return kept + [_malformed(path, one) for path, ones in ignores.items() for one in ones if not one.complete]


def _of(repo: Repository, path: str) -> list[Ignore]:
    source = repo.source(path)
    return read_ignores(source) if source else []


def _covered(repo: Repository, finding: Finding, ignores: list[Ignore]) -> bool:
    source = repo.source(finding.path)
    if not source or not ignores:
        return False
    first, last = source.position(finding.span.start)[0], source.position(finding.span.end)[0]
    return any(one.covers(finding, first, last) for one in ignores)


def _malformed(path: str, ignore: Ignore) -> Finding:
    missing = "a rule in brackets" if not ignore.rules else "a reason"
    message = f"This ignore comment has no effect, it lacks {missing}: `migrate: ignore[rule-id] reason`."
    return Finding(RULE, path, ignore.span, "ignore", Safety.NONE, message)
