"""Errors in every form that the engines use, read into one."""

from __future__ import annotations

from migrate.parity.answer import Failure
from migrate.parity.exchange import Json, Reply
from migrate.parity.protocols.shape import integer, member, text
from migrate.parity.stream import parse

# How much of a body that is no JSON is worth keeping as a message.
EXCERPT = 300


def failure_of(reply: Reply) -> Failure | None:
    """Why a reply is no answer: no connection, broken off, or a status that is not 2xx."""
    if reply.failure:
        return Failure(reply.status, reply.failure, "connection")
    if 200 <= reply.status < 300:
        return None
    return error_in(parse(reply.body), reply.status) or Failure(reply.status, reply.body[:EXCERPT])


def error_in(data: Json, status: int) -> Failure | None:
    """The error that a body or an event states, None where it states none.

    TGI: {error: text, error_type}; TGI's OpenAI streams: {error: {message, http_status_code}}; vLLM: {error: {message,
    type, code}}, {object: error, message, type} before 0.10.1; FastAPI: {detail}; Ollama: {error: text}.
    """
    error = member(data, "error")
    if isinstance(error, str):
        return Failure(status, error, text(data, "error_type"))
    if isinstance(error, dict):
        code = integer(error, "http_status_code") or integer(error, "code")
        return Failure(code or status, text(error, "message"), text(error, "type"))
    if text(data, "object") == "error":
        return Failure(integer(data, "code") or status, text(data, "message"), text(data, "type"))
    detail = member(data, "detail")
    if detail is not None:
        return Failure(status, detail if isinstance(detail, str) else str(detail)[:EXCERPT], "detail")
    return None
