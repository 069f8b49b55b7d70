"""A recording: JSON Lines, a header and then one exchange a line, only ever appended to, compressed by its suffix.

A line is written at once and ends in a newline, so a process killed at any byte loses no more than the exchange it was
writing: the reader leaves a torn last line out, the writer cuts it off and goes on behind it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, cast

from migrate.parity import packing
from migrate.parity.exchange import (
    BadExchange,
    Engine,
    Exchange,
    Fact,
    Json,
    exchange_from_json,
    exchange_to_json,
)
from migrate.parity.redact import Redactor

VERSION = 1


class RecordingError(ValueError):
    """A recording that cannot be read; the message names the file and, where there is one, the line."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording on disk. Iterating reads it line by line: memory stays flat however long it is."""

    path: Path
    engine: Engine

    @classmethod
    def open(cls, path: Path) -> Recording:
        """A recording whose header was read; what ends in `.gz` or `.zst` is decompressed.

        Raises:
            RecordingError: no recording, a newer schema, or nothing there.
        """
        first = next(_lines(path), None)
        if first is None:
            raise RecordingError(f"{path}: no header: this is no recording, or one cut before its first line ended")
        return cls(path, _engine(path, first))

    def __iter__(self) -> Iterator[Exchange]:
        """Every complete exchange, in the order written.

        Raises:
            RecordingError: a line before the last holds no exchange.
        """
        lines = _lines(self.path)
        next(lines, None)
        for number, line in enumerate(lines, start=2):
            try:
                yield exchange_from_json(cast(Json, json.loads(line)))
            except (BadExchange, ValueError, RecursionError) as error:
                raise RecordingError(f"{self.path}:{number}: {error}") from error

    def run(self, name: str) -> list[Exchange]:
        """The exchanges of one pass over the prompts."""
        return [exchange for exchange in self if exchange.run == name]

    def runs(self) -> list[str]:
        """The names of the passes, in the order they began."""
        return list(dict.fromkeys(exchange.run for exchange in self))


def recordable(path: Path) -> None:
    """Whether a recording can be made or continued there, as far as that shows before an engine is started.

    Raises:
        RecordingError: there is something else, or the engine's own log would go there.
    """
    if path.suffix == ".log":
        raise RecordingError(f"{path}: the engine's own log goes there: record to {path.with_suffix('.jsonl')}")
    if path.exists() and next(_lines(path), None) is not None:
        Recording.open(path)


def _lines(path: Path) -> Iterator[bytes]:
    if path.exists() and not path.is_file():
        raise RecordingError(f"{path}: is no file")  # a device may have no end
    try:
        yield from packing.lines(path)
    except OSError as error:
        raise RecordingError(f"{path}: {error.strerror or error}") from error
    except packing.PackingError as error:
        raise RecordingError(f"{path}: {error}") from error


def _engine(path: Path, line: bytes) -> Engine:
    try:
        header: Json = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise RecordingError(f"{path}:1: no recording: {error}") from error
    version = header.get("recording") if isinstance(header, dict) else None
    if not isinstance(header, dict) or not isinstance(version, int):
        raise RecordingError(f"{path}:1: no recording: the first line states no version")
    if version > VERSION:
        raise RecordingError(f"{path}: recorded in schema {version}, this program reads up to {VERSION}: upgrade it")
    engine = header.get("engine")
    if not isinstance(engine, dict):
        raise RecordingError(f"{path}:1: the header names no engine")
    arguments = engine.get("arguments")
    return Engine(
        str(engine.get("name", "")),
        str(engine.get("version", "")),
        str(engine.get("model", "")),
        tuple(map(str, arguments)) if isinstance(arguments, list) else (),
        facts(engine.get("info")),
    )


def facts(info: Json) -> dict[str, Fact]:
    """The plain members of an object."""
    members = info.items() if isinstance(info, dict) else ()
    return {name: value for name, value in members if not isinstance(value, list | dict)}


@dataclass(slots=True)
class Writer:
    """Appends to a recording, secrets taken out. One that exists is resumed: `done` holds what it has already.

    An exchange that broke off is not done: it may be written again, and the later one counts.
    """

    path: Path
    engine: Engine
    redactor: Redactor = field(default_factory=Redactor)
    done: set[tuple[str, str]] = field(default_factory=set, init=False)
    _file: BinaryIO = field(init=False)
    _pack: Callable[[bytes], bytes] = field(init=False)

    def __enter__(self) -> Self:
        """Open or create.

        Raises:
            RecordingError: the file is no recording, or one of another engine.
        """
        try:
            self._pack = packing.packer(self.path)
        except packing.PackingError as error:
            raise RecordingError(str(error)) from error
        if self.path.exists() and (there := list(islice(_lines(self.path), 2))):
            whole = packing.end(self.path)
            if whole:
                self._resume(whole)
                return self
            if len(there) > 1:
                raise RecordingError(f"{self.path}: compressed as one piece, which was cut: decompress it to go on")
        self._file = self.path.open("wb", buffering=0)
        self._append({"recording": VERSION, "engine": self._header()})
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def _header(self) -> Json:
        engine = self.engine
        said: dict[str, Json] = {
            "name": engine.name,
            "version": engine.version,
            "model": self.redactor.text(engine.model),
            "arguments": list(self.redactor.arguments(engine.arguments)),
        }
        return {**said, "info": self.redactor.json(dict(engine.info))} if engine.info else said

    def write(self, exchange: Exchange) -> None:
        """Append an exchange.

        Raises:
            OSError: the disk is full; the line that did not fit is taken back, what was recorded stays.
        """
        self._append(exchange_to_json(self.redactor.exchange(exchange)))
        self.done.add(exchange.key)

    def _resume(self, end: int) -> None:
        recording = Recording.open(self.path)
        if (recording.engine.name, recording.engine.version) != (self.engine.name, self.engine.version):
            there = f"{recording.engine.name} {recording.engine.version}".strip()
            raise RecordingError(f"{self.path}: holds a recording of {there}: choose another file")
        self._file = self.path.open("r+b", buffering=0)
        self._file.truncate(end)
        self._file.seek(end)
        self.done = {exchange.key for exchange in recording if not exchange.reply.failure}

    def _append(self, data: Json) -> None:
        line = memoryview(self._pack(json.dumps(data, separators=(",", ":")).encode("ascii") + b"\n"))
        start = self._file.tell()
        try:
            while line:
                line = line[self._file.write(line) :]
        except OSError:
            os.ftruncate(self._file.fileno(), start)
            self._file.seek(start)
            raise
