"""A package's entry replaced, taken away, or joined by another one, in the syntax of its place."""

from __future__ import annotations

import re

from migrate.dependencies.lines import Place
from migrate.dependencies.tables import keyed
from migrate.source import Edit, Fragment


def replacement(fragment: Fragment, place: Place, new: str, rule: str) -> Edit:
    """The edit that puts the requirement `new` (`openai>=1.50,<3`) in the entry's place; markers and comments stay."""
    return fragment.edit(*_span(place), _written(fragment, place, new), rule)


def addition(fragment: Fragment, place: Place, new: str, rule: str) -> Edit:
    """The edit that writes the requirement `new` behind the entry."""
    text, newline = fragment.text, fragment.source.newline
    if place.form == "word":
        end = _span(place)[1]
        return fragment.edit(end, end, f" {_written(fragment, place, new)}", rule)
    if place.form == "quoted":
        before = text[place.line[0] : place.start - 1]
        lead = f",\n{before}" if not before.strip("# \t") else ", "
        end = place.stop + 1
        return fragment.edit(end, end, f"{lead}{place.quote}{_written(fragment, place, new)}{place.quote}", rule)
    line = f"{place.lead}{_written(fragment, place, new)}"
    end = place.line[1]
    lines = (line + newline) if text[end - 1 : end] == "\n" else (newline + line)
    return Edit(fragment.source.path, end, end, lines, rule)


def removal(fragment: Fragment, place: Place, rule: str) -> Edit | None:
    """The edit that takes the entry away; None: a command without its last package fails."""
    text = fragment.text
    if place.form == "word" or place.listed.startswith("call"):
        return None
    if place.form != "quoted":
        return fragment.edit(*place.line, "", rule)
    start, end = place.start - 1, place.stop + 1
    comma = re.match(r"[ \t]*,[ \t]*", text[end:])
    end += comma.end() if comma else 0
    before, behind = text[place.line[0] : start], text[end : place.line[1]]
    alone = not before.strip("# \t") and not re.sub(r"#.*", "", behind).strip()
    if not alone and comma is None and (last := re.search(r"[ \t]*,[ \t]*\Z", before)):
        start -= len(last[0])
    return fragment.edit(*(place.line if alone else (start, end)), "", rule)


def _span(place: Place) -> tuple[int, int]:
    """The entry; of a word with its quotes."""
    if place.form == "word" and place.quote:
        return place.start - 1, place.end + 1
    return place.start, place.end


def _written(fragment: Fragment, place: Place, new: str) -> str:
    """The requirement in the place's syntax; as a word of a shell it is quoted, for it holds `<` and `>`."""
    match = re.fullmatch(r"([\w-]+)(.*)", new)
    assert match is not None
    if place.form == "keyed":
        return keyed(fragment.text[place.start : place.end], match[1], match[2] or "*")
    if place.form != "word":
        return match[1] if place.bare else new
    before = fragment.text[place.line[0] : _span(place)[0]]
    quote = place.quote or ("'" if before.count("'") % 2 == 0 else '"')
    return f"{quote}{new}{quote}"
