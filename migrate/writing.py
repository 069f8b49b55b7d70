"""Turns groups of findings into whole new files, and puts those on disk: all of them, or none."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from migrate.grouping import Group
from migrate.problems import WriteProblem
from migrate.repository import Repository
from migrate.source import Edit, EditError, apply_edits, in_order


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file as it is and as it will be."""

    path: str
    old: bytes
    new: bytes


@dataclass(frozen=True, slots=True)
class Left:
    """A group that cannot be written, and why."""

    group: Group
    reason: str


@dataclass(frozen=True, slots=True)
class Rewrite:
    """What a set of groups makes of the files. Computed in full before anything is written."""

    files: tuple[FileChange, ...] = ()
    written: tuple[Group, ...] = ()
    left: tuple[Left, ...] = ()


def rewrite(repo: Repository, wanted: Iterable[Group]) -> Rewrite:
    """Lay the groups' edits into the files; a group whose edits do not fit beside those before it is left out whole."""
    edits: dict[str, tuple[Edit, ...]] = {}
    written, left = [], []
    for group in wanted:
        if not group.edits:
            continue
        try:
            edits |= _joined(repo, edits, group)
            written.append(group)
        except (EditError, UnicodeError) as error:
            left.append(Left(group, f"its change does not fit beside another one ({error})"))
    changes = (_change(repo, path, edits[path]) for path in sorted(edits))
    return Rewrite(tuple(one for one in changes if one.old != one.new), tuple(written), tuple(left))


def _joined(repo: Repository, edits: dict[str, tuple[Edit, ...]], group: Group) -> dict[str, tuple[Edit, ...]]:
    """The edits of the group's files with the group's own.

    Raises:
        EditError: they overlap, or a file is not part of the repository.
        UnicodeError: the file's encoding cannot hold the new text.
    """
    joined: dict[str, tuple[Edit, ...]] = {}
    for path in dict.fromkeys(edit.path for edit in group.edits):
        own = tuple(edit for edit in group.edits if edit.path == path)
        joined[path] = tuple(in_order((*edits.get(path, ()), *own)))
        _change(repo, path, own)
    return joined


def _change(repo: Repository, path: str, edits: Sequence[Edit]) -> FileChange:
    source = repo.source(path)
    if source is None:
        raise EditError(f"{path} is not a text file of the repository")
    return FileChange(path, repo.read(path), source.encode(apply_edits(source.text, edits)))


def write(root: Path, changes: Sequence[FileChange], replace: Callable[[Path, Path], object] = os.replace) -> None:
    """Put the new files in place, each in one step, with the mode and owner of the old one.

    Every new file is complete on disk before the first one takes its place; when one fails, those before it are put
    back. A file that changed since it was read is not overwritten.

    Raises:
        WriteProblem: a file cannot be written; all files are as they were.
    """
    staged: list[tuple[FileChange, Path, Path]] = []
    done: list[FileChange] = []
    path = ""
    try:
        for change in changes:
            path = change.path
            target = _target(root, path)
            if target.read_bytes() != change.old:
                raise WriteProblem(f"{path} changed while it was being read; nothing was written")
            staged.append((change, _stage(target, change.new), target))
        for change, new, target in staged:
            path = change.path
            replace(new, target)
            done.append(change)
    except OSError as error:
        _put_back(root, done)
        raise WriteProblem(f"{path} cannot be written ({error.strerror or error}); nothing was changed") from error
    except KeyboardInterrupt:
        _put_back(root, done)
        raise
    finally:
        for _, new, _ in staged:
            with suppress(FileNotFoundError):
                new.unlink()


def _target(root: Path, path: str) -> Path:
    """Where the file really is. A symlinked folder may lead elsewhere inside the root, not out of it."""
    target = (root / path).resolve(strict=True)
    if not target.is_relative_to(root.resolve()):
        raise WriteProblem(f"{path} leads out of the repository; nothing was written")
    if not os.access(target, os.W_OK):
        raise WriteProblem(f"{path} is read-only; nothing was written")
    return target


def _stage(target: Path, data: bytes) -> Path:
    """A complete new file beside the old one, under a name of its own."""
    status = target.stat()
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", suffix=".new", dir=target.parent)
    new = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if hasattr(os, "chown"):
            with suppress(PermissionError):
                os.chown(new, status.st_uid, status.st_gid)
        new.chmod(stat.S_IMODE(status.st_mode))
    except OSError:
        new.unlink()
        raise
    return new


def _put_back(root: Path, done: Iterable[FileChange]) -> None:
    for change in done:
        target = root / change.path
        with suppress(OSError):
            _stage(target, change.old).replace(target)
