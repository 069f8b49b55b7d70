"""Mistakes in files that a person writes: each is a line with its file and its place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake in a file; the line counts from 1."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


def not_yaml(path: str, text: str, error: yaml.YAMLError | RecursionError) -> Mistake:
    """What keeps a text from being read as YAML, and where."""
    if isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, error.position) + 1
        return Mistake(path, line, f"not YAML: {error.reason}")
    if isinstance(error, yaml.MarkedYAMLError):
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return Mistake(path, line, f"not YAML: {error.problem}")
    return Mistake(path, 1, f"not YAML: {str(error).splitlines()[0]}")


def text_of(path: Path, kind: type[Exception]) -> str:
    """The text of a file that a person wrote, in UTF-8 with or without a byte order mark.

    Raises:
        kind: the file cannot be read, or is no UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise kind(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise kind(f"{path}: no UTF-8 text (byte {error.start}): save it as UTF-8") from error
