"""Whether the target serves a model whose config.json lies in the repository."""

from __future__ import annotations

import json

from migrate.catalog.vllm import catalog
from migrate.launch.arguments import read_arguments
from migrate.repository import Repository
from migrate.touchpoints import Launch


def served(launch: Launch, repo: Repository, target: str) -> bool | None:
    """False where a local config.json names only architectures that the target's registry lacks; None where unknown."""
    model = _model(launch)
    folder = _folder(launch, model, repo) if model else None
    if folder is None:
        return None
    try:
        config = json.loads(repo.read(f"{folder}/config.json"))
    except ValueError:
        return None
    names = config.get("architectures") if isinstance(config, dict) else None
    known = [catalog().serves(name, target) for name in names] if isinstance(names, list) else []
    if not known or None in known:
        return None
    return any(known)


def _model(launch: Launch) -> str | None:
    given = [one.value for one in read_arguments(launch.arguments).given if one.option == "model-id"]
    given += [variable.word for variable in launch.environment if variable.name in ("MODEL_ID", "HF_MODEL_ID")]
    return given[0].known if given and given[0] else None


def _folder(launch: Launch, model: str, repo: Repository) -> str | None:
    """The repository's folder behind a path in the container, through the mounts."""
    if not model.startswith(("/", ".")):
        return None
    for mount in launch.mounts:
        if model == mount.target or model.startswith(mount.target.rstrip("/") + "/"):
            inside = f"{mount.source}{model[len(mount.target.rstrip('/')) :]}".removeprefix("./").rstrip("/")
            found = repo.beside(launch.path, f"{inside}/config.json")
            if found:
                return found.removesuffix("/config.json")
    found = repo.beside(launch.path, f"{model}/config.json") if model.startswith(".") else None
    return found.removesuffix("/config.json") if found else None
