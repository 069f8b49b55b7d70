"""Server-sent events from bytes: an incremental parser that gives the same events however the network cut them.

It follows the event stream format of the HTML standard (https://html.spec.whatwg.org/multipage/server-sent-events.html)
with two additions that a comparison of servers needs: comments (keep-alives) are reported, and an event that the end
of the stream cut off is handed out by `close` instead of vanishing.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field

# What one event may hold before it counts as garbage; a last event of TGI with all its tokens stays below 1 MB.
LIMIT = 16 * 1024 * 1024


class StreamTooLong(ValueError):
    """A line or event grew beyond the limit: this is no event stream."""


@dataclass(frozen=True, slots=True)
class Event:
    """One dispatched event: its data lines joined by a newline, its name (empty unless the server gave one)."""

    data: str
    name: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Comment:
    """A line that begins with a colon: what servers send to keep a silent connection open."""

    text: str


@dataclass(slots=True)
class Parser:
    """Bytes in, events out. Undecodable bytes become U+FFFD, as the standard says."""

    limit: int = LIMIT
    _line: bytearray = field(default_factory=bytearray)
    _data: list[str] = field(default_factory=list)
    _size: int = 0
    _name: str = ""
    _id: str = ""
    _after_cr: bool = False
    _at_start: bool = True

    def feed(self, data: bytes) -> list[Event | Comment]:
        """What became complete with these bytes, in order.

        Raises:
            StreamTooLong: a line or an event exceeds `limit` bytes.
        """
        if self._after_cr and data:
            data = data.removeprefix(b"\n")
            self._after_cr = False
        self._line += data
        if b"\n" in data or b"\r" in data:
            return self._take_lines()
        if len(self._line) > self.limit:
            raise StreamTooLong(f"a line of more than {self.limit} bytes")
        return []

    def close(self) -> Event | None:
        """The event that the end of the stream cut off, None where the stream ended between events."""
        if self._line:
            self._read(bytes(self._line))
            self._line.clear()
        return self._dispatch()

    def _take_lines(self) -> list[Event | Comment]:
        text = bytes(self._line)
        self._after_cr = text.endswith(b"\r")
        if b"\r" in text:
            text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *lines, rest = text.split(b"\n")
        self._line = bytearray(rest)
        found: list[Event | Comment] = []
        for line in lines:
            item = self._read(line) if line else self._dispatch()
            if item is not None:
                found.append(item)
        return found

    def _read(self, line: bytes) -> Comment | None:
        if self._at_start:
            self._at_start = False
            line = line.removeprefix(codecs.BOM_UTF8)
        text = line.decode("utf-8", "replace")
        name, _, value = text.partition(":")
        if text and not name:
            return Comment(value.removeprefix(" "))
        self._set(name, value.removeprefix(" "), len(line))
        return None

    def _set(self, name: str, value: str, size: int) -> None:
        if name == "data":
            self._size += size
            if self._size > self.limit:
                raise StreamTooLong(f"an event of more than {self.limit} bytes")
            self._data.append(value)
        elif name == "event":
            self._name = value
        elif name == "id" and "\0" not in value:
            self._id = value

    def _dispatch(self) -> Event | None:
        self._at_start = False
        event = Event("\n".join(self._data), self._name, self._id) if self._data else None
        self._data, self._size, self._name = [], 0, ""
        return event
