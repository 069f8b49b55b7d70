"""The demonstration in text: what a newcomer has to see, in the order of a migration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import shorten

from migrate.diffing import unified
from migrate.findings import Safety
from migrate.grouping import Group
from migrate.output.report import Report
from migrate.output.text import Paint, number, summary
from migrate.writing import FileChange

# The files whose diff tells most; the others are named.
SHOWN = ("compose.yaml", "app/client.py")
_WIDTH = 90


def places(report: Report, paint: Paint) -> str:
    """One line for each place that depends on TGI: where, what, how safe its change is, and what is left."""
    rows = [(f"{group.lead.path}:{_line(report, group)}", group) for group in report.groups]
    width = max(len(place) for place, _ in rows)
    lines = [
        f"  {place:<{width}}  {group.kind:<8}  {paint(f'{group.safety:<6}', group.safety)}  {_said(group)}".rstrip()
        for place, group in rows
    ]
    return "\n".join([*lines, "", f"  {summary(report)}"])


def _line(report: Report, group: Group) -> int:
    return report.position(group.lead.path, group.lead.span.start)[0]


def _said(group: Group) -> str:
    """What is left for a person in its words, what is written in numbers."""
    manual = [one for one in group.findings if one.safety is Safety.MANUAL]
    if manual:
        return shorten(manual[0].message.partition(": ")[0], _WIDTH, placeholder=" ...")
    changes = number(sum(one.safety is Safety.SAFE for one in group.findings if not one.advisory), "change")
    review = sum(one.safety is Safety.REVIEW and not one.advisory for one in group.findings)
    return f"{changes}, {review} to look at" if review else changes


def changes(files: Sequence[FileChange], paint: Paint) -> str:
    """The diff of the files that tell most, and the names of the others."""
    shown = [one for name in SHOWN for one in files if one.path == name]
    lines = [line for one in shown for line in _diff(one, paint)]
    others = [one.path for one in files if one not in shown]
    return "\n".join([*lines, "", f"  and {number(len(others), 'more file')}: {', '.join(others)}", ""])


def _diff(change: FileChange, paint: Paint) -> Iterator[str]:
    for line in unified(change.path, change.old, change.new).decode().splitlines():
        marked = {"+": Safety.SAFE, "-": Safety.MANUAL}.get(line[:1])
        yield f"  {paint(line, marked) if marked and line[:3] not in ('+++', '---') else line}"
