"""Every id that a finding can have: of the rules for launches and for clients, and what the program reports itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path

from migrate.rulebook.loader import load

OWN: Mapping[str, str] = {
    "check/command": "A vLLM command line that the version does not take.",
    "check/option": "An option or value that the vLLM version does not take.",
    "client/address-unseen": "An address of TGI's API that is put together in a way that cannot be followed.",
    "client/check": "A call of a form that other servers share: check which server answers.",
    "client/curl-generate": "curl calls of TGI's own API.",
    "client/dependency": "A package that the rewritten clients need, or need no longer.",
    "client/http-generate": "Calls of TGI's own API over HTTP.",
    "client/javascript-generate": "Calls of TGI's own API in JavaScript and TypeScript.",
    "client/litellm-proxy": "A LiteLLM proxy whose model is served by TGI.",
    "client/model-name": "The model's name that vLLM wants in a request.",
    "client/openai-open": "Fields of a call in OpenAI's format that are brought in from where they cannot be seen.",
    "client/openai-usage": "The usage in the last event of a stream of completions.",
    "client/other-language": "A call of TGI's own API in a language that is reported and not rewritten.",
    "client/parameter-unknown": "A request parameter that is not known.",
    "client/parameters-open": "Request parameters that are not all written where the call stands.",
    "client/parameters-unseen": "A request body that callers build which cannot all be seen.",
    "client/reply-unseen": "A reply that goes where its use cannot be followed.",
    "client/server-needs": "What a program needs of its server, where several are started in the repository.",
    "client/stream-error": "TGI refuses inside a stream, vLLM before it.",
    "client/test-data": "What a test plays of TGI for a program that asks vLLM now.",
    "ignore/malformed": "An ignore comment without a rule or without a reason.",
    "launch/entrypoint": "Words that move between a Dockerfile's entrypoint and its command.",
    "launch/refused": "A translated command line that the vLLM version would not take; the launch stays.",
    "launch/unwritable": "A launch that cannot be rewritten where it stands.",
}


def summaries(folders: tuple[Path, ...] = ()) -> dict[str, str]:
    """The summary of every rule by its id, sorted; `folders` hold rules of the user's own.

    Raises:
        RulesInvalid: a rule file has mistakes.
    """
    rulebook = load(folders)
    calls = {rule.id: rule.summary for rule in rulebook.clients.values()}
    launches = {rule.id: rule.summary for rule in rulebook.rules.values()}
    return dict(sorted({**OWN, **calls, **launches}.items()))


def nearest(name: str, known: Iterable[str]) -> str:
    """`; did you mean A or B?` for a misspelt id, empty where none is near."""
    near = get_close_matches(name, list(known), n=3, cutoff=0.5)
    return f"; did you mean {' or '.join(near)}?" if near else ""


def unknown(patterns: Iterable[str], known: Iterable[str]) -> list[str]:
    """The ids and patterns that no known id fits."""
    listed = list(known)
    return [pattern for pattern in patterns if not any(fnmatchcase(name, pattern) for name in listed)]
