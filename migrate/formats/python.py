"""Python programs that start TGI: words for `subprocess`, shell lines, the Docker SDK, testcontainers."""

from __future__ import annotations

import ast
import re
from functools import partial

from migrate.catalog.images import recognise
from migrate.clients.python.module import Module
from migrate.formats import mentions
from migrate.formats.commandline import lay_arguments, split
from migrate.formats.passed import appended_in_python
from migrate.formats.python_docker import docker_launch
from migrate.formats.python_list import Listed, changes_of, quoted
from migrate.formats.python_shell import shell_launches
from migrate.formats.python_strings import shell_text
from migrate.formats.python_testcontainers import containers, log_lines
from migrate.repository import Repository
from migrate.source import Edit, Fragment, Source, Span
from migrate.touchpoints import CannotWrite, Found, Gpus, Launch, Mount, Plan, Variable, Word

LAUNCHER = re.compile(r"(?:.*/)?text-generation-launcher")


def claims(path: str) -> bool:
    return path.endswith(".py")


def read(source: Source, repo: Repository) -> Found:
    """The launches of a program; images that it only names are mentions."""
    found = mentions.read(source, repo)
    try:
        module = Module.of(source, repo)
    except SyntaxError:
        return found
    tested = list(containers(module))
    launches = [*_lists(module), *_runs(module), *tested, *shell_launches(module, repo)]
    rest = tuple(one for one in found.mentions if not any(_holds(launch, one.span.start) for launch in launches))
    lines = tuple(log_lines(module)) if tested else ()
    added = appended_in_python(module, launches)
    return Found((*found.launches, *launches), (*rest, *lines, *added), found.problems)


def _holds(launch: Launch, place: int) -> bool:
    """Whether a place is inside a launch, or in its image."""
    spans = [launch.anchor, *([launch.image.span] if launch.image else [])]
    return any(span.start <= place < span.end for span in spans)


def _lists(module: Module) -> list[Launch]:
    found = []
    for node in module.nodes:
        words = _words(node)
        if isinstance(node, ast.expr) and words and not any(isinstance(one, ast.Starred) for one in words):
            first = words[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str) and LAUNCHER.fullmatch(first.value):
                found.append(_host(module, node, words))
            elif container := docker_launch(module, node, words):
                found.append(container)
    return found


def _words(node: ast.AST) -> list[ast.expr]:
    """The words of a command: a list, or the arguments of a call that takes each by itself."""
    if isinstance(node, ast.List | ast.Tuple):
        return node.elts
    name = node.func if isinstance(node, ast.Call) else None
    each = isinstance(name, ast.Attribute | ast.Name) and "create_subprocess_exec" in (
        name.attr if isinstance(name, ast.Attribute) else name.id
    )
    return node.args if isinstance(node, ast.Call) and each else []


def _host(module: Module, node: ast.expr, words: list[ast.expr]) -> Launch:
    listed = Listed(module, words)
    span = Span(*module.span(node))
    return Launch(
        module.path, "python", "host", span, partial(_write_host, listed), module.text(node), arguments=listed.words(1)
    )


def _write_host(listed: Listed, plan: Plan) -> list[Edit]:
    if plan.settings:
        names = ", ".join(one.name for one in plan.settings)
        raise CannotWrite(f"set {names} in the environment of the process (env=) yourself")
    program = listed.edit(0, f"{quoted('vllm', listed.quote)}, {quoted('serve', listed.quote)}", "launch/program")
    return [program, *changes_of(listed, plan, 1)]


# --- the Docker SDK ---


def _runs(module: Module) -> list[Launch]:
    found = []
    for call in module.calls:
        func = call.func
        named = (
            isinstance(func, ast.Attribute)
            and func.attr in ("run", "create")
            and module.text(func.value).endswith("containers")
        )
        image = _image(call)
        if named and image is not None and recognise(str(image.value)):
            found.append(_container(module, call, image))
    return found


def _image(call: ast.Call) -> ast.Constant | None:
    given = call.args[0] if call.args else next((one.value for one in call.keywords if one.arg == "image"), None)
    return given if isinstance(given, ast.Constant) and isinstance(given.value, str) else None


