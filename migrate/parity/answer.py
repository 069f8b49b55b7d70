"""One form for every engine's answer: what was said, token by token, how it ended, and how it came."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """A token that could have come: its text, its log-probability (natural), its id where the engine gave one."""

    text: str
    logprob: float
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """A token that came; `top` are the most probable ones at its place, best first, empty where not asked for."""

    text: str
    id: int | None = None
    logprob: float | None = None
    top: tuple[Candidate, ...] = ()

    def same(self, other: Token | Candidate) -> bool:
        """By id where both have one, by text otherwise."""
        if self.id is not None and other.id is not None:
            return self.id == other.id
        return self.text == other.text

    @property
    def regret(self) -> float | None:
        """How much more probable the best token of this place was (nats); None where the engine did not say."""
        if self.logprob is None or not self.top:
            return None
        return max(0.0, self.top[0].logprob - self.logprob)

    def rank(self, other: Token) -> int | None:
        """The place of another token among the candidates, 1 the best; None where it is not among them."""
        return next((place for place, candidate in enumerate(self.top, start=1) if other.same(candidate)), None)

    def logprob_of(self, other: Token) -> float | None:
        """What this engine gave another token at this place; None where it is not among the candidates."""
        if self.same(other):
            return self.logprob
        return next((candidate.logprob for candidate in self.top if other.same(candidate)), None)


@dataclass(frozen=True, slots=True)
class Framing:
    """How a stream came: `times_ms` of its events with text, since the request was sent.

    `ended` is the protocol's own end ([DONE], generated_text, done), `cut` an event that the end of the stream tore.
    `role` and `usage` say in which events they stood (`first`, `each`, `last`, `own`, empty for none), `opening` that
    the first event held no text yet, `error` that an event stated an error.
    """

    times_ms: tuple[float, ...] = ()
    events: int = 0
    comments: int = 0
    ended: bool = False
    cut: bool = False
    role: str = ""
    usage: str = ""
    opening: bool = False
    error: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no (whole) answer; `status` is HTTP's, 0 where no answer came, 200 inside a stream."""

    status: int
    message: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """`finish` is `length`, `stop` or `tool_calls`, another engine's own word, or empty where it did not say.

    `tokens` is empty where the engine gave no log-probabilities or details; counts are the engine's own.
    """

    text: str = ""
    tokens: tuple[Token, ...] = ()
    finish: str = ""
    prompt_ids: tuple[int, ...] | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    tool_calls: str = ""
    failure: Failure | None = None
    framing: Framing | None = None


def best_first(candidates: list[Candidate]) -> tuple[Candidate, ...]:
    """Candidates by log-probability; equal ones stay in the engine's order."""
    return tuple(sorted(candidates, key=lambda candidate: -candidate.logprob))
