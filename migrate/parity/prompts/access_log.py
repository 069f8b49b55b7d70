r"""Prompts of an access log that holds request bodies.

JSON, one request a line, as nginx (`log_format ... escape=json`), Envoy (`json_format`), Caddy and others write it: the
names of the members are the log's own, so the usual ones are looked for. And nginx's combined form with the body as a
last quoted field, in which `"` is `\x22`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from migrate.parity.exchange import Json
from migrate.parity.prompts import captured
from migrate.parity.prompts.prompt import Prompt, PromptError
from migrate.parity.protocols.shape import member
from migrate.parity.stream import parse

_METHODS = (("request_method",), ("method",), ("verb",), ("request", "method"), ("http", "request", "method"))
_TARGETS = (
    ("request_uri",), ("uri",), ("path",), ("url",), ("request", "uri"), ("request", "url"), ("request", "path"),
    ("http", "request", "uri"),
)  # fmt: skip
_BODIES = (("request_body",), ("body",), ("req_body",), ("request", "body"), ("http", "request", "body", "content"))
_LINE = re.compile(r'"(?P<method>[A-Z]+) (?P<target>\S+) HTTP/[\d.]+"')
_LAST = re.compile(r'"((?:[^"\\]|\\.)*)"\s*$')
_HEX = re.compile(r"\\x([0-9A-Fa-f]{2})")
_CUT = "is not there or is cut (nginx: client_body_in_single_buffer on, and a large client_body_buffer_size)"


def claims(first: Mapping[str, Json]) -> bool:
    """Whether a first line is one of a JSON log: it names a request's method and target."""
    return bool(_request_line(first)[1])


def claims_text(first: str) -> bool:
    """Whether a first line is one of a log in the combined form."""
    return bool(_LINE.search(first)) or bool(_HEX.search(first))


def read(path: str, content: str) -> list[Prompt]:
    """The requests to routes that generate; others in the log are passed over.

    Raises:
        PromptError: such a request has no body, or one that was cut.
    """
    found: list[Prompt] = []
    for number, line in enumerate(content.split("\n"), start=1):
        method, target, body = _entry(line)
        route = captured.route(method, target)
        if not route:
            continue
        if captured.asks(body):
            found.append(captured.prompt(f"line-{number}", route, body))
        elif route != "/":
            raise PromptError(f"{path}:{number}: the body of POST {route} {_CUT}")
    return found


def _entry(line: str) -> tuple[str, str, Json]:
    data = parse(line)
    if not isinstance(data, dict) and line.lstrip().startswith("{"):
        data = parse(_HEX.sub(r"\\u00\1", line))
    if isinstance(data, dict):
        return *_request_line(data), _body(_first(data, _BODIES))
    asked = _LINE.search(line)
    last = _LAST.search(line)
    if not asked:
        return "", "", None
    return asked["method"], asked["target"], _body(_unescaped(last[1]) if last else None)


def _request_line(data: Mapping[str, Json]) -> tuple[str, str]:
    """Method and target, from members of their own or from a whole request line."""
    method, target = (_first(data, names) for names in (_METHODS, _TARGETS))
    if isinstance(method, str) and isinstance(target, str):
        return method, target
    line = data.get("request")
    words = line.split() if isinstance(line, str) else []
    return (words[0], words[1]) if len(words) > 1 else ("", "")


def _first(data: Mapping[str, Json], paths: tuple[tuple[str, ...], ...]) -> Json:
    whole: Json = dict(data)
    return next((value for path in paths if (value := member(whole, *path)) is not None), None)


def _body(value: Json) -> Json:
    r"""A body that the log holds as an object, or as text; UTF-8 that was written byte by byte (`\xC3\xA9`) is read."""
    if not isinstance(value, str):
        return value
    body = parse(value)
    if body is None:
        return None
    try:
        return parse(value.encode("latin-1").decode("utf-8"))
    except UnicodeError:
        return body


def _unescaped(field: str) -> str:
    """nginx writes quotes, backslashes, control characters and the bytes of other characters as `\\xHH`."""
    return _HEX.sub(lambda match: chr(int(match[1], 16)), field)
