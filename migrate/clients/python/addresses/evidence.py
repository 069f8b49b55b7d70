"""What tells TGI from servers that look like it: the repository's words, the host, the shape of the body."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from enum import Enum

from migrate.clients.python.addresses.engines import TGI, VLLM, several
from migrate.clients.python.addresses.texts import UNKNOWN, Address
from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import Project

_OTHER = re.compile(r"lorax|lightllm|adapter_source|predibase", re.IGNORECASE)
_EMBEDDING = re.compile(r"(?<![a-z])(tei|(text-)?embed(der|dings?|ding)?|rerank(er|ing)?)(?![a-z])", re.IGNORECASE)
_HOSTED = re.compile(r"(^|\.)(huggingface\.co|hf\.co|hf\.space)(:\d+)?$", re.IGNORECASE)


class Sure(Enum):
    """Whether a call of TGI's shape goes to TGI."""

    YES = "yes"
    ASK = "ask"  # it may as well be another server: reported, not edited
    SWITCH = "switch"  # the program supports several engines
    NO = "no"


def words(module: Module) -> Iterator[str]:
    """The names and literal texts of a program, without comments and docstrings."""
    docs = {id(first.value) for node in module.nodes if (first := _docstring(node))}
    for node in module.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.arg):
            yield node.arg


def _docstring(node: ast.AST) -> ast.Expr | None:
    body = getattr(node, "body", None)
    if (
        isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and body
        and isinstance(body[0], ast.Expr)
    ):
        return body[0]
    return None


def hosted(found: Address) -> bool:
    """Whether an address is the hub's own service."""
    return _HOSTED.search(found.host.split("/")[0]) is not None


def judge(
    project: Project, module: Module, found: Address, body_words: str, own_route: bool, repository_has_tgi: bool
) -> Sure:
    """How sure it is that an address with TGI's path and a body with TGI's `inputs` is TGI."""
    host = found.host
    if hosted(found) or _EMBEDDING.search(host):
        return Sure.NO
    said = project.index.words(module, words)
    if several(project, module, repository_has_tgi) or any(VLLM.search(word) for word in said):
        return Sure.SWITCH
    if VLLM.search(host) or _OTHER.search(body_words) or any(_OTHER.search(word) for word in said):
        return Sure.ASK
    said = [*said, *(word for other in project.imported(module) for word in project.index.words(other, words))]
    if repository_has_tgi or TGI.search(host) or any(TGI.search(word) for word in said):
        return Sure.YES
    if own_route:
        return Sure.ASK
    if (found.host and found.local) or (UNKNOWN in found.base and found.base.startswith("http")):
        return Sure.YES
    return Sure.ASK
