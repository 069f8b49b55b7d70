"""Pieces of a stream that a program cuts into lines by itself, with a buffer between them or without."""

from __future__ import annotations

import ast

from migrate.clients.python.answers.names import reads
from migrate.clients.python.answers.responses import NEUTRAL_METHODS, TEXT_METHODS
from migrate.clients.python.answers.trail import Trail
from migrate.clients.python.code.project import At

ENDS = ("\n", "\r\n", "\n\n", "\r\n\r\n", b"\n", b"\r\n", b"\n\n", b"\r\n\r\n")


def of_chunk(trail: Trail, at: At, parent: ast.Attribute | ast.Subscript, called: ast.Call | None, kind: str) -> None:
    """What is done with a piece (`chunk:bytes`); its first line and the rest together are `cut:bytes`."""
    form, _, text = kind.partition(":")
    name = parent.attr if isinstance(parent, ast.Attribute) else ""
    here = At(at.module, called or parent)
    if form == "cut":
        trail.escape(at, kind)
    elif isinstance(parent, ast.Subscript):
        trail.follow(here, kind)
    elif called and name == "decode":
        trail.follow(here, "chunk:str")
    elif called and name in ("split", "splitlines", "partition"):
        _lines(trail, here, called, name, text)
    elif called and name in TEXT_METHODS:
        trail.follow(here, kind)
    elif name not in NEUTRAL_METHODS:
        trail.escape(at, kind)


def _lines(trail: Trail, here: At, called: ast.Call, name: str, text: str) -> None:
    """The piece is cut at ends of lines."""
    between = called.args[0] if called.args else None
    blank = isinstance(between, ast.Constant) and between.value in ENDS
    if name == "splitlines" or (name == "split" and blank and len(called.args) == 1):
        trail.follow(here, f"list:line:{text}")
    elif blank:
        trail.follow(here, f"cut:{text}")
    else:
        trail.escape(here, "chunk")


def cut(trail: Trail, at: At, target: ast.Tuple | ast.List, kind: str) -> bool:
    """`line, buffer = buffer.split(b"\\n", 1)` in a loop: the line is followed, and the rest."""
    statement = at.module.statement(at.node)
    around = at.module.parents[statement]
    first, last = target.elts[0], target.elts[-1]
    inside = statement in getattr(around, "body", [])[:-1] and at.module.around(statement, ast.While, ast.For)
    if not inside or not isinstance(first, ast.Name) or not isinstance(last, ast.Name):
        return False
    trail.stream.loops.append((At(at.module, statement), kind[4:]))
    reads(trail, at.module, first, "line")
    reads(trail, at.module, last, f"chunk:{kind[4:]}")
    return True


def joined(trail: Trail, at: At, parent: ast.BinOp, kind: str) -> bool:
    """`buffer + chunk`."""
    if isinstance(parent.op, ast.Add) and kind.startswith("chunk:"):
        trail.follow(At(at.module, parent), kind)
        return True
    return False
