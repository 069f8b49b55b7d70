from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from migrate.parity.evidence import Outcome, Thresholds, pairs
from migrate.parity.exchange import Chunk, Engine, Exchange, Json, Reply, Request
from migrate.parity.probes import RUN as PROBES
from migrate.parity.protocols.shape import integers, items, member, text
from migrate.parity.score import CannotScore, Scored, score
from migrate.parity.stages.scored import scored as verdict_of
from tests.parity.material import answers, exchanges

VLLM, SGLANG = Engine("vllm", "0.32.0", "m"), Engine("sglang", "0.5.3", "m")
WORDS = {1: "<s>", 2: "Hi", 3: " there", 4: "!", 5: "é"}
IDS = {word: token_id for token_id, word in WORDS.items()}
TOP = -0.25


def reply(body: Json, status: int = 200) -> Reply:
    return Reply(status, (Chunk(1.0, json.dumps(body)),))


class Scorer:
    """An engine of five words that finds each token as probable as `logprobs` says, its best one at TOP."""

    def __init__(self, logprobs: Mapping[int, float], broken: str = "") -> None:
        self.logprobs, self.broken = logprobs, broken
        self.asked: list[Request] = []

    async def __call__(self, request: Request) -> Reply:
        self.asked.append(request)
        if request.path == self.broken:
            return reply({"error": {"message": "no such thing", "code": 400}}, 400)
        if request.path == "/tokenize":
            said = text(request.body, "prompt") or "<s>" + text(request.body, "messages", 0, "content")
            return reply({"tokens": self.tokens(said)})
        if request.path == "/generate":
            return reply({"meta_info": self.sglang(integers(request.body, "input_ids") or ())})
        ids = integers(request.body, "prompt") or ()
        return reply({"choices": [{"prompt_logprobs": [None, *(self.place(token_id) for token_id in ids[1:])]}]})

    @staticmethod
    def tokens(said: str) -> Json:
        found: list[Json] = []
        while said:
            word = next((word for word in sorted(IDS, key=len, reverse=True) if said.startswith(word)), said)
            found.append(IDS.get(word, 9))
            said = said[len(word) :]
        return found

    def place(self, token_id: int) -> Json:
        own = {"logprob": self.logprobs.get(token_id, TOP), "rank": 2, "decoded_token": WORDS.get(token_id, "?")}
        return {"7": {"logprob": TOP, "rank": 1, "decoded_token": "best"}, str(token_id): own}

    def sglang(self, ids: tuple[int, ...]) -> Json:
        own: list[Json] = [[self.logprobs.get(token_id, TOP), token_id, WORDS[token_id]] for token_id in ids]
        top: list[Json] = [[[TOP, 7, "best"]] for _ in ids]
        return {"input_token_logprobs": [[None, ids[0], "<s>"], *own[1:]], "input_top_logprobs": [None, *top[1:]]}


def token(word: str, with_id: bool) -> dict[str, Json]:
    return {"text": word, "logprob": -0.5, "special": False} | ({"id": IDS[word]} if with_id else {})


def native(*words: str, ids: bool = True, prefill: Json = None, headers: Mapping[str, str] | None = None) -> Exchange:
    details: Json = {
        "tokens": [token(word, ids) for word in words],
        "finish_reason": "length",
        "prefill": prefill or [],
    }
    answer = reply({"generated_text": "".join(words), "details": details})
    body: Json = {"inputs": "<s>Hi", "parameters": {"max_new_tokens": 5}}
    return Exchange("p", Request("POST", "/generate", body), Reply(200, answer.chunks, headers or {}))


def chat(*words: str) -> Exchange:
    content: Json = [{"token": word, "logprob": -0.5, "top_logprobs": []} for word in words]
    choice: Json = {"message": {"content": "".join(words)}, "finish_reason": "stop", "logprobs": {"content": content}}
    body: Json = {"messages": [{"role": "user", "content": "Hi"}], "temperature": 0}
    return Exchange("c", Request("POST", "/v1/chat/completions", body), reply({"choices": [choice]}))


def scored(scorer: Scorer, *exchanges: Exchange, engine: Engine = VLLM) -> list[Scored]:
    return asyncio.run(score(scorer, engine, exchanges, lambda _: None))


PREFILL: Json = [{"id": 1}, {"id": 2}]


@pytest.mark.parametrize("engine", [VLLM, SGLANG], ids=lambda engine: engine.name)
def test_recorded_ids_are_sent_as_they_are(engine: Engine) -> None:
    scorer = Scorer({3: -1.0, 4: TOP})
    (found,) = scored(scorer, native(" there", "!", prefill=PREFILL), engine=engine)
    assert (found.regrets, found.shifts, found.texts) == ((0.75, 0.0), (0.5, 0.25), (" there", "!"))
    (asked,) = scorer.asked
    assert member(asked.body, "prompt" if engine is VLLM else "input_ids") == [1, 2, 3, 4]


