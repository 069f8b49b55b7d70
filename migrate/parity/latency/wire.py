"""Requests as bytes, built before the clock runs."""

from __future__ import annotations

import json
import ssl
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import SplitResult, unquote, urlsplit

from migrate.parity.asking import Protocol, ask
from migrate.parity.exchange import Json, Request
from migrate.parity.prompts import Prompt

# What a test of outputs asks for and a user does not: it costs the engine time.
_EXTRA = ("logprobs", "top_logprobs", "return_token_ids", "details", "decoder_input_details", "top_n_tokens")


class BadUrl(ValueError):
    """An address that no engine can be reached at."""


def _login(parts: SplitResult) -> str:
    """User and password of an address, as httpx sends them elsewhere."""
    if not parts.username and not parts.password:
        return ""
    pair = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
    return f"Basic {b64encode(pair.encode()).decode()}"


@dataclass(frozen=True, slots=True)
class Target:
    """Where an engine listens. `base` is a path in front of the engine's own, `authorization` a header's value."""

    host: str
    port: int
    base: str = ""
    secure: bool = False
    authorization: str = ""

    @classmethod
    def at(cls, url: str, api_key: str = "") -> Target:
        """From a URL.

        Raises:
            BadUrl: not http or https, or no host.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise BadUrl(f"{url}: {error}") from error
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadUrl(f"{url}: no URL of an engine: write http://HOST:PORT")
        secure = parts.scheme == "https"
        key = _login(parts) or (f"Bearer {api_key}" if api_key else "")
        return cls(parts.hostname, port or (443 if secure else 80), parts.path.rstrip("/"), secure, key)

    def context(self) -> ssl.SSLContext | None:
        return ssl.create_default_context() if self.secure else None

    def get(self, path: str) -> bytes:
        """A GET request."""
        return self._head("GET", path) + b"\r\n"

    def post(self, path: str, body: Json) -> bytes:
        """A POST request with a JSON body."""
        content = json.dumps(body, separators=(",", ":")).encode()
        fields = f"content-type: application/json\r\ncontent-length: {len(content)}\r\n\r\n"
        return self._head("POST", path) + fields.encode() + content

    def _head(self, method: str, path: str) -> bytes:
        host = f"[{self.host}]" if ":" in self.host else self.host
        fields = f"{method} {self.base}{path} HTTP/1.1\r\nhost: {host}:{self.port}\r\naccept: */*\r\n"
        key = f"authorization: {self.authorization}\r\n" if self.authorization else ""
        return (fields + key).encode("latin-1", "replace")


@dataclass(frozen=True, slots=True)
class Ask:
    """One prompt's request, ready to be sent."""

    prompt: str
    data: bytes


def asks(target: Target, prompts: Sequence[Prompt], protocol: Protocol, model: str) -> tuple[Ask, ...]:
    """Every prompt as the engine is asked it under load: streamed, without what only a test of outputs needs.

    A prompt that the rules leave to a person, or that is no generation, is left out, for every engine alike: so both
    get the same. Ollama is asked on its OpenAI routes.
    """
    asked = Protocol.TGI if protocol is Protocol.TGI else Protocol.OPENAI
    found = []
    for prompt in prompts:
        if ask(prompt, Protocol.OPENAI, model).manual:
            continue
        request = streamed(ask(prompt, asked, model).request)
        if request is not None:
            found.append(Ask(prompt.name, target.post(request.path, request.body)))
    return tuple(found)


def streamed(asked: Request) -> Request | None:
    """The same request, streamed and lean; OpenAI's routes are asked for usage, which counts the tokens. None for what
    cannot be streamed."""
    body = dict(asked.body) if isinstance(asked.body, dict) else {}
    if isinstance(body.get("inputs"), str):
        parameters = body.get("parameters")
        if isinstance(parameters, dict):
            body["parameters"] = {name: value for name, value in parameters.items() if name not in _EXTRA}
        return replace(asked, path="/generate_stream", body=body)
    if not asked.path.partition("?")[0].endswith("/completions"):
        return None
    lean: dict[str, Json] = {name: value for name, value in body.items() if name not in _EXTRA}
    return replace(asked, body=lean | {"stream": True, "stream_options": {"include_usage": True}})
