"""The shapes of JSON answers: which members a client may read that are gone, new or of another type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from deepdiff import DeepDiff

from migrate.parity.evidence import Difference, Outcome, Stage
from migrate.parity.exchange import Exchange, Json, Reply
from migrate.parity.protocols.shape import member
from migrate.parity.stream import parse, read_stream

# Values differ by nature, and what stands under these is compared as values by other stages.
_OPEN = frozenset({"logprobs", "top_logprobs", "tokens", "top_tokens", "prefill", "token_ids", "prompt_token_ids"})
# Answers are not deeper; one that is could not be walked through.
_DEEPEST = 64
# What vLLM sends for `return_token_ids`, which clients do not ask for.
_ASKED = frozenset({"token_ids", "prompt_token_ids", "prompt_text"})


@dataclass(frozen=True, slots=True)
class Shape:
    """Every member by its path (`choices[].message.content`) with the types seen there but null, `number/string`."""

    types: Mapping[str, str]

    @classmethod
    def of(cls, bodies: list[Json]) -> Shape:
        found: dict[str, set[str]] = {}
        for body in bodies:
            for path, kind in _members(body, "", _DEEPEST):
                found.setdefault(path, set()).add(kind)
        return cls({path: "/".join(sorted(kinds - {"null"})) for path, kinds in found.items()})


def _members(value: Json, path: str, left: int) -> Iterator[tuple[str, str]]:
    """The members down to so many more levels."""
    if left == 0:
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            here = f"{path}.{name}" if path else name
            yield here, _kind(inner)
            if name not in _OPEN:
                yield from _members(inner, here, left - 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _members(inner, f"{path}[]", left - 1)


def _kind(value: Json) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return {str: "string", list: "array"}.get(type(value), "object")


@dataclass(frozen=True, slots=True)
class Shaped:
    """One answer's route (path, streamed, answered) and shape: all that is kept of an exchange, however long it was."""

    route: tuple[str, bool, bool]
    shape: Shape

    @classmethod
    def of(cls, exchange: Exchange) -> Shaped:
        """Members that only this program asked for are left out."""
        reply, path = exchange.reply, exchange.request.path
        shape = Shape.of(_bodies(reply))
        if member(exchange.request.body, "return_token_ids"):
            shape = Shape({name: kind for name, kind in shape.types.items() if name.rpartition(".")[2] not in _ASKED})
        return cls((path, reply.streamed, reply.status < 300), shape)


def shapes(first: Mapping[str, Shaped], second: Mapping[str, Shaped]) -> Stage:
    """The members of answers to the same request on the same route, streamed ones over all their events."""
    same = [prompt for prompt, one in first.items() if prompt in second and one.route == second[prompt].route]
    if not same:
        return Stage("shapes", Outcome.SKIPPED, "no request went to the same route of both engines")
    found: dict[str, str] = {}
    for prompt in same:
        for change in changes(first[prompt].shape, second[prompt].shape):
            found.setdefault(change, prompt)
    if not found:
        return Stage("shapes", Outcome.PASS, f"{len(same)} answers have the same members")
    listed = tuple(Difference(prompt, change) for change, prompt in sorted(found.items()))
    lost = sum(change.startswith("lost") for change in found)
    summary = f"{lost} members are gone, {len(found) - lost} new or of another type ({len(same)} answers compared)"
    return Stage("shapes", Outcome.DIFFERS, summary, "", listed)


def changes(first: Shape, second: Shape) -> list[str]:
    """What became of the members; a null beside another type is no change of type."""
    difference = DeepDiff(first.types, second.types, view="tree", threshold_to_diff_deeper=0)
    gone, added = difference.get("dictionary_item_removed", ()), difference.get("dictionary_item_added", ())
    said = [f"lost: {item.path(output_format='list')[0]}" for item in gone]
    said += [f"new: {item.path(output_format='list')[0]}" for item in added]
    said += [
        f"type: {item.path(output_format='list')[0]} is {item.t2} instead of {item.t1}"
        for item in difference.get("values_changed", ())
        if item.t1 and item.t2
    ]
    return sorted(said)


def _bodies(reply: Reply) -> list[Json]:
    if reply.streamed:
        return [event.data for event in read_stream(reply).events]
    return [parse(reply.body)]
