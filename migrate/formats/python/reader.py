"""Python programs that start TGI: words for `subprocess`, shell lines, the Docker SDK, testcontainers."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from functools import partial

from migrate.clients.python.code.module import Module
from migrate.clients.python.code.scopes import name_of
from migrate.formats import mentions
from migrate.formats.passed import appended_in_python
from migrate.formats.python.additions import additions
from migrate.formats.python.constants import Image, image_of
from migrate.formats.python.docker import docker_launch
from migrate.formats.python.list import quoted
from migrate.formats.python.sdk import sdk_launches
from migrate.formats.python.shell import shell_launches
from migrate.formats.python.testcontainers import containers, log_lines
from migrate.formats.python.words import Words, words_of
from migrate.repository import Repository
from migrate.source import Edit, Source, Span
from migrate.touchpoints import CannotWrite, Found, Launch, Mention, Plan

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
    launches = [*_lists(module), *sdk_launches(module), *tested, *shell_launches(module, repo)]
    rest = tuple(
        _unused(module, one, launches)
        for one in found.mentions
        if not any(_holds(launch, one.span.start) for launch in launches)
    )
    lines = tuple(log_lines(module)) if tested else ()
    added = appended_in_python(module, launches)
    return Found((*found.launches, *launches), (*rest, *lines, *added), found.problems)


def _holds(launch: Launch, place: int) -> bool:
    """Whether a place is inside a launch, or in its image."""
    spans = [launch.anchor, *([launch.image.span] if launch.image else [])]
    return any(span.start <= place < span.end for span in spans)


def _unused(module: Module, mention: Mention, launches: list[Launch]) -> Mention:
    """A part of an image's name, as such where it stands in nothing but images that are replaced as a whole."""
    for bound in (one for bindings in module.bindings.values() for one in bindings):
        value = bound.value
        if isinstance(value, ast.Constant) and mention.span.start in Span(*module.span(value)):
            name = bound.target.id if isinstance(bound.target, ast.Name) else ""
            uses = [module.span(one)[0] for one in module.loads.get(name, ())]
            spans = [launch.image.span for launch in launches if launch.image]
            if uses and all(any(place in span for span in spans) for place in uses):
                return replace(mention, kind="unused-image")
    return mention


def _lists(module: Module) -> list[Launch]:
    found = []
    image = _built_in(module)
    for node in module.nodes:
        words = _words(node)
        if isinstance(node, ast.expr) and words:
            first = words[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str) and LAUNCHER.fullmatch(first.value):
                found.append(_host(module, node, words, image))
            elif container := docker_launch(module, node, words):
                found.append(container)
    return found


def _built_in(module: Module) -> Image | None:
    """The image of TGI that a program builds the place of its processes from (`Image.from_registry(...)`)."""
    for call in module.calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr == "from_registry" and call.args:
            return image_of(module, call.args[0])
    return None


def _words(node: ast.AST) -> list[ast.expr]:
    """The words of a command: a list, or the arguments of a call that takes each by itself."""
    if isinstance(node, ast.List | ast.Tuple):
        return node.elts
    return node.args if isinstance(node, ast.Call) and "create_subprocess_exec" in name_of(node.func) else []


def _host(module: Module, node: ast.expr, elements: list[ast.expr], image: Image | None) -> Launch:
    words = words_of(module, node, elements, 1)
    return Launch(
        module.path,
        "python",
        "container" if image else "host",
        Span(*module.span(node)),
        partial(_write_host, words, image),
        module.text(words.root),
        image=image.word if image else None,
        arguments=words.arguments,
        defined=words.defined,
        additions=additions(module, words),
    )


def _write_host(words: Words, image: Image | None, plan: Plan) -> list[Edit]:
    if plan.settings:
        names = ", ".join(one.name for one in plan.settings)
        raise CannotWrite(f"set {names} in the environment of the process (env=) yourself")
    listed = words.pieces[0].listed
    program = listed.edit(0, f"{quoted('vllm', listed.quote)}, {quoted('serve', listed.quote)}", "launch/program")
    built = [image.edit(plan.image)] if image and plan.image else []
    return [program, *built, *words.write(plan)]
