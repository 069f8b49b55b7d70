"""Prompts from a file, whichever of the known kinds it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from migrate.mistakes import text_of
from migrate.parity.exchange import Json
from migrate.parity.prompts import access_log, batch, har, lines, table
from migrate.parity.prompts.prompt import Prompt, PromptError
from migrate.parity.prompts.sendable import checked
from migrate.parity.stream import parse

Reader = Callable[[str, str], list[Prompt]]
_SUFFIXES: dict[str, Reader] = {".csv": table.read, ".tsv": table.read, ".har": har.read}


def load(path: Path) -> tuple[Prompt, ...]:
    """Prompts of JSON Lines, CSV, an OpenAI batch file, a HAR file or an access log with bodies.

    The kind is seen by the suffix (.csv, .tsv, .har) or else by the first line. What was captured twice is asked once.

    Raises:
        PromptError: the file holds no prompts, a line that is none, or two of the same name.
    """
    text = text_of(path, PromptError)
    reader = _reader(path, text)
    prompts = [checked(str(path), prompt) for prompt in _once(reader(str(path), text))]
    twice = next((name for name, times in Counter(prompt.name for prompt in prompts).items() if times > 1), None)
    if twice is not None:
        raise PromptError(f"{path}: two prompts are named {twice}: give each a name of its own")
    if not prompts:
        raise PromptError(f"{path}: no prompts: {_CAPTURED if reader in (har.read, access_log.read) else _KINDS}")
    return tuple(prompts)


_KINDS = "JSON Lines, CSV, an OpenAI batch file, a HAR file or an access log with request bodies is needed"
_CAPTURED = (
    "none of its requests is a POST to a route that generates (/generate, /generate_stream, /, /invocations, "
    "/v1/chat/completions, /v1/completions)"
)


def _reader(path: Path, text: str) -> Reader:
    known = _SUFFIXES.get(path.suffix.lower())
    if known:
        return known
    first = text.lstrip().partition("\n")[0]
    data = parse(first)
    if not isinstance(data, dict):
        return _of_no_line(text, first)
    if har.claims(data):
        return har.read
    if batch.claims(data):
        return batch.read
    return access_log.read if access_log.claims(data) else lines.read


def _of_no_line(text: str, first: str) -> Reader:
    """A first line that is no JSON: a log of another form, or a HAR file that is laid out over many lines."""
    if access_log.claims_text(first):
        return access_log.read
    whole: Json = parse(text) if first.startswith("{") else None
    return har.read if har.claims(whole) else lines.read


def _once(prompts: Sequence[Prompt]) -> list[Prompt]:
    """Captured requests without their repetitions; what a person wrote down twice is left alone."""
    known: set[str] = set()
    kept: list[Prompt] = []
    for prompt in prompts:
        key = repr(prompt.asked)
        if prompt.asked is None or key not in known:
            kept.append(prompt)
        known.add(key)
    return kept
