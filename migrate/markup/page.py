"""One HTML page that needs nothing else: no network, no fonts, no library."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from migrate import __version__
from migrate.markup.theme import script, style

# Nothing is loaded, whatever a file or a model may have said.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"


def document(title: str, header: Iterable[str], sections: Iterable[str]) -> str:
    """The whole page; `title` is text, the others are HTML."""
    return "".join(
        [
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
            f'<link rel="icon" href="data:,"><title>{escape(title)}</title><style>{style()}</style></head>\n<body>',
            *("<header>", *header, "</header>"),
            *("<main>", *sections, "</main>"),
            f"<footer>Made by migrate {escape(__version__)}. This page loads nothing.</footer>",
            f"<script>{script()}</script></body></html>\n",
        ]
    )


def bar(name: str) -> str:
    """The line on top: what made the page, and the switch of the theme."""
    return f'<div class="bar"><span>{escape(name)}</span><button id="theme" type="button" hidden></button></div>'


def section(title: str, anchor: str, parts: Iterable[str]) -> Iterator[str]:
    """A section with its heading; nothing where it would be empty."""
    body = "".join(parts)
    if body:
        yield f'\n<section aria-labelledby="{anchor}"><h2 id="{anchor}">{title}</h2>{body}</section>'


def table(heads: Iterable[str], rows: Iterable[str]) -> Iterator[str]:
    """A table whose rows are blocks on a phone; roles, because a block is no row to a screen reader."""
    cells = "".join(f'<th scope="col" role="columnheader">{head}</th>' for head in heads)
    yield f'<table class="stack" role="table"><thead role="rowgroup"><tr role="row">{cells}</tr></thead>'
    yield '<tbody role="rowgroup">'
    yield from (f'<tr role="row">{row}</tr>' for row in rows)
    yield "</tbody></table>"


def cell(content: str, label: str = "", kind: str = "") -> str:
    """A cell of HTML; `label` names it on a phone, `kind` is its class."""
    named = f' data-label="{label}"' if label else ""
    styled = f' class="{kind}"' if kind else ""
    return f'<td role="cell"{named}{styled}>{content}</td>'
