"""A verdict for people and for programs."""

from collections.abc import Callable, Mapping
from enum import StrEnum

from migrate.parity.comparison import Compared
from migrate.parity.reports.data import from_json, to_json
from migrate.parity.reports.junit import junit
from migrate.parity.reports.markdown import markdown
from migrate.parity.reports.page import html
from migrate.parity.reports.sarif import sarif
from migrate.parity.reports.text import text


class Format(StrEnum):
    """What a report is written as."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"
    JUNIT = "junit"
    SARIF = "sarif"


WRITERS: Mapping[Format, Callable[[Compared], str]] = {
    Format.TEXT: text,
    Format.MARKDOWN: markdown,
    Format.HTML: html,
    Format.JSON: to_json,
    Format.JUNIT: junit,
    Format.SARIF: sarif,
}


def render(compared: Compared, form: Format) -> bytes:
    """A report as it goes into a file: UTF-8, lone surrogates as escapes (which JSON reads back as they were)."""
    return WRITERS[form](compared).encode("utf-8", "backslashreplace")


__all__ = ["WRITERS", "Format", "from_json", "html", "markdown", "render", "text", "to_json"]
