"""Tests that play TGI for programs that ask vLLM now: their data is told, never changed."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator

from migrate.clients.python.answers.mocks import mocked
from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.code.scopes import name_of
from migrate.clients.python.edits.report import Group, finding
from migrate.findings import Finding, Safety

RULE = "client/test-data"
_TEST = re.compile(r"(?:^|/)(?:tests?/|(?:test_[^/]*|[^/]*_tests?|conftest)\.py$)")
_PATH = re.compile(r"/generate(?:_stream)?/?(?:\$?|\?.*)$")
_ANSWER = re.compile(r"[\"']generated_text[\"']\s*:")
_SENT = ("inputs", "parameters")
_METHODS = ("generate", "generate_stream", "text_generation")  # the first is a name that others use, too
_PATCHES = ("patch", "object", "setattr", "patch_object")
_PATH_SAYS = "this test plays TGI's route; {} asks /v1/completions now"
_ANSWER_SAYS = "this test plays TGI's answer; {} reads text of the first of choices in vLLM's now"
_SENT_SAYS = "this test looks for TGI's body; {} sends prompt and its parameters beside it now"
_METHOD_SAYS = "this test replaces a method of TGI's client; {} calls the OpenAI SDK now"


def fakes(
    project: Project, groups: Iterable[Group], own: Collection[str] = (), told: Iterable[At] = ()
) -> list[Finding]:
    """What tests fake of TGI for the modules that are rewritten, statement by statement, but for lines told already.

    `own`: routes that the repository serves itself, which its tests ask.
    """
    written = {group.at.module.name: group.at.module for group in groups if not group.manual and group.changes.spans()}
    lines = {(at.module.path, vars(one)["lineno"]) for at in told for one in (at.node, *vars(at.node).get("args", ()))}
    found = []
    for module in project.modules if written else ():
        if _TEST.search(module.path) and module.name not in written:
            name = _asked(project, module, written)
            faked = _faked(project, module, own) if name else ()
            found += [
                _told(At(module, node), text.format(name))
                for node, text in faked
                if (module.path, vars(node)["lineno"]) not in lines
            ]
    return list(dict.fromkeys(found))


def _told(at: At, text: str) -> Finding:
    return finding(at, RULE, Safety.MANUAL, text, "client", f"test:{at.module.path}")


def _asked(project: Project, test: Module, written: dict[str, Module]) -> str | None:
    """The path of a rewritten module that a test imports, itself or through others, or names in a text."""
    seen = [test]
    for one in seen:
        for other in project.imported(one):
            if other.name in written:
                return other.path
            if not any(other is known for known in seen):
                seen.append(other)
    texts = [node.value for node in test.nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return next((module.path for name, module in written.items() if any(f"{name}." in text for text in texts)), None)


def _faked(project: Project, module: Module, own: Collection[str]) -> Iterator[tuple[ast.AST, str]]:
    for node in module.nodes:
        if isinstance(node, ast.Dict) and "generated_text" in _keys(node):
            mine = any(map(_PATH.match, own)) and isinstance(module.parents[node], ast.Compare)
            yield from [] if mine else [(node, _ANSWER_SAYS)]
        elif isinstance(node, ast.keyword) and node.arg == "generated_text":
            yield node.value, _ANSWER_SAYS
        elif isinstance(node, ast.Attribute) and node.attr == "generated_text" and isinstance(node.ctx, ast.Store):
            yield node, _ANSWER_SAYS
        elif isinstance(node, ast.Attribute) and node.attr in _METHODS[1:] and _mocked(module, node):
            yield node, _METHOD_SAYS
        elif isinstance(node, ast.Subscript) and getattr(node.slice, "value", None) in _SENT:
            yield node, _SENT_SAYS
        elif isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
            text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
            if text in own and isinstance(module.parents[node], ast.Call):
                continue
            if _PATH.search(text) and " " not in text:
                yield node, _PATH_SAYS
            elif _ANSWER.search(text):
                yield node, _ANSWER_SAYS
            elif _patched(project, module, node, text):
                yield node, _METHOD_SAYS


def _mocked(module: Module, node: ast.Attribute) -> bool:
    """Whether a method is a mock's, and no answer that is told already: `client.text_generation.return_value`."""
    around = module.parents[node]
    statement = module.text(module.statement(node))
    return isinstance(around, ast.Attribute) and mocked([around.attr]) and "generated_text" not in statement


def _keys(node: ast.Dict) -> set[object]:
    return {key.value for key in node.keys if isinstance(key, ast.Constant)}


def _patched(project: Project, module: Module, node: ast.Constant, text: str) -> bool:
    """Whether a text names a method that a call replaces: `patch("pkg.llm.client.generate")`.

    A function or a class of the repository itself keeps its name.
    """
    call = module.parents[node]
    if not (isinstance(call, ast.Call) and name_of(call.func) in _PATCHES and text.rpartition(".")[2] in _METHODS):
        return False
    place = project.find(module, text)
    return place is None or len(place[1]) != 1
