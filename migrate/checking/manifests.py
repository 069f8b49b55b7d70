"""vLLM command lines in YAML: compose services, Kubernetes containers, and shell in any scalar."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from migrate.checking.commands import IMAGE, Command, Placed, direct, of_image
from migrate.checking.scripts import commands_in
from migrate.formats.commandline import lex
from migrate.formats.yaml import scalar as yaml_scalar
from migrate.formats.yaml import tree as yaml_tree
from migrate.source import Fragment, Source

_SHELL_FLAGS = ("-c", "-lc", "-ec", "-euc", "-exc")


def commands_of(source: Source) -> Iterator[Command]:
    """The vLLM commands of every document.

    Raises:
        yaml_tree.BrokenYaml: no YAML.
        Unreadable: as in `commands_in`.
    """
    for document in yaml_tree.documents(source):
        compose = yaml_tree.child(document, "services") is not None
        read: set[int] = set()
        for node in _nodes(document):
            if isinstance(node, MappingNode):
                yield from _container(source, node, compose, read)
            elif isinstance(node, SequenceNode) and id(node) not in read:
                yield from _list(source, node, read)
        for scalar in yaml_tree.scalars(document):
            if id(scalar) not in read and "vllm" in scalar.value and " " in scalar.value:
                yield from commands_in(yaml_scalar.fragment(source, scalar))


def _nodes(root: Node) -> Iterator[Node]:
    """Every node once, parents before children."""
    seen: set[int] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        if isinstance(node, MappingNode):
            stack += [value for _, value in reversed(node.value)]
        elif isinstance(node, SequenceNode):
            stack += reversed(node.value)


def _container(source: Source, node: MappingNode, compose: bool, read: set[int]) -> Iterator[Command]:
    """A service of compose (`entrypoint`, `command`) or a container of Kubernetes (`command`, `args`)."""
    entries = yaml_tree.entries(node)
    image = entries["image"][1] if "image" in entries else None
    if not isinstance(image, ScalarNode) or not IMAGE.search(image.value):
        return
    names = ("entrypoint", "command") if compose else ("command", "args")
    program, arguments = (_words(source, entries[name][1] if name in entries else None, read) for name in names)
    if scripts := _scripts(source, program, arguments):
        for script in scripts:
            yield from commands_in(script)
    elif command := of_image(yaml_tree.span(source, image), [one for one, _ in program], [one for one, _ in arguments]):
        yield command


Words = list[tuple[Placed, Fragment]]


def _words(source: Source, node: Node | None, read: set[int]) -> Words:
    """The words of a list or of a command string, each with its own text; the nodes are marked as read."""
    if isinstance(node, ScalarNode) and not yaml_tree.is_null(node):
        read.add(id(node))
        whole = yaml_scalar.fragment(source, node)
        return [
            (Placed(one.value, whole.span(one.start, one.end)), whole.inner(one.value, one.places, str))
            for one in lex(whole.text, "compose")
        ]
    found: Words = []
    if isinstance(node, SequenceNode):
        read.add(id(node))
        for item in yaml_tree.items(node):
            if isinstance(item, ScalarNode):
                read.add(id(item))
                inner = yaml_scalar.fragment(source, item)
                found.append((Placed(inner.text, yaml_tree.span(source, item)), inner))
    return found


def _scripts(source: Source, program: Words, arguments: Words) -> list[Fragment]:
    """The shell text in `sh -c TEXT`; empty where the words start no shell."""
    words = [*program, *arguments]
    if not words or not words[0][0].value.endswith("sh"):
        return []
    pairs = itertools.pairwise(words)
    return [inner for (before, _), (_, inner) in pairs if before.value in _SHELL_FLAGS]


def _list(source: Source, node: SequenceNode, read: set[int]) -> Iterator[Command]:
    """A list of words that names the program, whatever the key that holds it."""
    items = yaml_tree.items(node)
    if not any(isinstance(item, ScalarNode) and item.value.endswith("vllm") for item in items):
        return
    marked: set[int] = set()
    command = direct([one for one, _ in _words(source, node, marked)])
    if command:
        read |= marked
        yield command
