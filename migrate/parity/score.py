"""Teacher forcing: the tokens of one engine held before another, which says how probable it finds each.

One answer of n tokens tells about n decisions of the other engine, where two answers tell of those before they part.
It needs an engine that takes token ids: vLLM (prompt_logprobs of a completion) or SGLang (input_token_logprobs of its
/generate); TGI and Ollama take none.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

from migrate.parity.answer import Answer
from migrate.parity.decoding import Decoding, decoding
from migrate.parity.exchange import Engine, Exchange, Json, Reply, Request
from migrate.parity.probes import RUN as PROBES
from migrate.parity.protocols import read_answer
from migrate.parity.protocols.failures import failure_of
from migrate.parity.protocols.shape import integer, integers, items, member, number, text
from migrate.parity.stream import parse

Ask = Callable[[Request], Awaitable[Reply]]

# The engines that take token ids, by the name that `identify` gives them.
SCORERS = ("vllm", "sglang")
AT_ONCE = 4
# Tokens of which the text does not tell the id: bytes that are no whole character.
_PARTIAL = "\ufffd"


class CannotScore(ValueError):
    """An engine that takes no token ids."""


class NotComparable(ValueError):
    """An answer whose tokens the scoring engine does not have."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One answer: for each of its tokens how much more probable the scoring engine finds its best one (nats), and the
    difference of both engines' log-probabilities where the recording has one. `why` says why there is nothing."""

    prompt: str
    regrets: tuple[float, ...] = ()
    shifts: tuple[float, ...] = ()
    texts: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Place:
    """What the scoring engine says about one token: its id and text, its log-probability and that of the best one."""

    text: str
    logprob: float
    best: float


async def score(ask: Ask, engine: Engine, exchanges: Iterable[Exchange], say: Callable[[str], None]) -> list[Scored]:
    """Score the first greedy answer to each prompt; probes are none.

    Raises:
        CannotScore: the engine takes no token ids.
    """
    if engine.name not in SCORERS:
        raise CannotScore(f"{engine.name} takes no token ids: score against {' or '.join(SCORERS)}, or compare instead")
    first: dict[str, Exchange] = {}
    for exchange in exchanges:
        if exchange.run != PROBES and decoding(exchange.request) is Decoding.GREEDY:
            first.setdefault(exchange.id, exchange)
    gate = asyncio.Semaphore(AT_ONCE)
    done = 0

    async def one(exchange: Exchange) -> Scored:
        nonlocal done
        async with gate:
            scored = await _score(ask, engine, exchange, read_answer(exchange))
        done += 1
        say(f"score: {done} of {len(first)}")
        return scored

    return await asyncio.gather(*(one(exchange) for exchange in first.values()))


async def _score(ask: Ask, engine: Engine, exchange: Exchange, answer: Answer) -> Scored:
    try:
        if answer.failure or not answer.tokens:
            raise NotComparable("the recording has no tokens of this answer")
        prompt = await _prompt_ids(ask, engine, exchange, answer)
        new, known = await _token_ids(ask, engine, answer)
        places = await (_sglang if engine.name == "sglang" else _vllm)(ask, engine, prompt, new)
        if not known:
            _spelled(answer, places)
    except NotComparable as error:
        return Scored(exchange.id, why=str(error))
    said = [token.logprob for token in answer.tokens]
    return Scored(
        exchange.id,
        tuple(max(0.0, place.best - place.logprob) for place in places),
        tuple(abs(place.logprob - own) for place, own in zip(places, said, strict=True) if own is not None),
        tuple(token.text for token in answer.tokens),
    )


async def _prompt_ids(ask: Ask, engine: Engine, exchange: Exchange, answer: Answer) -> Sequence[int]:
    """The recorded ids of the prompt, or those that the scoring engine makes of it, by its own template."""
    if answer.prompt_ids:
        return answer.prompt_ids
    body = exchange.request.body
    messages = items(body, "messages")
    if messages:
        ids = await _tokenize(ask, engine, {"messages": messages, "add_generation_prompt": True})
    else:
        ids = await _tokenize(ask, engine, {"prompt": text(body, "inputs") or text(body, "prompt")})
    if answer.prompt_tokens is not None and answer.prompt_tokens != len(ids):
        raise NotComparable(f"the prompt has {len(ids)} tokens here, {answer.prompt_tokens} in the recording")
    return ids


