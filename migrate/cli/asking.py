"""`apply --interactive`: each group with its diff, and a yes or no."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from migrate.cli import console
from migrate.diffing import unified
from migrate.grouping import Group
from migrate.output import text
from migrate.output.report import Report
from migrate.writing import Left, rewrite

_QUESTION = "write this? [y]es, [n]o, [q]uit: "


def ask(report: Report, groups: Sequence[Group]) -> tuple[tuple[Group, ...], tuple[Left, ...]]:
    """The groups to write and those that were declined; `q` or the end of input declines all that follow."""
    wanted, left = [], []
    answer = ""
    for group in groups:
        if group.edits and answer != "q":
            _show(report, group)
            answer = _answer()
        if not group.edits or answer == "y":
            wanted.append(group)
        else:
            left.append(Left(group, "declined"))
    return tuple(wanted), tuple(left)


def _show(report: Report, group: Group) -> None:
    console.show(text.block(report, group, console.paint(sys.stdout)))
    for one in rewrite(report.repository, [group]).files:
        console.show(unified(one.path, one.old, one.new))


def _answer() -> str:
    while True:
        console.prompt(_QUESTION)
        line = sys.stdin.readline()
        answer = line.strip().lower()[:1] if line else "q"
        if answer in ("y", "n", "q"):
            return answer
