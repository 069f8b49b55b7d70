"""The rules for clients that speak OpenAI's format with either engine, and for fields that mean something else."""

from __future__ import annotations

from typing import ClassVar, Literal

from migrate.rulebook.client_rule import ClientRule


class SpeaksRule(ClientRule, frozen=True, kw_only=True):
    """A class that speaks OpenAI's format already.

    `names`: its arguments that hold the model's name; `address`: those with the server's; `positional`: the names of
    its positional ones. `fields`: it takes a request's fields (`chat`, `text`). `libraries`: programs that import one
    of them say name and address in a dict. `tools`: methods that send tools. `calls`: methods that send, by route.
    `again`: methods that give the object again; `between`: what may stand before the method of a call. `flat`: calls
    that take fields beyond OpenAI's beside the others. `settings`: the names of a module that is the client itself,
    where programs set the address. `environment`: variables with the address where no argument holds it. `holds`:
    arguments that are dicts of further fields. `wraps`: functions that take the object and give one like it. `hands`:
    functions that take the object and send tools with it. `prefixes`: the name begins with one of them, which is not
    sent. `stops`: methods that may send stop strings of their own.
    """

    form: ClassVar[str] = "speaks"

    speaks: list[str]
    names: list[str] = []
    address: list[str] = []
    positional: list[str] = []
    fields: Literal["chat", "text"] | None = None
    libraries: list[str] = []
    tools: list[str] = []
    calls: dict[str, Literal["chat", "text"]] = {}
    again: list[str] = []
    between: list[str] = []
    flat: list[str] = []
    settings: list[str] = []
    environment: list[str] = []
    holds: list[str] = []
    wraps: list[str] = []
    hands: list[str] = []
    prefixes: list[str] = []
    stops: list[str] = []


class IgnoredRule(ClientRule, frozen=True, kw_only=True):
    """Fields of OpenAI's format that TGI ignored on a route (`chat`, `text`: completions) and vLLM obeys."""

    form: ClassVar[str] = "ignored"

    ignored: list[str]
    route: Literal["chat", "text"] = "chat"


class DiffersRule(ClientRule, frozen=True, kw_only=True):
    """Fields of OpenAI's format that mean something else on vLLM."""

    form: ClassVar[str] = "differs"

    differs: list[str]


class RequiresRule(ClientRule, frozen=True, kw_only=True):
    """Fields of OpenAI's format that need something of the server."""

    form: ClassVar[str] = "requires"

    requires: list[str]
