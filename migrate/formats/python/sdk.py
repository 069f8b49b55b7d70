"""Containers that a Python program starts through the Docker SDK."""

from __future__ import annotations

import ast
import re
from functools import partial

from migrate.clients.python.code.module import Module
from migrate.formats.commandline import lay_arguments, split
from migrate.formats.python.additions import additions
from migrate.formats.python.constants import Image, assigned, image_of
from migrate.formats.python.list import Listed, quoted
from migrate.formats.python.strings import shell_text
from migrate.formats.python.words import Words, words_of
from migrate.source import Edit, Fragment, Span
from migrate.touchpoints import CannotWrite, Gpus, Launch, Mount, Plan, Variable, Word


def sdk_launches(module: Module) -> list[Launch]:
    """The containers of TGI that a program runs."""
    found = []
    for call in module.calls:
        func = call.func
        named = (
            isinstance(func, ast.Attribute)
            and func.attr in ("run", "create")
            and module.text(func.value).endswith("containers")
        )
        given = call.args[0] if call.args else next((one.value for one in call.keywords if one.arg == "image"), None)
        image = image_of(module, given) if named and given is not None else None
        if image is not None:
            found.append(_container(module, call, image))
    return found


def _container(module: Module, call: ast.Call, image: Image) -> Launch:
    keywords = {one.arg: _display(module, one.value) for one in call.keywords}
    command = keywords.get("command") or (_display(module, call.args[1]) if len(call.args) > 1 else None)
    first = _first(command)
    words = words_of(module, first, first.elts, 0) if first is not None and first.elts else None
    line = shell_text(module, command) if command is not None else None
    environment = keywords.get("environment")
    unsupported = _unsupported(call, None if line or first is not None else command, environment)
    return Launch(
        module.path,
        "python",
        "container",
        Span(*module.span(call)),
        partial(_write_container, module, call, image, line or words),
        module.text(call),
        image=image.word,
        through_entrypoint=True,
        arguments=tuple(split(line)) if line else words.arguments if words else (),
        defined=words.defined if words else (),
        additions=additions(module, words) if words else (),
        environment=_variables(module, environment),
        mounts=_mounts(module, keywords.get("volumes")),
        gpus=_gpus(module, keywords.get("device_requests")),
        unsupported=unsupported,
    )


def _first(command: ast.expr | None) -> ast.List | None:
    """The list that a command begins with."""
    while isinstance(command, ast.BinOp):
        command = command.left
    return command if isinstance(command, ast.List) else None


def _display(module: Module, node: ast.expr) -> ast.expr:
    """What a name stands for that is assigned once and read here alone, else the expression itself."""
    once = isinstance(node, ast.Name) and len(module.loads.get(node.id, [])) == 1
    value = assigned(module, node) if isinstance(node, ast.Name) and once else None
    return value if isinstance(value, ast.List | ast.Dict | ast.Constant | ast.JoinedStr | ast.BinOp) else node


def _unsupported(call: ast.Call, command: ast.expr | None, environment: ast.expr | None) -> str | None:
    if any(one.arg is None for one in call.keywords):
        return "what ** brings into the call cannot be seen"
    if any(one.arg == "entrypoint" for one in call.keywords):
        return "an entrypoint of its own starts the server"
    if command is not None:
        return "the command is no list or string that stands in the call"
    if environment is not None and not isinstance(environment, ast.Dict):
        return "the environment is no dict that stands in the call"
    return None


def _word(module: Module, node: ast.expr) -> Word:
    return Listed(module, [node]).words(0)[0]


def _variables(module: Module, node: ast.expr | None) -> tuple[Variable, ...]:
    if not isinstance(node, ast.Dict):
        return ()
    found = []
    for key, value in zip(node.keys, node.values, strict=True):
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            span = Span(module.span(key)[0], module.span(value)[1])
            found.append(Variable(key.value, _word(module, value), span, private=True))
    return tuple(found)


