"""Secrets out of everything that is written to a recording: headers, arguments, addresses, bodies."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from migrate.parity.exchange import Chunk, Exchange, Json, Reply, Request
from migrate.redaction import SHOWN, redact, redact_shapes

_HEADERS = re.compile(r"authorization|cookie|api-?key|token|secret|password", re.IGNORECASE)
_OPTIONS = re.compile(r"--?[\w-]*(?:api[-_]key|token|secret|password)", re.IGNORECASE)
# The same inside a longer text: the words of `sh -c`, a command line in a message.
_SPOKEN = re.compile(rf"(?<!\S)({_OPTIONS.pattern})(=|\s+)(?:\"[^\"]*\"|'[^']*'|[^\s\"'-][^\s\"']*)", re.IGNORECASE)
# As a program writes the list of its arguments: '--api-key', 'x'.
_LISTED = re.compile(rf"([\"']{_OPTIONS.pattern}[\"'],\s*)([\"'])(?!-)(?:(?!\2)[^\\\n]|\\.)+\2", re.IGNORECASE)
# Members of a request that are no text of a prompt, whatever else a captured body holds.
_MEMBERS = re.compile(
    r"\w*api_?key|authorization|\w*secret|\w*password|(?:\w+_)?(?:hf|hub|access|auth)_?token", re.IGNORECASE
)
# A shorter word stands in many texts by chance, and is hidden only where an option or a name says that it is a secret.
SHORTEST = 8
_NAMES = re.compile(r"\w*(?:api_?key|token|secret|password)\w*", re.IGNORECASE)
_QUERY = re.compile(
    r"(?<=[?&])((?:api_?key|key|access_token|token|secret|password|sig|signature)=)[^&#\s]*", re.IGNORECASE
)


def told(text: str) -> str:
    """A message without secrets: it may hold the command line, the address or the settings that somebody gave."""
    return redact(_spoken(Redactor().text(text)))


def _spoken(text: str) -> str:
    return _LISTED.sub(rf"\1\2{SHOWN}\2", _SPOKEN.sub(rf"\1\2{SHOWN}", text))


def secrets_of(arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """The secrets that a command line and variables hold, by their names: the engine that they start may echo them."""
    hidden = zip(arguments, Redactor().arguments(arguments), strict=True)
    found = [given.removeprefix(shown.removesuffix(SHOWN)) for given, shown in hidden if shown.endswith(SHOWN)]
    found += [value for name, value in (environment or {}).items() if _NAMES.fullmatch(name)]
    return tuple(secret for secret in found if len(secret) >= SHORTEST)


@dataclass(frozen=True, slots=True)
class Redactor:
    """Takes out what looks like a secret, and each of `known`, wherever it stands.

    `known` are the secrets that the run itself uses (an engine's API key, the hub token): an engine may echo them.
    """

    known: tuple[str, ...] = ()

    def text(self, text: str) -> str:
        for secret in sorted(self.known, key=len, reverse=True):
            if secret:
                text = text.replace(secret, SHOWN)
        return _QUERY.sub(rf"\1{SHOWN}", redact_shapes(text))

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        return {name: SHOWN if _HEADERS.search(name) else self.text(value) for name, value in headers.items()}

    def json(self, value: Json) -> Json:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.json(item) for item in value]
        if isinstance(value, dict):
            return {name: self._member(name, item) for name, item in value.items()}
        return value

    def _member(self, name: str, value: Json) -> Json:
        return SHOWN if isinstance(value, str) and _MEMBERS.fullmatch(name) else self.json(value)

    def arguments(self, arguments: Sequence[str]) -> tuple[str, ...]:
        """A command line without secrets: `--api-key X`, `--api-key=X` and `HF_TOKEN=X` keep their names."""
        kept: list[str] = []
        hide = False
        for argument in arguments:
            name, equals, _ = argument.partition("=")
            secret = _OPTIONS.fullmatch(name) or (equals and _NAMES.fullmatch(name))
            hide = hide and not argument.startswith("--")  # vLLM's --api-key takes several
            if hide:
                kept.append(SHOWN)
            elif secret and equals:
                kept.append(f"{name}={SHOWN}")
            else:
                kept.append(_spoken(self.text(argument)))
            hide = hide or bool(_OPTIONS.fullmatch(argument))
        return tuple(kept)

    def exchange(self, exchange: Exchange) -> Exchange:
        return replace(exchange, request=self._request(exchange.request), reply=self._reply(exchange.reply))

    def _request(self, request: Request) -> Request:
        return Request(
            request.method,
            self.text(request.path),
            self.json(request.body),
            self.headers(request.headers),
            None if request.text is None else self.text(request.text),
        )

    def _reply(self, reply: Reply) -> Reply:
        chunks = tuple(Chunk(chunk.at_ms, self.text(chunk.data)) for chunk in reply.chunks)
        return replace(reply, chunks=chunks, headers=self.headers(reply.headers), failure=self.text(reply.failure))
