"""The two streams: what was asked for goes to stdout as bytes, everything else to stderr."""

from __future__ import annotations

import os
import sys
import time
from typing import TextIO

from migrate.output.text import Paint

_PROGRESS_AFTER = 1.0  # seconds; a run that is over by then shows no progress


def show(text: str | bytes) -> None:
    """To stdout, byte for byte; characters that UTF-8 cannot hold as escapes."""
    data = text if isinstance(text, bytes) else text.encode("utf-8", "backslashreplace")
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def note(text: str) -> None:
    """To stderr, with a final newline."""
    sys.stderr.write(text.encode("utf-8", "backslashreplace").decode() + ("" if text.endswith("\n") else "\n"))
    sys.stderr.flush()


def prompt(text: str) -> None:
    """A question on stderr; the answer is typed behind it."""
    sys.stderr.write(text)
    sys.stderr.flush()


def paint(stream: TextIO) -> Paint:
    """Colour on a terminal only, and not where NO_COLOR or a dumb terminal asks for none."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return Paint(stream.isatty() and not plain)


class Progress:
    """A line on stderr that counts, on a terminal and once a search takes long."""

    def __init__(self) -> None:
        self._shown = False
        self._from = time.monotonic() + _PROGRESS_AFTER
        self._wanted = sys.stderr.isatty()

    def __call__(self, done: int, total: int) -> None:
        if self._wanted and time.monotonic() >= self._from:
            self._shown = True
            sys.stderr.write(f"\rsearching {done} of {total} files")
            sys.stderr.flush()

    def close(self) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
