"""Which model names the clients of a repository send to which launch."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from migrate.clients.outcome import ClientName
from migrate.touchpoints import Launch

DEFAULT = ("tgi",)
_HERE = frozenset({"localhost", "127.0.0.1", "0.0.0.0", "::1", "host.docker.internal"})


def names_for(launch: Launch, launches: Sequence[Launch], names: Sequence[ClientName]) -> tuple[str, ...]:
    """The names to serve besides the model id, in order.

    A name counts for the launches that its client's address points at, and for all where it points at none of them.
    Without any client that names a model this is `tgi`, which TGI's own documentation sends.
    """
    wanted: dict[str, None] = {}
    for one in names:
        owners = [other for other in launches if one.address and _points_at(one.address, other)]
        if one.name and (not owners or launch in owners):
            wanted[one.name] = None
    return tuple(wanted) or DEFAULT


def _points_at(address: str, launch: Launch) -> bool:
    """Whether an address names this launch: its service, or a port of this machine that it publishes."""
    try:
        parts = urlsplit(address if "//" in address else f"//{address}")
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    if host in _HERE:
        return port is not None and str(port) in _published(launch)
    return host is not None and launch.name is not None and host == launch.name.lower()


def _published(launch: Launch) -> list[str]:
    return re.findall(r"(?<![\d.])(\d{2,5}):\d{2,5}(?!\d)", launch.text)
