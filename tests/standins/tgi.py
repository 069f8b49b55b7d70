"""A stand-in of TGI 3.3.7 as its recordings show it, with a pretended model."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.standins import tgi_answers as answers
from tests.standins.common import texts, together
from tests.standins.http import Answer, Fault, Request
from tests.standins.model import Generation, Model, Token, generate
from tests.standins.serde import Refused
from tests.standins.tgi_checks import Invalid, Limits, check, parameters_of, tool_of
from tests.standins.tgi_requests import READERS, read

VERSION = "3.3.6-dev0"  # what 3.3.7 says of itself
VARY = "origin, access-control-request-method, access-control-request-headers"
GETS = ("/", "/health", "/ping", "/info", "/metrics", "/v1/models")
POSTS = (*READERS, "/invocations")
UNGUARDED = ("/chat_tokenize",)
METRICS = b"# TYPE tgi_queue_size gauge\ntgi_queue_size 0\n\n"
Says = Callable[[Request], Model]


@dataclass(slots=True)
class Tgi:
    """`says`: what the model says to a request. `name`: the model's id. `api_key`: None serves everybody.

    `echoes`: `POST /` puts the prompt in front unless told not to, as for a model without a pipeline tag.
    `cors`: every origin may ask, TGI's default.
    """

    says: Says
    name: str = "acme/chat-7b"
    api_key: str | None = None
    limits: Limits = field(default_factory=Limits)
    echoes: bool = True
    cors: bool = True

    def generates(self, request: Request) -> bool:
        return request.method == "POST" and request.path in POSTS and "tokenize" not in request.path

    def answer(self, request: Request, fault: Fault | None) -> Answer:
        answer = self._route(request, fault)
        headers = (("vary", VARY), *((("access-control-allow-origin", "*"),) if self.cors else ()))
        return Answer(answer.status, (*answer.headers, *headers), answer.body, answer.events)

    def _route(self, request: Request, fault: Fault | None) -> Answer:
        method, path = request.method, request.path.partition("?")[0]
        gets = method in ("GET", "HEAD") and path in GETS
        if not gets and (path not in POSTS or method != "POST"):
            return _not_allowed(method, path)
        if gets:
            return self._get(path)
        key = request.headers.get("authorization", "").lower()
        if self.api_key is not None and path not in UNGUARDED and key != f"bearer {self.api_key}".lower():
            return Answer(401)
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            return answers.plain(415, "Expected request with `Content-Type: application/json`")
        try:
            body = json.loads(request.raw)
        except ValueError:
            place = f"line 1 column {len(request.raw)}"
            return answers.plain(400, f"Failed to parse the request body as JSON: EOF while parsing a value at {place}")
        return self._post(path, body, request, fault)

    def _get(self, path: str) -> Answer:
        if path == "/metrics":
            return Answer(200, (("content-type", "text/plain; charset=utf-8"),), METRICS)
        card = {"id": self.name, "object": "model", "created": 0, "owned_by": self.name}
        known = {"/info": self._info(), "/v1/models": {"object": "list", "data": [card]}}
        return answers.json_answer(200, known[path]) if path in known else Answer(200)

    def _info(self) -> dict[str, Any]:
        limits = self.limits
        return {
            "model_id": self.name,
            "model_sha": None,
            "model_pipeline_tag": None if self.echoes else "other",
            "max_concurrent_requests": 128,
            "max_best_of": limits.max_best_of,
            "max_stop_sequences": limits.max_stop_sequences,
            "max_input_tokens": limits.max_input_tokens,
            "max_total_tokens": limits.max_total_tokens,
            "validation_workers": 2,
            "max_client_batch_size": limits.max_client_batch_size,
            "router": "text-generation-router",
            "version": VERSION,
            "sha": "local",
            "docker_label": None,
        }

    def _post(self, path: str, body: Any, request: Request, fault: Fault | None) -> Answer:
        try:
            read(path, body)
        except Refused as refusal:
            place = "" if path == "/invocations" else f" at line 1 column {len(request.raw)}"
            return answers.plain(422, f"Failed to deserialize the JSON body into the target type: {refusal}{place}")
        if path == "/invocations":
            path = "/" if "inputs" in body else "/v1/chat/completions" if "messages" in body else "/v1/completions"
        routes = {"/v1/completions": self._completions, "/v1/chat/completions": self._chat, "/vertex": self._vertex}
        if path == "/tokenize":
            return answers.json_answer(200, _tokens(_field(body, 0, "inputs")))
        if path == "/chat_tokenize":
            text = " ".join(texts(body["messages"]))
            return answers.json_answer(200, {"tokenize_response": _tokens(text), "templated_text": text})
        ask = _Ask(self.says(request), fault)
        try:
            return routes[path](body, ask) if path in routes else self._native(path, body, ask)
        except Invalid as error:
            return answers.refusal(error)

    # Native routes.

    def _native(self, path: str, body: Any, ask: _Ask) -> Answer:
        inputs, given = _field(body, 0, "inputs"), _field(body, 1, "parameters")
        parameters = {"do_sample": True} if given is None else given if isinstance(given, dict) else {}
        if path == "/" and self.echoes and parameters.get("return_full_text") is None:
            parameters = {**parameters, "return_full_text": True}
        streamed = path == "/generate_stream" or (path == "/" and bool(_field(body, 2, "stream")))
        try:
            done = self._run(inputs, parameters, streamed, ask)
        except Invalid as error:
            return answers.stream(inputs, iter([answers.error_body(error)])) if streamed else answers.refusal(error)
        front = inputs if parameters.get("return_full_text") else ""
        if streamed:
            return answers.stream(
                inputs, ask.broken(answers.native_events(done, parameters, front), answers.error_body(ask.failure))
            )
        answer: dict[str, Any] = {"generated_text": front + answers.text_of(done)}
        if parameters.get("details") or parameters.get("decoder_input_details"):
            answer["details"] = answers.details(done, parameters)
        return answers.answered([answer] if path == "/" else answer, inputs, [done])

    def _run(self, inputs: str, parameters: dict[str, Any], streamed: bool, ask: _Ask) -> Generation:
        check(parameters, inputs, len(inputs.split()), streamed, self.limits)
        ask.admit(streamed)
        pieces = ask.model.constrained if parameters.get("grammar") else ask.model.pieces
        limit = parameters.get("max_new_tokens") or self.limits.max_total_tokens
        done = generate(ask.model, inputs, pieces, limit, parameters.get("stop") or (), anywhere=False)
        if not streamed:
            done.wait()
        return done

    # OpenAI's routes.

    def _completions(self, body: dict[str, Any], ask: _Ask) -> Answer:
        prompts = [body["prompt"]] if isinstance(body["prompt"], str) else body["prompt"]
        most, streamed = self.limits.max_client_batch_size, bool(body.get("stream"))
        if len(prompts) > most:
            message = f"Number of prompts exceeds the maximum allowed batch size of {most}"
            raise Invalid(message, "batch size exceeded")
        if body.get("suffix") is not None:
            message = "Suffix is not supported and can be achieved by preprocessing the prompt."
            raise Invalid(message, "suffix not supported")
        parameters = parameters_of(body, body.get("repetition_penalty"))
        try:
            done = [self._run(prompt, parameters, streamed, ask) for prompt in prompts]
        except Invalid as error:
            if not streamed:
                raise
            return answers.stream("", answers.with_end([answers.openai_error(error)]))
        common = {"object": "text_completion", "id": "", "created": 1}
        about = {"model": self.name, "system_fingerprint": f"{VERSION}-native"}
        if streamed:
            events = together([answers.completion_events(index, one, common, about) for index, one in enumerate(done)])
            return answers.stream(prompts[0], answers.with_end(ask.broken(events, answers.openai_error(ask.failure))))
        choices = [
            {"index": index, "text": one.text, "logprobs": None, "finish_reason": answers.reason_of(one)}
            for index, one in enumerate(done)
        ]
        usage = {name: sum(one.usage[name] for one in done) for name in done[0].usage}
        return answers.answered(
            {**common, **about, "choices": choices, "usage": usage}, prompts[0], done, computed=False
        )

    def _chat(self, body: dict[str, Any], ask: _Ask) -> Answer:
        streamed = bool(body.get("stream"))
        tool = tool_of(body)
        inputs = " ".join(texts(body["messages"])) or "template"
        penalty = body.get("presence_penalty")
        parameters = parameters_of(body, None if penalty is None else penalty + 2)
        parameters["grammar"] = body.get("response_format")
        parameters["top_n_tokens"] = body.get("top_logprobs")
        if tool is not None:
            ask.model = ask.model.calling()
        try:
            done = self._run(inputs, parameters, streamed, ask)
        except Invalid as error:
            if not streamed:
                raise
            return answers.stream(inputs, answers.with_end([answers.openai_error(error)]))
        name = body.get("model")
        about = {"model": self.name if name in (None, "tgi") else name, "system_fingerprint": f"{VERSION}-native"}
        if streamed:
            events = answers.chat_events(
                done, body, {"object": "chat.completion.chunk", "id": "", "created": 1, **about}, tool
            )
            return answers.stream(inputs, answers.with_end(ask.broken(events, answers.openai_error(ask.failure))))
        choice = {"index": 0, "message": answers.message(done, tool), "logprobs": answers.logprobs(done.tokens, body)}
        choice["finish_reason"] = answers.reason_of(done)
        common = {"object": "chat.completion", "id": "", "created": 1, **about}
        return answers.answered({**common, "choices": [choice], "usage": done.usage}, inputs, [done])

    def _vertex(self, body: dict[str, Any], ask: _Ask) -> Answer:
        if not body["instances"]:
            raise Invalid("Input validation error", "Input validation error")
        said: list[str] = []
        for one in body["instances"]:
            inputs = one.get("inputs") or " ".join(texts(one.get("messages", [])))
            limit = one.get("max_tokens") or one.get("parameters", {}).get("max_new_tokens")
            try:
                said.append(self._run(inputs, {"max_new_tokens": limit}, False, ask).text)
            except Invalid as error:
                raise Invalid("Incomplete generation", "Incomplete generation", 500) from error
        return answers.json_answer(200, {"predictions": said})


@dataclass(slots=True)
class _Ask:
    """One generation that is asked for: what the model says and what goes wrong."""

    model: Model
    fault: Fault | None

    @property
    def failure(self) -> Invalid:
        return Invalid("Request failed during generation: Server error: ", "generation", 424)

    def admit(self, streamed: bool) -> None:
        """Raises what the fault says."""
        if self.fault is Fault.OVERLOAD:
            raise Invalid("Model is overloaded", "overloaded", 429)
        if self.fault is Fault.ERROR or (self.fault is Fault.LATE_ERROR and not streamed):
            raise self.failure

    def broken(self, events: Iterator[Any], error: Any) -> Iterator[Any]:
        """The events, or the first of them and the error's."""
        for number, one in enumerate(events):
            if number and self.fault is Fault.LATE_ERROR:
                yield error
                return
            yield one


def _not_allowed(method: str, path: str) -> Answer:
    """What a known path says to another method, OPTIONS included; 404 for an unknown one."""
    allowed = ",".join((["GET,HEAD"] if path in GETS else []) + (["POST"] if path in POSTS else []))
    if not allowed:
        return Answer(404)
    cross = (("access-control-allow-methods", "GET,POST"), ("access-control-allow-headers", "content-type"))
    return Answer(200, (*cross, ("allow", allowed))) if method == "OPTIONS" else Answer(405, (("allow", allowed),))


def _field(body: Any, position: int, name: str) -> Any:
    """A member of a struct, which may be written as a list of its members in order."""
    if isinstance(body, list):
        return body[position] if position < len(body) else None
    return body.get(name)


def _tokens(text: str) -> list[dict[str, Any]]:
    found, at = [], 0
    for number, word in enumerate(text.split(" ") if text else []):
        piece = word if not number else f" {word}"
        size = len(piece.encode())
        found.append({"id": Token(piece, 0.0).id, "text": piece, "start": at, "stop": at + size})
        at += size
    return found
