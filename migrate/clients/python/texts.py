"""Texts that a program puts together: addresses and paths, with the literal that holds each part."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from migrate.clients.python.project import At, Project

UNKNOWN = "\0"
_ADDRESS = re.compile(
    r"(?P<base>https?://(?:[^/\0]|(?<=[:/.-])\0(?!\0))*|\0(?=/|$|[a-z]))?(?P<path>.*)",
    re.DOTALL,
)
_LOCAL = re.compile(
    r"(localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|10\.[\d.]+|192\.168\.[\d.]+|172\.(1[6-9]|2\d|3[01])\.[\d.]+|\[::1\]|[A-Za-z][\w-]*)(:\d+|:\0)?"
)


@dataclass(frozen=True)
class Piece:
    """A part of a text: `text` as it is (NUL: unknown) and the literal it comes from."""

    text: str
    at: At | None = None
    hint: str = ""  # of an unknown part: its default


@dataclass(frozen=True)
class Address:
    """An address: scheme and host (NUL where unknown), the path behind it, and all parts in order."""

    base: str
    path: str
    pieces: tuple[Piece, ...]

    @property
    def host(self) -> str:
        """The host and port; where they are unknown, those of the default."""
        if self.base.startswith("http"):
            return self.base.split("://")[-1]
        hint = next((piece.hint for piece in self.pieces if "://" in piece.hint), "")
        return hint.split("://")[-1].split("/")[0]

    @property
    def local(self) -> bool:
        """Whether the host is one's own: this machine, a private address, a service's bare name."""
        return _LOCAL.fullmatch(self.host) is not None

    @property
    def words(self) -> str:
        return "".join(piece.text for piece in self.pieces)


def address(pieces: tuple[Piece, ...]) -> Address:
    whole = "".join(piece.text for piece in pieces)
    match = _ADDRESS.fullmatch(whole)
    if match is None:
        return Address("", whole, pieces)
    return Address(match["base"] or "", match["path"], pieces)


def text_of(project: Project, at: At, depth: int = 8) -> tuple[Piece, ...]:
    """The parts of a text expression, in order; a single unknown part where nothing is known."""
    module, node = at.module, at.node
    if depth == 0:
        return (Piece(UNKNOWN),)
    if isinstance(node, ast.Constant):
        text = node.value.decode("latin-1") if isinstance(node.value, bytes) else node.value
        return (Piece(str(text), at),)
    if isinstance(node, ast.JoinedStr):
        return tuple(piece for value in node.values for piece in text_of(project, At(module, value), depth - 1))
    if isinstance(node, ast.FormattedValue):
        return text_of(project, At(module, node.value), depth - 1)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return text_of(project, At(module, node.left), depth - 1) + text_of(project, At(module, node.right), depth - 1)
    if isinstance(node, ast.Call):
        return _called(project, at, node, depth)
    return _followed(project, at, depth)


def unknown(default: tuple[Piece, ...]) -> Piece:
    """A part that only its default tells something of."""
    return Piece(UNKNOWN, None, "".join(piece.text for piece in default))


def _called(project: Project, at: At, call: ast.Call, depth: int) -> tuple[Piece, ...]:
    module = at.module
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if isinstance(call.func, ast.Attribute) and name in ("rstrip", "strip", "lstrip", "removesuffix"):
        pieces = text_of(project, At(module, call.func.value), depth - 1)
        if pieces[-1].text.endswith("/"):
            return (*pieces[:-1], Piece(pieces[-1].text.rstrip("/"), pieces[-1].at))
        return pieces
    if name == "urljoin" and len(call.args) == 2:
        first, second = (text_of(project, At(module, arg), depth - 1) for arg in call.args)
        base = "".join(piece.text for piece in first).rstrip("/")
        if second and second[0].text.startswith("/"):
            return (Piece(base), *second)
        return (Piece(base + "/"), *second)
    if name in ("getenv", "get") and len(call.args) == 2:
        return (unknown(text_of(project, At(module, call.args[1]), depth - 1)),)
    if name == "str" and len(call.args) == 1:
        return text_of(project, At(module, call.args[0]), depth - 1)
    return _returned(project, At(module, call.func), depth)


def _returned(project: Project, function: At, depth: int) -> tuple[Piece, ...]:
    """What a function of the repository gives back, where it has one return."""
    found = project.definition(function)
    body = ast.walk(found.node) if found and isinstance(found.node, ast.FunctionDef) else ()
    values = [node.value for node in body if isinstance(node, ast.Return)]
    if found is None or len(values) != 1 or values[0] is None:
        return (Piece(UNKNOWN),)
    return text_of(project, At(found.module, values[0]), depth - 1)


def _followed(project: Project, at: At, depth: int) -> tuple[Piece, ...]:
    values = [value for value in project.values(at, 1) if value != at]
    values = [value for value in values if not isinstance(value.node, ast.arg)] or values
    if len(values) == 1 and not isinstance(values[0].node, ast.arg):
        found = text_of(project, values[0], depth - 1)
        if _is_default(at) and _given(project, at):
            return (unknown(found),)
        return found
    if len(values) == 1 and isinstance(values[0].node, ast.arg):
        passed = project.passed(values[0].module, values[0].node)
        texts = [text_of(project, value, depth - 1) for value in passed]
        if len(texts) == 1:
            return texts[0]
    return (Piece(UNKNOWN),)


def _given(project: Project, at: At) -> bool:
    """Whether a caller in the repository passes something for the parameter."""
    bound = at.module.bound(at.node) if isinstance(at.node, ast.Name) else []
    return any(project.passed(at.module, one.target) for one in bound if isinstance(one.target, ast.arg))


def _is_default(at: At) -> bool:
    """Whether the one value known of a name is a parameter's default, which a caller may replace."""
    if not isinstance(at.node, ast.Name):
        return False
    return any(binding.kind == "parameter" for binding in at.module.bound(at.node))