def _mounts(module: Module, node: ast.expr | None) -> tuple[Mount, ...]:
    found = []
    for key, value in zip(node.keys, node.values, strict=True) if isinstance(node, ast.Dict) else ():
        target = value
        if isinstance(value, ast.Dict):
            inner = zip(value.keys, value.values, strict=True)
            target = next(
                (one for name, one in inner if isinstance(name, ast.Constant) and name.value == "bind"), value
            )
        if key is not None and isinstance(target, ast.Constant) and isinstance(target.value, str):
            source = key.value if isinstance(key, ast.Constant) else module.text(key)
            found.append(Mount(str(source), target.value, Span(*module.span(key))))
    return tuple(found)


def _gpus(module: Module, node: ast.expr | None) -> Gpus:
    text = module.text(node) if node is not None else ""
    if "gpu" not in text:
        return Gpus()
    count = re.search(r"count\s*=\s*(-?\d+)", text)
    ids = re.search(r"device_ids\s*=\s*\[([^\]]*)\]", text)
    if ids:
        return Gpus("list", len([one for one in ids[1].split(",") if one.strip()]))
    return Gpus("list", int(count[1])) if count and int(count[1]) > 0 else Gpus("all")


def _write_container(
    module: Module, call: ast.Call, image: Image, command: Words | Fragment | None, plan: Plan
) -> list[Edit]:
    edits: list[Edit] = []
    if plan.image is not None:
        edits.append(image.edit(plan.image))
    keyword = next((one for one in call.keywords if one.arg == "environment"), None)
    edits += _environment(module, call, _display(module, keyword.value) if keyword else None, plan)
    if isinstance(command, Fragment):
        return [*edits, *lay_arguments(command, split(command), plan, 0, single_line=True)]
    return [*edits, *_arguments(module, call, command, plan)]


def _arguments(module: Module, call: ast.Call, words: Words | None, plan: Plan) -> list[Edit]:
    """The words of the command as a list, in a keyword of their own where there was none."""
    if words is not None:
        return words.write(plan)
    new = ", ".join(quoted(one.value, '"') for one in (*plan.head, *plan.tail))
    command = next((one.value for one in call.keywords if one.arg == "command"), None)
    if isinstance(command, ast.List) and new:
        start, end = module.span(command)
        return [module.fragment.edit(start, end, f"[{new}]", plan.rule)]
    return [_keyword(module, call, f"command=[{new}]", plan.rule)] if new else []


def _keyword(module: Module, call: ast.Call, text: str, rule: str) -> Edit:
    """A new keyword behind the last argument, on a line of its own where the old ones are."""
    last = max((module.span(one)[1] for one in [*call.args, *call.keywords]), default=module.span(call)[1] - 1)
    first = min(module.span(one)[0] for one in [*call.args, *call.keywords])
    line = re.search(r"(\r\n|\n)[ \t]*\Z", module.fragment.text[:first])
    return module.fragment.edit(last, last, f",{line[0] if line else ' '}{text}", rule)


def _environment(module: Module, call: ast.Call, node: ast.expr | None, plan: Plan) -> list[Edit]:
    gone = plan.gone
    new = [(one.name, one.value) for one in plan.settings if one.value is not None]
    written = [f"{quoted(name, chr(34))}: {Listed(module, []).written(value)}" for name, value in new]
    if not isinstance(node, ast.Dict):
        return [_keyword(module, call, "environment={" + ", ".join(written) + "}", plan.rule)] if written else []
    if not gone and not written:
        return []
    texts = [
        module.fragment.text[module.span(key)[0] : module.span(value)[1]]
        for index, (key, value) in enumerate(zip(node.keys, node.values, strict=True))
        if index not in gone and key is not None
    ]
    if any(key is None for key in node.keys):
        raise CannotWrite("what ** brings into the environment cannot be seen")
    start, end = module.span(node)
    first = module.span(node.keys[0])[0] if node.keys and node.keys[0] else start + 1
    line = re.search(r"(\r\n|\n)[ \t]*\Z", module.fragment.text[start + 1 : first])
    joint = f",{line[0]}" if line else ", "
    tail = module.fragment.text[module.span(node.values[-1])[1] : end - 1] if line else ""
    body = joint.join([*texts, *written])
    return [
        module.fragment.edit(start + 1, end - 1, (line[0] if line else "") + body + tail if body else "", plan.rule)
    ]
