"""Runs inside a Python that has vLLM, and prints that vLLM's surface as JSON: nothing else may be imported here.

The options come from the version's own argument parser, the rest from its registries and request models. What cannot be
read in a version is left out of the answer, with the reason under `not_read`.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def attempt(kind: Callable[[str], Any], text: str) -> tuple[bool, Any]:
    """(True, value) when an option's type takes a text, (False, None) when it refuses."""
    try:
        return True, kind(text)
    except (ValueError, TypeError, KeyError, argparse.ArgumentTypeError):
        return False, None


def name_of_type(kind: Callable[[str], Any] | None) -> str:
    """The catalog's word for what an option's type takes, found by trying texts."""
    if kind is None:
        return "str"
    if kind is bool:
        return "python-bool(str)"
    optional = "?" if attempt(kind, "None") == (True, None) else ""
    human, auto, number = attempt(kind, "8k"), attempt(kind, "auto"), attempt(kind, "7")
    if human[0] and isinstance(human[1], int):
        return ("human-int-or-auto" if auto == (True, -1) else "human-int") + optional
    if number[0] and isinstance(number[1], int) and not isinstance(number[1], bool) and not attempt(kind, "{}")[0]:
        return "int" + optional
    if number[0] and isinstance(number[1], float):
        return "float" + optional
    if attempt(kind, "word")[0]:
        return ("json-or-str" if isinstance(attempt(kind, '{"a":1}')[1], dict) else "str") + optional
    return ("json" if attempt(kind, "[1]") == (True, [1]) else "json-config") + optional


def kind_of(action: argparse.Action) -> str:
    """The catalog's word for an action of the parser."""
    name = type(action).__name__
    if "Boolean" in name:
        return "bool"
    if action.nargs == 0:
        return "flag"
    if "LoRA" in name:
        return "name=path-or-json list"
    if action.choices:
        return "choice?" if None in action.choices else "choice"
    kind = name_of_type(action.type if callable(action.type) else None)
    return kind.replace("str", "str (repeatable)", 1) if "Append" in name else kind


def plain(value: Any) -> Any:
    """A default as JSON: a configuration object is only called that."""
    if value is argparse.SUPPRESS:
        return None
    if isinstance(value, (set, frozenset)):
        value = sorted(value)
    try:
        return json.loads(json.dumps(value))
    except TypeError:
        return str(value.value) if hasattr(value, "value") else "config object"


def options() -> dict[str, dict[str, Any]]:
    """Every action of `vllm serve`: destination, spellings, kind, nargs, choices, default."""
    command = importlib.import_module("vllm.entrypoints.cli.serve").ServeSubcommand()
    parser = first(["vllm.utils.argparse_utils", "vllm.utils"], "FlexibleArgumentParser")(prog="vllm")
    serve = command.subparser_init(parser.add_subparsers(dest="subparser"))
    found = {}
    for action in serve._actions:
        if action.dest in ("help", argparse.SUPPRESS):
            continue
        spelled = sorted(flag for flag, owner in serve._option_string_actions.items() if owner is action)
        entry = {
            "flags": spelled,
            "hidden": sorted(set(spelled) - set(action.option_strings)),
            "kind": kind_of(action),
            "nargs": action.nargs or None,
            "choices": sorted({str(choice) for choice in action.choices}) if action.choices else None,
            "default": plain(action.default),
            "deprecated": bool(getattr(action, "deprecated", False) or action in getattr(serve, "_deprecated", ())),
        }
        found[action.dest.replace("_", "-")] = entry | ({} if spelled else {"positional": True})
    return found


def variables() -> dict[str, Any]:
    """Every variable of envs.py with its default."""
    envs = importlib.import_module("vllm.envs")
    found = {}
    for name, read in envs.environment_variables.items():
        try:
            found[name] = plain(read())
        except (ValueError, KeyError, OSError, RuntimeError):
            found[name] = None
    return found


def architectures() -> list[str]:
    """The names in the model registry."""
    registry = importlib.import_module("vllm.model_executor.models.registry")
    return sorted(registry._VLLM_MODELS)


def quantization() -> list[str]:
    """The names that --quantization knows."""
    return sorted(importlib.import_module("vllm.model_executor.layers.quantization").QUANTIZATION_METHODS)


def metrics() -> dict[str, str | None]:
    """Prometheus metrics in the source: name as exposed, with its type; None for texts that may be names."""
    found: dict[str, str | None] = {}
    root = Path(str(importlib.import_module("vllm").__file__)).parent
    for path in root.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "vllm:" not in text:
            continue
        for name in re.findall(r"[\"'](?:vllm:)?([a-z][a-z0-9_]+)[\"']", text):
            found.setdefault(f"vllm:{name}", None)
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call):
                found.update(metric(node))
    return found


def metric(call: ast.Call) -> dict[str, str | None]:
    """{name: type} where a call builds a metric."""
    called = ast.unparse(call.func).lower()
    kind = next((kind for kind in ("counter", "gauge", "histogram", "summary") if kind in called), None)
    names = [word.value for word in call.keywords if word.arg == "name"] + call.args[:1]
    name = next((n.value for n in names if isinstance(n, ast.Constant) and isinstance(n.value, str)), "")
    if kind is None or not re.fullmatch(r"vllm:\w+", name):
        return {}
    return {name + ("_total" if kind == "counter" and not name.endswith("_total") else ""): kind}


def first(modules: list[str], name: str) -> Any:
    """A name from the first of some modules that has it; raises ImportError when none does."""
    for module in modules:
        try:
            return getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError):
            continue
    raise ImportError(f"no module has {name}")


def fields(modules: list[str], model: str) -> dict[str, Any]:
    """Request fields of a model, with their defaults."""
    found = first(modules, model).model_fields
    return {name: "REQUIRED" if field.is_required() else plain(field.default) for name, field in found.items()}


OPENAI = ["vllm.entrypoints.openai.protocol"]
PARTS: dict[str, Callable[[], Any]] = {
    "options": options,
    "variables": variables,
    "architectures": architectures,
    "quantization": quantization,
    "metrics": metrics,
    "completions": lambda: fields([*OPENAI, "vllm.entrypoints.openai.completion.protocol"], "CompletionRequest"),
    "chat": lambda: fields([*OPENAI, "vllm.entrypoints.openai.chat_completion.protocol"], "ChatCompletionRequest"),
}


def main() -> int:
    """Prints the surface; vLLM's own messages go to standard error."""
    answer = os.dup(1)
    os.dup2(2, 1)
    for name in [name for name in os.environ if name.startswith("VLLM_")]:
        del os.environ[name]
    os.environ["VLLM_TARGET_DEVICE"] = "cpu"
    surface: dict[str, Any] = {"version": importlib.import_module("vllm").__version__.split("+")[0], "not_read": {}}
    for part, read in PARTS.items():
        try:
            surface[part] = read()
        except (ImportError, AttributeError) as error:
            surface["not_read"][part] = str(error)
    os.write(answer, json.dumps(surface).encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
