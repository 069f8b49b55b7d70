"""Where the text stands that a command sends: in a word, a variable, a here-document, a file, a jq filter."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from migrate.languages.shell.words import ShellWord, words
from migrate.source import Source

Beside = Callable[[str], Source | None]
_HEREDOC = re.compile(r"<<(?P<dash>-?)[ \t]*(?P<quote>[\"']?)(?P<mark>\w+)(?P=quote)")
_VARIABLE = re.compile(r"\$\{?(\w+)\}?")
_PRODUCER = re.compile(r"(?<![\w./$-])(cat|jq|echo|printf)(?=[ \t])")
_BETWEEN = re.compile(r"\|(?!\|)\s*(?:\\\r?\n\s*)*")
# Options of jq before its filter that take values, and how many.
VALUED = {
    "--arg": 2,
    "--argjson": 2,
    "--slurpfile": 2,
    "--rawfile": 2,
    "--indent": 1,
    "-L": 1,
    "-f": 1,
    "--from-file": 1,
}
DEPTH = 3


@dataclass(frozen=True)
class Text:
    """A text that is sent: its characters with their places, and how it is quoted there.

    `marks` are those of a word of several quotes. `builds`: it is a filter of jq that makes the text. `file`: another
    file that holds it.
    """

    value: str
    places: tuple[int, ...]
    quote: Literal["'", '"', "<<", "<<'", "mixed"]
    marks: str = ""
    builds: bool = False
    file: Source | None = None


def sent(text: str, data: ShellWord, found: Sequence[ShellWord], start: int, beside: Beside) -> Text | None:
    """What a command sends: `data` is the word behind its option, `found` all its words, `start` its place."""
    if data.value == "@-":
        return here(text, found) or _piped(text, start, beside)
    if data.value.startswith("@"):
        return _file(text, data.value[1:], beside)
    return _word(text, data, start, beside, DEPTH)


def _word(text: str, word: ShellWord, start: int, beside: Beside, depth: int) -> Text | None:
    """The text of a word: its own, a variable's, or what a command in it gives."""
    if (name := _VARIABLE.fullmatch(word.value)) and depth:
        return _assigned(text, name[1], start, beside, depth - 1)
    if word.value.startswith("$(") and set(word.marks) == {"$"}:
        inner, _ = words(text, word.places[0] + 2)
        return _produced(text, inner, start, beside, depth - 1) if depth else None
    if word.quote in ("'", '"'):
        return Text(word.value, word.places, word.quote, word.marks)  # type: ignore[arg-type]
    return Text(word.value, word.places, "mixed", word.marks) if word.value.lstrip()[:1] == "{" else None


def _produced(text: str, command: Sequence[ShellWord], start: int, beside: Beside, depth: int) -> Text | None:
    """What a command writes to its output, where that is plain."""
    program = command[0].value.rsplit("/", 1)[-1] if command else ""
    plain = [word for word in command[1:] if not re.fullmatch(r"-[neE]+", word.value)]
    if program == "cat":
        names = [word.value for word in plain if not word.value.startswith("<")]
        return here(text, command) if not names else _file(text, names[0], beside) if len(names) == 1 else None
    if program == "echo" and len(plain) == 1:
        return _word(text, plain[0], start, beside, depth)
    if program == "printf" and len(plain) == 2 and plain[0].value in ("%s", "%s\\n"):
        return _word(text, plain[1], start, beside, depth)
    if program == "jq" and any(re.fullmatch(r"-\w*n\w*|--null-input", word.value) for word in command[1:]):
        word = jq_filter(command)
        built = word is not None and word.quote in ("'", '"')
        return Text(word.value, word.places, word.quote, builds=True) if word is not None and built else None  # type: ignore[arg-type]
    return None


def jq_filter(command: Sequence[ShellWord]) -> ShellWord | None:
    """The filter of a jq command: its first word that is no option."""
    skip = 0
    for word in command[1:]:
        if skip:
            skip -= 1
        elif word.value.startswith("-"):
            skip = VALUED.get(word.value, 0)
        else:
            return word
    return None


def _assigned(text: str, name: str, before: int, beside: Beside, depth: int) -> Text | None:
    """The value of a variable that is set in front of the call, and read once until it is set again."""
    sets = list(
        re.finditer(rf"(?m)(?:^|[;{{(]|\b(?:do|then))[ \t]*(?:export[ \t]+|local[ \t]+|readonly[ \t]+)?{name}=", text)
    )
    mine = [one for one in sets if one.end() <= before]
    if not mine or re.search(rf"\b{name}\+=", text):
        return _read(text, name, before) if not sets else None
    stop = next((one.start() for one in sets if one.start() > before), len(text))
    reads = re.findall(rf"\$\{{?{name}\b", text[mine[-1].end() : stop])
    found, _ = words(text, mine[-1].end())
    word = next(iter(found), None)
    if len(reads) != 1 or word is None or word.start != mine[-1].end():
        return None
    return _word(text, word, mine[-1].start(), beside, depth)


def _read(text: str, name: str, before: int) -> Text | None:
    """`read -r -d '' NAME <<EOF`."""
    sets = list(re.finditer(rf"(?m)\bread[ \t][^\n;|]*[ \t]{name}[ \t]*(?=<<)", text[:before]))
    if len(sets) != 1 or len(re.findall(rf"\$\{{?{name}\b", text)) != 1:
        return None
    return here(text, words(text, sets[0].start())[0])


def here(text: str, found: Sequence[ShellWord]) -> Text | None:
    """The here-document that a command reads."""
    start = min((word.start for word in found if word.value.startswith("<<")), default=-1)
    match = _HEREDOC.match(text, start) if start >= 0 else None
    line = re.compile(r"(?<!\\)\r?\n").search(text, match.end()) if match else None
    end = re.compile(rf"(?m)^[ \t]*{match['mark']}\r?$").search(text, line.end()) if match and line else None
    if match is None or line is None or end is None:
        return None
    first, stop = line.end(), end.start()
    return Text(text[first:stop], tuple(range(first, stop + 1)), "<<'" if match["quote"] else "<<")


def _file(text: str, name: str, beside: Beside) -> Text | None:
    """A file of the repository, or one that the script itself writes with a here-document."""
    written = [
        document for match in re.finditer(rf"(?<![\w./-])cat(?=[^\n]*>\s*[\"']?{re.escape(name)}[\"']?(?:\s|$))", text)
        if (document := here(text, words(text, match.end())[0]))
    ]  # fmt: skip
    if written:
        return written[0] if len(written) == 1 and len(re.findall(rf"@{re.escape(name)}\b", text)) == 1 else None
    source = beside(name) if "$" not in name else None
    if source is None:
        return None
    return Text(source.text, tuple(range(len(source.text) + 1)), "<<'", file=source)


def _piped(text: str, start: int, beside: Beside) -> Text | None:
    """What the command in front of the call in a pipe writes."""
    for match in reversed(list(_PRODUCER.finditer(text, max(0, start - 4000), start))):
        command, end = words(text, match.start())
        between = _BETWEEN.match(text, end)
        if between is not None and between.end() == start:
            return _produced(text, command, match.start(), beside, DEPTH)
    return None