def test_a_chat_is_rendered_and_spelled_by_the_engine_that_scores() -> None:
    scorer = Scorer({})
    (found,) = scored(scorer, chat(" there", "!"))
    assert (found.why, found.regrets) == ("", (0.0, 0.0))
    assert [request.path for request in scorer.asked] == ["/tokenize", "/tokenize", "/v1/completions"]
    assert items(scorer.asked[2].body, "prompt") == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("exchange", "scorer", "why"),
    [
        (chat(" there!"), Scorer({}), "the answer has 2 tokens here, 1 in the recording"),
        (chat(" ", "there"), Scorer({}), "the answer has 1 tokens here, 2 in the recording"),
        (chat("Hi", " th", "ere!"), Scorer({}), "token 1 is ' there' here, ' th' in the recording"),
        (native("!", headers={"x-prompt-tokens": "3"}), Scorer({}), "the prompt has 2 tokens here, 3 in the recording"),
        (chat("!"), Scorer({}, "/tokenize"), "/tokenize: 400 no such thing"),
        (native("!", prefill=PREFILL), Scorer({}, "/v1/completions"), "/v1/completions: 400 no such thing"),
        (native(prefill=PREFILL), Scorer({}), "the recording has no tokens of this answer"),
    ],
)
def test_answers_that_cannot_be_scored(exchange: Exchange, scorer: Scorer, why: str) -> None:
    (found,) = scored(scorer, exchange)
    assert (found.why, found.regrets) == (why, ())


def test_bytes_that_are_no_character_may_be_shown_in_any_way() -> None:
    assert scored(Scorer({}), chat("é"))[0].why == ""
    answer = chat("\ufffd")
    assert scored(Scorer({}), answer)[0].why == ""


def test_an_engine_without_rendering_scores_recorded_ids_only() -> None:
    found = scored(Scorer({}), chat("!"), native("!", prefill=PREFILL), engine=SGLANG)
    assert ["not asked" in item.why for item in found] == [True, False]


def test_only_the_first_greedy_answer_is_scored() -> None:
    first, again = native("!", prefill=PREFILL), native(" there", prefill=PREFILL)
    sampled = Exchange("s", Request("POST", "/generate", {"inputs": "Hi"}), first.reply)
    probe = replace(first, id="probe-chat-template", run=PROBES)
    assert [item.texts for item in scored(Scorer({}), first, again, sampled, probe)] == [("!",)]


@pytest.mark.parametrize("name", ["tgi", "ollama", "openai"])
def test_an_engine_that_takes_no_token_ids(name: str) -> None:
    with pytest.raises(CannotScore, match=f"{name} takes no token ids"):
        scored(Scorer({}), native("!"), engine=Engine(name))


@pytest.mark.parametrize("tokens", [None, "2", ["2"]])
def test_an_engine_that_does_not_spell(tokens: Json) -> None:
    async def ask(_: Request) -> Reply:
        return reply({"tokens": tokens})

    (found,) = asyncio.run(score(ask, VLLM, [chat("!")], lambda _: None))
    assert found.why == "the engine's /tokenize names no tokens"


@pytest.mark.parametrize("own", [[-0.5, 3, " there"], [None, 4, "!"], [], None])
def test_sglang_that_scores_another_token(own: Json) -> None:
    async def ask(_: Request) -> Reply:
        return reply(
            {"meta_info": {"input_token_logprobs": [[None, 1], [None, 2], own], "input_top_logprobs": [[[-0.5]]] * 3}}
        )

    (found,) = asyncio.run(score(ask, SGLANG, [native("!", prefill=PREFILL)], lambda _: None))
    assert found.why == "the engine scored 0 of 1 tokens"


@pytest.mark.parametrize("place", [None, {}, {"4": {"rank": 1}}, {"9": {"logprob": -1.0}}])
def test_an_engine_that_leaves_tokens_out(place: Json) -> None:
    async def ask(_: Request) -> Reply:
        return reply({"choices": [{"prompt_logprobs": [None, None, place]}]})

    (found,) = asyncio.run(score(ask, VLLM, [native("!", prefill=PREFILL)], lambda _: None))
    assert found.why == "the engine scored 0 of 1 tokens"


async def played_back(request: Request) -> Reply:
    """What vLLM 0.32.0 said when it was asked."""
    return next(item.reply for item in exchanges("vllm-scores") if item.request == request)


def test_a_planted_penalty_is_found_on_held_out_prompts() -> None:
    """The penalty was the engine's own: what it was asked says nothing of it."""
    fault = [item for item in exchanges("held-out-bfloat16") if item.run == "repetition-penalty-1.02"]
    asked = [replace(item, request=replace(item.request, body=without_penalty(item.request.body))) for item in fault]
    found = asyncio.run(score(played_back, Engine("vllm", "0.32.0", "tgi"), asked, lambda _: None))
    assert [item.why for item in found] == [""] * 24
    sequential = answers("held-out-bfloat16", "one-at-a-time")
    noise = pairs(sequential, answers("held-out-bfloat16", "eight-at-once"))
    assert verdict_of(found, noise, Thresholds()).outcome is Outcome.FAIL


def without_penalty(body: Json) -> Json:
    assert isinstance(body, dict)
    return {name: value for name, value in body.items() if name != "repetition_penalty"}
