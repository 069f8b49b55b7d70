"""Values that a repository gives to settings outside of its programs: variables, and entries of configuration files."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Sequence
from posixpath import basename, splitext
from typing import Any

import yaml

from migrate.repository import Repository

_SUFFIXES = (".env", ".yaml", ".yml", ".sh", ".toml", ".json", ".service", ".mk", ".cfg", ".ini", ".conf")
_NAMES = (".env", "Dockerfile", "Containerfile", "Makefile", "docker-compose")
_SET = (
    r"""(?m)^[^#\n]*?(?<![\w.$-])["']?{name}["']?[ \t]*[=:][ \t]*"""
    r"""(?P<quote>["']?)(?P<value>\$\{{\w+:?-[^}}\s]*\}}|[^"'\s#,}}\]]+)(?P=quote)"""
)
_LISTED = r"""(?m)^[ \t]*-?[ \t]*name:[ \t]*["']?{name}["']?[ \t]*\n[ \t]*value:[ \t]*["']?(?P<value>[^"'\s#]+)"""
_DEFAULT = re.compile(r"\$\{\w+:?-([^${}]*)\}")


class Configured:
    """What the files of a repository set; read when it is asked for."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self._known: dict[str, list[str]] = {}
        self._trees: dict[str, Any] = {}

    def variable(self, name: str) -> list[str]:
        """The values that files of variables, compose files, scripts and manifests give a variable, each once."""
        if name not in self._known:
            asked = [re.compile(pattern.format(name=re.escape(name))) for pattern in (_SET, _LISTED)]
            found: dict[str, None] = {}
            for path in self.repository.paths:
                text = self._text(path, name.encode())
                for match in (match for pattern in asked for match in pattern.finditer(text)):
                    value = _DEFAULT.sub(r"\1", match["value"])
                    if value and not re.search(r"[$<>{]", value):
                        found[value] = None
            self._known[name] = list(found)
        return self._known[name]

    def _text(self, path: str, needed: bytes) -> str:
        name = basename(path)
        if not name.startswith(_NAMES) and not name.endswith(_SUFFIXES):
            return ""
        data = self.repository.read(path)
        return data.decode("utf-8", "replace") if needed in data else ""

    def entry(self, file: str, keys: Sequence[str]) -> str | None:
        """The text under the keys in the configuration files of this name; None: they tell none, or several."""
        name = basename(file)
        found = {self._below(path, keys) for path in self.repository.paths if basename(path) == name}
        return found.pop() if len(found) == 1 else None

    def _below(self, path: str, keys: Sequence[str]) -> str | None:
        if path not in self._trees:
            self._trees[path] = _tree(path, self.repository.read(path).decode("utf-8", "replace"))
        node = self._trees[path]
        for key in keys:
            node = node.get(key) if isinstance(node, dict) else None
        return node if isinstance(node, str) else None


def _tree(path: str, text: str) -> Any:
    try:
        match splitext(path)[1]:
            case ".json":
                return json.loads(text)
            case ".toml":
                return tomllib.loads(text)
            case ".yaml" | ".yml":
                return yaml.safe_load(text)
    except (ValueError, yaml.YAMLError, RecursionError):
        return None
    return None
