"""A verdict as SARIF 2.1.0: each difference a result, under the rule of the migration that it comes from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from migrate import __version__
from migrate.markup.visible import visible
from migrate.parity.comparison import Compared
from migrate.parity.evidence import Allowed, Difference, Outcome, Stage
from migrate.parity.exchange import Json
from migrate.parity.reports.causes import cause, described
from migrate.parity.reports.words import TOLD, found
from migrate.parity.seen import Seen

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Outcome.FAIL: "error", Outcome.INCONCLUSIVE: "warning", Outcome.DIFFERS: "note"}
# More results than this are refused by GitHub's code scanning.
LIMIT = 25_000


def sarif(compared: Compared) -> str:
    """What failed is an error, what is inconclusive a warning, what differs a note; accepted ones are suppressed."""
    results = list(_results(compared))[:LIMIT]
    used = dict.fromkeys(str(result["ruleId"]) for result in results)
    stages = {f"parity/{stage.name}": stage for stage in compared.verdict.stages}
    driver: Json = {
        "name": "migrate",
        "semanticVersion": __version__,
        "rules": [_rule(one, stages.get(one)) for one in used],
    }
    run: Json = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [*results],
        "properties": {"verdict": visible(compared.verdict.line)},
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1, ensure_ascii=False) + "\n"


def _rule(rule: str, stage: Stage | None) -> Json:
    if stage:
        return {"id": rule, "shortDescription": {"text": f"Parity, stage {stage.name}"}}
    summary, why = described(rule)
    reason: dict[str, Json] = {"fullDescription": {"text": why}} if why else {}
    return {"id": rule, "shortDescription": {"text": summary}, **reason}


def _results(compared: Compared) -> Iterator[dict[str, Json]]:
    seen = {one.prompt: one for one in compared.seen}
    for stage in compared.verdict.stages:
        if stage.outcome in TOLD:
            for item in stage.differences or (Difference("", stage.summary),):
                yield _result(compared, stage, item, seen.get(item.prompt))
        for allowed in stage.accepted:
            yield _suppressed(compared, stage, allowed, seen.get(allowed.prompt))


def _result(compared: Compared, stage: Stage, item: Difference, seen: Seen | None) -> dict[str, Json]:
    known = item.rules[0] if item.rules else cause(stage, item, seen)
    rule = known or f"parity/{stage.name}"
    where = f"{item.prompt}: " if item.prompt else ""
    mark = "\0".join((rule, stage.name, item.prompt, item.detail)).encode("utf-8", "replace")
    result: dict[str, Json] = {
        "ruleId": rule,
        "level": _LEVELS.get(stage.outcome, "note"),
        "message": {"text": visible(f"{where}{item.detail}\n{found(stage)}")},
        "partialFingerprints": {"migrateParity/v1": hashlib.sha256(mark).hexdigest()[:20]},
        "properties": {"stage": stage.name},
    }
    if location := _location(compared, item.prompt, seen):
        result["locations"] = [location]
    if launched := _launched(compared):
        result["relatedLocations"] = [launched]
    return result


def _suppressed(compared: Compared, stage: Stage, allowed: Allowed, seen: Seen | None) -> dict[str, Json]:
    result = _result(compared, stage, Difference(allowed.prompt, allowed.detail), seen)
    reason = visible(f"{allowed.reason} (until {allowed.until}, {allowed.place})")
    return {**result, "level": "note", "suppressions": [{"kind": "external", "justification": reason}]}


def _location(compared: Compared, prompt: str, seen: Seen | None) -> dict[str, Json]:
    """The second engine's recording at its line, or the file that started it; the prompt by its name."""
    location: dict[str, Json] = {}
    if place := compared.places[1]:
        line = seen.lines[1] if seen else 1
        location["physicalLocation"] = {"artifactLocation": {"uri": _uri(place)}, "region": {"startLine": max(line, 1)}}
    if prompt:
        location["logicalLocations"] = [{"name": visible(prompt), "kind": "prompt"}]
    return location


def _launched(compared: Compared) -> dict[str, Json]:
    """The line of the repository that starts the second engine."""
    path, _, line = compared.launched.rpartition(":")
    if not path:
        return {}
    place: dict[str, Json] = {"artifactLocation": {"uri": _uri(path)}, "region": {"startLine": int(line)}}
    return {"id": 1, "physicalLocation": place, "message": {"text": "what starts the second engine"}}


def _uri(place: str) -> str:
    path = Path(place)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