async def _token_ids(ask: Ask, engine: Engine, answer: Answer) -> tuple[Sequence[int], bool]:
    """The ids of the answer, and whether they were recorded; else those of its text, as many as there were tokens."""
    recorded = [token.id for token in answer.tokens if token.id is not None]
    if len(recorded) == len(answer.tokens):
        return recorded, True
    spelled = "".join(token.text for token in answer.tokens)
    ids = await _tokenize(ask, engine, {"prompt": spelled, "add_special_tokens": False})
    if len(ids) != len(answer.tokens):
        raise NotComparable(f"the answer has {len(ids)} tokens here, {len(answer.tokens)} in the recording")
    return ids, False


def _spelled(answer: Answer, places: Sequence[_Place]) -> None:
    for at, (token, place) in enumerate(zip(answer.tokens, places, strict=True)):
        if token.text != place.text and _PARTIAL not in token.text + place.text:
            raise NotComparable(f"token {at} is {place.text!r} here, {token.text!r} in the recording")


async def _tokenize(ask: Ask, engine: Engine, fields: dict[str, Json]) -> tuple[int, ...]:
    """vLLM's /tokenize, which renders chats as well."""
    if engine.name != "vllm":
        raise NotComparable(f"the recording has no token ids, and {engine.name} is not asked for them")
    data = await _post(ask, "/tokenize", {"model": engine.model, **fields})
    ids = integers(data, "tokens")
    if ids is None:
        raise NotComparable("the engine's /tokenize names no tokens")
    return ids


async def _post(ask: Ask, path: str, body: Json) -> Json:
    reply = await ask(Request("POST", path, body, {"content-type": "application/json"}))
    failure = failure_of(reply)
    if failure:
        raise NotComparable(f"{path}: {failure.status or 'no answer'} {failure.message}"[:300])
    return parse(reply.body)


async def _vllm(ask: Ask, engine: Engine, prompt: Sequence[int], new: Sequence[int]) -> list[_Place]:
    ids: list[Json] = [*prompt, *new]
    asked: Json = {"model": engine.model, "prompt": ids, "max_tokens": 1, "temperature": 0, "prompt_logprobs": 1}
    data = await _post(ask, "/v1/completions", asked)
    places = items(data, "choices", 0, "prompt_logprobs")[len(prompt) :]
    return _whole([_vllm_place(place, token_id) for place, token_id in zip(places, new, strict=False)], new)


def _vllm_place(place: Json, token_id: int) -> _Place | None:
    """A place maps ids to {logprob, rank, decoded_token}: the best token, and the one that stands there."""
    own = member(place, str(token_id))
    logprob = number(own, "logprob")
    if logprob is None or not isinstance(place, dict):
        return None
    all_of_them = [value for each in place.values() if (value := number(each, "logprob")) is not None]
    return _Place(text(own, "decoded_token"), logprob, max(all_of_them))


async def _sglang(ask: Ask, engine: Engine, prompt: Sequence[int], new: Sequence[int]) -> list[_Place]:
    """SGLang's /generate: [log-probability, id, text] for each token of the input, and the best of each place."""
    ids: list[Json] = [*prompt, *new]
    asked: Json = {
        "input_ids": ids,
        "sampling_params": {"max_new_tokens": 1, "temperature": 0},
        "return_logprob": True,
        "logprob_start_len": 0,
        "top_logprobs_num": 1,
    }
    data = await _post(ask, "/generate", asked)
    own = items(data, "meta_info", "input_token_logprobs")[len(prompt) :]
    top = items(data, "meta_info", "input_top_logprobs")[len(prompt) :]
    return _whole([_sglang_place(*both) for both in zip(own, top, new, strict=False)], new)


def _sglang_place(own: Json, top: Json, token_id: int) -> _Place | None:
    logprob, best = number(own, 0), number(top, 0, 0)
    if logprob is None or best is None or integer(own, 1) != token_id:
        return None
    return _Place(text(own, 2), logprob, max(best, logprob))


def _whole(places: Sequence[_Place | None], new: Sequence[int]) -> list[_Place]:
    known = [place for place in places if place is not None]
    if len(known) != len(new):
        raise NotComparable(f"the engine scored {len(known)} of {len(new)} tokens")
    return known
