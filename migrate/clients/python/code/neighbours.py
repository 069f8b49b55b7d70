"""Which modules of a repository import each other, told from their bytes: only those are parsed."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable

from migrate.clients.python.code.module import dotted
from migrate.triggers import holds

_IMPORT = re.compile(
    rb"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n#]*)|import[ \t]+([^\n#]*))", re.MULTILINE
)
_NAME = re.compile(rb"([\w.]+)(?:[ \t]+as[ \t]+\w+)?")
Tail = tuple[str, str]  # the last two parts of a dotted name; the first is empty where there is one part


def neighbours(hot: Collection[str], paths: Iterable[str], read: Callable[[str], bytes]) -> set[str]:
    """The paths that import one of `hot` or that one of them imports."""
    own = {_key(path): path.rpartition("/")[0] for path in hot}
    stems = {stem.encode() for _, stem in own}
    wanted = [(tails(read(path)), path.rpartition("/")[0]) for path in hot]
    names = {stem for found, _ in wanted for _, stem in found}
    reached = set()
    for path in paths if hot else ():
        key, folder = _key(path), path.rpartition("/")[0]
        if key[1] in names and any(_means(found, key, folder, home) for found, home in wanted):
            reached.add(path)
            continue
        data = read(path)
        if b"import" in data and holds(data, stems):
            found = tails(data)
            if any(_means(found, one, home, folder) for one, home in own.items()):
                reached.add(path)
    return reached


def tails(data: bytes) -> set[Tail]:
    """The ends of every dotted name that a program imports."""
    found = set()
    for base, names, plain in _IMPORT.findall(data):
        for match in _NAME.finditer(names or plain):
            name = match[1].decode("latin-1")
            found.add(_tail(f"{base.decode('latin-1')}.{name}" if base else name))
        if base:
            found.add(_tail(base.decode("latin-1")))
    return found


def _tail(dotted: str) -> Tail:
    parts = [part for part in dotted.split(".") if part]
    return (parts[-2] if len(parts) > 1 else "", parts[-1] if parts else "")


def _key(path: str) -> Tail:
    """The last two parts of a module's dotted name."""
    return _tail(dotted(path))


def _means(found: Collection[Tail], key: Tail, folder: str, importer: str) -> bool:
    """Whether one of the imports can mean the module; a name of one part means one beside or above the importer."""
    if key in found:
        return True
    above = not folder or f"{importer}/".startswith(f"{folder}/") or folder.endswith("src")
    return above and ("", key[1]) in found
