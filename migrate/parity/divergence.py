"""Two answers to one prompt, token by token: where they part, and how close a call that was."""

from __future__ import annotations

from dataclasses import dataclass

from migrate.parity.answer import Answer, Token

# What stands for bytes that are no whole character: such tokens cannot be told apart by their text.
_PARTIAL = ("", "\ufffd")


@dataclass(frozen=True, slots=True)
class Divergence:
    """The first place where the answers differ.

    `rank` is the place of the second engine's token among the first one's candidates (1 the best), `margin` how much
    less probable either engine held the other's token than its own (nats, the larger of both views); None where the
    candidates do not tell.
    """

    position: int
    first: str
    second: str
    rank: int | None
    margin: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """`shared` tokens begin both answers; `shift` is the sum of their absolute log-probability differences (nats)
    over the `counted` of them that have one on both sides, `largest` the largest of these differences; `divergence` is
    None where the answers are the same."""

    shared: int
    shift: float
    counted: int
    divergence: Divergence | None
    largest: float = 0.0


def compare(first: Answer, second: Answer) -> Comparison:
    """Both answers need tokens; an answer that only goes on where the other ended has no divergence."""
    pairs = list(zip(first.tokens, second.tokens, strict=False))
    shared = next((at for at, (one, other) in enumerate(pairs) if not one.same(other)), len(pairs))
    shifts = [
        abs(one.logprob - other.logprob)
        for one, other in pairs[:shared]
        if one.logprob is not None and other.logprob is not None
    ]
    divergence = _divergence(shared, *pairs[shared]) if shared < len(pairs) else None
    return Comparison(shared, sum(shifts), len(shifts), divergence, max(shifts, default=0.0))


def _divergence(position: int, first: Token, second: Token) -> Divergence:
    views = [view for view in (_margin(first, second), _margin(second, first)) if view is not None]
    rank = None if _ambiguous(first) else first.rank(second)
    return Divergence(position, first.text, second.text, rank, max(views) if views else None)


def _margin(own: Token, other: Token) -> float | None:
    """How much less probable an engine held another token than its own; at least that for one below its list."""
    if own.logprob is None or not own.top:
        return None
    logprob = own.logprob_of(other)
    if logprob is not None:
        return own.logprob - logprob
    return None if _ambiguous(own) or other.text in _PARTIAL else own.logprob - own.top[-1].logprob


def _ambiguous(token: Token) -> bool:
    """Whether candidates without ids may have fallen together under one text."""
    return any(candidate.id is None and candidate.text in _PARTIAL for candidate in token.top)
