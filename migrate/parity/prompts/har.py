"""Prompts of a HAR file, as browsers and proxies save captured traffic (http://www.softwareishard.com/blog/har-12-spec/)."""

from __future__ import annotations

import base64
import binascii
import json

from migrate.parity.exchange import Json
from migrate.parity.prompts import captured
from migrate.parity.prompts.prompt import Prompt, PromptError
from migrate.parity.protocols.shape import items, member, text
from migrate.parity.stream import parse


def claims(whole: Json) -> bool:
    """Whether a file's JSON is a HAR file."""
    return isinstance(member(whole, "log", "entries"), list)


def read(path: str, content: str) -> list[Prompt]:
    """The requests to routes that generate; others in the file are passed over.

    Raises:
        PromptError: no HAR file, or such a request has no usable body.
    """
    try:
        whole: Json = json.loads(content)
    except ValueError as error:
        raise PromptError(f"{path}: no JSON: {error}") from error
    if not claims(whole):
        raise PromptError(f"{path}: no HAR file: log.entries is no list")
    found: list[Prompt] = []
    for number, entry in enumerate(items(whole, "log", "entries")):
        route = captured.route(text(entry, "request", "method"), text(entry, "request", "url"))
        if not route:
            continue
        body = parse(_posted(member(entry, "request", "postData")))
        if captured.asks(body):
            found.append(captured.prompt(f"entry-{number}", route, body))
        elif route != "/":
            raise PromptError(f"{path}: log.entries[{number}]: the body of POST {route} is not there or is no JSON")
    return found


def _posted(data: Json) -> str:
    """`postData.text`; some tools write bytes in base64 and say so."""
    said = text(data, "text")
    if text(data, "encoding") != "base64":
        return said
    try:
        return base64.b64decode(said, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
