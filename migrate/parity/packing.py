"""Lines of a file that is plain, gzip or zstd by its suffix, written so that a kill at any byte loses one line at most.

A compressed file is a row of members (gzip) or frames (zstd), one for each line written: what any decompressor reads as
one file, and what can be cut behind the last whole one.
"""

from __future__ import annotations

import gzip
import importlib
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

BLOCK = 64 * 1024
LEVEL = 6


class PackingError(ValueError):
    """Bytes that are not what the suffix says, or a suffix that cannot be read here."""


class _Decoder(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /) -> bytes: ...


def lines(path: Path) -> Iterator[bytes]:
    """Lines that a newline ended; what stands behind the last newline was torn off and is not one of them.

    Raises:
        PackingError: the bytes are no gzip or zstd, or zstd is not there.
        OSError: the file cannot be read.
    """
    form = _form(path)
    with path.open("rb") as file:
        if form is None:
            yield from (line for line in file if line.endswith(b"\n"))
            return
        rest = b""
        for data, _ in _members(file, form):
            *whole, rest = (rest + data).split(b"\n")
            yield from (line + b"\n" for line in whole)


def end(path: Path) -> int:
    """How many bytes of the file hold whole lines: where writing goes on.

    Raises:
        PackingError, OSError: as `lines`.
    """
    form = _form(path)
    if form is None:
        return sum(len(line) for line in lines(path))
    with path.open("rb") as file:
        return max((whole for _, whole in _members(file, form)), default=0)


def packer(path: Path) -> Callable[[bytes], bytes]:
    """How a line becomes the bytes that are appended.

    Raises:
        PackingError: zstd is not there.
    """
    if path.suffix == ".zst":
        compress: Callable[[bytes], bytes] = _zstd(path).compress
        return compress
    return (lambda line: gzip.compress(line, LEVEL, mtime=0)) if path.suffix == ".gz" else (lambda line: line)


@dataclass(frozen=True, slots=True)
class _Form:
    """How a compressed file is read: a new decoder for each member, and what it raises on other bytes."""

    decoder: Callable[[], _Decoder]
    error: type[Exception]


def _form(path: Path) -> _Form | None:
    if path.suffix == ".zst":
        module = _zstd(path)
        return _Form(module.ZstdDecompressor, module.ZstdError)
    return _Form(lambda: zlib.decompressobj(wbits=31), zlib.error) if path.suffix == ".gz" else None


def _zstd(path: Path) -> Any:
    """Python 3.14's module, or the same from a package of its own before."""
    for name in ("compression.zstd", "backports.zstd"):
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError:
            continue
    raise PackingError(f"{path}: zstd needs Python 3.14, or pip install backports.zstd; .gz works everywhere")


def _members(file: BinaryIO, form: _Form) -> Iterator[tuple[bytes, int]]:
    """Decompressed data, and how many bytes of the file the members hold that are whole."""
    decoder = form.decoder()
    read = whole = 0
    while block := file.read(BLOCK):
        read += len(block)
        while block:
            try:
                data = decoder.decompress(block)
            except form.error as error:
                raise PackingError(str(error)) from error
            block = decoder.unused_data if decoder.eof else b""
            if decoder.eof:
                whole = read - len(block)
                decoder = form.decoder()
            yield data, whole
