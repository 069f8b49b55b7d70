"""TGI's surface by version: options, variables, images' defaults, metrics, routes, and what its launcher refused."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from migrate.catalog.data import load
from migrate.catalog.versions import Spans, covered, spans, version

_INTEGER = re.compile(r"\+?\d+")
_FLOAT = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?(?:inf|infinity|nan)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TgiOption:
    """A launcher option. `name` has dashes (`max-input-length`), `env` is its variable (None for `--env`).

    `kind` and `values` are those of the newest version that has it: string, integer, port, float, boolean, enum.
    `form`: flag (takes no value on the command line), repeated, list (comma separated), or empty.
    `entry` holds everything the data states.
    """

    name: str
    flag: str
    env: str | None
    short: str | None
    kind: str
    form: str
    within: Spans
    entry: Mapping[str, Any]

    @property
    def values(self) -> tuple[str, ...]:
        """The values of an enum in the newest version that has it."""
        return self.values_at(None)

    @property
    def switch(self) -> bool:
        """Whether the flag stands alone."""
        return self.form == "flag"

    def exists(self, tgi: str | None) -> bool:
        """Whether a TGI version has it; None: any version."""
        return tgi is None or self.within.holds(_known(tgi))

    def kind_at(self, tgi: str | None) -> str:
        """The type in a version: `quantize` was a boolean up to 0.6.0."""
        kind: str = _at(self.entry.get("types", self.kind), tgi) or self.kind
        return kind

    def values_at(self, tgi: str | None) -> tuple[str, ...]:
        """The values of an enum in a version; None: the newest."""
        return tuple(_at(self.entry.get("values", []), tgi) or ())

    def default_at(self, tgi: str | None) -> str | None:
        """The default in a version as text; None: unset, or worked out at start (`max-total-tokens` from 2.0.0 on)."""
        default: str | None = _at(self.entry.get("default"), tgi)
        return default


def versions() -> Sequence[str]:
    """Every tag of TGI, ascending."""
    known: list[str] = load("tgi-options")["versions"]
    return known


def _known(tgi: str) -> str:
    """The tag that a version stands for: itself, or the nearest one below (the first for anything older)."""
    return covered(tgi, versions()) or versions()[0]


def _at(facts: Any, tgi: str | None) -> Any:
    """A fact that holds for all versions, or the one of a version where the data lists when each began."""
    if not isinstance(facts, dict):
        return facts
    asked = version(_known(tgi) if tgi else versions()[-1])
    began = [since for since in facts if version(since) <= asked]
    return facts[began[-1]] if began else None


@cache
def options() -> Mapping[str, TgiOption]:
    """Every launcher option of every version, by name."""
    return {name: _option(name, entry) for name, entry in load("tgi-options")["options"].items()}


def _option(name: str, entry: Mapping[str, Any]) -> TgiOption:
    return TgiOption(
        name,
        f"--{name}",
        entry.get("env", name.replace("-", "_").upper()),
        entry.get("short"),
        entry["type"],
        entry.get("form", ""),
        spans(entry["in"]),
        entry,
    )


@cache
def _names() -> Mapping[str, tuple[TgiOption, ...]]:
    found: dict[str, tuple[TgiOption, ...]] = {}
    for option in options().values():
        for spelling in filter(None, (option.name, option.flag, option.env, option.short)):
            found[spelling] = (*found.get(spelling, ()), option)
    return found


def option(name: str, tgi: str | None = None) -> TgiOption | None:
    """The option of a flag (`--num-shard`), variable (`NUM_SHARD`), short flag (`-p`) or name; None: TGI has none.

    With a version only an option that it has. Spellings are exact, as the launcher's parser wanted them: `--num_shard`
    is none. `-p` is the port, which wins over the other option of that letter.
    """
    return next((found for found in _names().get(name, ()) if found.exists(tgi)), None)


def nearest(name: str, tgi: str | None = None) -> TgiOption | None:
    """The option that a misspelt flag or variable most likely means; None where nothing is near."""
    upper = name.isupper()
    spellings = {
        (found.env if upper else found.flag): found for found in options().values() if found.exists(tgi) and found.flag
    }
    asked = name if upper else "--" + name.lstrip("-").replace("_", "-").lower()
    close = difflib.get_close_matches(asked, [text for text in spellings if text], 1, 0.7)
    return spellings[close[0]] if close else None


def validate(name: str, value: str | None, tgi: str | None = None, *, variable: bool = False) -> str | None:
    """Why TGI refused a value of an option, or None where it took it. `value` None: the flag stood alone.

    The launcher was strict: enum values exact and case-sensitive, variables of booleans exactly `true` or `false`, no
    value behind a switch. Raises KeyError for a name that is no option.
    """
    found = options()[name]
    kind = found.kind_at(tgi)
    if found.switch and not variable:
        return None if value is None else f"{found.flag} takes no value"
    if value is None:
        return f"{found.flag} needs a value"
    if found.form == "list":
        return next(filter(None, (_refused(found, "integer", part, tgi) for part in value.split(","))), None)
    return _refused(found, kind, value, tgi)


def _refused(found: TgiOption, kind: str, value: str, tgi: str | None) -> str | None:
    if kind == "boolean" and value not in ("true", "false"):
        return f"{value!r} is neither true nor false"
    if kind == "enum" and value not in found.values_at(tgi):
        return f"{value!r} is not one of {', '.join(found.values_at(tgi))}"
    if kind == "integer" and not _INTEGER.fullmatch(value):
        return f"{value!r} is not a whole number"
    if kind == "port" and not (_INTEGER.fullmatch(value) and int(value) <= 65535):
        return f"{value!r} is not a port"
    if kind == "float" and not _FLOAT.fullmatch(value):
        return f"{value!r} is not a number"
    return None


def variable(name: str) -> Mapping[str, Any] | None:
    """What is known of an environment variable of TGI besides the launcher options' own; None: TGI names none such."""
    data = load("tgi-variables")
    entry: dict[str, Any] | None = data["variables"].get(name) or data["special"].get(name)
    return entry


