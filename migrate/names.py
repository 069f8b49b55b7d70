"""What the clients of a repository ask of which launch (model names, adapters, features), and what that ties."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from migrate.clients.outcome import ClientName, ClientNeed, Clients
from migrate.findings import Finding, Safety
from migrate.places import adapters, points_at
from migrate.touchpoints import Launch

DEFAULT = ("tgi",)
UNPLACED = "client/server-needs"
_FLAGS = {"tool-call-parser": "--enable-auto-tool-choice and --tool-call-parser for its model"}


@dataclass(frozen=True)
class Asked:
    """What one launch is to offer: names besides the model id, adapters, features; `groups` are those of the askers."""

    names: tuple[str, ...] = DEFAULT
    adapters: tuple[str, ...] = ()
    features: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()


def asked_of(launch: Launch, launches: Sequence[Launch], clients: Clients) -> Asked:
    """What is asked of a launch.

    A name counts for the launches that its client's address points at, and for all where it points at none of them;
    the name of an adapter that the launch loads is no name of its model.
    Adapters and features count only where it is known which launch is meant. Without any client that names a model
    the name is `tgi`, which TGI's own documentation sends.
    """
    names: dict[str, None] = {}
    for one in clients.names:
        owners = _owners(one.address, launches)
        if one.name and not one.adapter and (not owners or launch in owners):
            names[one.name] = None
    for adapter in adapters(launch):
        names.pop(adapter, None)
    mine = [one for one in _all(clients) if _meant(one, launches) == [launch]]
    return Asked(
        tuple(names) or DEFAULT,
        tuple(dict.fromkeys(one.name for one in mine if isinstance(one, ClientName) and one.adapter)),
        frozenset(one.feature for one in mine if isinstance(one, ClientNeed)),
        frozenset(one.group for one in mine if one.group),
    )


def unplaced(launches: Sequence[Launch], clients: Clients) -> list[Finding]:
    """What programs need of a server where several are started here and it is not known which is meant."""
    found = []
    for one in _all(clients):
        if len(launches) < 2 or len(_meant(one, launches)) == 1:
            continue
        if isinstance(one, ClientNeed):
            what = _FLAGS.get(one.feature, one.feature)
        elif one.adapter:
            what = f"--enable-lora and --lora-modules {one.name}=PATH"
        else:
            continue
        message = f"several servers are started in this repository; the one that this program talks to needs {what}"
        found.append(Finding(UNPLACED, one.path, one.span, "client", Safety.REVIEW, message, "", one.group))
    return found


def tied(findings: Iterable[Finding], groups: Mapping[str, str]) -> list[Finding]:
    """The findings with the groups of programs replaced by that of the launch that they ask something of."""
    return [replace(one, group=groups.get(one.group, one.group)) for one in findings]


def held_back(findings: Iterable[Finding], groups: frozenset[str], launch: Launch) -> list[Finding]:
    """The findings of programs whose launch stays as it is: nothing of them is written either."""
    reason = f"; stays with the launch in {launch.path} that serves it, which is not written"
    return [
        replace(one, safety=Safety.MANUAL, message=one.message + reason, edits=())
        if one.group in groups and one.edits
        else one
        for one in findings
    ]


def _all(clients: Clients) -> tuple[ClientName | ClientNeed, ...]:
    return (*clients.names, *clients.asked)


def _meant(one: ClientName | ClientNeed, launches: Sequence[Launch]) -> list[Launch]:
    """The launches that a program talks to: those that its address names, else the only one."""
    owners = _owners(one.address, launches)
    return owners or (list(launches) if len(launches) == 1 else [])


def _owners(address: str | None, launches: Sequence[Launch]) -> list[Launch]:
    return [launch for launch in launches if address and points_at(address, launch)]
