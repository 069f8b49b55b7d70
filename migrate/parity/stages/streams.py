"""How streams are framed."""

from __future__ import annotations

from migrate.parity.answer import Answer, Framing
from migrate.parity.evidence import Difference, Evidence, Outcome, Stage

_PLACES = {
    "": "in no event",
    "first": "in the first event",
    "each": "in several events",
    "last": "in the last event with text",
    "own": "in an event of its own",
}


def _marks(answer: Answer, framing: Framing) -> dict[str, str]:
    """What a client may rely on in a stream, and how this one has it."""
    yes = {True: "sent", False: "not sent"}
    return {
        "the end mark": yes[framing.ended],
        "keep-alive comments": yes[framing.comments > 0],
        "a first event without text": yes[framing.opening],
        "the role": _PLACES[framing.role],
        "usage": _PLACES[framing.usage],
        "a finish reason": yes[bool(answer.finish)],
        "an error inside the stream": yes[framing.error],
        "a torn last event": yes[framing.cut],
    }


def streams(evidence: Evidence) -> Stage:
    """How streams are framed: what one engine sends and the other leaves out or puts elsewhere."""
    differing: list[Difference] = []
    both = 0
    for pair in evidence.pairs:
        if pair.first.framing and pair.second.framing:
            both += 1
            one, two = _marks(pair.first, pair.first.framing), _marks(pair.second, pair.second.framing)
            differing += [
                Difference(pair.prompt, f"{name}: {was}, now {two[name]}")
                for name, was in one.items()
                if was != two[name]
            ]
    if not both:
        return Stage("streams", Outcome.SKIPPED, "no answer was streamed by both engines")
    if not differing:
        return Stage("streams", Outcome.PASS, f"{both} streams are framed alike")
    names = sorted({item.detail.partition(":")[0] for item in differing})
    summary = f"{both} streams are framed in another way: {', '.join(names)}"
    return Stage("streams", Outcome.DIFFERS, summary, "", tuple(differing))
