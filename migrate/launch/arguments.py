"""Reads a TGI command line the way its launcher does: the options given, by which words, and what it refused."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from migrate.catalog import tgi
from migrate.touchpoints import Variable, Word

_BOOLEAN_WORDS = frozenset({"true", "false", "1", "0", "yes", "no", "True", "False"})


@dataclass(frozen=True, slots=True)
class Given:
    """One option as it is given: by arguments `first:last`, or by variable number `variable`."""

    option: str
    written: str
    value: Word | None
    first: int = -1
    last: int = -1
    variable: int = -1

    @property
    def by_flag(self) -> bool:
        return self.variable < 0


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about words `first:last` or variable number `variable`, mostly that TGI refused them.

    `kind` is what a rule's `remark` names; without a range nothing is changed. `reason`: what TGI refused of a value.
    """

    kind: str
    written: str
    word: Word
    first: int = -1
    last: int = -1
    variable: int = -1
    nearest: str = ""
    reason: str = ""


@dataclass
class CommandLine:
    """The options of one launch in order, words that come from elsewhere (`"$@"`), and remarks."""

    given: list[Given] = field(default_factory=list)
    foreign: list[int] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


def read_arguments(words: Sequence[Word]) -> CommandLine:
    """Split launcher arguments into options; abbreviations and underscores are remarks, as in TGI."""
    line = CommandLine()
    index = 0
    while index < len(words):
        index = _read_one(words, index, line)
    return line


def _read_one(words: Sequence[Word], index: int, line: CommandLine) -> int:
    word = words[index]
    if not word.value.startswith("-") or word.value == "-":
        if word.expression:
            line.foreign.append(index)
        else:
            line.remarks.append(Remark("positional", word.value, word, index, index + 1))
        return index + 1
    flag, equals, rest = word.value.partition("=")
    option = tgi.option(flag)
    if option is None:
        last = index + 1
        while last < len(words) and not equals and not words[last].value.startswith("-") and not words[last].expression:
            last += 1
        if (
            not equals
            and last == index + 1
            and last < len(words)
            and words[last].expression
            and _stands_alone(words, last)
        ):
            last += 1
        line.remarks.append(Remark("unknown-option", flag, word, index, last, nearest=_nearest(flag)))
        return last
    if option.switch:
        return _read_switch(words, index, option.name, equals, line)
    if equals:
        line.given.append(Given(option.name, flag, _after_equals(word, flag, rest), index, index + 1))
        return index + 1
    if index + 1 < len(words) and not words[index + 1].value.startswith("--"):
        line.given.append(Given(option.name, flag, words[index + 1], index, index + 2))
        return index + 2
    line.remarks.append(Remark("no-value", flag, word, index, index + 1))
    return index + 1


def _nearest(flag: str) -> str:
    option = tgi.nearest(flag)
    return option.flag if option else "none"


def _stands_alone(words: Sequence[Word], index: int) -> bool:
    """Whether the expression at `index` is an unknown option's value rather than words from elsewhere."""
    return not words[index].value.endswith(("@", "@}", "*", "*}")) and "args" not in words[index].value.lower()


def _read_switch(words: Sequence[Word], index: int, name: str, equals: str, line: CommandLine) -> int:
    word = words[index]
    takes = not equals and index + 1 < len(words) and words[index + 1].value in _BOOLEAN_WORDS
    last = index + 1 + takes
    if equals or takes:
        line.remarks.append(Remark("value-of-switch", word.value.partition("=")[0], word, index, last))
        value = words[index + 1].value if takes else word.value.partition("=")[2]
        if value.lower() in ("false", "0", "no"):
            return last
    line.given.append(Given(name, word.value.partition("=")[0], None, index, last))
    return last


def _after_equals(word: Word, flag: str, value: str) -> Word:
    """The value of `--flag=value` as a word of its own; its raw text loses the flag where that stands unquoted, or in a
    string of Python behind its first quotes."""
    head = f"{flag}="
    quotes = re.match(r"[fFrR]*(?:\"{3}|'{3}|[\"'])" if word.dialect == "python" else "", word.raw)
    start = quotes[0] if quotes else ""
    raw = start + word.raw[len(start) + len(head) :] if word.raw.startswith(start + head) else ""
    resolved = word.resolved.partition("=")[2] if word.resolved is not None else None
    return Word(value, word.path, word.span, raw, word.dialect, word.expression, resolved)


def read_environment(variables: Sequence[Variable], taken: Sequence[str]) -> Iterator[Given | Remark]:
    """Options given by variables; `taken` names variables that rules of their own handle.

    A boolean variable must say exactly `true`; `false` is a flag that is not given; anything else stopped TGI.
    """
    for number, variable in enumerate(variables):
        option = tgi.option(variable.name)
        if option is None or option.env != variable.name or variable.name in taken:
            continue
        word = variable.word
        if option.switch and not word.expression:
            if word.value == "true":
                yield Given(option.name, variable.name, None, variable=number)
            elif word.value == "false":
                yield Remark("false-variable", variable.name, word, variable=number)
            else:
                yield Remark("boolean-variable", variable.name, word, variable=number)
            continue
        yield Given(option.name, variable.name, word, variable=number)
