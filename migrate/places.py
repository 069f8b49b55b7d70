"""Where a launch answers: its ports on this machine, its name in a network, and what an address says about that."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from migrate.launch.arguments import read_arguments
from migrate.touchpoints import Launch

_HERE = frozenset({"localhost", "127.0.0.1", "0.0.0.0", "::1", "host.docker.internal"})
_PORT = "3000"  # of the launcher outside an image, where none is given


def elsewhere(address: str, launches: Iterable[Launch]) -> bool:
    """Whether an address on this machine is another server's: every launch says its ports, and none is this one."""
    host, port = _split(address)
    ports = [[one for one in _ports(launch) if one.isdecimal()] for launch in launches]
    here = host in _HERE and port is not None
    return here and bool(ports) and all(ports) and not any(str(port) in one for one in ports)


def _split(address: str) -> tuple[str | None, int | None]:
    """Host and port; None where the address has none, or is none."""
    try:
        parts = urlsplit(address if "//" in address else f"//{address}")
        return parts.hostname, parts.port
    except ValueError:
        return None, None


def points_at(address: str, launch: Launch) -> bool:
    """Whether an address names this launch: its service, or a port of this machine that it publishes."""
    host, port = _split(address)
    if host in _HERE:
        return port is not None and str(port) in _ports(launch)
    if host is None or launch.name is None:
        return False
    name = launch.name.lower()
    return host == name or (host.startswith(f"{name}.") and host.endswith((".svc", ".local", ".internal")))


def _given(launch: Launch, option: str, variable: str) -> list[str]:
    """The values of an option, as arguments first and then as a variable."""
    given = [one.value for one in read_arguments(launch.arguments).given if one.option == option]
    given += [one.word for one in launch.environment if one.name == variable]
    return [word.known or word.value for word in given if word]


def adapters(launch: Launch) -> list[str]:
    """The names of the LoRA adapters that the launch loads: `name=path`, `name=repository`, or a repository alone."""
    given = _given(launch, "lora-adapters", "LORA_ADAPTERS")[:1]
    return [one.split("=")[0].strip() for value in given for one in value.split(",")]


def _ports(launch: Launch) -> list[str]:
    """The ports of this machine at which the launch answers."""
    if launch.place == "host":
        return _given(launch, "port", "PORT")[:1] or [_PORT]
    return re.findall(r"(?<![\d.])(\d{2,5}):\d{2,5}(?!\d)", launch.text)
