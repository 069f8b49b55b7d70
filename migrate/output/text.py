"""The text output: one block for each launch or call, a person's reading order, a summary at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from migrate.findings import Finding, Safety, Skipped
from migrate.grouping import Group
from migrate.output.report import Report
from migrate.redaction import redact

_COLOURS = {Safety.SAFE: "32", Safety.REVIEW: "33", Safety.MANUAL: "31", Safety.NONE: "2"}
_HEADINGS = {
    Safety.SAFE: "becomes",
    Safety.REVIEW: "look at",
    Safety.MANUAL: "left for you",
    Safety.NONE: "note",
}
_ADVISORY = "default"


@dataclass(frozen=True, slots=True)
class Paint:
    """Colour where the reader is a terminal, plain text everywhere else."""

    colour: bool = False

    def __call__(self, text: str, safety: Safety) -> str:
        return f"\x1b[{_COLOURS[safety]}m{text}\x1b[0m" if self.colour else text

    def strong(self, text: str) -> str:
        return f"\x1b[1m{text}\x1b[0m" if self.colour else text


def render(report: Report, paint: Paint) -> str:
    """Every group, every skipped file, and the counts."""
    blocks = [block(report, group, paint) for group in report.groups]
    if report.skipped:
        blocks.append(skipped_block(report.skipped))
    return "\n".join([*blocks, summary(report)])


def block(report: Report, group: Group, paint: Paint, remark: str = "") -> str:
    """One group: where it is, how safe its change is, and each finding under its class."""
    lead = group.lead
    place = paint.strong(f"{printable(lead.path)}:{_at(report, lead)}")
    title = f"{place}: {group.kind} {paint(f'[{group.safety}]', group.safety)}"
    return "\n".join([f"{title} {remark}".rstrip(), *_entries(report, group, paint)]) + "\n"


def _entries(report: Report, group: Group, paint: Paint) -> Iterator[str]:
    """By class, and the defaults of TGI that are not written last."""
    for advisory in (False, True):
        for safety, heading in _HEADINGS.items():
            title = paint(f"{_ADVISORY if advisory else heading:<12}", safety)
            for finding in group.findings:
                if finding.safety is safety and finding.advisory is advisory:
                    yield f"  {title} {_message(report, group, finding)}"


def _message(report: Report, group: Group, finding: Finding) -> str:
    """The message with its rule, and its place where that is not the group's own."""
    text = " ".join(printable(redact(finding.message)).split())
    if finding.span == group.lead.span and finding.path == group.lead.path:
        return f"{text} [{finding.rule}]"
    path = "" if finding.path == group.lead.path else printable(finding.path) + ":"
    return f"{path}{_at(report, finding)}: {text} [{finding.rule}]"


def _at(report: Report, finding: Finding) -> str:
    line, column = report.position(finding.path, finding.span.start)
    return f"{line}:{column}"


def skipped_block(skipped: Iterable[Skipped]) -> str:
    """The files that were not read, each with its reason."""
    lines = (f"  {printable(one.path)}: {printable(redact(one.reason))}" for one in skipped)
    return "\n".join(["Not read:", *lines]) + "\n"


def summary(report: Report) -> str:
    """The counts in one line."""
    counts = report.counts()
    if not report.findings:
        return _tail(report.nothing, report.skipped)
    classes = ", ".join(f"{counts[name]} {name}" for name in ("safe", "review", "manual", "none") if counts[name])
    places = number(len(report.groups), "place")
    return _tail(f"{places} in {number(counts['files'], 'file')}: {classes}", report.skipped)


def _tail(text: str, skipped: Sequence[Skipped]) -> str:
    return f"{text}; {number(len(skipped), 'file')} not read.\n" if skipped else f"{text}.\n"


def number(count: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def printable(text: str) -> str:
    """Text that any terminal takes: undecodable bytes and control characters as escapes, so that no file name acts."""
    return "".join(char if char.isprintable() or char in "\n\t" else ascii(char)[1:-1] for char in text)
