"""The variables that reach a launcher which a script starts, and the GPUs that they show."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from migrate.formats.commandline import quote
from migrate.formats.definitions import Definition, mark_of
from migrate.formats.docker.options import visible
from migrate.formats.shell.context import Reading
from migrate.formats.shell.words import Lexed
from migrate.touchpoints import Gpus, Token, Variable, Word

_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=")
Origin = int | Definition | None


def read_environment(reading: Reading, words: Sequence[Lexed], at: int) -> list[tuple[Variable, Origin]]:
    """What the launcher at word `at` sees: variables of the surrounding, then exported ones, then assignments of the
    command; each with the definition or the index of the word that sets it."""
    found: dict[str, tuple[Variable, Origin]] = {
        variable.name: (variable, None) for variable in reading.context.environment
    }
    start = reading.fragment.offsets[words[0].start]
    for definition in reading.definitions:
        before = definition.text.source.path != reading.path or definition.span.start < start
        if definition.exported and before and not definition.array and not definition.appended:
            found[definition.name] = (_exported(reading, definition), definition)
    if "MODEL_ID" not in found and not reading.definitions.of("MODEL_ID"):
        found |= {variable.name: (variable, None) for variable in _named_model(reading, words)}
    for index, word in enumerate(words[:at]):
        match = _ASSIGNMENT.match(word.value)
        if match:
            found[match[1]] = (_inline(reading, word, match), index)
    return list(found.values())


def _named_model(reading: Reading, words: Sequence[Lexed]) -> list[Variable]:
    """MODEL_ID where a script reads it without setting it: whoever starts the script gives it to the launcher too."""
    fragment = reading.fragment
    if reading.context.dialect != "shell":
        return []
    for match in re.finditer(r"\$\{?MODEL_ID\b", fragment.text):
        if not words[0].start <= match.start() < words[-1].end:
            place = fragment.span(*match.span())
            word = Word("$MODEL_ID", reading.path, place, '"$MODEL_ID"', "shell", expression=True)
            return [Variable("MODEL_ID", word, place, shared=True)]
    return []


def _exported(reading: Reading, definition: Definition) -> Variable:
    text = definition.text
    raw = text.source.text[definition.span.start : definition.span.end].partition("=")[2].rstrip("\r\n")
    known = reading.definitions.resolve(definition.value) if definition.expression else None
    span = text.span(0, len(text.text))
    word = Word(definition.value, text.source.path, span, raw, definition.dialect, definition.expression, known)
    shared = definition.weak or _read_elsewhere(reading, definition)
    if shared and definition.dialect == "shell" and (definition.weak or _is_fallback(reading, definition)):
        own = f"${definition.name}"
        word = replace(word, value=own, raw=f'"{own}"', expression=True, resolved=None)
    return Variable(definition.name, word, definition.span, shared=shared)


def _is_fallback(reading: Reading, definition: Definition) -> bool:
    """Whether the script asks first if the variable has a value: then what it assigns need not be what counts."""
    asks = re.compile(rf"-[zn]\s+\"?\$\{{?{definition.name}\b")
    return asks.search(reading.fragment.source.text) is not None


def _read_elsewhere(reading: Reading, definition: Definition) -> bool:
    """Whether the script names the variable outside its definition."""
    text = reading.fragment.source.text
    reference = re.compile(rf"\$\{{?{definition.name}\b|\$\({definition.name}\)|\bprintenv\s+{definition.name}\b")
    own = definition.span if definition.text.source.path == reading.path else None
    return any(own is None or match.start() not in own for match in reference.finditer(text))


def _inline(reading: Reading, lexed: Lexed, match: re.Match[str]) -> Variable:
    fragment, start = reading.fragment, match.end()
    value = lexed.value[start:]
    expression = lexed.expression and "$" in value
    raw = fragment.text[lexed.places[start] - len(mark_of(fragment.text, lexed, start)) : lexed.end]
    known = reading.definitions.resolve(value) if expression else None
    place = fragment.span(lexed.places[start], lexed.end)
    word = Word(value, reading.path, place, raw, reading.context.dialect, expression, known)
    whole = (raw[:1] in ("'", '"')) != (raw[-1:] in ("'", '"')) or lexed.quote
    if whole or not raw:
        word = replace(word, raw=quote(Token(value, expression=expression), word.dialect))
    return Variable(match[1], word, fragment.span(lexed.start, lexed.end), private=True)


def gpus_of(variables: Sequence[Variable]) -> Gpus:
    """The GPUs that the environment shows; without a word on it TGI takes one."""
    for name in ("CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES"):
        for variable in variables:
            if variable.name == name:
                return visible(variable.word.known if variable.word.known is not None else "all")
    return Gpus()
