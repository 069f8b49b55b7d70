"""The page's colours in both themes; each text colour has a contrast of at least 4.5 to what it stands on."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

LIGHT = {
    "ground": "#ffffff",
    "card": "#f6f8fa",
    "text": "#1b1f24",
    "soft": "#57606a",
    "line": "#d5dbe1",
    "first": "#0a5fb4",
    "second": "#b3420c",
    "good": "#1a7f37",
    "bad": "#c4202b",
    "unsure": "#8a5a00",
    "part": "#ffe1a8",
}
DARK = {
    "ground": "#0f1318",
    "card": "#171c23",
    "text": "#e8ecf1",
    "soft": "#9aa4af",
    "line": "#343c46",
    "first": "#62adff",
    "second": "#ffa25e",
    "good": "#46c25f",
    "bad": "#ff7f79",
    "unsure": "#dba336",
    "part": "#5a4312",
}
_FOLDER = Path(__file__).resolve().parent


def _variables(colours: Mapping[str, str]) -> str:
    return ";".join(f"--{name}:{value}" for name, value in colours.items())


@cache
def style() -> str:
    """The style sheet: light, dark where the system is, and either where the reader chose it."""
    light, dark = _variables(LIGHT), _variables(DARK)
    return (
        f":root{{{light}}}\n"
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}\n"
        f":root[data-theme=dark]{{{dark};color-scheme:dark}}\n"
        f":root[data-theme=light]{{color-scheme:light}}\n" + (_FOLDER / "page.css").read_text("utf-8")
    )


@cache
def script() -> str:
    """The switch of the theme; without it the page follows the system."""
    return (_FOLDER / "page.js").read_text("utf-8")
