"""What a container gets besides its arguments: variables, mounts, GPUs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from migrate.formats import env_file
from migrate.formats.built_images import Built
from migrate.formats.commandline import quote
from migrate.formats.definitions import find_file, mark_of
from migrate.formats.docker.options import Option, bind, gpus_of, mounted, visible
from migrate.formats.shell.context import Reading
from migrate.formats.shell.words import Lexed
from migrate.source import Source
from migrate.touchpoints import Gpus, Mount, Token, Variable, Word

Origin = Option | Source | None


@dataclass
class Environment:
    """What the process sees, each variable with the option or env file that sets it (None: the image itself), and what
    env files say that something stronger overrides."""

    entries: dict[str, tuple[Variable, Origin]] = field(default_factory=dict)
    overridden: list[tuple[Variable, Source]] = field(default_factory=list)

    @property
    def variables(self) -> tuple[Variable, ...]:
        return tuple(variable for variable, _ in self.entries.values())

    def entry(self, index: int) -> tuple[Variable, Origin]:
        """A variable of `variables` with its origin."""
        return list(self.entries.values())[index]

    def lay_over(self, variable: Variable, origin: Option | Source) -> None:
        lower, place = self.entries.get(variable.name, (None, None))
        if lower and isinstance(place, Source) and place is not origin:
            self.overridden.append((lower, place))
        self.entries[variable.name] = (variable, origin)


def read_environment(
    reading: Reading, words: Sequence[Lexed], options: Sequence[Option], built: Built | None
) -> Environment:
    """`-e` wins over `--env-file`, a later one over an earlier one, all over the image's own."""
    found = Environment()
    for option in (one for one in options if one.name == "env-file"):
        path = find_file(reading.repo, reading.path, reading.definitions.resolve(option.value(words)) or "-")
        source = reading.repo.source(path) if path else None
        if source:
            for variable in env_file.variables(source):
                shared = env_file.sourced_by_user(variable.name, source.path, reading.repo)
                found.lay_over(replace(variable, shared=shared), source)
    for option in options:
        if option.name == "env" and option.at >= 0:
            found.lay_over(_variable(reading, words, option), option)
    for variable in built.variables if built else ():
        found.entries.setdefault(variable.name, (variable, None))
    return found


def known(reading: Reading, words: Sequence[Lexed], option: Option) -> str:
    """An option's value, as far as the script tells it."""
    value = option.value(words)
    return reading.definitions.resolve(value) or value


def last_of(options: Sequence[Option], name: str) -> Option | None:
    """The option that counts where one is given twice."""
    return next((option for option in reversed(options) if option.name == name), None)


def _variable(reading: Reading, words: Sequence[Lexed], option: Option) -> Variable:
    lexed = words[option.at]
    fragment = reading.fragment
    name, equals, value = option.value(words).partition("=")
    span = fragment.span(words[option.first].start, words[option.last - 1].end)
    start = option.offset + len(name) + 1
    if not equals:
        word = Word(f"${name}", reading.path, fragment.span(lexed.start, lexed.end), "", reading.context.dialect, True)
        return Variable(name, word, span, passed=True)
    place = fragment.span(lexed.places[start], lexed.end) if start < len(lexed.places) else span
    expression = (lexed.expression and "$" in value) or "{{" in value
    word = Word(value, reading.path, place, "", reading.context.dialect, expression)
    raw = fragment.text[lexed.places[start] - len(mark_of(fragment.text, lexed, start)) : lexed.end]
    whole = lexed.quote or (raw[:1] in ("'", '"')) != (raw[-1:] in ("'", '"'))
    raw = quote(Token(value, expression=expression), word.dialect) if whole else raw
    known = reading.definitions.resolve(value) if expression else None
    return Variable(name, replace(word, raw=raw, resolved=known), span, private=True)


def read_mounts(reading: Reading, words: Sequence[Lexed], options: Sequence[Option]) -> list[Mount]:
    """The volumes and bind mounts of `-v` and `--mount`."""
    mounts: list[Mount] = []
    for option in options:
        if option.at < 0 or option.name not in ("volume", "mount"):
            continue
        lexed, value = words[option.at], option.value(words)
        span = reading.fragment.span(lexed.start, lexed.end)
        pair = bind(value) if option.name == "volume" else mounted(value)
        if pair:
            mounts.append(Mount(*pair, span))
    return mounts


def read_gpus(
    reading: Reading, words: Sequence[Lexed], options: Sequence[Option], variables: Sequence[Variable]
) -> Gpus:
    """The GPUs of the container: the ones asked for, narrowed by what the variables show."""
    for variable in variables:
        if variable.name == "CUDA_VISIBLE_DEVICES" and variable.word.known:
            return visible(variable.word.known)
    option = last_of(options, "gpus")
    if option:
        return gpus_of(known(reading, words, option))
    devices = [o.value(words) for o in options if o.name == "device"]
    named = [device.partition("=")[2] for device in devices if device.startswith("nvidia.com/gpu=")]
    if named:
        return Gpus("all") if "all" in named else Gpus("list", len(named))
    runtime = last_of(options, "runtime")
    for variable in variables:
        if variable.name == "NVIDIA_VISIBLE_DEVICES" and runtime:
            return visible(variable.word.known or "all")
    return Gpus("all") if runtime and runtime.value(words) == "nvidia" else Gpus()
