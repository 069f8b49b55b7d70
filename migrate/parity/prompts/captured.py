"""A request that somebody captured, as a prompt: its route and its body, nothing else.

Headers and the query are not kept: that is where secrets are.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from migrate.parity.exchange import Json, Request
from migrate.parity.prompts.prompt import Prompt

# Longest first: what stands before a route is the prefix of a proxy. The root route has none.
_ROUTES = ("/v1/chat/completions", "/v1/completions", "/generate_stream", "/generate", "/invocations")
_ASKS = ("inputs", "messages", "prompt")


def route(method: str, target: str) -> str:
    """TGI's route that a request line asks, empty where it is none that generates."""
    try:
        path = urlsplit(target).path if "://" in target else target.partition("?")[0]
    except ValueError:  # an address such as http://[::1/
        return ""
    if method.upper() != "POST":
        return ""
    if path in ("", "/"):
        return "/"
    return next((known for known in _ROUTES if path.rstrip("/").endswith(known)), "")


def asks(body: Json) -> bool:
    """Whether a body holds what to generate from."""
    return isinstance(body, dict) and any(body.get(name) for name in _ASKS)


def prompt(name: str, path: str, body: Json) -> Prompt:
    """The request as TGI is asked it again."""
    return Prompt(name, asked=Request("POST", path, body, {"content-type": "application/json"}))
