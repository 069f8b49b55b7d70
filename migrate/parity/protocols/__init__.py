"""How each engine is asked, and how its answers are read into one form."""

from __future__ import annotations

from migrate.parity.answer import Answer, Failure
from migrate.parity.exchange import Exchange
from migrate.parity.protocols import ollama, openai, tgi
from migrate.parity.protocols.shape import member

# The kind of a failure where nothing was asked, because the rules leave the request to a person.
UNTRANSLATED = "translation"


def read_answer(exchange: Exchange) -> Answer:
    """The answer of an exchange, by the route that was asked, or by the body where a route takes both forms."""
    if exchange.manual:
        return Answer(failure=Failure(0, exchange.manual, UNTRANSLATED))
    path = exchange.request.path.partition("?")[0].rstrip("/") or "/"
    if path in ("/generate", "/generate_stream", "/"):
        return tgi.read(exchange.reply)
    if path.endswith(("/chat/completions", "/completions")):
        return openai.read(exchange.reply)
    if path in ("/api/generate", "/api/chat"):
        return ollama.read(exchange.reply)
    if path == "/invocations":
        native = member(exchange.request.body, "inputs") is not None
        return tgi.read(exchange.reply) if native else openai.read(exchange.reply)
    return Answer(failure=Failure(exchange.reply.status, f"no way to read an answer of {path}", "route"))
