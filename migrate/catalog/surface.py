"""vLLM's surface by version: options, variables, metrics, named values, architectures."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from migrate.catalog.data import load
from migrate.catalog.options import Form, Option
from migrate.catalog.targets import Target, covered_by
from migrate.catalog.versions import spans

EXPRESSION = re.compile(r"\$[\w@*]|\$[({]|\{\{|\$\$|#\{|%\w+%|<[A-Z_]+>|\{[A-Za-z_][\w.\[\]'\"]*\}")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a vLLM version refuses a word of a command line, or ignores it so that another model or setting is used.

    `index`: the word's place in the list that was checked; None where no list was. `option`: the name or spelling.
    """

    message: str
    option: str | None = None
    index: int | None = None


@dataclass(frozen=True)
class Catalog:
    """The data files of vLLM, read when first asked for."""

    @cached_property
    def options(self) -> Mapping[str, Option]:
        """Every option of every covered version, by name."""
        return {name: Option.of(name, entry) for name, entry in load("vllm-options")["options"].items()}

    @cached_property
    def _by_flag(self) -> Mapping[str, tuple[Option, ...]]:
        found: dict[str, tuple[Option, ...]] = {}
        for option in self.options.values():
            for flag in option.flags:
                found[flag] = (*found.get(flag, ()), option)
        return found

    def option(self, name: str, version: str | Target | None = None) -> Option | None:
        """The option of a name (`max-model-len`, `max_model_len`) or spelling (`--max-model-len`, `-tp`, `--no-x`).

        With a version only an option that it has. A spelling that meant different options over time gives the one of
        the version, or the newest.
        """
        flag = normal(name)
        candidates = self._by_flag.get(flag, ())
        if not candidates and flag.startswith("--") and flag[2:] in self.options:
            candidates = (self.options[flag[2:]],)
        if version is None:
            return max(candidates, key=lambda option: option.within.last is None, default=None)
        known = covered_by(version)
        return next((o for o in candidates if o.flags.get(flag, o.within).holds(known)), None)

    def form(self, name: str, version: str | Target) -> Form | None:
        """How a version reads an option; None where it has none of this name or spelling."""
        option = self.option(name, version)
        return option.at(covered_by(version)) if option else None

    def accepts(self, name: str, values: Sequence[str], version: str | Target) -> Refusal | None:
        """Why a version refuses an option with these values, or None where it takes them.

        A refusal says in which versions the option exists, what took its place as far as that is known, or which real
        option is nearest to an unknown name. Values that are expressions are taken.
        """
        option = self.option(name, version)
        form = option.at(covered_by(version)) if option else None
        if option is None or form is None:
            return Refusal(self._missing(name, version), name)
        problem = _count(form, len(values)) or _values(option, form, values, "." in name.split("=", maxsplit=1)[0])
        if not problem and option.name == "quantization" and not EXPRESSION.search(values[0]):
            problem = _unknown_quantization(values[0], covered_by(version))
        return Refusal(f"{shown(name)}: {problem}", option.name) if problem else None

    def _missing(self, name: str, version: str | Target) -> str:
        asked = version.version if isinstance(version, Target) else version
        known = self.option(name)
        flag = shown(name)
        if known is None:
            near = self.nearest(name, version)
            return f"vLLM {asked} has no option {flag}" + (f"; the nearest is {near}" if near else "")
        where = known.flags.get(normal(name), known.within)
        note = f". {known.note}" if known.note else ""
        return f"vLLM {asked} has no option {flag} (only {where}){note}"

    def nearest(self, name: str, version: str | Target) -> str | None:
        """The spelling of the version that looks most like `name`; None where nothing does."""
        known = covered_by(version)
        flags = [flag for option in self.options.values() for flag in option.spellings(known) if flag.startswith("--")]
        return next(iter(difflib.get_close_matches(normal(name), flags, 1, 0.75)), None)

    def variable(self, name: str, version: str | Target) -> Mapping[str, Any] | None:
        """What is known of an environment variable that the version reads (default, type); None: it reads none."""
        entry: dict[str, Any] | None = load("vllm-variables")["variables"].get(name)
        if entry is None or not spans(entry["in"]).holds(covered_by(version)):
            return None
        return entry

    def metric(self, name: str, version: str | Target) -> Mapping[str, Any] | None:
        """A metric of the version (type, labels, meaning); None where it exposes none of this name."""
        entry: dict[str, Any] | None = load("vllm-metrics")["metrics"].get(name)
        if entry is None or not spans(entry["in"]).holds(covered_by(version)):
            return None
        return entry

    def values(self, table: str, version: str | Target) -> frozenset[str]:
        """The names that the version knows in a table of `vllm-values`, such as `quantization`."""
        rows: dict[str, str] = load("vllm-values")[table]
        known = covered_by(version)
        return frozenset(name for name, within in rows.items() if spans(within).holds(known))

    def serves(self, architecture: str, version: str | Target) -> bool | None:
        """Whether the version's registry has a model architecture (`LlamaForCausalLM`).

        False also for what TGI served and no vLLM does. None: no covered version ever had it, so it is not known
        whether the Transformers back end runs it.
        """
        if architecture in load("vllm-architectures")["never"]:
            return False
        within: str | None = load("vllm-architectures")["architectures"].get(architecture)
        return None if within is None else spans(within).holds(covered_by(version))

    def architecture_of(self, model: str) -> str | None:
        """The architecture that a model id tells by its beginning, of those not served everywhere."""
        models: dict[str, str] = load("vllm-architectures")["models"]
        return next((found for prefix, found in models.items() if model.lower().startswith(prefix.lower())), None)

    def last_served(self, architecture: str) -> str | None:
        """The last version whose registry had an architecture; None: the newest has it, or none ever had."""
        within: str | None = load("vllm-architectures")["architectures"].get(architecture)
        last = spans(within).last if within else None
        return str(last) if last else None


