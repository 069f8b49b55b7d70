"""Which model names the clients of a repository send to which launch."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from migrate.clients.outcome import ClientName
from migrate.touchpoints import Launch

DEFAULT = ("tgi",)


def names_for(launch: Launch, names: Sequence[ClientName]) -> tuple[str, ...]:
    """The names to serve besides the model id, in order: those whose URL points here, and those that say no place.

    Without any client that names a model this is `tgi`, which TGI's own documentation sends.
    """
    here = [one for one in names if one.address is None or not _elsewhere(launch, one.address)]
    return tuple(dict.fromkeys(one.name for one in here if one.name)) or DEFAULT


def _elsewhere(launch: Launch, url: str) -> bool:
    """Whether a URL certainly means another server: another published port on this machine, or another service."""
    parts = urlsplit(url if "//" in url else f"//{url}")
    published = re.findall(r"(?<![\d.])(\d{2,5}):\d{2,5}(?!\d)", launch.text)
    try:
        port = parts.port
    except ValueError:
        return False
    if parts.hostname in ("localhost", "127.0.0.1", "0.0.0.0"):
        return bool(port and published and str(port) not in published)
    return bool(launch.kind == "compose" and launch.name and parts.hostname and parts.hostname != launch.name)
