"""Compose files that need not say TGI but belong to what another file starts."""

from __future__ import annotations

from pathlib import PurePosixPath

from migrate.formats.built_images import base_image
from migrate.formats.compose.build import dockerfile
from migrate.formats.compose.model import Project, extending, farther, neighbours
from migrate.formats.compose.reader import is_compose
from migrate.formats.compose.services import is_override, starts
from migrate.repository import Repository

_SUFFIXES = (".yml", ".yaml")


def companions(path: str, repo: Repository) -> list[str]:
    """Files that need not say TGI but belong to the services of this one: override files beside it, files that
    extend it."""
    source = repo.source(path)
    if source is None:
        return []
    if not path.endswith(_SUFFIXES):
        return _builders(path, repo) if base_image(source) else []
    if not is_compose(source):
        return []
    project = Project(repo)
    if project.readable(path) is None:
        return []
    names = {service.name for service in project.services(source) if starts(service, repo)}
    found = [other for other in neighbours(repo, path) if names and _shares(project, other, names)]
    found += [other for other in farther(repo, path, names) if _shares(project, other, names)]
    name = PurePosixPath(path).name.encode()
    for other in extending(repo):
        named = other != path and other not in found and name in repo.read(other)
        if named and _extends(project, other, path):
            found.append(other)
    return found


def _builders(path: str, repo: Repository) -> list[str]:
    """The compose files with a service that builds a Dockerfile."""
    project = Project(repo)
    found = []
    for other in repo.holding("build", [other for other in repo.paths if other.endswith(_SUFFIXES)]):
        source = project.readable(other)
        built = [dockerfile(service, repo) for service in project.services(source)] if source else []
        if any(one is not None and one.path == path for one in built):
            found.append(other)
    return found


def _shares(project: Project, path: str, names: set[str]) -> bool:
    source = project.readable(path)
    return source is not None and any(
        service.name in names and is_override(service) for service in project.services(source)
    )


def _extends(project: Project, path: str, base: str) -> bool:
    source = project.readable(path)
    if source is None:
        return False
    extended = [project.extended(service.own) for service in project.services(source)]
    return any(found is not None and found[0].path == base for found in extended)
