"""A verdict for people and for programs."""

from collections.abc import Callable, Mapping
from enum import StrEnum

from migrate.parity.comparison import Compared
from migrate.parity.reports.data import to_json
from migrate.parity.reports.markdown import markdown
from migrate.parity.reports.text import text


class Format(StrEnum):
    """What a report is written as."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"


WRITERS: Mapping[Format, Callable[[Compared], str]] = {
    Format.TEXT: text,
    Format.MARKDOWN: markdown,
    Format.JSON: to_json,
}

__all__ = ["WRITERS", "Format", "markdown", "text", "to_json"]
