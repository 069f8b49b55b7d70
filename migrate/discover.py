"""Which files can matter: the repository's own files, and among them those that hold a trigger."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path

from migrate import git, triggers
from migrate.findings import Skipped
from migrate.repository import Repository
from migrate.triggers import Tier

# Parsers and their trees take about a hundred times a file's size; hand-written files are far smaller.
PARSED_BYTES = 5_000_000
# Files without a trigger that are kept: clients and settings in them are looked for once there is a candidate.
KEPT_BYTES = 64_000_000
_CHUNK = 1 << 20
_OVERLAP = max(map(len, triggers.NAMES + triggers.VLLM))
_NEVER = frozenset((".git", ".hg", ".svn", "node_modules", ".venv", "__pycache__", ".tox", ".mypy_cache"))


@dataclass(frozen=True)
class Discovery:
    """`candidates` are the paths of `repository` in which a trigger was found; `skipped` those that are not read."""

    repository: Repository
    candidates: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()


@dataclass
class _Tally:
    """What the search has found so far."""

    tier: Callable[[bytes], Tier | None]
    paths: list[str] = field(default_factory=list)
    kept: dict[str, bytes] = field(default_factory=dict)
    linked: dict[str, bytes] = field(default_factory=dict)
    others: dict[str, bytes] = field(default_factory=dict)
    room: int = KEPT_BYTES
    skipped: list[Skipped] = field(default_factory=list)


def discover(
    root: Path,
    exclude: Sequence[str] = (),
    progress: Callable[[int, int], None] | None = None,
    tier: Callable[[bytes], Tier | None] = triggers.tgi_tier,
) -> Discovery:
    """Search the files below `root`; `exclude` has .gitignore syntax, `progress` gets (files done, files in all).

    `tier` says what a file's bytes have to do with the search.

    Symlinks are not followed (what they point to inside `root` is found by itself), folders and devices are left out.
    """
    listed = git.files(root)
    paths = list(walk(root)) if listed is None else listed
    if exclude:
        paths = _without(paths, exclude)
    tally = _Tally(tier)
    folder = os.fspath(root)
    for number, path in enumerate(sorted(paths)):
        _look(folder, path, tally)
        if progress and number % 200 == 0:
            progress(number, len(paths))
    found = tally.kept | tally.linked if tally.kept else {}
    repository = Repository(tuple(tally.paths), root, tally.others | found if found else {})
    return Discovery(repository, tuple(sorted(found)), tuple(tally.skipped))


def _look(root: str, path: str, tally: _Tally) -> None:
    """Sort one file into the tally. What vanished meanwhile, or is no regular file, is left out."""
    place = f"{root}/{path}"
    try:
        status = os.lstat(place)
        if not stat.S_ISREG(status.st_mode):
            return
        if status.st_size > PARSED_BYTES:
            _look_at_large(place, path, status.st_size, tally)
            return
        with FileIO(place) as file:
            data = file.readall()
    except FileNotFoundError:
        return
    except OSError as error:
        tally.skipped.append(Skipped(path, f"cannot be read: {error.strerror or error}"))
        return
    tally.paths.append(path)
    _search(path, data, tally)


def _search(path: str, data: bytes, tally: _Tally) -> None:
    text = triggers.searchable(data)
    tier = tally.tier(text)
    if text is data and b"\0" in data:
        if tier is Tier.NAME:
            tally.skipped.append(Skipped(path, "a binary file in which a name was found", unread=False))
    elif tier is Tier.LINKED:
        tally.linked[path] = data
    elif tier:
        tally.kept[path] = data
    elif len(data) <= tally.room:
        tally.room -= len(data)
        tally.others[path] = data


def _look_at_large(place: str, path: str, size: int, tally: _Tally) -> None:
    """A file that is too large for a parser is searched without reading it into memory, and named if it holds TGI."""
    end = b""
    with FileIO(place) as file:
        while chunk := file.read(_CHUNK):
            if tally.tier(end + chunk) is Tier.NAME:
                limit = PARSED_BYTES // 1_000_000
                reason = f"{size // 1_000_000} MB; files over {limit} MB are searched, not parsed"
                tally.skipped.append(Skipped(path, reason))
                return
            end = chunk[-_OVERLAP:]


def _without(paths: list[str], exclude: Sequence[str]) -> list[str]:
    from pathspec import GitIgnoreSpec

    spec = GitIgnoreSpec.from_lines(exclude)
    return [path for path in paths if not spec.match_file(path)]


def walk(root: Path) -> Iterator[str]:
    """Files below `root` without those that a .gitignore names, for a folder that git does not know."""
    from pathspec import GitIgnoreSpec

    specs: dict[str, GitIgnoreSpec] = {}

    def ignored(path: str) -> bool:
        """The deepest .gitignore that has a word on the path decides."""
        folder = path.rstrip("/")
        while folder:
            folder = folder.rpartition("/")[0]
            if folder in specs:
                verdict = specs[folder].check_file(path[len(folder) :].lstrip("/")).include
                if verdict is not None:
                    return verdict
        return False

    for place, folders, names in os.walk(root, followlinks=False):
        here = os.path.relpath(place, root).replace(os.sep, "/")
        above = "" if here == "." else here + "/"
        if ".gitignore" in names:
            lines = Path(place, ".gitignore").read_text("utf-8", "surrogateescape").splitlines()
            specs[above.rstrip("/")] = GitIgnoreSpec.from_lines(lines)
        folders[:] = sorted(name for name in folders if name not in _NEVER and not ignored(f"{above}{name}/"))
        yield from (above + name for name in sorted(names) if not ignored(above + name))
