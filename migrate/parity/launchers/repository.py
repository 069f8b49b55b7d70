"""A service of a repository before and after its migration: as it is written, and as `migrate apply` would write it.

Where the file is migrated already, its last commit has the service as it was, and the file the one to move to.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from posixpath import normpath

from migrate import git
from migrate.cli.options import Choices
from migrate.cli.running import report_on, settings_of
from migrate.findings import Safety
from migrate.formats.compose import reader as compose
from migrate.formats.compose.environment import missing_env_files
from migrate.formats.compose.model import Project
from migrate.output.report import Report
from migrate.parity.launchers import UnusableEngine
from migrate.parity.launchers.compose_service import names_of, place_of, read_service
from migrate.parity.launchers.container import Container
from migrate.parity.launchers.script_run import runs
from migrate.repository import Repository
from migrate.writing import rewrite


@dataclass(frozen=True)
class Checkout:
    """A repository on disk and a compose file in it; `path` is relative to the root."""

    root: Path
    path: str

    @classmethod
    def around(cls, file: Path) -> Checkout:
        """The git repository that holds the file, or the file's folder.

        Raises:
            UnusableEngine: there is no such file.
        """
        place = file.resolve()
        if not place.is_file():
            raise UnusableEngine(f"{file}: there is no such file")
        root = next((folder for folder in place.parents if (folder / ".git").exists()), place.parent)
        return cls(root, place.relative_to(root).as_posix())

    @cached_property
    def report(self) -> Report:
        """What `migrate apply` finds in the whole repository: what clients ask for decides how a model is named."""
        return report_on(self.root, settings_of(Choices(self.root)))

    def service(self, name: str) -> str:
        """The service that is meant, the only one that starts TGI where no name is given.

        Raises:
            UnusableEngine: there are several, or none.
        """
        if name:
            return name
        found = sorted(self._starting(self._now) or self._starting(self._committed))
        if len(found) != 1:
            known = ", ".join(found or self._names(self._now))
            what = "several services start TGI" if found else "no service starts TGI"
            raise UnusableEngine(f"{self.path}: {what}: give one as {self.path}:NAME ({known})")
        return found[0]

    def as_it_is(self, name: str) -> Container:
        """Any service of the file, whatever it starts.

        Raises:
            UnusableEngine: it cannot be started as it is written.
        """
        return self._read(self._now, name)

    def before(self, name: str) -> Container:
        """The service that starts TGI: the file's own, else that of the last commit.

        Raises:
            UnusableEngine: neither starts TGI, or it cannot be started as it is written.
        """
        for repo in (self._now, self._committed):
            if name in self._starting(repo):
                return self._read(repo, name)
        self.as_it_is(name)
        raise UnusableEngine(f"{self.path}: {name} starts TGI neither here nor in the last commit")

    def after(self, name: str) -> Container:
        """The service on vLLM: as `migrate apply` would write it, or as it is where that was done.

        Raises:
            UnusableEngine: apply leaves it to a person, or it cannot be started as it would be written.
        """
        if name not in self._starting(self._now):
            return self.as_it_is(name)
        repo = self._migrated
        if name in self._starting(repo):
            told = [one for one in self.report.findings if one.path == self.path and one.safety is Safety.MANUAL]
            reason = "; ".join(dict.fromkeys(one.message for one in told)) or "nothing is written"
            raise UnusableEngine(f"{self.path}: {name}: apply leaves it to you: {reason}")
        return self._read(repo, name)

    @property
    def _is_compose(self) -> bool:
        return self.path.endswith((".yaml", ".yml"))

    def _names(self, repo: Repository) -> list[str]:
        return names_of(repo, self.path) if self._is_compose else [run.name for run in runs(repo, self.path)]

    def _place(self, name: str) -> str:
        """Where the file, as it is on disk, starts the service; empty where only the last commit has it."""
        if self._is_compose:
            return place_of(self._now, self.path, name) if name in self._names(self._now) else ""
        return next((f"{run.path}:{run.line}" for run in runs(self._now, self.path) if run.name == name), "")

    def _read(self, repo: Repository, name: str) -> Container:
        return replace(self._container(repo, name), place=self._place(name))

    def _container(self, repo: Repository, name: str) -> Container:
        if self._is_compose:
            return read_service(self._complete(repo, name), self.path, name)
        run = next((run for run in runs(repo, self.path) if run.name == name), None)
        if run is None:
            known = ", ".join(self._names(repo)) or "none"
            raise UnusableEngine(f"{self.path}: runs no container {name} of TGI or vLLM; there are {known}")
        return run.container(self.root)

    @cached_property
    def _now(self) -> Repository:
        """The repository as apply sees it."""
        found = self.report.repository
        return found if self.path in found else found.having({}, [self.path])

    @cached_property
    def _migrated(self) -> Repository:
        written = rewrite(self.report.repository, self.report.groups).files
        return self._now.having({change.path: change.new for change in written})

    @cached_property
    def _committed(self) -> Repository:
        """The repository as the last commit has it, as far as files changed; without git as it is."""
        if not git.inside(self.root):
            return self._now
        uncommitted = git.uncommitted(self.root) or ()
        changed = [path for path in self._now.paths if path in uncommitted]
        committed = {path: git.committed(self.root, path) for path in changed}
        return self._now.having({path: data for path, data in committed.items() if data is not None})

    def _starting(self, repo: Repository) -> set[str]:
        """The services of the file that start TGI."""
        if not self._is_compose:
            return {run.name for run in runs(repo, self.path) if run.starts_tgi}
        source = repo.source(self.path)
        found = compose.read(source, repo).launches if source else ()
        return {launch.name for launch in found if launch.name}

    def _complete(self, repo: Repository, name: str) -> Repository:
        """The repository with the files that git ignores and compose reads: `.env`, and the service's env files."""
        folder = PurePosixPath(self.path).parent
        more = [(folder / ".env").as_posix()]
        source = repo.source(self.path)
        for service in Project(repo).services(source) if source else ():
            if service.name == name:
                more += [normpath((folder / missing).as_posix()) for missing in missing_env_files(service, repo)]
        there = [path for path in more if path not in repo and (self.root / path).is_file()]
        return repo.having({}, there)
