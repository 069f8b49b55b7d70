"""Python programs that hand a line to a shell: `os.system`, `subprocess` with `shell=True`, `shlex.split`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At, Project
from migrate.formats.python.strings import shell_text
from migrate.formats.shell.reader import ScriptContext, read_script
from migrate.repository import Repository
from migrate.touchpoints import Launch

_ALWAYS = frozenset({"os.system", "os.popen", "shlex.split", "asyncio.create_subprocess_shell"}) | frozenset(
    f"subprocess.{name}" for name in ("getoutput", "getstatusoutput")
)
_ASKED = frozenset(f"subprocess.{name}" for name in ("run", "call", "check_call", "check_output", "Popen"))
_TGI = re.compile(r"text-generation-(?:inference|launcher)|tgi-gaudi")


def shell_launches(module: Module, repo: Repository) -> list[Launch]:
    """The launches in lines that a shell gets."""
    if not _TGI.search(module.fragment.text):
        return []
    found: list[Launch] = []
    seen: set[int] = set()
    for node in _lines(module):
        if id(node) in seen:
            continue
        seen.add(id(node))
        fragment = shell_text(module, node)
        if fragment is not None and _TGI.search(fragment.text):
            found += read_script(fragment, repo, ScriptContext("python")).launches
    return found


def _lines(module: Module) -> Iterator[ast.expr]:
    """The strings that are lines of a shell."""
    project = Project([module])
    for call in module.calls:
        given = _line(module, call)
        for value in project.values(At(module, given)) if given is not None else ():
            if isinstance(value.node, ast.expr):
                yield value.node


def _line(module: Module, call: ast.Call) -> ast.expr | None:
    """The argument of a call that a shell reads."""
    name = module.dotted(call.func) or ""
    first = (
        call.args[0] if call.args else next((one.value for one in call.keywords if one.arg in ("args", "cmd")), None)
    )
    if name in _ALWAYS:
        return first
    if name in _ASKED and any(one.arg == "shell" and _true(one.value) for one in call.keywords):
        return first
    if name in _ASKED and isinstance(first, ast.Call) and isinstance(first.func, ast.Attribute):
        return first.func.value if first.func.attr == "split" and not first.args else None
    return None


def _true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is True
