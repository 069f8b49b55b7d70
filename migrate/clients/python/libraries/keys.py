"""The hub's token, which its library sends though nobody gives it."""

from __future__ import annotations

from migrate.clients.python.addresses.evidence import words
from migrate.clients.python.code.project import At, Project
from migrate.rulebook.constructors import Ambient


def spared(project: Project, at: At, ambient: Ambient | None, text: str) -> str:
    """What stands in for an argument that may be None, without the token where the argument itself is that."""
    if ambient is None or text != ambient.becomes:
        return text
    said = [value.module.text(value.node) for value in project.values(at)]
    return text.rpartition(" or ")[2] if any(word in one for word in ambient.words for one in said) else text


def relied_on(project: Project, at: At, ambient: Ambient, host: str, protected: bool) -> bool:
    """Whether a token that nobody names may be needed: the address, the server or the program says so.

    `protected`: a launch of the repository asks for a key.
    """
    name = ambient.becomes.partition("(")[0]
    if name in at.module.defined or any(identifier == name for _, identifier in at.module.bindings):
        return False
    if protected or any(host.endswith(one) or f"{one}/" in host for one in ambient.hosts):
        return True
    modules = (at.module, *project.imported(at.module))
    called = {module.dotted(call.func) for module in modules for call in module.calls}
    said = (word for module in modules for word in project.index.words(module, words))
    return not {*called, *said}.isdisjoint(ambient.words)