def _container(module: Module, call: ast.Call, image: ast.Constant) -> Launch:
    keywords = {one.arg: _display(module, one.value) for one in call.keywords}
    command = keywords.get("command") or (_display(module, call.args[1]) if len(call.args) > 1 else None)
    listed = Listed(module, command.elts if isinstance(command, ast.List) else [])
    line = shell_text(module, command) if command is not None else None
    environment = keywords.get("environment")
    unsupported = _unsupported(call, None if line else command, environment)
    return Launch(
        module.path,
        "python",
        "container",
        Span(*module.span(call)),
        partial(_write_container, module, call, image, line or listed),
        module.text(call),
        image=_word(module, image),
        through_entrypoint=True,
        arguments=tuple(split(line)) if line else listed.words(0),
        environment=_variables(module, environment),
        mounts=_mounts(module, keywords.get("volumes")),
        gpus=_gpus(module, keywords.get("device_requests")),
        unsupported=unsupported,
    )


def _display(module: Module, node: ast.expr) -> ast.expr:
    """What a name stands for that is assigned once and read here alone, else the expression itself."""
    bound = module.bound(node) if isinstance(node, ast.Name) and len(module.loads.get(node.id, [])) == 1 else []
    value = bound[0].value if len(bound) == 1 and bound[0].kind == "assign" else None
    return value if isinstance(value, ast.List | ast.Dict | ast.Constant | ast.JoinedStr) else node


def _unsupported(call: ast.Call, command: ast.expr | None, environment: ast.expr | None) -> str | None:
    if any(one.arg is None for one in call.keywords):
        return "what ** brings into the call cannot be seen"
    if any(one.arg == "entrypoint" for one in call.keywords):
        return "an entrypoint of its own starts the server"
    if command is not None and not isinstance(command, ast.List):
        return "the command is no list or string that stands in the call"
    if isinstance(command, ast.List) and any(isinstance(one, ast.Starred) for one in command.elts):
        return "the command is put together where it cannot be seen"
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
    module: Module, call: ast.Call, image: ast.Constant, command: Listed | Fragment, plan: Plan
) -> list[Edit]:
    edits: list[Edit] = []
    if plan.image is not None:
        word = Listed(module, [image])
        edits.append(word.edit(0, quoted(plan.image.value, word.quote), plan.image.rule))
    keyword = next((one for one in call.keywords if one.arg == "environment"), None)
    edits += _environment(module, call, _display(module, keyword.value) if keyword else None, plan)
    if isinstance(command, Fragment):
        return [*edits, *lay_arguments(command, split(command), plan, 0, single_line=True)]
    return [*edits, *_arguments(module, call, command, plan)]


def _arguments(module: Module, call: ast.Call, listed: Listed, plan: Plan) -> list[Edit]:
    """The words of the command as a list, in a keyword of their own where there was none."""
    if not listed.nodes and (plan.head or plan.tail):
        words = ", ".join(quoted(one.value, '"') for one in (*plan.head, *plan.tail))
        command = next((one.value for one in call.keywords if one.arg == "command"), None)
        if isinstance(command, ast.List):
            start, end = module.span(command)
            return [module.fragment.edit(start, end, f"[{words}]", plan.rule)]
        return [_keyword(module, call, f"command=[{words}]", plan.rule)]
    return changes_of(listed, plan, 0)


def _keyword(module: Module, call: ast.Call, text: str, rule: str) -> Edit:
    """A new keyword behind the last argument, on a line of its own where the old ones are."""
    last = max((module.span(one)[1] for one in [*call.args, *call.keywords]), default=module.span(call)[1] - 1)
    first = min(module.span(one)[0] for one in [*call.args, *call.keywords])
    line = re.search(r"(\r\n|\n)[ \t]*\Z", module.fragment.text[:first])
    return module.fragment.edit(last, last, f",{line[0] if line else ' '}{text}", rule)


def _environment(module: Module, call: ast.Call, node: ast.expr | None, plan: Plan) -> list[Edit]:
    gone = set(plan.removed) | {one.replaces for one in plan.settings if one.replaces is not None}
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
