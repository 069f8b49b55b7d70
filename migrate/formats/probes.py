"""What a health check asks the server that vLLM does not have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_INFO = re.compile(r"(?:https?://)?(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\])[^\s'\"/]*/info(?![\w/-])")
_GENERATE = re.compile(r"/(?:generate_stream|generate)(?![\w-])")
_READ = re.compile(r"[^|;&\n]*\|(?!\|)")


@dataclass(frozen=True, slots=True)
class Asked:
    """A place in the text of a check. `replaceable`: another route does as well, since nothing reads the answer."""

    start: int
    end: int
    replaceable: bool


def is_read(text: str, start: int, end: int) -> bool:
    """Whether something reads what a request at this place answers: a pipe behind it, a substitution around it."""
    line = text[text.rfind("\n", 0, start) + 1 : start]
    return _READ.match(text, end) is not None or line.count("$(") > line.count(")")


def asked(text: str) -> Iterator[Asked]:
    """`/info` of the server itself, whose URL can be replaced, and generation, which a person has to rewrite.

    `/health` answers nothing, so a check that hands the answer of `/info` on is rewritten by a person too.
    """
    for match in _INFO.finditer(text):
        yield Asked(*match.span(), not is_read(text, match.start(), match.end()))
    for match in _GENERATE.finditer(text):
        yield Asked(*match.span(), False)
