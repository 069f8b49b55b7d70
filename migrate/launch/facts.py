"""What rules may ask of a launch, worked out once: TGI version, build, options that count, GPUs, model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from migrate.catalog import images, tgi
from migrate.launch.arguments import CommandLine, Given, Remark, read_arguments, read_environment
from migrate.rulebook import Rulebook
from migrate.rulebook.model import as_list
from migrate.touchpoints import Launch, Variable, Word

NEWEST_TGI = tgi.versions()[-1].removeprefix("v")
_NUMBERS = frozenset({"integer", "port", "float"})
_OWN_RULES = frozenset({"quantize", "dtype"})  # which say what another word may have meant
_CPU_BUILDS = frozenset({"intel-cpu"})


@dataclass(frozen=True)
class Setting:
    """What the run was asked for and what the repository knows about this launch besides its own text.

    `target`: vLLM version. `source`: TGI version of `--from`. `names`: model names that clients
    send to it, `adapters` those of LoRA adapters, `features` what clients need switched on. `keep`:
    words of `--keep`. `browser`: whether the repository has code that runs in a browser. `served`: whether the target
    serves the model's architecture, None when unknown.
    """

    target: str
    source: str | None = None
    names: tuple[str, ...] = ()
    adapters: tuple[str, ...] = ()
    features: frozenset[str] = frozenset()
    keep: frozenset[str] = frozenset()
    browser: bool = False
    served: bool | None = None


@dataclass(frozen=True)
class Facts:
    """One launch as the rules see it."""

    launch: Launch
    setting: Setting
    image: images.TgiImage | None
    options: Mapping[str, tuple[Given, ...]]
    overridden: tuple[Given, ...]
    repeated: tuple[Given, ...]
    line: CommandLine
    remarks: tuple[Remark, ...] = field(default=())

    @property
    def variant(self) -> str:
        """The build of TGI, `none` where the bare launcher runs outside an image."""
        return self.image.variant if self.image else "none"

    @cached_property
    def version(self) -> str:
        """The TGI version: the image's tag says it, else `--from`, else the newest (as `latest` was)."""
        return (self.image and self.image.version) or self.setting.source or NEWEST_TGI

    @cached_property
    def variables(self) -> dict[str, Variable]:
        return {variable.name: variable for variable in self.launch.environment}

    @property
    def model(self) -> Word | None:
        given = self.options.get("model-id")
        return given[0].value if given else None

    @cached_property
    def gpus(self) -> tuple[str, int]:
        """(none, one, several or all; count). CUDA_VISIBLE_DEVICES counts before NVIDIA_VISIBLE_DEVICES, as in TGI."""
        if self.variant in _CPU_BUILDS:
            return "none", 0
        for name in ("CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES"):
            known = self.variables[name].word.known if name in self.variables else None
            if known:
                return _count(known)
        gpus = self.launch.gpus
        if gpus.kind != "list":
            return gpus.kind, 0
        return ("several" if gpus.count > 1 else "one" if gpus.count else "none"), gpus.count


def _count(devices: str) -> tuple[str, int]:
    if devices in ("all", "void", "none", ""):
        return ("all" if devices == "all" else "none"), 0
    count = len([entry for entry in devices.split(",") if entry.strip()])
    return ("several" if count > 1 else "one"), count


def read_facts(launch: Launch, setting: Setting, rulebook: Rulebook) -> Facts:
    """Apply TGI's precedence (command line, then variable) to what the format read."""
    line = read_arguments(launch.arguments)
    reference = launch.image or launch.runs_in
    image = _recognise(reference) if reference else None
    aliases = _aliases(rulebook, image.variant if image else "none")
    options: dict[str, list[Given]] = {}
    overridden: list[Given] = []
    repeated: list[Given] = []
    remarks = list(line.remarks)
    for given in line.given:
        known = options.setdefault(given.option, [])
        if known and not _repeatable(given.option):
            repeated.append(given)
        else:
            known.append(given)
    own = [name for name in (v.name for v in launch.environment) if rulebook.matching("variable", name)]
    entries = list(read_environment(launch.environment, own))
    for number, variable in enumerate(launch.environment):
        if variable.name in aliases:
            entries.append(Given(aliases[variable.name], variable.name, variable.word, variable=number))
    for entry in entries:
        if isinstance(entry, Remark):
            remarks.append(entry)
        elif entry.option in options:
            overridden.append(entry)
        else:
            options[entry.option] = [entry]
    version = (image and image.version) or setting.source or NEWEST_TGI
    remarks += list(_refused(options, version))
    return Facts(
        launch,
        setting,
        image,
        {name: tuple(entries) for name, entries in options.items() if entries},
        tuple(overridden),
        tuple(repeated),
        line,
        tuple(remarks),
    )


def _refused(options: Mapping[str, list[Given]], version: str) -> Iterator[Remark]:
    """Takes out numbers that are none and words that are no choice: TGI's launcher did not start with them."""
    for name, entries in options.items():
        known = tgi.option(name)
        value = entries[0].value
        if known is None or known.form or value is None or value.certain is None:
            continue
        if known.kind not in _NUMBERS and (known.kind != "enum" or (name in _OWN_RULES and value.certain)):
            continue
        if why := tgi.validate(name, value.certain, version):
            one = entries.pop(0)
            yield Remark("refused-value", one.written, value, one.first, one.last, one.variable, reason=why)


def _recognise(reference: Word) -> images.TgiImage | None:
    """The build as written, so that a tag in a variable is seen; what the reference resolves to tells the version."""
    written = images.recognise(reference.value)
    resolved = images.recognise(reference.known) if reference.known else None
    if written and resolved:
        return replace(written, version=resolved.version or written.version)
    return written or resolved


def _repeatable(name: str) -> bool:
    option = tgi.option(name)
    return option is not None and option.form in ("repeated", "list")


def _aliases(rulebook: Rulebook, variant: str) -> dict[str, str]:
    """Variables that stand for an option in this build (`HF_MODEL_ID` in AWS images)."""
    found: dict[str, str] = {}
    for rule in rulebook.rules.values():
        wanted = rule.when.image
        if rule.alias and (wanted is None or variant in as_list(wanted)):
            found |= dict.fromkeys(as_list(rule.match.variable), rule.alias)
    return found
