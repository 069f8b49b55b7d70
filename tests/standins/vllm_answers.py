"""The shapes of vLLM 0.32.0's answers and events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tests.standins.model import Generation, Token, alternatives

FINGERPRINT = "vllm-0.32.0-bdeedd57"


def visible(done: Generation, body: dict[str, Any]) -> str:
    """The text without the stop string that ended it, unless it was asked for."""
    if done.stop is None:
        return done.text
    end = done.text.index(done.stop)
    return done.text[: end + len(done.stop) * bool(body.get("include_stop_str_in_output"))]


def deltas(done: Generation, body: dict[str, Any]) -> Iterator[tuple[Token, str, bool]]:
    """Each token with the new text of its event; text that may begin a stop string is held back until the end."""
    stops = [body["stop"]] if isinstance(body.get("stop"), str) else body.get("stop") or []
    held = 0 if body.get("include_stop_str_in_output") else max(map(len, stops), default=1) - 1
    text, sent, whole = "", 0, visible(done, body)
    for index, token in enumerate(done):
        last = index == len(done.tokens) - 1
        text += "" if token.special else token.text
        upto = len(whole) if last else max(min(len(text) - held, len(whole)), sent)
        yield token, whole[sent:upto], last
        sent = upto


def completion_choice(index: int, done: Generation, body: dict[str, Any]) -> dict[str, Any]:
    front = done.prompt if body.get("echo") else ""
    asked = bool(body.get("return_token_ids"))
    return {
        "index": index,
        "text": front + visible(done, body),
        "logprobs": logprobs(done.tokens, body, 0),
        "finish_reason": reason_of(done),
        "stop_reason": done.stop,
        "token_ids": ids(done.tokens) if asked else None,
        "prompt_logprobs": prompt_logprobs(done) if body.get("prompt_logprobs") is not None else None,
        "prompt_token_ids": prompt_ids(done) if asked else None,
        "routed_experts": None,
    }


def completion_events(
    index: int, done: Generation, body: dict[str, Any], common: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    first, offset, asked = True, 0, bool(body.get("return_token_ids"))
    for token, text, last in deltas(done, body):
        shown = body.get("echo") and first
        choice = {
            "index": index,
            "text": (done.prompt if shown else "") + text,
            "logprobs": logprobs([token], body, offset),
        }
        choice |= {"finish_reason": reason_of(done) if last else None, "stop_reason": done.stop if last else None}
        choice["prompt_token_ids"] = prompt_ids(done) if shown or (asked and first) else None
        choice["token_ids"] = ids([token]) if asked else None
        yield closed({**common, "choices": [choice]}, last, body)
        first, offset = False, offset + len(token.text)


def chat_events(
    done: Generation, body: dict[str, Any], common: dict[str, Any], tool: str | None
) -> Iterator[dict[str, Any]]:
    head = {"index": 0, "delta": {"role": "assistant", "content": ""}, "logprobs": None, "finish_reason": None}
    counted = continuous(body)
    usage = {"usage": {**tally([done], 0), "completion_tokens_details": None}} if counted else {}
    yield {**common, "choices": [head], **usage, "prompt_token_ids": None, "prompt_text": None}
    for number, (token, text, last) in enumerate(deltas(done, body), start=1):
        delta: dict[str, Any] = {"content": text}
        if tool is not None:
            function = {"name": tool, "arguments": text} if number == 1 else {"arguments": text}
            call = {"index": 0, "function": function}
            delta = {"tool_calls": [{"id": "chatcmpl-tool-1", "type": "function", **call} if number == 1 else call]}
        ended = reason_of(done) if tool is None else "tool_calls"
        choice = {"index": 0, "delta": delta, "logprobs": chat_logprobs([token], body)}
        choice |= {"finish_reason": ended if last else None} | ({"stop_reason": done.stop} if last else {})
        choice["token_ids"] = ids([token]) if body.get("return_token_ids") else None
        event = {**common, "choices": [choice]}
        if counted:
            event["usage"] = {**tally([done], number), "completion_tokens_details": None}
        yield closed(event, last, body)


def chat_choice(done: Generation, body: dict[str, Any], tool: str | None) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": visible(done, body), "refusal": None}
    message |= {"annotations": None, "audio": None, "function_call": None}
    reason = reason_of(done)
    if tool is not None:
        function = {"name": tool, "arguments": message["content"]}
        call = {"id": "chatcmpl-tool-1", "type": "function", "function": function}
        message |= {"content": None, "tool_calls": [call]}
        reason = "stop" if isinstance(body.get("tool_choice"), dict) else "tool_calls"
    asked = bool(body.get("return_token_ids"))
    return {
        "index": 0,
        "message": {**message, "reasoning": None},
        "logprobs": chat_logprobs(done.tokens, body),
        "finish_reason": reason,
        "stop_reason": done.stop,
        "token_ids": ids(done.tokens) if asked else None,
        "routed_experts": None,
    }


def closed(event: dict[str, Any], last: bool, body: dict[str, Any]) -> dict[str, Any]:
    """The last event bears the fingerprint, unless one with the usage follows."""
    return {**event, "system_fingerprint": FINGERPRINT} if last and not usage_wanted(body) else event


def with_usage(
    events: Iterator[dict[str, Any]], done: Sequence[Generation], body: dict[str, Any], common: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    yield from events
    if usage_wanted(body):
        yield {**common, "choices": [], "usage": tally(done, None), "system_fingerprint": FINGERPRINT}


def usage_wanted(body: dict[str, Any]) -> bool:
    return bool((body.get("stream_options") or {}).get("include_usage"))


def continuous(body: dict[str, Any]) -> bool:
    return usage_wanted(body) and bool(body["stream_options"].get("continuous_usage_stats"))


def usage_of(done: Sequence[Generation]) -> dict[str, Any]:
    return {**tally(done, None), "prompt_tokens_details": None, "completion_tokens_details": None}


def tally(done: Sequence[Generation], so_far: int | None) -> dict[str, int]:
    prompt = sum(one.usage["prompt_tokens"] for one in done)
    new = sum(len(one.tokens) for one in done) if so_far is None else so_far
    return {"prompt_tokens": prompt, "total_tokens": prompt + new, "completion_tokens": new}


def reason_of(done: Generation) -> str:
    return "length" if done.reason == "length" else "stop"


def ids(tokens: Sequence[Token]) -> list[int]:
    return [token.id for token in tokens]


def prompt_ids(done: Generation) -> list[int]:
    return ids([Token(word, 0.0) for word in done.prompt.split()])


def prompt_logprobs(done: Generation) -> list[dict[str, Any] | None]:
    words = [Token(word, -1.0) for word in done.prompt.split()]
    found: list[dict[str, Any] | None] = [None]
    return found + [{str(w.id): {"logprob": w.logprob, "rank": 1, "decoded_token": w.text}} for w in words[1:]]


def logprobs(tokens: Sequence[Token], body: dict[str, Any], offset: int) -> dict[str, Any] | None:
    count = body.get("logprobs")
    if count is None or count is False:
        return None
    starts = [offset + sum(len(token.text) for token in tokens[:index]) for index in range(len(tokens))]
    best = [{other.text: other.logprob for other in alternatives(token, max(int(count), 1))} for token in tokens]
    logprobs = [token.logprob for token in tokens]
    return {"text_offset": starts, "token_logprobs": logprobs, "tokens": [t.text for t in tokens], "top_logprobs": best}


def chat_logprobs(tokens: Sequence[Token], body: dict[str, Any]) -> dict[str, Any] | None:
    if not body.get("logprobs"):
        return None
    count = body.get("top_logprobs") or 0
    entries = [{**entry(token), "top_logprobs": [entry(o) for o in alternatives(token, count)]} for token in tokens]
    return {"content": entries}


def entry(token: Token) -> dict[str, Any]:
    return {"token": token.text, "logprob": token.logprob, "bytes": list(token.text.encode("utf-8", "surrogatepass"))}