def build(variant: str, tgi: str | None = None) -> Mapping[str, Any]:
    """What an image sets: `port`, `hf_home` or `hub_cache`, `entrypoint`, `cmd`, `workdir`; None: the newest build.

    A version before the first build of a variant gives that first one; an unknown variant gives nothing.
    """
    builds: list[dict[str, Any]] = load("tgi-images")["variants"].get(variant, {}).get("builds", [])
    asked = _known(tgi) if tgi else versions()[-1]
    earlier = [entry for entry in builds if spans(entry["in"]).first <= version(asked)]
    return earlier[-1] if earlier else builds[0] if builds else {}


def default_port(variant: str | None) -> int:
    """The port that an image listens on when nobody says one; None: the bare launcher, 3000."""
    port: int = build("cuda" if variant in ("ci", "sif") else variant or "").get("port", 3000)
    return port


def metric(name: str) -> Mapping[str, Any] | None:
    """A metric of TGI (type, labels, meaning), also by the name of one of its series; None: TGI has none such."""
    metrics: dict[str, dict[str, Any]] = load("tgi-metrics")["metrics"]
    return metrics.get(name) or metrics.get(re.sub(r"_(?:bucket|sum|count)$", "", name))


def routes() -> Mapping[str, Mapping[str, Any]]:
    """The routes, as `POST /generate`, with their request, response, versions and whether --api-key guards them."""
    found: dict[str, dict[str, Any]] = load("tgi-routes")["routes"]
    return found


def fields(schema: str) -> Mapping[str, Mapping[str, Any]]:
    """The fields of a request or response body such as `GenerateParameters`; raises KeyError for any other name."""
    data = load("tgi-routes")
    found: dict[str, dict[str, Any]] = (data["requests"] | data["responses"])[schema]["fields"]
    return found
