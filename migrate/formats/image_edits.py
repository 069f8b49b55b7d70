"""An image that a variable stands for is rewritten where it is defined."""

from __future__ import annotations

from migrate.catalog.images import recognise
from migrate.formats.definitions import default_of
from migrate.formats.shell.context import Reading
from migrate.formats.shell.words import Lexed
from migrate.source import Edit
from migrate.touchpoints import Token, Word


def image_edit(reading: Reading, image: Word, lexed: Lexed, token: Token, rule: str) -> list[Edit] | None:
    """The edits of the definition (and default) that an image variable stands for; None where the word itself
    changes."""
    rule = token.rule or rule
    edits: list[Edit] = []
    for definition in reading.image_definitions(image):
        text = definition.text
        default = default_of(text.text)
        start, end = default[1:] if default else (0, len(text.text))
        edits.append(text.edit(start, end, token.value, rule))
    default = default_of(lexed.value)
    if default and recognise(lexed.value[default[1] : default[2]]):
        start, end = lexed.places[default[1]], lexed.places[default[2] - 1] + 1
        edits.append(reading.fragment.edit(start, end, token.value, rule))
    return edits or None
