"""Containers that a test starts through testcontainers: `DockerContainer(image).with_command(...).with_env(...)`."""

from __future__ import annotations

import ast
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from migrate.catalog.images import recognise
from migrate.clients.python.code.module import Module
from migrate.clients.python.code.scopes import name_of
from migrate.formats.python.list import Listed, changes_of, quoted
from migrate.source import Edit, Span
from migrate.touchpoints import CannotWrite, Gpus, Launch, Mention, Mount, Plan, Token, Variable, Word

CLASS = "DockerContainer"
WAITS = ("wait_for_logs", "LogMessageWaitStrategy")
READY = "Connected"


@dataclass(frozen=True)
class Container:
    """The call that names the image, and the `with_...` calls on what it makes, in the order of the text."""

    module: Module
    made: ast.Call
    image: ast.Constant
    links: tuple[ast.Call, ...]

    def named(self, name: str) -> list[ast.Call]:
        return [link for link in self.links if _method(link) == name]

    @property
    def command(self) -> ast.expr | None:
        found = self.named("with_command")
        return found[-1].args[0] if found and found[-1].args else None

    def words(self) -> tuple[Word, ...]:
        """The arguments: the elements of a list, or the words of a text."""
        command = self.command
        if isinstance(command, ast.List | ast.Tuple):
            return Listed(self.module, command.elts).words(0)
        if isinstance(command, ast.Constant) and isinstance(command.value, str):
            span = Span(*self.module.span(command))
            return tuple(Word(text, self.module.path, span, text, "python") for text in shlex.split(command.value))
        return ()

    def variables(self) -> Iterator[tuple[ast.Call, Variable]]:
        for link in self.named("with_env"):
            if len(link.args) == 2 and isinstance(link.args[0], ast.Constant):
                word = Listed(self.module, [link.args[1]]).words(0)[0]
                yield link, Variable(str(link.args[0].value), word, Span(*self.module.span(link)), private=True)

    def mounts(self) -> Iterator[Mount]:
        for link in self.named("with_volume_mapping"):
            target = link.args[1] if len(link.args) > 1 else None
            if isinstance(target, ast.Constant) and isinstance(target.value, str):
                source = link.args[0]
                name = str(source.value) if isinstance(source, ast.Constant) else self.module.text(source)
                yield Mount(name, target.value, Span(*self.module.span(source)))


def containers(module: Module) -> Iterator[Launch]:
    """The launches of TGI's image in a program."""
    for call in module.calls:
        name = name_of(call.func)
        given = call.args[0] if call.args else next((one.value for one in call.keywords if one.arg == "image"), None)
        text = given.value if isinstance(given, ast.Constant) else None
        if name == CLASS and isinstance(given, ast.Constant) and isinstance(text, str) and recognise(text):
            yield _launch(Container(module, call, given, tuple(_links(module, call))))


def log_lines(module: Module) -> Iterator[Mention]:
    """Waits for TGI's last line of the start in a container's log."""
    for call in module.calls:
        name = name_of(call.func)
        for one in call.args if name in WAITS else ():
            text = one.value if isinstance(one, ast.Constant) and isinstance(one.value, str) else ""
            start, end = module.span(one)
            at = module.fragment.text[start:end].find(READY)
            if READY in text and at >= 0:
                first = start + at
                edit = partial(module.fragment.edit, first, first + len(READY), rule="mention/log-line")
                yield Mention(module.path, "log-line", READY, Span(first, first + len(READY)), text, edit)


def _launch(found: Container) -> Launch:
    module = found.module
    gpus = next((module.text(link) for link in found.named("with_kwargs") if "gpu" in module.text(link)), "")
    return Launch(
        module.path,
        "python",
        "container",
        Span(*module.span(found.made)),
        partial(_write, found),
        module.text(found.made),
        image=Listed(module, [found.image]).words(0)[0],
        through_entrypoint=True,
        arguments=found.words(),
        environment=tuple(variable for _, variable in found.variables()),
        mounts=tuple(found.mounts()),
        gpus=Gpus("all") if gpus else Gpus(),
        unsupported=_unsupported(found),
    )


