"""What the rest of a repository says about the server that its clients talk to: launches, names, budget, keys."""

from __future__ import annotations

import re
from collections.abc import Sequence

import yaml

from migrate.clients.outcome import Collected
from migrate.repository import Repository
from migrate.touchpoints import Launch
from migrate.triggers import holds

LAUNCHED = (b"text-generation-inference", b"text-generation-launcher", b"huggingface-pytorch-tgi", b"tgi-gaudi")
SETTINGS = (b"--max-total-tokens", b"MAX_TOTAL_TOKENS", b"served")
BUDGET = re.compile(rb"(?:--max-total-tokens|MAX_TOTAL_TOKENS)[\"']?\s*[=:,]?\s*[\"']?(?:value:\s*[\"']?)?(\d+)")
SERVED = re.compile(rb"served[-_]model[-_]name[^\n]*(?:\n[ \t]*-[ \t]+\w[^\n]*)*")
KEY = re.compile(rb"--api-key\b|\bAPI_KEY\b")
NAME = re.compile(rb"(?<![\w/.$-])([A-Za-z][\w./-]*)")
VERSION = re.compile(rb"text-generation-inference:(\d+)\.(\d+)")
SUFFIXES = (".yaml", ".yml", ".sh", ".env", ".tf", ".toml", ".json", ".service", ".mk", ".py")


def surroundings(repository: Repository, source: str | None, launches: tuple[Launch, ...]) -> Collected:
    """What is known before a client is read; `source` and `launches` as in `migrate.clients.read`."""
    files = (repository.read(path) for path in repository.paths if _launchable(path))
    texts = [data for data in files if holds(data, SETTINGS) or holds(data, LAUNCHED)]
    starting = [data for data in texts if holds(data, LAUNCHED)]
    return Collected(
        budget=_budget(texts, source),
        launched=bool(starting),
        protected=any(KEY.search(data) for data in starting),
        launches=launches,
        beside=_beside(repository, launches),
        served=_served(texts),
    )


def _launchable(path: str) -> bool:
    name = path.rpartition("/")[2]
    return path.endswith(SUFFIXES) or name.startswith((".env", "Dockerfile", "Makefile", "Containerfile"))


def _served(texts: Sequence[bytes]) -> set[str]:
    """The names that a server of the repository serves already."""
    lines = [match[0] for data in texts for match in SERVED.finditer(data)]
    return {match[1].decode() for line in lines for match in NAME.finditer(line)}


def _beside(repository: Repository, launches: tuple[Launch, ...]) -> frozenset[str]:
    """The names of the other services in compose files that start TGI."""
    found: set[str] = set()
    for path in {launch.path for launch in launches if launch.kind == "compose"}:
        source = repository.source(path)
        try:
            root = yaml.load(source.text, Loader=yaml.SafeLoader) if source else None
        except (yaml.YAMLError, ValueError):
            continue
        services = root.get("services") if isinstance(root, dict) else None
        found |= {str(name) for name in services} if isinstance(services, dict) else set()
    return frozenset(found - {str(launch.name) for launch in launches})


def _budget(texts: Sequence[bytes], source: str | None) -> str | None:
    """How many tokens TGI gives where a request names no limit.

    The launch's budget from 3.0 on, 100 from 1.3.3 to 2.4, 20 up to 1.1.0.
    """
    versions = {(int(match[1]), int(match[2])) for data in texts for match in VERSION.finditer(data)}
    if source and (match := re.match(r"v?(\d+)\.(\d+)", source)):
        versions = {(int(match[1]), int(match[2]))}
    if versions and max(versions) < (3, 0):
        if min(versions) >= (1, 4):
            return "100"
        if max(versions) < (1, 1):
            return "20"
        return None
    budgets = {match[1].decode() for data in texts for match in BUDGET.finditer(data)}
    return budgets.pop() if len(budgets) == 1 else None
