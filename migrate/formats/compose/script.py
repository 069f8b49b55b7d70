"""A compose service that starts the launcher through a shell: `sh -c "..."` in its entrypoint, its command, or both."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from posixpath import basename

from yaml import Node, ScalarNode

from migrate.formats.commandline import Unclosed, split
from migrate.formats.compose.command import LAUNCHER
from migrate.formats.compose.model import Fact, Service
from migrate.formats.shell.reader import ScriptContext, read_script
from migrate.formats.yaml.scalar import fragment, settle, value
from migrate.formats.yaml.tree import is_flow, items, span
from migrate.repository import Repository
from migrate.source import Edit
from migrate.touchpoints import Launch, Plan, Variable, Word

_SHELLS = ("sh", "bash", "ash", "dash", "zsh", "ksh")
_COMMAND_FLAG = re.compile(r"-[a-z]*c")


@dataclass(frozen=True)
class Script:
    """The scalar that holds a script, and the launch that the script makes."""

    fact: Fact
    node: ScalarNode
    launch: Launch

    def write(self, plan: Plan) -> list[Edit]:
        """The edits for the launcher's words and for what the script itself assigns."""
        place = span(self.fact.source, self.node)
        edits = self.launch.write(replace(plan, image=None))
        here = [edit for edit in edits if edit.path == self.fact.source.path and edit.start in place]
        flow = is_flow(self.fact.value) or is_flow(self.fact.holder)
        return [edit for edit in edits if edit not in here] + settle(self.fact.source, self.node, here, flow)


def read_start_script(
    service: Service, repo: Repository, image: Word | None, variables: Sequence[Variable]
) -> Script | None:
    """The script of a service that starts a shell with `-c`; None where it starts another program or no launcher."""
    found = _place(service)
    if found is None:
        return None
    fact, node = found
    text = fragment(fact.source, node)
    if LAUNCHER not in text.text:
        return None
    context = ScriptContext(
        "compose", "compose-shell", runs_in=image, environment=tuple(variables), inline_settings=False
    )
    launches = [launch for launch in read_script(text, repo, context).launches if launch.place == "host"]
    return Script(fact, node, launches[0]) if launches else None


def _place(service: Service) -> tuple[Fact, ScalarNode] | None:
    """The scalar behind `-c`: entrypoint and command are one command line. A command alone is one where it names a
    shell."""
    facts = [fact for name in ("entrypoint", "command") if (fact := service.fact(name))]
    words = [(word, fact, node) for fact in facts for word, node in _words(fact)]
    if not words or basename(words[0][0]) not in _SHELLS:
        return None
    at = next((at for at, (word, _, _) in enumerate(words) if at and _COMMAND_FLAG.fullmatch(word)), None)
    if at is None or at + 1 == len(words):
        return None
    _, fact, node = words[at + 1]
    return (fact, node) if fact is words[at][1] else _first(fact)


def _first(fact: Fact) -> tuple[Fact, ScalarNode] | None:
    nodes: list[Node] = items(fact.value) or [fact.value]
    return (fact, nodes[0]) if isinstance(nodes[0], ScalarNode) else None


def _words(fact: Fact) -> list[tuple[str, ScalarNode]]:
    """The words of a string or of a list, each with the scalar that holds it."""
    node = fact.value
    if not isinstance(node, ScalarNode):
        return [(value(fact.source, item), item) for item in items(node) if isinstance(item, ScalarNode)]
    try:
        return [(word.value, node) for word in split(fragment(fact.source, node), "compose")]
    except Unclosed:
        return []
