"""Values that stand outside of a program: environment variables, and entries of configuration files that it loads."""

from __future__ import annotations

import ast
import configparser
import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from migrate.clients.python.code.literals import literal
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.code.scopes import Function, name_of
from migrate.clients.variables import Variables
from migrate.repository import Repository

_LOADS = ("safe_load", "load", "loads", "full_load")
_PARSERS = ("ConfigParser", "RawConfigParser", "SafeConfigParser")
_FILES = (".yaml", ".yml", ".json", ".toml", ".ini", ".cfg", ".conf")
_READERS = ("getenv", "get", "env", "config", "str", "pop")


@dataclass(frozen=True)
class Outside:
    """The files of the repository that are no programs."""

    repository: Repository
    variables: Variables


class Configured:
    """What expressions of a project read from outside of it; nothing where the project knows no other files."""

    def __init__(self, project: Project) -> None:
        outside = project.outside or Outside(Repository(()), Variables(Repository(())))
        self.project, self.repository, self.variables = project, outside.repository, outside.variables

    def exactly(self, at: At) -> list[str]:
        """Every text that the repository's files give the setting that an expression is, and nothing else."""
        found = [value for name in self._names(at) for value in self.variables.values(name)]
        return list(dict.fromkeys([*found, *self._entry(at)]))

    def values(self, at: At) -> list[str]:
        """Every text that the repository's files give an expression, or a part of it."""
        found: dict[str, None] = {}
        for value in self.project.values(at, callers=True):
            for node in ast.walk(value.node):
                for name in self._names(At(value.module, node)):
                    found |= dict.fromkeys(self.variables.values(name))
            found |= dict.fromkeys(self._entry(value))
        return list(found)

    def _names(self, at: At) -> Iterator[str]:
        """The variables that an expression reads: `os.environ["X"]`, `os.getenv("X")`, a member of settings."""
        node = at.node
        if isinstance(node, ast.Subscript) and name_of(node.value) == "environ":
            name = literal(self.project, At(at.module, node.slice))
        elif isinstance(node, ast.Call) and name_of(node.func) in _READERS and node.args:
            name = literal(self.project, At(at.module, node.args[0]))
        else:
            if isinstance(node, ast.Attribute):
                yield from self._setting(at, node)
            return
        if isinstance(name, str) and name.isidentifier():
            yield name

    def _setting(self, at: At, node: ast.Attribute) -> Iterator[str]:
        """`settings.llm_model` of a class that reads the environment: LLM_MODEL, behind its prefix."""
        owner = self.project.owner(At(at.module, node.value))
        if owner is None or not isinstance(owner.node, ast.ClassDef):
            return
        if is_settings(owner.node):
            given = [
                one.value for one in ast.walk(owner.node) if isinstance(one, ast.keyword | ast.Assign) and _prefix(one)
            ]
            values = [literal(self.project, At(owner.module, one)) for one in given]
            prefix = next((one for one in values if isinstance(one, str)), "")
            yield f"{prefix}{node.attr}".upper()

    # --- configuration files ---

    def _entry(self, at: At) -> list[str]:
        """The text under the keys that an expression reads from a file: `yaml.safe_load(...)["llm"]["model"]`."""
        keys: list[str] = []
        node = at
        for _ in range(12):
            inner = _key(node.node)
            if inner is not None:
                keys[:0] = inner[1]
                node = At(node.module, inner[0])
                continue
            if isinstance(node.node, ast.Call) and self._reads_file(At(node.module, node.node.func)):
                break
            value = next((one for one in self.project.values(node, 1) if one != node), None)
            if value is None:
                return []
            node = value
        found = [self._under(path, keys) for path in self._files(node)] if keys else []
        return [one for one in found if one]

    def _reads_file(self, function: At) -> bool:
        """Whether a function is a library's that gives what a file holds."""
        return name_of(function.node) in (*_LOADS, *_PARSERS) and self.project.definition(function) is None

    def _files(self, at: At) -> list[str]:
        """The files of the repository that a call names, or the function around it with its defaults."""
        function = at.module.around(at.node, ast.FunctionDef, ast.AsyncFunctionDef)
        places: list[ast.AST] = [at.node, *([function] if isinstance(function, Function) else [])]
        if isinstance(at.node, ast.Call) and name_of(at.node.func) in _PARSERS:
            places += [one for one in at.module.calls if name_of(one.func) == "read"]
        names = [name for place in places for name in self._mentioned(At(at.module, place))]
        return [path for name in dict.fromkeys(names) for path in self.repository.paths if _same(path, name)]

    def _mentioned(self, at: At) -> Iterator[str]:
        for node in ast.walk(at.node):
            values = self.project.values(At(at.module, node)) if isinstance(node, ast.Name) else [At(at.module, node)]
            for inner in (one for value in values for one in ast.walk(value.node)):
                if isinstance(inner, ast.Constant) and isinstance(inner.value, str) and inner.value.endswith(_FILES):
                    yield inner.value

    def _under(self, path: str, keys: list[str]) -> str | None:
        source = self.repository.source(path)
        try:
            found = _loaded(path, source.text if source else "")
        except (ValueError, yaml.YAMLError, configparser.Error):
            return None
        for key in keys:
            found = found.get(key, found.get(key.lower())) if isinstance(found, dict) else found
        return found if isinstance(found, str) else None


def is_settings(owner: ast.ClassDef) -> bool:
    """Whether a class takes its fields from variables."""
    return any("Settings" in name_of(base) for base in owner.bases)


def _prefix(node: ast.keyword | ast.Assign) -> bool:
    """`env_prefix=...` of the class's configuration, as an argument or as a member."""
    names = [node.arg] if isinstance(node, ast.keyword) else [name_of(target) for target in node.targets]
    return "env_prefix" in names


def _key(node: ast.AST) -> tuple[ast.expr, list[str]] | None:
    """What an expression reads, and under which keys; `config.get(section, option)` has two."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
        return node.value, [node.slice.value]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args:
        words = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        return (node.func.value, words) if len(words) == len(node.args) else (node.func.value, words[:1])
    return (node.value, [node.attr]) if isinstance(node, ast.Attribute) else None


def _same(path: str, name: str) -> bool:
    return path == name or path.endswith("/" + name.lstrip("./"))


def _loaded(path: str, text: str) -> object:
    """
    Raises:
        ValueError, yaml.YAMLError, configparser.Error: no text of that kind.
    """
    if path.endswith((".ini", ".cfg", ".conf")):
        parser = configparser.ConfigParser(interpolation=None)
        parser.read_string(text)
        return {section: dict(parser[section]) for section in parser.sections()}
    if path.endswith(".toml"):
        return tomllib.loads(text)
    return json.loads(text) if path.endswith(".json") else yaml.safe_load(text)
