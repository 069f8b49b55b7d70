"""A stand-in of vLLM 0.32.0's OpenAI server as its recordings show it, with a pretended model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.standins import vllm_answers as answers
from tests.standins.common import compact, event, texts, together
from tests.standins.http import Answer, Fault, Request
from tests.standins.model import Generation, Model, Token, generate
from tests.standins.vllm_requests import (
    Invalid,
    body_of,
    check_chat,
    check_completion,
    check_sampling,
    check_tools,
    problem,
    too_long,
    validation,
)

GETS = ("/health", "/ping", "/version", "/metrics", "/v1/models")
POSTS = ("/v1/completions", "/v1/chat/completions", "/tokenize", "/invocations", "/v1/responses", "/ping")
METRICS = b'# TYPE vllm:num_requests_waiting gauge\nvllm:num_requests_waiting{engine="0",model_name="tgi"} 0.0\n'
BUSY = "The engine is currently busy and cannot accept new requests. Please try again later or on a different instance."


@dataclass(slots=True)
class Vllm:
    """`says`: what the model says to a request. `names`: the served names. `tools`: tool calls have a parser."""

    says: Callable[[Request], Model]
    names: tuple[str, ...] = ("acme/chat-7b",)
    root: str = "acme/chat-7b"
    api_key: str | None = None
    max_model_len: int = 2048
    tools: bool = False

    def generates(self, request: Request) -> bool:
        return request.method == "POST" and request.path in ("/v1/completions", "/v1/chat/completions", "/invocations")

    def answer(self, request: Request, fault: Fault | None) -> Answer:
        method, path = request.method, request.path.partition("?")[0]
        if method == "GET" and path in GETS:
            return self._get(path)
        if path not in POSTS or method != "POST":
            if path in GETS or path in POSTS:
                allow = "POST" if path in POSTS else "GET"
                return _json(405, {"detail": "Method Not Allowed"}, (("allow", allow),))
            return _json(404, {"detail": "Not Found"})
        if path.startswith("/v1") and not self._knows(request):
            return _json(401, {"error": "Unauthorized"})
        try:
            return self._post(path, request, _Ask(self.says(request), fault))
        except Invalid as error:
            return _json(error.status, error.body)

    def _knows(self, request: Request) -> bool:
        return self.api_key is None or request.headers.get("authorization") == f"Bearer {self.api_key}"

    def _get(self, path: str) -> Answer:
        if path == "/metrics":
            return Answer(
                200, (("server", "uvicorn"), ("content-type", "text/plain; version=0.0.4; charset=utf-8")), METRICS
            )
        if path in ("/health", "/ping"):
            return Answer(200, (("server", "uvicorn"), ("vary", "Origin")))
        if path == "/version":
            return _json(200, {"version": "0.32.0"})
        permission = {
            "id": "modelperm-1",
            "object": "model_permission",
            "created": 1,
            "allow_create_engine": False,
            "allow_sampling": True,
            "allow_logprobs": True,
            "allow_search_indices": False,
            "allow_view": True,
            "allow_fine_tuning": False,
            "organization": "*",
            "group": None,
            "is_blocking": False,
        }
        about = {"object": "model", "created": 1, "owned_by": "vllm", "root": self.root, "parent": None}
        about |= {"max_model_len": self.max_model_len, "permission": [permission]}
        return _json(200, {"object": "list", "data": [{"id": name, **about} for name in self.names]})

    def _post(self, path: str, request: Request, ask: _Ask) -> Answer:
        if path == "/ping":
            return self._get(path)
        body = body_of(request)
        if path == "/v1/responses":
            raise validation(problem("missing", "body.input", "Field required", {"request_id": "", **body}))
        if path == "/tokenize":
            return self._tokenize(body)
        if path == "/invocations":
            path = "/v1/chat/completions" if "messages" in body else "/v1/completions"
        chat = path == "/v1/chat/completions"
        tool = None
        if chat:
            check_chat(body, self.names[0])
            tool = check_tools(body, self.tools)
        else:
            check_completion(body)
        name = body.get("model")
        if name and name not in self.names:
            message = f"The model `{name}` does not exist. Valid aliases: {', '.join(self.names)}."
            raise Invalid(message, "model", "NotFoundError", 404)
        limit = "max_completion_tokens" if body.get("max_completion_tokens") is not None else "max_tokens"
        check_sampling(body, limit, self.max_model_len)
        ask.admit(bool(body.get("stream")))
        return self._chat(body, ask, tool) if chat else self._completions(body, ask)

    def _tokenize(self, body: dict[str, Any]) -> Answer:
        if "prompt" not in body and "messages" not in body:
            raise validation(problem("missing", "body.prompt", "Field required", body))
        words = str(body.get("prompt") or " ".join(texts(body["messages"]))).split()
        strings = words if body.get("return_token_strs") else None
        ids = [Token(word, 0.0).id for word in words]
        return _json(
            200, {"count": len(ids), "max_model_len": self.max_model_len, "tokens": ids, "token_strs": strings}
        )

    def _run(self, body: dict[str, Any], ask: _Ask, prompt: str, limit: int | None) -> Generation:
        kind = (body.get("response_format") or {}).get("type")
        constrained = bool(body.get("structured_outputs")) or kind in ("json_schema", "json_object")
        stops = body.get("stop") or []
        pieces = ask.model.constrained if constrained else ask.model.pieces
        room = self.max_model_len - max(len(prompt.split()), 1)
        if room < 1:
            raise Invalid(too_long(self.max_model_len, len(prompt.split())), "input_tokens")
        done = generate(
            ask.model,
            prompt,
            pieces,
            min(limit or room, room),
            [stops] if isinstance(stops, str) else stops,
            anywhere=True,
        )
        if not body.get("stream"):
            done.wait()
        return done

    # Completions.

    def _completions(self, body: dict[str, Any], ask: _Ask) -> Answer:
        given = body["prompt"]
        several = isinstance(given, list) and not isinstance(given[0], int)
        prompts = given if several else [given]
        texts = [one if isinstance(one, str) else " ".join(map(str, one)) for one in prompts]
        done = [
            self._run(body, ask, text, body.get("max_tokens") or 16)
            for text in texts
            for _ in range(body.get("n") or 1)
        ]
        common = {
            "id": "cmpl-1",
            "object": "text_completion",
            "created": 1,
            "model": body.get("model") or self.names[0],
        }
        if body.get("stream"):
            events = together([answers.completion_events(index, one, body, common) for index, one in enumerate(done)])
            return _stream(ask.broken(answers.with_usage(events, done, body, common)))
        choices = [answers.completion_choice(index, one, body) for index, one in enumerate(done)]
        end = {"service_tier": None, "system_fingerprint": answers.FINGERPRINT, "usage": answers.usage_of(done)}
        end |= {"kv_transfer_params": None, "ec_transfer_params": None, "metrics": None}
        return _json(200, {**common, "choices": choices, **end})

    # Chats.

    def _chat(self, body: dict[str, Any], ask: _Ask, tool: str | None) -> Answer:
        limit = body.get("max_completion_tokens") or body.get("max_tokens")
        if tool is not None:
            ask.model = ask.model.calling()
        done = self._run(body, ask, " ".join(texts(body["messages"])), limit)
        about = {"created": 1, "model": body.get("model") or self.names[0]}
        if body.get("stream"):
            common = {"id": "chatcmpl-1", "object": "chat.completion.chunk", **about}
            events = answers.with_usage(answers.chat_events(done, body, common, tool), [done], body, common)
            return _stream(ask.broken(events))
        choice = answers.chat_choice(done, body, tool)
        common = {"id": "chatcmpl-1", "object": "chat.completion", **about}
        end: dict[str, Any] = {"service_tier": None, "system_fingerprint": answers.FINGERPRINT}
        end["usage"] = answers.usage_of([done])
        end |= {"prompt_logprobs": answers.prompt_logprobs(done) if body.get("echo") else None}
        end |= dict.fromkeys(("prompt_token_ids", "prompt_text", "kv_transfer_params", "ec_transfer_params", "metrics"))
        return _json(200, {**common, "choices": [choice], **end})


@dataclass(slots=True)
class _Ask:
    """One generation that is asked for: what the model says and what goes wrong."""

    model: Model
    fault: Fault | None

    def admit(self, streamed: bool) -> None:
        """Raises what the fault says."""
        if self.fault is Fault.OVERLOAD:
            raise Invalid(BUSY, None, "Service Unavailable", 503)
        if self.fault is Fault.ERROR or (self.fault is Fault.LATE_ERROR and not streamed):
            raise _failure()

    def broken(self, events: Iterator[Any]) -> Iterator[Any]:
        """The events and the end, or the first of them, the error's and the end."""
        for number, one in enumerate(events):
            if number and self.fault is Fault.LATE_ERROR:
                yield _failure().body
                break
            yield one
        yield "[DONE]"


def _failure() -> Invalid:
    return Invalid("EngineCore encountered an issue.", None, "InternalServerError", 500)


def _json(status: int, body: Any, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    kind = ("content-type", "application/json")
    return Answer(status, (("server", "uvicorn"), *headers, kind, ("vary", "Origin")), compact(body))


def _stream(events: Iterator[Any]) -> Answer:
    headers = (("server", "uvicorn"), ("content-type", "text/event-stream; charset=utf-8"), ("vary", "Origin"))
    return Answer(200, headers, events=map(event, events))
