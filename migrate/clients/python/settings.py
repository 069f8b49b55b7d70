"""What the repository gives to a setting that a program reads: variables, fields of settings, configuration files."""

from __future__ import annotations

import ast

from migrate.clients.python.project import At, Project

SETTINGS = ("BaseSettings", "Settings")
_LOOKUPS = ("getenv", "get", "env", "str", "config", "url")
_PLACES = ("environ", "env", "os", "config", "decouple")
_LOADS = ("load", "loads", "safe_load", "full_load")
_FILES = (".yaml", ".yml", ".json", ".toml")
DEPTH = 6


def settings_of(project: Project, at: At) -> list[str]:
    """The texts that the repository's files give to what an expression reads; empty where it reads no setting."""
    if project.configured is None:
        return []
    name = variable(at.node)
    if name:
        return project.configured.variable(name)
    if isinstance(at.node, ast.Subscript):
        return _entry(project, at)
    if isinstance(at.node, ast.Attribute):
        return _field(project, at, at.node)
    return []


def variable(node: ast.AST) -> str | None:
    """The variable's name in `os.environ["X"]`, `os.getenv("X")`, `environ.get("X", ...)`, `env("X")` and the like."""
    if isinstance(node, ast.Subscript):
        holder, key = node.value, node.slice
        return _text(key) if _last(holder) == "environ" else None
    if isinstance(node, ast.Call) and node.args and _last(node.func) in _LOOKUPS:
        func = node.func
        place = _last(func.value) if isinstance(func, ast.Attribute) else "env"
        name = _text(node.args[0]) if place in _PLACES else None
        return name if name and name.isupper() else None
    return None


def _entry(project: Project, at: At) -> list[str]:
    """`yaml.safe_load(...)["llm"]["url"]`, through names and functions."""
    keys: list[str] = []
    for _ in range(DEPTH):
        node = at.node
        if isinstance(node, ast.Subscript) and (key := _text(node.slice)) is not None:
            keys.insert(0, key)
            at = At(at.module, node.value)
            continue
        if isinstance(node, ast.Call) and _last(node.func) in _LOADS:
            file = _file(project, at)
            found = project.configured.entry(file, keys) if file and project.configured else None
            return [found] if found else []
        values = [one for one in project.values(at, 1) if one != at]
        if len(values) != 1:
            return []
        at = values[0]
    return []


def _file(project: Project, at: At, depth: int = DEPTH) -> str | None:
    """The configuration file that a call reads: the last text in it that names one."""
    inside = list(ast.walk(at.node))
    names = [text for node in inside if (text := _text(node)) and text.endswith(_FILES)]
    if names or not depth:
        return names[-1] if names else None
    for node in inside:
        if isinstance(node, ast.Name):
            for value in project.values(At(at.module, node), 1):
                if value.node is not node and (found := _file(project, value, depth - 1)):
                    return found
    return None


def _field(project: Project, at: At, node: ast.Attribute) -> list[str]:
    """A field of a class of settings, which takes its value from a variable of its name."""
    owner = project.owner(At(at.module, node.value))
    if owner is None or not isinstance(owner.node, ast.ClassDef) or not is_settings(owner.node):
        return []
    prefixes = {
        text
        for one in ast.walk(owner.node)
        for name, value in _named(one)
        if name == "env_prefix" and (text := _text(value)) is not None
    }
    names = [f"{prefix}{node.attr}" for prefix in prefixes or {""}]
    asked = [form for name in names for form in (name.upper(), name.lower())]
    configured = project.configured
    return [value for name in asked for value in configured.variable(name)] if configured else []


def is_settings(owner: ast.ClassDef) -> bool:
    """Whether a class takes its fields from variables."""
    return any(_last(base) in SETTINGS for base in owner.bases)


def _named(node: ast.AST) -> list[tuple[str, ast.expr]]:
    if isinstance(node, ast.keyword) and node.arg:
        return [(node.arg, node.value)]
    if isinstance(node, ast.Assign):
        return [(target.id, node.value) for target in node.targets if isinstance(target, ast.Name)]
    return []


def _text(node: ast.AST) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _last(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
