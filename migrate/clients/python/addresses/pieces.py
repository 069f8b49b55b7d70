"""A text in parts: each with the literal it comes from, so that one part can be changed where it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import product

from migrate.clients.python.code.project import At

UNKNOWN = "\0"
MOST = 8  # more values than these for one text are no use to anybody
_ADDRESS = re.compile(
    r"(?P<base>https?://(?:[^/\0]|(?<=[:/.-])\0(?!\0))*|\0(?=/|$|[a-z]))?(?P<path>.*)",
    re.DOTALL,
)
_LOCAL = re.compile(
    r"(localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|10\.[\d.]+|192\.168\.[\d.]+|172\.(1[6-9]|2\d|3[01])\.[\d.]+|\[::1\]|[A-Za-z][\w-]*)(:\d+|:\0)?"
)


@dataclass(frozen=True)
class Piece:
    """A part of a text: `text` as it is (NUL: unknown) and the literal it comes from."""

    text: str
    at: At | None = None
    hint: str = ""  # of an unknown part: its default
    open: bool = False  # a default, which an environment or a command line may replace


Text = tuple[Piece, ...]
NOTHING: Text = (Piece(UNKNOWN),)


@dataclass(frozen=True)
class Address:
    """An address: scheme and host (NUL where unknown), the path behind it, and all parts in order."""

    base: str
    path: str
    pieces: Text

    @property
    def host(self) -> str:
        """The host and port; where they are unknown, those of the default."""
        if self.base.startswith("http"):
            return self.base.split("://")[-1]
        hint = next((piece.hint for piece in self.pieces if "://" in piece.hint), "")
        return hint.split("://")[-1].split("/")[0]

    @property
    def local(self) -> bool:
        """Whether the host is one's own: this machine, a private address, a service's bare name."""
        return _LOCAL.fullmatch(self.host) is not None

    @property
    def words(self) -> str:
        return words(self.pieces)

    @property
    def route(self) -> str:
        """The path without slashes around it."""
        return self.path.strip("/")

    @property
    def open(self) -> bool:
        """Whether the whole address is a default."""
        return any(piece.open for piece in self.pieces)


def words(text: Text) -> str:
    return "".join(piece.text for piece in text)


def address(pieces: Text) -> Address:
    whole = words(pieces)
    match = _ADDRESS.fullmatch(whole)
    if match is None:
        return Address("", whole, pieces)
    return Address(match["base"] or "", match["path"], pieces)


def joined(parts: list[list[Text]]) -> list[Text]:
    """Every way to put one value of each part behind the others; unknown where there are too many."""
    count = 1
    for part in parts:
        count *= len(part)
    if count > MOST:
        return [NOTHING]
    return list(dict.fromkeys(tuple(piece for text in chosen for piece in text) for chosen in product(*parts)))


def default(text: Text) -> Text:
    """A text that something outside may replace: its path is still told, its host alone is only a hint."""
    found = address(text)
    told = found.base or "/" in found.words or found.route.startswith("generate")
    if told and found.route and UNKNOWN not in found.words:
        return tuple(replace(piece, open=True) for piece in text)
    return (Piece(UNKNOWN, None, found.words),)


def closed(text: Text) -> Text:
    """The same for readers that know no defaults: what may be replaced is unknown."""
    if any(piece.open for piece in text):
        return (Piece(UNKNOWN, None, words(text)),)
    return text
