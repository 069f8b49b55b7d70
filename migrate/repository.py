"""The files of a repository, read once each: what formats look things up in when a fact stands in another file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import TypeVar, cast

from migrate.source import Source

T = TypeVar("T")


@dataclass
class Repository:
    """`paths` are relative to the root, with `/`, sorted. Sources are decoded on first use and kept."""

    paths: tuple[str, ...]
    root: Path | None = None
    _bytes: dict[str, bytes] = field(default_factory=dict, repr=False)
    _sources: dict[str, Source | None] = field(default_factory=dict, repr=False)
    _notes: dict[str, object] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, files: Mapping[str, str | bytes]) -> Repository:
        """A repository in memory, for tests and for examples of rules."""
        data = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
        return cls(tuple(sorted(data)), None, data)

    def having(self, files: Mapping[str, bytes], paths: Iterable[str] = ()) -> Repository:
        """The repository with these files in place of its own, and with more paths of its folder."""
        known = frozenset((*self.paths, *files, *paths))
        return Repository(tuple(sorted(known)), self.root, {**self._bytes, **files})

    def read(self, path: str) -> bytes:
        """The file's bytes; empty where it cannot be read or is not part of the repository."""
        if path not in self._bytes:
            try:
                self._bytes[path] = (self.root / path).read_bytes() if self.root else b""
            except OSError:
                self._bytes[path] = b""
        return self._bytes[path]

    def source(self, path: str) -> Source | None:
        """The decoded file, or None where the repository has no such text file."""
        if path not in self._sources:
            data = self.read(path) if path in self else b""
            usable = path in self and b"\0" not in data[:8192]
            self._sources[path] = (
                Source.decode(path, data) if usable or data[:2] in (b"\xff\xfe", b"\xfe\xff") else None
            )
        return self._sources[path]

    def __contains__(self, path: str) -> bool:
        return path in self._known

    @property
    def _known(self) -> frozenset[str]:
        known: frozenset[str] | None = self.__dict__.get("_known_paths")
        if known is None:
            known = self.__dict__["_known_paths"] = frozenset(self.paths)
        return known

    def beside(self, path: str, name: str) -> str | None:
        """The repository's path of a file that `path` names relative to its own folder; None where there is none."""
        joined = normpath((PurePosixPath(path).parent / name.removeprefix("./")).as_posix())
        return joined if joined in self else None

    def once(self, name: str, make: Callable[[Repository], T]) -> T:
        """What `make` finds out about this repository, found out once; `name` is unique for the program."""
        if name not in self._notes:
            self._notes[name] = make(self)
        return cast(T, self._notes[name])

    def holding(self, needle: str, paths: Iterable[str] | None = None) -> list[str]:
        """The paths (of all, or of `paths`) whose bytes hold the needle."""
        data = needle.encode()
        return [path for path in (self.paths if paths is None else paths) if data in self.read(path)]