def _unsupported(found: Container) -> str | None:
    command = found.command
    plain = isinstance(command, ast.List | ast.Tuple) or (
        isinstance(command, ast.Constant) and isinstance(command.value, str)
    )
    starred = isinstance(command, ast.List | ast.Tuple) and any(isinstance(one, ast.Starred) for one in command.elts)
    if (command is not None and not plain) or starred or len(found.named("with_command")) > 1:
        return "the command is put together where it cannot be seen"
    if (
        found.named("with_envs")
        or found.named("with_env_file")
        or len(found.named("with_env")) > len(list(found.variables()))
    ):
        return "the environment is put together where it cannot be seen"
    if any("entrypoint" in found.module.text(link) for link in found.named("with_kwargs")):
        return "an entrypoint of its own starts the server"
    return None


def _links(module: Module, made: ast.Call) -> Iterator[ast.Call]:
    """The calls on the container: those of its chain, and those on the names that it gets."""
    top: ast.Call = made
    for link in _chain(module, made):
        yield link
        top = link
    parent = module.parents[top]
    targets: Sequence[ast.expr] = ()
    if isinstance(parent, ast.Assign):
        targets = parent.targets
    elif isinstance(parent, ast.withitem) and parent.optional_vars is not None:
        targets = [parent.optional_vars]
    for target in targets:
        if isinstance(target, ast.Name):
            for read in module.reads(target, target.id):
                yield from _chain(module, read)


def _chain(module: Module, node: ast.expr) -> Iterator[ast.Call]:
    inner = node
    while isinstance(parent := module.parents[inner], ast.Attribute):
        call = module.parents[parent]
        if not isinstance(call, ast.Call) or call.func is not parent:
            return
        yield call
        inner = call


def _method(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


# --- writing ---


def _write(found: Container, plan: Plan) -> list[Edit]:
    module = found.module
    edits: list[Edit] = []
    if plan.image is not None:
        one = Listed(module, [found.image])
        edits.append(one.edit(0, quoted(plan.image.value, one.quote), plan.image.rule))
    variables = list(found.variables())
    edits += [_without(module, variables[index][0], plan.rule) for index in sorted(plan.gone)]
    more = ""
    for one_setting in plan.settings:
        if one_setting.value is not None:
            value = Listed(module, []).written(one_setting.value)
            more += f".with_env({quoted(one_setting.name, chr(34))}, {value})"
    edits += _command(found, plan)
    if found.command is None and (plan.head or plan.tail):
        words = ", ".join(quoted(word.value, '"') for word in (*plan.head, *plan.tail))
        more += f".with_command([{words}])"
    if more:
        end = module.span(found.made)[1]
        edits.append(module.fragment.edit(end, end, more, plan.rule))
    return edits


def _without(module: Module, link: ast.Call, rule: str) -> Edit:
    """The call goes out of its chain, or the statement that is nothing else."""
    assert isinstance(link.func, ast.Attribute)
    statement = module.parents[link]
    if isinstance(statement, ast.Expr) and isinstance(link.func.value, ast.Name):
        start, end = module.span(statement)
        text = module.fragment.text
        line = text.rfind("\n", 0, start) + 1
        stop = text.find("\n", end) + 1
        if stop and not text[line:start].strip() and not text[end:stop].strip():
            return module.fragment.edit(line, stop, "", rule)
    return module.fragment.edit(module.span(link.func.value)[1], module.span(link)[1], "", rule)


def _command(found: Container, plan: Plan) -> list[Edit]:
    command = found.command
    if isinstance(command, ast.List | ast.Tuple):
        return changes_of(Listed(found.module, command.elts), plan, 0) if command.elts else []
    if not isinstance(command, ast.Constant):
        return []
    start, end = found.module.span(command)
    text = " ".join(shlex.quote(_plain(word)) for word in _applied(found.words(), plan))
    quote = found.module.fragment.text[end - 1]
    return [found.module.fragment.edit(start, end, quoted(text, quote), plan.rule)]


def _applied(words: Sequence[Word], plan: Plan) -> list[Token]:
    """The arguments as the plan wants them."""
    new: list[Token] = list(plan.head)
    changes = {one.first: one for one in plan.changes}
    index = 0
    while index < len(words):
        if plan.tail_before == index:
            new += plan.tail
        if index in changes:
            new += changes[index].words
            index = changes[index].last
        else:
            new.append(Token.of(words[index]))
            index += 1
    return new if plan.tail_before is not None else [*new, *plan.tail]


def _plain(word: Token) -> str:
    if word.expression:
        raise CannotWrite(f"the value {word.value} depends on an expression that must be written by hand")
    return word.value
