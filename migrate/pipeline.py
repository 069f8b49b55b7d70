"""The one way through: candidate files are read into touchpoints, and rules make findings with edits of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

from migrate.catalog import images
from migrate.clients import read as read_clients
from migrate.faults import contained
from migrate.findings import Finding, Reading, Skipped
from migrate.formats import registry
from migrate.launch.architecture import served
from migrate.launch.convert import convert, stays
from migrate.launch.facts import Setting
from migrate.launch.mentions import convert_mention
from migrate.names import Asked, asked_of, held_back, tied, unplaced
from migrate.repository import Repository
from migrate.rulebook import Rulebook, load
from migrate.settings import Settings
from migrate.together import Converted, together
from migrate.touchpoints import Found, Launch, Mention

_FOLLOWING = frozenset({"health", "log-line", "download-weights", "virtual-environment"})
_BROWSER = re.compile(r"\.(jsx|tsx|vue|svelte|html?)$", re.IGNORECASE)


@dataclass
class _Read:
    launches: list[Launch] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    def add(self, found: Found) -> None:
        self.launches += [one for one in found.launches if one not in self.launches]
        self.mentions += [one for one in found.mentions if one not in self.mentions]
        self.skipped += [
            Skipped(problem.path, f"line {problem.line}: {problem.reason}" if problem.line else problem.reason)
            for problem in found.problems
        ]


def scan(repo: Repository, candidates: Sequence[str], settings: Settings) -> Reading:
    """Every dependence on TGI in the candidate files, with the edits that move it to the target.

    Raises:
        RulesInvalid: a rule file has mistakes.
    """
    rulebook = load(settings.rules)
    read = _read(repo, candidates)
    clients = read_clients(repo, settings.source, settings.rules, tuple(read.launches))
    calls = [*clients.findings, *unplaced(read.launches, clients)]
    findings: list[Finding] = []
    left: list[Launch] = []
    groups: dict[str, str] = {}
    asking: list[Asked] = []
    converted: list[Converted] = []
    for number, launch in enumerate(read.launches, 1):
        asking.append(asked_of(launch, read.launches, clients))
        found: list[Finding] | None = None
        with contained((launch.path,), read.skipped):
            setting = _setting(launch, asking[-1], repo, settings)
            found = convert(launch, setting, rulebook, f"{launch.path}#{number}")
        converted.append((launch, found))
    for number, ((launch, found), asked) in enumerate(zip(together(converted), asking, strict=True), 1):
        if stays(found):
            left.append(launch)
            calls = held_back(calls, asked.groups, launch)
        else:
            groups |= dict.fromkeys(asked.groups, f"{launch.path}#{number}")
        findings += found or ()
    findings += tied(calls, groups)
    findings += _mentions(read, left, settings, rulebook)
    return Reading(tuple(sorted(set(findings), key=_by_place)), tuple(dict.fromkeys((*read.skipped, *clients.skipped))))


def _by_place(finding: Finding) -> tuple[str, int, int, str, str]:
    return finding.path, finding.span.start, finding.span.end, finding.rule, finding.message


def _read(repo: Repository, candidates: Iterable[str]) -> _Read:
    read = _Read()
    for path in registry.with_companions(candidates, repo):
        with contained((path,), read.skipped):
            read.add(registry.read(path, repo))
    return read


def _setting(launch: Launch, asked: Asked, repo: Repository, settings: Settings) -> Setting:
    return Setting(
        target=settings.target,
        source=settings.source,
        names=asked.names,
        adapters=asked.adapters,
        features=asked.features,
        keep=settings.keep,
        browser=repo.once("pipeline.browser", _browser),
        served=served(launch, repo, settings.target),
    )


def _browser(repo: Repository) -> bool:
    return any(map(_BROWSER.search, repo.paths))


def _references(launch: Launch) -> set[str]:
    return {word.known or word.value for word in (launch.image, launch.runs_in) if word}


def _mentions(read: _Read, left: Sequence[Launch], settings: Settings, rulebook: Rulebook) -> Iterable[Finding]:
    """Mentions follow the launches: what belongs to one that stays is not changed either."""
    written = [launch for launch in read.launches if launch not in left]
    blocked = {reference for launch in left for reference in _references(launch)}
    free = {reference for launch in written for reference in _references(launch)}
    convert_one = partial(convert_mention, setting=Setting(settings.target, settings.source), rulebook=rulebook)
    for number, mention in enumerate(read.mentions, 1):
        if mention.kind == "image" and mention.value in blocked - free:
            continue
        if mention.kind == "image" and images.recognise(mention.value) is None:
            continue
        if mention.kind == "unused-image" and any(reference.startswith(mention.value) for reference in blocked):
            continue
        follows = mention.kind in _FOLLOWING or (mention.kind == "image" and mention.value not in free)
        if follows and _belongs(mention, left) and not _belongs(mention, written):
            continue
        with contained((mention.path,), read.skipped):
            yield from convert_one(mention, group=f"{mention.path}#m{number}")


def _belongs(mention: Mention, launches: Iterable[Launch]) -> bool:
    if mention.launch is not None:
        return any(launch.name == mention.launch for launch in launches)
    return any(launch.path == mention.path for launch in launches)
