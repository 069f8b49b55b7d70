"""Differences that somebody accepted: left out before the verdict, with a reason, until a day."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

import yaml

from migrate.mistakes import not_yaml, text_of
from migrate.parity.evidence import Allowed, Difference, Evidence, Outcome, Stage

_FIELDS = ("stage", "prompt", "detail", "reason", "until")


class AcceptedError(ValueError):
    """A file of accepted differences that cannot be used; the message names the file and the line."""


@dataclass(frozen=True, slots=True)
class Entry:
    """`prompt` and `detail` are patterns in which `*` stands for any text and everything else for itself; the entry
    holds through the day `until`."""

    stage: str
    prompt: str
    detail: str
    reason: str
    until: date
    place: str

    def allows(self, difference: Difference) -> Allowed | None:
        """The difference with the reason, where the patterns fit."""
        fits = _fits(self.prompt, difference.prompt) and _fits(self.detail, difference.detail)
        until = self.until.isoformat()
        return Allowed(difference.prompt, difference.detail, self.reason, until, self.place) if fits else None


def _fits(pattern: str, text: str) -> bool:
    """Details hold brackets and question marks that are meant as they stand, so only `*` is special."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text, re.DOTALL) is not None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The entries of a file, and the day that decides which of them still hold."""

    entries: tuple[Entry, ...] = ()
    today: date = field(default_factory=lambda: datetime.now(UTC).date())

    def judge(self, judge: Callable[[Evidence], Stage], evidence: Evidence) -> Stage:
        """A stage over the evidence without the prompts whose differences are accepted.

        A stage that names no prompts (a mean over all of them) is judged without those that the entry's pattern fits.
        """
        stage = judge(evidence)
        named = stage.differences or [Difference(pair.prompt, stage.summary) for pair in evidence.pairs]
        allowed = self._allowed(stage, named)
        if not allowed:
            return stage
        again = judge(evidence.without({one.prompt for one in allowed}))
        return replace(again, summary=_told(again.summary, allowed), accepted=allowed)

    def settle(self, stage: Stage) -> Stage:
        """A stage that was judged already: without its accepted differences, passed where none is left."""
        named = stage.differences or (Difference("", stage.summary),)
        allowed = self._allowed(stage, named)
        if not allowed:
            return stage
        taken = {(one.prompt, one.detail) for one in allowed}
        left = tuple(one for one in named if (one.prompt, one.detail) not in taken)
        outcome, cause = (stage.outcome, stage.cause) if left else (Outcome.PASS, "")
        summary = _told(stage.summary, allowed)
        return replace(stage, outcome=outcome, cause=cause, summary=summary, differences=left, accepted=allowed)

    def _allowed(self, stage: Stage, differences: Iterable[Difference]) -> tuple[Allowed, ...]:
        if stage.outcome is Outcome.SKIPPED or (stage.outcome is Outcome.PASS and not stage.differences):
            return ()
        entries = [entry for entry in self.entries if entry.stage == stage.name and entry.until >= self.today]
        fits = (next((one for entry in entries if (one := entry.allows(item))), None) for item in differences)
        return tuple(one for one in fits if one)

    def notes(self, stages: Iterable[Stage]) -> tuple[str, ...]:
        """What the keeper of the file should know: entries that ran out, and those that fit nothing."""
        judged = list(stages)
        used = {one.place for stage in judged for one in stage.accepted}
        return tuple(self._notes({stage.name for stage in judged}, used))

    def _notes(self, names: set[str], used: set[str]) -> Iterator[str]:
        for entry in self.entries:
            if entry.until < self.today:
                yield f"{entry.place}: ran out on {entry.until}: what it accepted counts again"
            elif entry.stage not in names:
                yield f"{entry.place}: there is no stage {entry.stage}; they are {', '.join(sorted(names))}"
            elif entry.place not in used:
                yield f"{entry.place}: fits no difference of stage {entry.stage}; take it out"


NOTHING = Accepted()


def _told(summary: str, allowed: tuple[Allowed, ...]) -> str:
    return f"{summary}; {len(allowed)} accepted"


def load(path: Path, today: date | None = None) -> Accepted:
    """The file's entries: a YAML list of {stage, prompt, detail, reason, until}, `detail` may be left out.

    Raises:
        AcceptedError: the file cannot be read, or an entry is none.
    """
    root = _tree(path)
    if root is not None and not isinstance(root, yaml.SequenceNode):
        raise AcceptedError(f"{path}:1: a list of {{{', '.join(_FIELDS)}}} is needed")
    entries = tuple(_entry(path, node) for node in root.value) if root else ()
    return Accepted(entries, today) if today else Accepted(entries)


def _tree(path: Path) -> yaml.Node | None:
    text = text_of(path, AcceptedError)
    try:
        root: yaml.Node | None = yaml.compose(text, yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        raise AcceptedError(str(not_yaml(str(path), text, error))) from error
    return root


def _entry(path: Path, node: yaml.Node) -> Entry:
    place = f"{path}:{node.start_mark.line + 1}"
    if not isinstance(node, yaml.MappingNode):
        raise AcceptedError(f"{place}: an entry is {{{', '.join(_FIELDS)}}}")
    found: dict[str, str] = {}
    for key, value in node.value:
        here = f"{path}:{key.start_mark.line + 1}"
        if key.value not in _FIELDS:
            name = key.value if isinstance(key, yaml.ScalarNode) else "that is no name"
            raise AcceptedError(f"{here}: unknown field {name}; known are {', '.join(_FIELDS)}")
        if not isinstance(value, yaml.ScalarNode) or not value.value:
            raise AcceptedError(f"{here}: {key.value}: a text is needed")
        found[key.value] = value.value
    missing = [name for name in _FIELDS if name not in found and name != "detail"]
    if missing:
        raise AcceptedError(f"{place}: {', '.join(missing)} missing")
    until = _day(place, found["until"])
    return Entry(found["stage"], found["prompt"], found.get("detail", "*"), found["reason"], until, place)


def _day(place: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise AcceptedError(f"{place}: until: {text} is no day such as 2027-01-31") from error
