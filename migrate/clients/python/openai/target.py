"""Where the calls of an OpenAI client go: how sure it is TGI, and under which name they ask for the model."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from migrate.clients.outcome import Collected
from migrate.clients.python.addresses.engines import TGI
from migrate.clients.python.addresses.evidence import Sure, judge
from migrate.clients.python.addresses.texts import UNKNOWN, Address, Piece, address, text_of, texts_of
from migrate.clients.python.code.configured import Configured
from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.code.scopes import name_of
from migrate.clients.python.openai.sent import Sent
from migrate.places import elsewhere, points_at
from migrate.rulebook.openai import SpeaksRule

ALIAS = "tgi"


@dataclass(frozen=True)
class Target:
    """Where calls go: how sure it is TGI, and the address where it is known."""

    sure: Sure
    base: str | None = None


class Targets:
    """Judges addresses and names by the program, the launches of the repository, and its configuration."""

    def __init__(self, project: Project, configured: Configured, collected: Collected) -> None:
        self.project, self.configured, self.collected = project, configured, collected

    def of(self, given: Sent, rule: SpeaksRule) -> Target:
        """By the argument that holds the address, else by the variables that the library reads."""
        place = next((found for name in rule.address if (found := given.place(name))), None)
        if place is not None:
            return self.judged(place)
        module = given.holders[0].module
        set_here = [one for name in rule.environment for one in self._set(module, name)]
        told = [one for name in rule.environment for one in self.configured.variables.values(name)]
        return self._likeliest([*map(self.judged, set_here), *(self._plain(module, one) for one in told)])

    def judged(self, at: At) -> Target:
        found = address(text_of(self.project, at))
        if not found.host:
            told = [one for one in self.configured.values(at) if one.startswith("http")]
            if told:
                return self._likeliest(self._plain(at.module, one) for one in told)
        return self._of(at.module, found)

    def of_module(self, module: Module, settings: Iterable[str]) -> Target:
        """The address that a program gives the SDK as a whole: `openai.api_base = ...`."""
        for other in [module, *self.project.modules]:
            for dotted in settings:
                for one in other.attributes.get(dotted.rpartition(".")[2], []):
                    parent = other.parents[one]
                    if isinstance(parent, ast.Assign) and self.project.foreign(other, one) == dotted:
                        return self.judged(At(other, parent.value))
        return Target(Sure.ASK)

    def _plain(self, module: Module, text: str) -> Target:
        return self._of(module, address((Piece(text),)))

    def _of(self, module: Module, found: Address) -> Target:
        base = found.base or None
        host = found.host
        known = found.base.startswith("http")
        if known and not found.local and "." in host and not TGI.search(host):
            return Target(Sure.NO, base)
        if any(points_at(host, launch) for launch in self.collected.launches):
            return Target(Sure.YES, base)
        if host and (elsewhere(host, self.collected.launches) or host.split(":")[0] in self.collected.beside):
            return Target(Sure.ASK, base)
        sure = judge(self.project, module, found, "", False, self.collected.launched and found.local)
        return Target(sure if self.collected.launched or sure in (Sure.NO, Sure.SWITCH) else Sure.ASK, base)

    def _likeliest(self, found: Iterable[Target]) -> Target:
        several = sorted(found, key=lambda one: one.sure is not Sure.YES)
        return several[0] if several else Target(Sure.ASK)

    def _set(self, module: Module, name: str) -> Iterable[At]:
        """What a program gives a variable: `os.environ[name] = ...`, `os.environ.setdefault(name, ...)`."""
        for node in module.nodes:
            target = node.targets[0] if isinstance(node, ast.Assign) else None
            if isinstance(node, ast.Assign) and isinstance(target, ast.Subscript) and _named(target.slice, name):
                yield At(module, node.value)
            elif isinstance(node, ast.Call) and name_of(node.func) == "setdefault" and len(node.args) == 2:
                yield from [At(module, node.args[1])] if _named(node.args[0], name) else []

    # --- names ---

    def names(self, at: At, tables: bool = False) -> list[str]:
        """The names that an expression can be, as the program and the repository's configuration tell.

        `tables`: also those of a dict that is asked by a key that cannot be told, and of an enumeration.
        """
        values = [_default(value) for value in self.project.values(at) if not self._parsed(value)]
        nodes = [value.node for value in values]
        found = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
        for text in texts_of(self.project, at) if values else ():
            words = "".join(piece.hint if piece.text == UNKNOWN else piece.text for piece in text)
            unknown = any(piece.text == UNKNOWN and not piece.hint for piece in text)
            found += [] if unknown or UNKNOWN in words else [words]
        found += [one for one in self.configured.values(at) if "://" not in one]
        found += self._tabled(at) if tables else []
        return [one for one in dict.fromkeys(found) if one.strip()]

    def _tabled(self, at: At) -> list[str]:
        """The texts of a dict that is asked by an unknown key, and the members of an enumeration."""
        found: list[ast.AST] = []
        for value in self.project.values(at):
            node = value.node
            if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Constant):
                held = [one.node for one in self.project.values(At(value.module, node.value))]
                found += [one for table in held if isinstance(table, ast.Dict) for one in table.values]
            elif isinstance(node, ast.Attribute) and node.attr == "value":
                owner = self.project.owner(At(value.module, node.value))
                found += [one.value for one in getattr(owner and owner.node, "body", ()) if isinstance(one, ast.Assign)]
        return [node.value for node in found if isinstance(node, ast.Constant) and isinstance(node.value, str)]

    def _parsed(self, at: At) -> bool:
        """Whether an expression reads a `ConfigParser`, whose `get(section, option)` gives no default."""
        call = at.node
        holder = call.func.value if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) else None
        held = self.project.values(At(at.module, holder)) if holder is not None else []
        return any("ConfigParser" in one.module.text(one.node) for one in held)

    def served_by_itself(self, at: At) -> bool:
        """Whether the name is what the server itself says (`client.models.list().data[0].id`), or none at all."""
        values = self.project.values(at)
        return any("models.list" in one.module.text(one.node) or _named(one.node, "") for one in values)


def _named(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Constant) and node.value == name


def _default(at: At) -> At:
    """The default of `os.getenv("MODEL", "tgi")`, else the expression itself."""
    call = at.node
    if isinstance(call, ast.Call) and name_of(call.func) in ("getenv", "get") and len(call.args) == 2:
        return At(at.module, call.args[1])
    return at
