"""What a compose service gets of its host's files: volumes, and the secrets and configs that are files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from yaml import ScalarNode

from migrate.formats.yaml.tree import child, documents
from migrate.parity.launchers import UnusableEngine
from migrate.parity.launchers.compose_reader import Reader
from migrate.source import Source

# Where compose puts what a service names without a target.
_FOLDERS = {"secrets": "/run/secrets/", "configs": "/"}


def mounts(reader: Reader) -> Iterator[tuple[str, str]]:
    """Options of `docker run` for all of them.

    Raises:
        UnusableEngine: a secret or a config that is no file of the host.
    """
    for volume in [*_volumes(reader), *_files(reader, "secrets"), *_files(reader, "configs")]:
        yield "volume", volume


def _volumes(reader: Reader) -> list[str]:
    """The volumes of every layer, a later one on the same target wins; relative paths start at their own file."""
    found: dict[str, str] = {}
    for fact in reader.service.all("volumes"):
        for volume in reader.plain(fact, fact.value) or ():
            source, target, mode = _volume(volume)
            if source.startswith((".", "~", "/")):
                source = _on_host(reader.folder_of(fact.source), source)
            elif source:
                source = _named(reader, fact.source, source)
            found[target] = ":".join(part for part in (source, target, mode) if part)
    return list(found.values())


def _on_host(folder: Path, path: str) -> str:
    return str((folder / Path(path).expanduser()).resolve())


def _volume(volume: Any) -> tuple[str, str, str]:
    """Source, target and mode; a text of one part is a target without a source."""
    if isinstance(volume, dict):
        read_only = volume.get("read_only") == "true"
        return str(volume.get("source") or ""), str(volume.get("target") or ""), "ro" if read_only else ""
    parts = str(volume).split(":")
    return ("", parts[0], "") if len(parts) == 1 else (parts[0], parts[1], ":".join(parts[2:]))


def _named(reader: Reader, source: Source, name: str) -> str:
    """A volume under the name that compose gives it."""
    for document in documents(source):
        stated = child(document, "volumes", name)
        own = child(stated, "name")
        if isinstance(own, ScalarNode):
            return reader.text(source, own)
        external = child(stated, "external")
        if isinstance(external, ScalarNode) and external.value == "true":
            return name
        project = child(document, "name")
        if isinstance(project, ScalarNode):
            return f"{reader.text(source, project)}_{name}"
    given = reader.service.definitions.entries.get("COMPOSE_PROJECT_NAME")
    folder = re.sub(r"[^a-z0-9_-]", "", reader.folder.name.lower()).lstrip("_-")
    return f"{given.value if given else folder}_{name}"


def _files(reader: Reader, kind: str) -> list[str]:
    """`secrets` or `configs` of the service, each read-only at its target."""
    found: dict[str, str] = {}
    for fact in reader.service.all(kind):
        for one in reader.plain(fact, fact.value) or ():
            name = str(one.get("source") if isinstance(one, dict) else one)
            target = str((one.get("target") if isinstance(one, dict) else "") or name)
            target = target if target.startswith("/") else f"{_FOLDERS[kind]}{target}"
            found[target] = f"{_file(reader, fact.source, kind, name)}:{target}:ro"
    return list(found.values())


def _file(reader: Reader, source: Source, kind: str, name: str) -> str:
    """The file that a secret or a config is; an override may name one of the first file.

    Raises:
        UnusableEngine: it comes from elsewhere, or is not there: Docker would make a folder of its name.
    """
    for origin in filter(None, (source, reader.repo.source(reader.path))):
        for document in documents(origin):
            stated = child(document, kind, name, "file")
            if isinstance(stated, ScalarNode):
                file = _on_host(reader.folder_of(origin), reader.text(origin, stated))
                if Path(file).is_file():
                    return file
                raise UnusableEngine(f"{origin.path}: {kind}: {name}: {file}: there is no such file")
    raise UnusableEngine(f"{source.path}: {kind}: {name} is no file of this host: only those can be handed on")
