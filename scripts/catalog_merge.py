"""Lays one version's surface into the catalog's data: pure functions over plain dictionaries.

A thing's versions are kept as spans over the covered versions. To add one they are spread out to the set of versions
that have the thing, the new version joins or leaves the set, and the set is folded again. The same version added twice
changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from migrate.catalog.versions import spans, version

Entry = dict[str, Any]
LASTING = ("kind", "nargs", "choices", "default", "deprecated")


def joined(known: Sequence[str], added: str) -> list[str]:
    """The covered versions with one more, ascending."""
    return sorted({*known, added}, key=version)


def spread(text: str, known: Sequence[str]) -> set[str]:
    """The covered versions that lie in some spans."""
    within = spans(text)
    return {name for name in known if within.holds(name)}


def fold(present: set[str], known: Sequence[str]) -> str:
    """Spans that hold exactly those of the covered versions; open while the newest one is among them."""
    parts: list[str] = []
    for place, name in enumerate(known):
        if name not in present:
            continue
        starts = place == 0 or known[place - 1] not in present
        last = place == len(known) - 1
        if starts:
            parts.append(f"{name}..")
        if not last and known[place + 1] not in present:
            parts[-1] += name
    return " ".join(parts)


def respan(text: str | None, old: Sequence[str], added: str, there: bool) -> str:
    """Spans after the version `added` was seen with the thing, or without it; empty when nothing is left."""
    present = spread(text, [name for name in old if name != added]) if text else set()
    return fold(present | {added} if there else present, joined(old, added))


def presence(table: Mapping[str, str], old: Sequence[str], added: str, names: set[str]) -> dict[str, str]:
    """A table of names and spans with one more version, in which exactly `names` exist."""
    merged = {name: respan(table.get(name), old, added, name in names) for name in {*table, *names}}
    return {name: within for name, within in sorted(merged.items()) if within}


def facts_at(forms: Mapping[str, Mapping[str, Any]], name: str) -> dict[str, Any]:
    """What a list of changes amounts to at one version."""
    facts: dict[str, Any] = {}
    for since, changed in forms.items():
        if version(since) <= version(name):
            facts |= changed
    return facts


def reform(
    entry: Entry | None, old: Sequence[str], added: str, facts: Mapping[str, Any] | None, within: str
) -> dict[str, Entry]:
    """The list of changes of a thing after one version's facts are known (None: the version has no such thing)."""
    known = joined(old, added)
    stated = {name: facts_at(entry["forms"], name) for name in spread(entry["in"], old)} if entry else {}
    stated.pop(added, None)
    if facts is not None:
        stated[added] = {key: value for key, value in facts.items() if key in LASTING}
    forms: dict[str, Entry] = {}
    before: dict[str, Any] = {}
    for name in known:
        if name not in stated or not spans(within).holds(name):
            continue
        now = {key: value for key, value in stated[name].items() if _says(key, value, before)}
        if now:
            forms[name] = now
        before |= now
    return forms


def _says(key: str, value: Any, before: Mapping[str, Any]) -> bool:
    """Whether a fact is news after what was said before; what is absent means None, or False for `deprecated`."""
    return bool(before.get(key) != value and (key in before or value not in (None, False) or key == "default"))


def option(entry: Entry | None, old: Sequence[str], added: str, seen: Mapping[str, Any] | None) -> Entry | None:
    """An option's entry after one version was read; None when no version is left that has it."""
    within = respan(entry["in"] if entry else None, old, added, seen is not None)
    if not within:
        return None
    merged: Entry = {"in": within}
    flags = _flags(entry, old, added, set(seen["flags"]) if seen else set())
    if flags:
        merged["flags"] = {flag: "" if text == within else text for flag, text in sorted(flags.items())}
    hidden = sorted({*(entry or {}).get("hidden", ()), *((seen or {}).get("hidden", ()))})
    if hidden:
        merged["hidden"] = hidden
    merged["forms"] = reform(entry, old, added, seen, within)
    for key in ("positional", "note"):
        value = (entry or {}).get(key) or (seen or {}).get(key)
        if value:
            merged[key] = value
    return merged


def _flags(entry: Entry | None, old: Sequence[str], added: str, seen: set[str]) -> dict[str, str]:
    before = {flag: text or entry["in"] for flag, text in entry.get("flags", {}).items()} if entry else {}
    return presence(before, old, added, seen)


def options(table: Mapping[str, Entry], old: Sequence[str], added: str, seen: Mapping[str, Entry]) -> dict[str, Entry]:
    """Every option's entry after one version was read."""
    merged = {name: option(table.get(name), old, added, seen.get(name)) for name in sorted({*table, *seen})}
    return {name: entry for name, entry in merged.items() if entry}


def defaults(
    table: Mapping[str, Entry], old: Sequence[str], added: str, seen: Mapping[str, Any], extra: Mapping[str, Entry]
) -> dict[str, Entry]:
    """Entries that hold spans and changing defaults (variables, request fields); `extra` fills entries that are new.

    A default is only taken for what is new: those already known were read without any platform.
    """
    merged: dict[str, Entry] = {}
    for name in sorted({*table, *seen}):
        entry = dict(table.get(name) or {"forms": {added: {"default": seen.get(name)}}, **extra.get(name, {})})
        entry["in"] = respan(entry.get("in"), old, added, name in seen)
        if entry["in"]:
            merged[name] = {"in": entry.pop("in"), **entry}
    return merged
