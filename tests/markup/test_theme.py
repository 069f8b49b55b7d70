from __future__ import annotations

import re

import pytest

from migrate.markup.theme import DARK, LIGHT, style


def luminance(colour: str) -> float:
    """As WCAG 2.1 defines relative luminance."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["ground", "card"])
@pytest.mark.parametrize("colour", ["text", "soft", "first", "second", "good", "bad", "unsure"])
def test_text_can_be_read(theme: dict[str, str], ground: str, colour: str) -> None:
    assert contrast(theme[colour], theme[ground]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_marked_text_can_be_read(theme: dict[str, str]) -> None:
    assert contrast(theme["text"], theme["part"]) >= 4.5


def test_both_themes_have_the_same_colours() -> None:
    assert LIGHT.keys() == DARK.keys()


def test_every_colour_of_the_style_sheet_exists() -> None:
    used = set(re.findall(r"var\(--(\w+)\)", style()))
    assert used - {"mark"} == set(LIGHT)


def test_the_style_sheet_loads_nothing() -> None:
    assert "url(" not in style()
    assert "@import" not in style()
