"""What an override file changes of the server that it is laid over."""

from __future__ import annotations

from collections.abc import Sequence

from migrate.catalog import tgi
from migrate.formats.compose.devices import read_gpus, read_mounts
from migrate.formats.compose.environment import Entry, read_environment
from migrate.formats.compose.model import Service
from migrate.repository import Repository
from migrate.touchpoints import Gpus

_WORDS = ("command", "entrypoint", "image")


def changes_words(service: Service, repo: Repository) -> bool:
    """Whether the words that start the server differ from those of the service below: by command, image, variable or
    GPUs."""
    if any(name in service.own.facts for name in _WORDS):
        return True
    entries = own_entries(service, repo)
    if any(is_option(entry.variable.name) for entry in entries):
        return True
    variables = [entry.variable for entry in entries]
    return _sharding(read_gpus(service, variables)) != _sharding(read_gpus(below(service), variables))


def changes_anything(service: Service, repo: Repository) -> bool:
    """Whether a plan may have something to write into the override file."""
    if changes_words(service, repo):
        return True
    if any(tgi.variable(entry.variable.name) is not None for entry in own_entries(service, repo)):
        return True
    old = {mount.target for mount in read_mounts(below(service))}
    return any(mount.target not in old for mount in read_mounts(service))


def own_entries(service: Service, repo: Repository) -> Sequence[Entry]:
    """The variables that the override file itself brings."""
    return [entry for entry in read_environment(service, repo) if entry.fact.layer is service.own]


def below(service: Service) -> Service:
    """The service that an override is laid over."""
    return Service(service.name, service.layers[:-1], service.definitions)


def is_option(name: str) -> bool:
    """Whether TGI's launcher reads an option from this variable."""
    return name == "HF_MODEL_ID" or any(option.env == name for option in tgi.options().values())


def _sharding(gpus: Gpus) -> Gpus:
    """GPUs as far as they decide how the model is split: one GPU is like none."""
    return Gpus() if gpus.kind == "list" and gpus.count <= 1 else gpus