@cache
def catalog() -> Catalog:
    """The one catalog of vLLM."""
    return Catalog()


def normal(name: str) -> str:
    """A spelling as the parser compares it: dashes for underscores up to the first dot, `--x` for `x`, no `=value`."""
    head = name.split("=", 1)[0].split(".", 1)[0]
    if not head.startswith("-"):
        return "--" + head.replace("_", "-")
    return head.replace("_", "-") if head.startswith("--") else head


def shown(name: str) -> str:
    """An option's name as people write it."""
    return name if name.startswith("-") else f"--{name.replace('_', '-')}"


def _count(form: Form, number: int) -> str | None:
    if not form.takes_value:
        return "it takes no value" if number else None
    if form.nargs == "?":
        return None if number <= 1 else "it takes at most one value"
    if form.nargs == "+":
        return None if number else "it needs at least one value"
    return None if number == 1 else "it takes exactly one value"


def _values(option: Option, form: Form, values: Sequence[str], dotted: bool) -> str | None:
    for value in values:
        if EXPRESSION.search(value):
            continue
        if dotted:
            return None if form.kind.startswith("json") else "it has no keys"
        problem = form.refuses(value) or _impossible(option, value)
        if problem:
            return problem
    return None


def _impossible(option: Option, value: str) -> str | None:
    """Values that the parser takes and the server refuses at start."""
    if option.name == "max-model-len" and re.fullmatch(r"0+|-(?!1$)\d+", value.strip()):
        return f"invalid value {value!r}: the context length must be positive"
    if option.name == "sse-keep-alive-interval" and value.startswith("-"):
        return f"invalid value {value!r}: the interval is not negative"
    return None


def _unknown_quantization(value: str, covered: str) -> str | None:
    """The parser takes any name from 0.9.2 on, and the server stops at one that it does not know."""
    within: str | None = load("vllm-values")["quantization"].get(value)
    if value in ("", "None") or (within and spans(within).holds(covered)):
        return None
    plugin: str | None = load("vllm-values")["quantization_notes"]["out_of_tree"].get(value)
    return f"unknown quantization method {value!r}" + (f" (needs the plugin: {plugin})" if plugin else "")
