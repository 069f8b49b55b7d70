"""Programs that read TGI's event stream by hand: the last line, the whole text, refusals inside the stream."""

from __future__ import annotations

import ast
import re

from migrate.clients.python.answers.flow import Flow
from migrate.clients.python.answers.trail import LOOPS, unused
from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At
from migrate.clients.python.edits.report import Group
from migrate.clients.python.http.sites import Site

# How a line is compared with the end of a stream, and how that is written.
READS = {
    "bytes": (".strip()", 'b"data: [DONE]"'),
    "str": (".strip()", '"data: [DONE]"'),
    "sse": (".data.strip()", '"[DONE]"'),
}


def streamed(flow: Flow, site: Site, group: Group) -> None:
    """What a stream needs besides the new paths in its events."""
    if not flow.stream.loops:
        flow.escapes.append((site.at, "the stream's lines are handed on or read in a way that cannot be followed"))
        return
    for loop, line in flow.stream.loops:
        _end(flow, loop, line)
    for at, read in flow.wholes:
        whole(flow, at, read, '["choices"][0]["text"]')
    if flow.errors:
        _refusal(flow, site, group)


def _end(flow: Flow, loop: At, line: str) -> None:
    """vLLM ends a stream with `data: [DONE]`, which is no JSON."""
    node = loop.node
    target = _target(node)
    if target is None:
        return
    read, done = READS[line]
    read = target.id + read
    if isinstance(node, ast.comprehension):
        end = loop.module.span(node.iter)[1]
        flow.changes.insert(loop.module, end, f" if {read} != {done}", -1)
    elif isinstance(node, ast.Assign):
        following = _following(loop.module, node)
        assert following is not None
        before(flow, loop.module, following, (f"if {read} == {done}:", "    continue"), loop)
    elif isinstance(node, (*LOOPS, ast.While)):
        first(flow, loop.module, node, f"if {read} == {done}:", "    continue", reason_at=loop)


def _target(node: ast.AST) -> ast.Name | None:
    """The name that gets a line."""
    found = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
    if isinstance(node, ast.While):
        found = next(one.target for one in ast.walk(node.test) if isinstance(one, ast.NamedExpr))
    if isinstance(found, ast.Tuple | ast.List):
        found = found.elts[0 if isinstance(node, ast.Assign) else -1]
    return found if isinstance(found, ast.Name) else None


def first(flow: Flow, module: Module, loop: ast.AST, *lines: str, reason_at: At) -> None:
    """Inserts statements at the start of a loop's body."""
    body = vars(loop)["body"]
    before(flow, module, body[0], lines, reason_at, vars(loop)["lineno"] == body[0].lineno)


def before(
    flow: Flow, module: Module, statement: ast.stmt, lines: tuple[str, ...], at: At, same_line: bool = False
) -> None:
    start = module.span(statement)[0]
    text = module.fragment.text
    indent = re.search(r"[ \t]*\Z", text[:start])
    line_start = start - (len(indent[0]) if indent else 0)
    if same_line or (line_start and text[line_start - 1] not in "\r\n"):
        flow.escapes.append((at, "a line has no place for the check of the stream's end"))
        return
    lead = indent[0] if indent else ""
    step = lead if lead.endswith("\t") else "    "
    written = "".join(
        f"{line.replace('    ', chr(9) if step.endswith(chr(9)) else '    ', 1)}\n{lead}" for line in lines
    )
    flow.changes.insert(module, start, written)


def whole(flow: Flow, at: At, read: At, path: str, start: str = '""') -> None:
    """TGI's last event holds the whole text: vLLM's pieces are joined where they come, behind what it starts with."""
    module = at.module
    loop = module.around(read.node, *LOOPS)
    event = at.node
    if not isinstance(loop, LOOPS) or not isinstance(event, ast.Name):
        flow.escapes.append((read, "generated_text of the last event: no event of vLLM holds the whole text"))
        return
    bound = module.bound(event)
    binding = bound[-1]
    where = module.statement(binding.target)
    name = unused(module, "whole_text")
    piece = f"{name} += {event.id}{path}"
    if where is loop:
        first(flow, module, loop, piece, reason_at=read)
    elif loop in module.up(where) and (following := _following(module, where)) is not None:
        before(flow, module, following, (piece,), read)
    else:
        flow.escapes.append((read, "generated_text of the last event: no event of vLLM holds the whole text"))
        return
    before(flow, module, loop, (f"{name} = {start}",), read)
    last = f"{event.id}{path.replace('text', 'finish_reason')}"
    flow.changes.replace(
        module, *module.span(read.node), name if _at_the_end(read) else f"({name} if {last} else None)"
    )


def _at_the_end(read: At) -> bool:
    """Whether the place is reached with the last event only: what comes with it alone is tested around."""
    inner = read.node
    for parent in read.module.up(read.node):
        if isinstance(parent, LOOPS):
            return False
        if isinstance(parent, ast.If | ast.IfExp) and inner is not parent.test:
            body = parent.body if isinstance(parent.body, list) else [parent.body]
            if inner in body and any(_of_last(one) for one in ast.walk(parent.test)):
                return True
        inner = parent
    return False


def _of_last(node: ast.AST) -> bool:
    words = ("generated_text", "details", "finish_reason")
    return (isinstance(node, ast.Constant) and node.value in words) or (
        isinstance(node, ast.Attribute) and node.attr in words
    )


def _following(module: Module, statement: ast.stmt) -> ast.stmt | None:
    """The statement behind another in the same block."""
    around = module.parents[statement]
    for block in ("body", "orelse", "finalbody"):
        statements = getattr(around, block, None)
        if isinstance(statements, list) and statement in statements[:-1]:
            found: ast.stmt = statements[statements.index(statement) + 1]
            return found
    return None


def _refusal(flow: Flow, site: Site, group: Group) -> None:
    """TGI refuses inside the stream with status 200, vLLM with 400 and a plain body before any event."""
    for _, compare in flow.errors:
        group.notes.append(
            (
                compare,
                "client/stream-error",
                "TGI refuses inside a 200 stream; vLLM answers 400 before any event, which is read as an event here",
            )
        )
    for loop, line in flow.stream.loops:
        source = getattr(loop.node, "iter", None)
        if (
            isinstance(source, ast.Call)
            and isinstance(source.func, ast.Attribute)
            and isinstance(source.func.value, ast.Name)
            and site.library is not None
            and line in site.library.refused
        ):
            template = site.library.refused[line].replace("{response}", source.func.value.id)
            flow.changes.wrap(loop.module, source, source, template)
            continue
        flow.escapes.append((loop, "error in a stream: vLLM answers 400 before any event; check the status first"))
