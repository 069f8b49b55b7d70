"""Objects that jq builds: `{inputs: $p, parameters: {max_new_tokens: 5}}` in a form that reads like JSON."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_KEY = re.compile(r'\s*(?:([A-Za-z_]\w*)|"([A-Za-z_]\w*)")\s*:')
_LITERAL = re.compile(r'\s*(?:-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null|"(?:[^"\\]|\\[^(])*")\s*')
_LIST = re.compile(rf"\s*\[(?:{_LITERAL.pattern}(?:,{_LITERAL.pattern})*)?\s*\]\s*")
OPEN, CLOSE = "([{", ")]}"


@dataclass
class _Written:
    """The new text, and for each of its characters the index of the old one."""

    text: str = ""
    places: list[int] = field(default_factory=list)

    def add(self, text: str, start: int) -> None:
        self.text += text
        self.places += range(start, start + len(text))


def json_of(text: str) -> tuple[str, list[int]] | None:
    """A filter that is one object, with quoted keys and names in the place of what is worked out.

    Also the index of each character in the filter, and of its end. None: it is something else.
    """
    start = len(text) - len(text.lstrip())
    written = _Written()
    end = _object(text, start, written)
    if end is None or text[end:].strip():
        return None
    return written.text, [*written.places, end]


def _object(text: str, at: int, written: _Written) -> int | None:
    if text[at : at + 1] != "{":
        return None
    written.add("{", at)
    at += 1
    while True:
        match = _KEY.match(text, at)
        if match is None:
            break
        name = 1 if match[1] else 2
        written.add(text[at : match.start(name) - (name == 2)], at)
        written.text += f'"{match[name]}"'
        first, last = match.start(name), match.end(name)
        before, after = (first - 1, last) if name == 2 else (first, last - 1)
        written.places += [before, *range(first, last), after]
        rest = last + (name == 2)
        written.add(text[rest : match.end()], rest)
        end = _value(text, match.end(), written)
        if end is None:
            return None
        at = end
        if text[at : at + 1] != ",":
            break
        written.add(",", at)
        at += 1
    tail = len(text[at:]) - len(text[at:].lstrip())
    if text[at + tail : at + tail + 1] != "}":
        return None
    written.add(text[at : at + tail + 1], at)
    return at + tail + 1


def _value(text: str, at: int, written: _Written) -> int | None:
    lead = len(text[at:]) - len(text[at:].lstrip())
    end = _end(text, at)
    if text[at + lead : at + lead + 1] == "{":
        written.add(text[at : at + lead], at)
        inner = _object(text, at + lead, written)
        if inner is None or text[inner:end].strip():
            return None
        written.add(text[inner:end], inner)
    elif _LITERAL.fullmatch(text, at, end) or _LIST.fullmatch(text, at, end):
        written.add(text[at:end], at)
    else:
        held = text[at:end].rstrip()
        size = len(held) - lead
        written.add(text[at : at + lead], at)
        written.add("-" + "_" * (size - 1) if size > 1 else "_", at + lead)
        written.add(text[at + lead + size : end], at + lead + size)
    return end


def _end(text: str, at: int) -> int:
    """Where a value ends: at the comma or the bracket behind it."""
    depth = 0
    while at < len(text):
        if text[at] == '"':
            at = next((m.end() - 1 for m in [re.compile(r'"(?:[^"\\]|\\.)*"').match(text, at)] if m), at)
        elif text[at] in OPEN:
            depth += 1
        elif text[at] in CLOSE:
            if not depth:
                return at
            depth -= 1
        elif text[at] == "," and not depth:
            return at
        at += 1
    return at
