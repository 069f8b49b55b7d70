"""`docker run` as a list of words in a Python program."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from migrate.clients.python.code.module import Module
from migrate.formats.python.additions import additions
from migrate.formats.python.constants import Image, image_of
from migrate.formats.python.list import Listed, quoted
from migrate.formats.python.words import Words, words_of
from migrate.source import Edit, Span
from migrate.touchpoints import CannotWrite, Gpus, Launch, Mount, Plan, Token, Variable, Word

ENGINES = frozenset({"docker", "podman", "nerdctl"})
ENVIRONMENT = frozenset({"-e", "--env"})
VOLUMES = frozenset({"-v", "--volume"})
_NAMED = re.compile(r"([A-Za-z_]\w*)=")
_FORMATTED = re.compile(r"""([rR]?[fF][rR]?)("{3}|'{3}|"|')""")


@dataclass(frozen=True)
class Command:
    """The list: `image` is the index of the image, options stand before it, the server's arguments behind it."""

    listed: Listed
    image: int
    reference: Image
    words: Words

    def options(self) -> Iterator[tuple[int, str, Word | None]]:
        """Each option with its index and the word behind it."""
        words = self.listed.words(0)
        for index in range(2, self.image):
            if words[index].value.startswith("-"):
                yield index, words[index].value, words[index + 1] if index + 1 < self.image else None


def docker_launch(module: Module, node: ast.expr, elements: Sequence[ast.expr]) -> Launch | None:
    """The launch that the words of a list or a call are; None where it runs no image of TGI."""
    if len(elements) < 3 or not (isinstance(elements[0], ast.Constant) and elements[0].value in ENGINES):
        return None
    listed = Listed(module, elements)
    words = listed.words(0)
    if "run" not in (words[1].value, words[2].value):
        return None
    found = next(((index, one) for index, each in enumerate(elements) if (one := image_of(module, each))), None)
    if found is None:
        return None
    index, image = found
    command = Command(listed, index, image, words_of(module, node, elements, index + 1))
    return Launch(
        module.path,
        "python",
        "container",
        Span(*module.span(node)),
        partial(_write, command),
        module.text(command.words.root),
        image=image.word,
        through_entrypoint=True,
        arguments=command.words.arguments,
        defined=command.words.defined,
        additions=additions(module, command.words),
        environment=tuple(_variables(command)),
        mounts=tuple(_mounts(command)),
        gpus=_gpus(command),
        unsupported=_unsupported(command),
    )


def _unsupported(command: Command) -> str | None:
    """Why the words around the image hide something that the server reads."""
    if any(isinstance(one, ast.Starred) for one in command.listed.nodes[: command.image]):
        return "what * brings among Docker's options cannot be seen"
    for _, name, value in command.options():
        if name.startswith("--entrypoint"):
            return "an entrypoint of its own starts the server"
        if name.startswith(("--env-file", "--env=")) or re.match(r"-e.", name):
            return f"the variables that {name} brings are not read here: give each as a word behind -e"
        if name in ENVIRONMENT and value is not None and _assigned(value) is None:
            return f"which variable {value.raw} sets cannot be seen"
    return None


def _variables(command: Command) -> Iterator[Variable]:
    for index, name, value in command.options():
        found = _assigned(value) if name in ENVIRONMENT and value is not None else None
        if found is None or value is None:
            continue
        key, word = found
        span = Span(command.listed.words(index)[0].span.start, value.span.end)
        if word is None:
            yield Variable(key, replace(value, value="", raw=quoted("", command.listed.quote)), span, True, passed=True)
        else:
            yield Variable(key, word, span, private=True)


def _assigned(value: Word) -> tuple[str, Word | None] | None:
    """The name and the value of `NAME=value` as a literal, an f-string or a sum.

    No value where Docker passes the name on; None where the name cannot be seen.
    """
    if not value.expression:
        key, equals, text = value.value.partition("=")
        return key, replace(value, value=text, raw=quoted(text, value.raw[-1])) if equals else None
    start = _FORMATTED.match(value.raw)
    named = _NAMED.match(value.raw, start.end()) if start else None
    if start and named:
        return named[1], _expression(value, start[0] + value.raw[named.end() :])
    total = re.match(r"""(["'])([A-Za-z_]\w*)=\1\s*\+\s*(?=[\w(])""", value.raw)
    return (total[2], _expression(value, value.raw[total.end() :])) if total else None


def _expression(value: Word, raw: str) -> Word:
    return replace(value, value=f"${{{raw}}}", raw=raw, resolved=None)


def _assignment(name: str, value: Token, quote: str) -> str:
    """`NAME=value` as an element of the list.

    Raises:
        CannotWrite: an expression that is no f-string.
    """
    if not value.expression:
        return quoted(f"{name}={value.value}", quote)
    start = _FORMATTED.match(value.raw or "")
    if start is None or value.raw is None:
        raise CannotWrite(f"write {name} yourself: its value is put together by the program")
    return f"{start[0]}{name}={value.raw[start.end() :]}"


def _mounts(command: Command) -> Iterator[Mount]:
    for _, name, value in command.options():
        parts = value.value.split(":") if name in VOLUMES and value is not None else []
        if value is not None and len(parts) > 1 and parts[-1 if len(parts) == 2 else -2].startswith("/"):
            target = parts[1] if not value.expression else parts[-1 if parts[-1].startswith("/") else -2]
            yield Mount(parts[0], target.rstrip("}\"'"), value.span)


def _gpus(command: Command) -> Gpus:
    for _, name, value in command.options():
        option, _, inline = name.partition("=")
        if option == "--gpus":
            text = inline or (value.value if value else "")
            if text.isdigit():
                return Gpus("list", int(text))
            devices = text.strip("\"'").removeprefix("device=")
            return Gpus("all") if devices == text.strip("\"'") else Gpus("list", len(devices.split(",")))
    return Gpus()


def _write(command: Command, plan: Plan) -> list[Edit]:
    listed, image = command.listed, command.image
    edits: list[Edit] = []
    if plan.image is not None:
        edits.append(command.reference.edit(plan.image))
    variables = list(_variables(command))
    starts = [word.span.start for word in listed.words(0)]
    for index in sorted(plan.gone):
        first = starts.index(variables[index].span.start)
        span = listed.module.span(listed.nodes[first])[0], listed.module.span(listed.nodes[first + 2])[0]
        edits.append(listed.module.fragment.edit(*span, "", plan.rule))
    new = ""
    for one in plan.settings:
        if one.value is not None:
            text = _assignment(one.name, one.value, listed.quote)
            new += f"{quoted('-e', listed.quote)}, {text}, "
    if new:
        at = listed.module.span(listed.nodes[image])[0]
        edits.append(listed.module.fragment.edit(at, at, new, plan.rule))
    return [*edits, *command.words.write(plan)]
