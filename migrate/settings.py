"""What a run is asked to do, after the command line was laid over the configuration file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

KEEP = ("dtype", "limit", "shutdown", "cors")


@dataclass(frozen=True, slots=True)
class Settings:
    """`target` is a vLLM version, `source` the TGI version where no image tag says it (None: the newest).

    `keep` names the defaults of TGI that are written out (see KEEP). `rules` are folders with rules of the user's own.
    `only_rules` and `ignore` are rule ids or patterns such as `launch/*`; an empty `only_rules` means all. `exclude`
    are patterns in the syntax of .gitignore.
    """

    target: str = "0.32.0"
    source: str | None = None
    keep: frozenset[str] = frozenset()
    rules: tuple[Path, ...] = ()
    only_rules: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
