"""`parity.yaml`: everything that a run needs, so that CI runs one command. The command line goes before it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from migrate.parity.evidence import NotNegative, Positive, Share, Thresholds

FILES = ("parity.yaml", "parity.yml")

Count = Annotated[int, Meta(ge=1)]
Text = Annotated[str, Meta(min_length=1)]


class Engines(Struct, frozen=True, forbid_unknown_fields=True):
    """Both engines, each as the command line names it (docs/parity.md); or `service`, FILE:SERVICE of a repository
    before and after its migration."""

    first: Text | None = None
    second: Text | None = None
    service: Text | None = None


class Prompts(Struct, frozen=True, forbid_unknown_fields=True):
    """`file` takes the place of the built-in suite; `passes` are the requests in flight of each pass over it. `probes`
    are requests that are meant to fail, `overload` more at once than TGI takes, `budget` the tokens that TGI gave where
    a request names no limit."""

    file: Text | None = None
    passes: Annotated[tuple[Count, ...], Meta(min_length=1)] = (1, 1, 8)
    probes: bool = True
    overload: bool = False
    budget: Count | None = None


class Load(Struct, frozen=True, forbid_unknown_fields=True):
    """One load for both engines, as `migrate parity load` takes it.

    `shape` is closed:8 (requests at once), constant:5 or poisson:5 (a second), ramp:1-10 or trace:FILE; `sweep` are
    further ones to draw a curve of. Each engine gets `blocks` of `size` requests (0: every prompt once), after
    `warm_up` blocks that do not count. `tolerance` is how much slower is accepted, in per cent, told with `confidence`.
    """

    shape: Text = "closed:8"
    sweep: tuple[Text, ...] = ()
    blocks: Count = 20
    size: Annotated[int, Meta(ge=0)] = 0
    warm_up: Annotated[int, Meta(ge=0)] = 1
    tolerance: NotNegative = 5.0
    confidence: Share = 0.95
    calibrate: bool = True


class Slo(Struct, frozen=True, forbid_unknown_fields=True):
    """What a request has to keep to count for goodput, in milliseconds."""

    ttft_ms: Positive | None = None
    tpot_ms: Positive | None = None
    e2e_ms: Positive | None = None


class Reports(Struct, frozen=True, forbid_unknown_fields=True):
    """The files that reports are written to."""

    text: Text | None = None
    markdown: Text | None = None
    html: Text | None = None
    json: Text | None = None
    junit: Text | None = None
    sarif: Text | None = None

    def files(self) -> dict[str, str]:
        """The files by format, those that are wanted."""
        return {name: path for name in self.__struct_fields__ if (path := getattr(self, name))}


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """One run. Paths are relative to the file's own folder; `together` starts both engines at once, else the first is
    stopped before the second starts; `score` has the second engine score the first one's tokens, where it takes token
    ids; `timeout` and `ready_within` are seconds."""

    engines: Engines = Engines()
    prompts: Prompts = Prompts()
    load: Load | None = None
    slo: Slo = Slo()
    thresholds: Thresholds = Thresholds()
    accepted: Text | None = None
    reports: Reports = Reports()
    folder: Text = "parity"
    together: bool = False
    score: bool = True
    timeout: Positive = 300.0
    ready_within: Positive = 600.0
    allow_inconclusive: bool = False


def find(folder: Path) -> Path | None:
    """The settings of a folder, where it has some."""
    return next((path for name in FILES if (path := folder / name).is_file()), None)


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the file, for editors."""
    _, components = msgspec.json.schema_components([Settings], ref_template="#/$defs/{name}")
    for definition in components.values():
        definition["additionalProperties"] = False
        # Python 3.13 takes the indentation out of docstrings, earlier ones leave it.
        definition["description"] = " ".join(definition["description"].split())
    whole = components.pop("Settings")
    found = {"$schema": "https://json-schema.org/draft/2020-12/schema", **whole, "$defs": components}
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(found))
    return plain
