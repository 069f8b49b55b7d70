"""The OpenAI routes as vLLM, SGLang, Ollama, Ray Serve and TGI serve them: /v1/chat/completions and /v1/completions.

One choice is read, the one with index 0. Members are read where they are: TGI puts no token ids, no role-only first
chunk and an empty finish_reason between; vLLM puts token ids in the choice when asked by `return_token_ids`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from migrate.parity.answer import Answer, Candidate, Failure, Framing, Token, best_first
from migrate.parity.exchange import Json, Reply
from migrate.parity.protocols.failures import error_in, failure_of
from migrate.parity.protocols.shape import integer, integers, items, member, number, text
from migrate.parity.protocols.tgi import finish
from migrate.parity.stream import Stream, parse, read_stream


def read(reply: Reply) -> Answer:
    """A reply of a chat or a completion, streamed or not."""
    failure = failure_of(reply)
    if failure:
        return Answer(failure=failure)
    if reply.streamed:
        return _from_stream(read_stream(reply))
    body = parse(reply.body)
    gathered = _Gathered()
    if not gathered.add(body, 0.0):
        failure = error_in(body, reply.status) or Failure(reply.status, "the body holds no choices", "shape")
        return Answer(failure=failure)
    return gathered.answer()


@dataclass(slots=True)
class _Gathered:
    """Chunks of a stream put together; a whole body is one chunk."""

    text: list[str] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    tools: list[str] = field(default_factory=list)
    times_ms: list[float] = field(default_factory=list)
    finish: str = ""
    prompt_ids: tuple[int, ...] | None = None
    usage: Json = None

    def add(self, chunk: Json, at_ms: float) -> bool:
        """Take a chunk in; False where it holds neither a choice nor usage."""
        usage, choices = member(chunk, "usage"), member(chunk, "choices")
        self.usage = usage if isinstance(usage, dict) else self.usage
        self.prompt_ids = integers(chunk, "prompt_token_ids") or self.prompt_ids
        choice = next((item for item in items(choices) if (integer(item, "index") or 0) == 0), None)
        if choice is not None:
            self._choice(choice, at_ms)
        return isinstance(choices, list)

    def _choice(self, choice: Json, at_ms: float) -> None:
        message = member(choice, "delta") or member(choice, "message")
        said = text(message, "content") if message else text(choice, "text")
        calls = "".join(_tool(call) for call in items(message, "tool_calls"))
        tokens = _chat_tokens(choice) or _completion_tokens(choice)
        if said or calls or tokens:
            self.times_ms.append(at_ms)
        self.text.append(said)
        self.tools.append(calls)
        self.tokens += tokens
        self.ids += integers(choice, "token_ids") or ()
        self.prompt_ids = integers(choice, "prompt_token_ids") or self.prompt_ids
        self.finish = finish(text(choice, "finish_reason")) or self.finish

    def answer(self) -> Answer:
        """With `echo` the prompt's tokens come in front of the new ones, which the engine counted."""
        new = slice(-(integer(self.usage, "completion_tokens") or 0), None)
        return Answer(
            "".join(self.text),
            _with_ids(self.tokens[new], self.ids[new]),
            self.finish,
            self.prompt_ids,
            integer(self.usage, "prompt_tokens"),
            integer(self.usage, "completion_tokens"),
            "".join(self.tools),
        )


def _from_stream(stream: Stream) -> Answer:
    gathered = _Gathered()
    failure: Failure | None = None
    for event in stream.events:
        failure = failure or error_in(event.data, 200)
        gathered.add(event.data, event.at_ms)
    answer = gathered.answer()
    ended = stream.done or bool(answer.finish)
    if failure is None and stream.garbage:
        failure = Failure(200, "the stream holds an event that is no JSON", "garbage")
    if failure is None and not ended:
        failure = Failure(200, "the stream ended before the answer did", "truncated")
    return Answer(
        answer.text,
        answer.tokens,
        answer.finish,
        answer.prompt_ids,
        answer.prompt_tokens,
        answer.completion_tokens,
        answer.tool_calls,
        failure,
        _framing(stream, tuple(gathered.times_ms)),
    )


def _framing(stream: Stream, times_ms: tuple[float, ...]) -> Framing:
    """How the chunks are laid out, which clients come to rely on."""
    chunks = [event.data for event in stream.events]
    spoken = [chunk for chunk in chunks if items(chunk, "choices")]
    roles = [bool(text(chunk, "choices", 0, "delta", "role")) for chunk in spoken]
    counted = [isinstance(member(chunk, "usage"), dict) for chunk in chunks]
    usage = (
        "" if not any(counted) else "each" if sum(counted) > 1 else "last" if items(chunks[-1], "choices") else "own"
    )
    return replace(
        stream.framing(times_ms, stream.done),
        role="" if not any(roles) else "each" if sum(roles) > 1 else "first",
        usage=usage,
        opening=bool(spoken) and not _says(items(spoken[0], "choices")[0]),
        error=any(error_in(chunk, 200) for chunk in chunks),
    )


def _says(choice: Json) -> bool:
    delta = member(choice, "delta")
    return bool(text(choice, "text") or text(delta, "content") or items(delta, "tool_calls"))


def _chat_tokens(choice: Json) -> list[Token]:
    return [
        Token(
            text(item, "token"),
            None,
            number(item, "logprob"),
            best_first(
                _candidates([(text(top, "token"), number(top, "logprob")) for top in items(item, "top_logprobs")])
            ),
        )
        for item in items(choice, "logprobs", "content")
    ]


def _completion_tokens(choice: Json) -> list[Token]:
    logprobs = items(choice, "logprobs", "token_logprobs")
    places = items(choice, "logprobs", "top_logprobs")
    tokens: list[Token] = []
    for at, said in enumerate(items(choice, "logprobs", "tokens")):
        place = member(places, at)
        top = _candidates([(name, number(place, name)) for name in place]) if isinstance(place, dict) else []
        tokens.append(Token(said if isinstance(said, str) else "", None, number(logprobs, at), best_first(top)))
    return tokens


def _candidates(pairs: list[tuple[str, float | None]]) -> list[Candidate]:
    return [Candidate(name, logprob) for name, logprob in pairs if logprob is not None]


def _with_ids(tokens: list[Token], ids: list[int]) -> tuple[Token, ...]:
    """Token ids laid beside the tokens; without log-probabilities they are the tokens."""
    if not tokens:
        return tuple(Token("", token_id) for token_id in ids)
    if len(tokens) != len(ids):
        return tuple(tokens)
    return tuple(replace(token, id=token_id) for token, token_id in zip(tokens, ids, strict=True))


def _tool(call: Json) -> str:
    return text(call, "function", "name") + text(call, "function", "arguments")
