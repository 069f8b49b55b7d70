"""The few questions that a run asks git. Without git, or outside a repository, each answers None."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from migrate.problems import UsageProblem

_OWN = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")


def _run(root: Path, *words: str) -> subprocess.CompletedProcess[bytes] | None:
    """One git command in `root`; None without git. A hook's own GIT_DIR is dropped, file monitors are not started."""
    environment = {name: value for name, value in os.environ.items() if name not in _OWN}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C.UTF-8"}
    command = ["git", "-c", "core.fsmonitor=false", "-C", os.fspath(root), *words]
    try:
        return subprocess.run(command, capture_output=True, check=False, env=environment, stdin=subprocess.DEVNULL)
    except FileNotFoundError:
        return None


def _paths(output: bytes) -> list[str]:
    return [os.fsdecode(path) for path in output.split(b"\0") if path]


def _first_line(output: bytes) -> str:
    lines = output.decode("utf-8", "replace").strip().splitlines()
    return lines[0] if lines else "no message"


def inside(root: Path) -> bool:
    """Whether `root` or a folder above it holds a git repository, whether or not git agrees to read it."""
    return any((folder / ".git").exists() for folder in (root, *root.parents))


def files(root: Path) -> list[str] | None:
    """Tracked files and untracked ones that are not ignored, relative to `root`; None where git cannot tell."""
    done = _run(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate")
    return _paths(done.stdout) if done and done.returncode == 0 else None


def uncommitted(root: Path) -> frozenset[str] | None:
    """Files below `root` whose content is not in a commit, untracked ones too; None without a repository.

    Raises:
        UsageProblem: there is a repository and git refuses to read it.
    """
    if not inside(root):
        return None
    status = _run(root, "status", "--porcelain", "-z", "--untracked-files=all", "--no-renames", "--", ".")
    prefix = _run(root, "rev-parse", "--show-prefix")
    if status is None or prefix is None:
        return None
    if status.returncode:
        raise UsageProblem(
            f"git cannot tell what is committed: {_first_line(status.stderr)} (--allow-dirty goes without)"
        )
    above = os.fsdecode(prefix.stdout.rstrip(b"\n"))
    return frozenset(entry[3:].removeprefix(above) for entry in _paths(status.stdout))


def committed(root: Path, path: str) -> bytes | None:
    """A file, named relative to `root`, as the last commit has it; None where it has none."""
    done = _run(root, "show", f"HEAD:./{path}")
    return done.stdout if done and done.returncode == 0 else None


def changed_since(root: Path, revision: str) -> frozenset[str]:
    """Files below `root` that differ from `revision`, untracked ones too.

    Raises:
        UsageProblem: there is no git, no repository or no such revision.
    """
    done = _run(
        root, "diff", "--name-only", "-z", "--relative", "--no-renames", "--end-of-options", revision, "--", "."
    )
    others = _run(root, "ls-files", "-z", "--others", "--exclude-standard")
    if done is None or others is None:
        raise UsageProblem("--changed-since needs git, which is not installed")
    if done.returncode:
        raise UsageProblem(f"--changed-since {revision}: {_first_line(done.stderr)}")
    return frozenset(_paths(done.stdout) + _paths(others.stdout))
