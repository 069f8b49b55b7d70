"""What a report shows of one prompt: what was asked, what both engines said, where they part."""

from __future__ import annotations

from dataclasses import dataclass

from migrate.parity.answer import Answer
from migrate.parity.divergence import Divergence, compare
from migrate.parity.evidence import Pair
from migrate.parity.exchange import Request
from migrate.parity.protocols.shape import items, member, text


@dataclass(frozen=True, slots=True)
class Asked:
    """What the first engine was asked: the raw prompt or the last message of a chat, and the parameters' names."""

    text: str
    fields: tuple[str, ...] = ()

    @classmethod
    def of(cls, request: Request) -> Asked:
        return cls(_asked(request), _fields(request))


@dataclass(frozen=True, slots=True)
class Said:
    """One engine's answer. `times_ms` are the arrivals of the events with text, since the request was sent."""

    text: str
    finish: str = ""
    tokens: int = 0
    failure: str = ""
    times_ms: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """`fields` are the names of the request's parameters as the first engine got them, `parted` where tokens differ
    (None: they do not, or cannot be compared), `shared` how much of the text begins both answers (characters).
    `lines` are those of the exchanges in the recordings, from 1."""

    prompt: str
    asked: str
    fields: tuple[str, ...]
    first: Said
    second: Said
    shared: int
    parted: Divergence | None = None
    lines: tuple[int, int] = (0, 0)

    @property
    def same(self) -> bool:
        """Whether nobody who reads the answers can tell them apart."""
        return self.first.text == self.second.text and self.first.failure == self.second.failure


def see(pair: Pair, asked: Asked, lines: tuple[int, int] = (0, 0)) -> Seen:
    """A pair of answers and what the first engine was asked."""
    first, second = _said(pair.first), _said(pair.second)
    return Seen(
        pair.prompt,
        asked.text,
        asked.fields,
        first,
        second,
        _shared(first.text, second.text),
        compare(pair.first, pair.second).divergence if pair.comparable else None,
        lines,
    )


def _said(answer: Answer) -> Said:
    failure = answer.failure
    return Said(
        answer.text or answer.tool_calls,
        answer.finish,
        answer.completion_tokens or 0,
        f"{failure.status or 'no answer'} {failure.message}".strip() if failure else "",
        answer.framing.times_ms if answer.framing else (),
    )


def _asked(request: Request) -> str:
    body = request.body
    said = [text(one, "content") for one in items(body, "messages")]
    return text(body, "inputs") or text(body, "prompt") or (said[-1] if said else "") or request.text or ""


def _fields(request: Request) -> tuple[str, ...]:
    """TGI's own routes have them in `parameters`, Ollama's in `options`, OpenAI's beside the prompt."""
    body = request.body
    inner = member(body, "parameters") or member(body, "options")
    found = inner if isinstance(inner, dict) else body
    return tuple(found) if isinstance(found, dict) else ()


def _shared(one: str, other: str) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
