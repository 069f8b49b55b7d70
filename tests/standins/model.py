"""The pretended model of the stand-ins: it says the same pieces to everybody and obeys limits and stop strings."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Model:
    """What is said. A piece is a token's text; all answers take `pieces` unless a grammar or a tool is asked for.

    `ends`: an end-of-sequence token follows the pieces. `delay`: seconds before each token.
    `logprobs`: of the pieces in order, repeated from the start where there are more pieces. `ids`: of the pieces.
    """

    pieces: Sequence[str] = (" Paris", ",", " of", " course", ".")
    constrained: Sequence[str] = ('{"city":', ' "Paris"}')
    arguments: Sequence[str] = ('{"city":', ' "Paris"}')
    ends: bool = True
    delay: float = 0.0
    logprobs: Sequence[float] = (-0.5, -0.75, -1.0)
    ids: Sequence[int] = ()

    def calling(self) -> Model:
        """The same model where it calls a function."""
        return replace(self, pieces=self.arguments)


@dataclass(frozen=True, slots=True)
class Token:
    text: str
    logprob: float
    special: bool = False
    number: int | None = None

    @property
    def id(self) -> int:
        """Its number, else one that is the same for the same text."""
        if self.number is not None:
            return self.number
        return zlib.crc32(self.text.encode("utf-8", "surrogatepass")) % 49152


END = Token("<|im_end|>", -0.125, special=True)


@dataclass(frozen=True, slots=True)
class Generation:
    """`tokens` hold the end-of-sequence token where it came; `reason` is end, length or stop, the latter at `stop`."""

    model: Model
    prompt: str
    tokens: tuple[Token, ...]
    reason: str
    stop: str | None = None

    @property
    def text(self) -> str:
        """The text of all tokens but special ones."""
        return "".join(token.text for token in self.tokens if not token.special)

    def __iter__(self) -> Iterator[Token]:
        """The tokens, each after the model's delay."""
        for token in self.tokens:
            time.sleep(self.model.delay)
            yield token

    def wait(self) -> None:
        """As long as all tokens take."""
        time.sleep(self.model.delay * len(self.tokens))

    @property
    def usage(self) -> dict[str, Any]:
        """A word of the prompt counts as a token."""
        prompt, new = max(len(self.prompt.split()), 1), len(self.tokens)
        return {"prompt_tokens": prompt, "completion_tokens": new, "total_tokens": prompt + new}


def generate(
    model: Model, prompt: str, pieces: Sequence[str], limit: int, stops: Sequence[str], anywhere: bool
) -> Generation:
    """Says the pieces. `anywhere`: a stop string may end inside a token (vLLM), else only where one ends (TGI)."""
    tokens: list[Token] = []
    text = ""
    for index, piece in enumerate(pieces):
        if index == limit:
            break
        number = model.ids[index] if model.ids else None
        tokens.append(Token(piece, model.logprobs[index % len(model.logprobs)], number=number))
        text += piece
        for stop in stops:
            if text.endswith(stop) or (anywhere and stop in text):
                return Generation(model, prompt, tuple(tokens), "stop", stop)
    if model.ends and len(tokens) < limit:
        return Generation(model, prompt, (*tokens, END), "end")
    return Generation(model, prompt, tuple(tokens), "length")


def alternatives(token: Token, count: int) -> list[Token]:
    """The token itself and less likely ones, `count` in all."""
    others = (Token(f"{token.text}{n}", token.logprob - n) for n in range(1, count))
    return [token, *others][:count]
