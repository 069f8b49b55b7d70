"""Exceptions of the old library wherever a program names them: handlers, retries, tests of a type, constant tuples."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from migrate.clients.python.answers.reach import covers, guarded
from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.code.scopes import name_of
from migrate.clients.python.edits.changes import Changes
from migrate.rulebook.clients import ExceptionRule
from migrate.rulebook.model import as_list

Rules = Mapping[str, ExceptionRule]
# The classes of the OpenAI SDK that stand above others.
ABOVE = {
    "openai.APIStatusError": "openai.APIError",
    "openai.APIConnectionError": "openai.APIError",
    "openai.APITimeoutError": "openai.APIConnectionError",
    "openai.BadRequestError": "openai.APIStatusError",
    "openai.InternalServerError": "openai.APIStatusError",
    "openai.NotFoundError": "openai.APIStatusError",
    "openai.RateLimitError": "openai.APIStatusError",
}
INFERENCE = ("InferenceClient", "TextGeneration", "ChatCompletion", "get_token")  # names of the client and its types
SPREAD = ("suppress",)  # functions that take classes one by one


@dataclass
class Swapped:
    """What becomes of the names in one module: `gone` are the nodes that go, `new` the dotted names that come."""

    changes: Changes = field(default_factory=Changes)
    gone: set[ast.expr] = field(default_factory=set)
    new: set[str] = field(default_factory=set)
    notes: list[tuple[At, str, str]] = field(default_factory=list)
    handlers: list[ast.ExceptHandler] = field(default_factory=list)


@dataclass(frozen=True)
class Named:
    """A class that a program names, and the new ones; `keep`: the old one stays beside them."""

    node: ast.expr
    rule: ExceptionRule
    new: list[str]
    keep: bool


class Exceptions:
    """The exceptions of the rules in the modules of a project."""

    def __init__(self, project: Project, rules: Rules) -> None:
        self.project, self.rules = project, rules
        self._made: set[str] | None = None
        self._names: dict[int, list[tuple[ast.expr, str]]] = {}

    def swapped(self, module: Module, home: Module, reached: frozenset[int], package: str) -> Swapped | None:
        """What changes in a module.

        `home` makes the object, of a class of this package; `reached` are the calls that lead to it.
        """
        near = module is home or module in self.project.importing(home)
        found = [one for one in self._named(module, package) if self._meant(module, one, near, reached)]
        if not found:
            return None
        done = Swapped()
        by_tuple: dict[ast.AST, list[Named]] = {}
        for one in found:
            parent = module.parents[one.node]
            several = isinstance(parent, ast.Tuple | ast.List | ast.Set)
            by_tuple.setdefault(parent if several else one.node, []).append(one)
        for holder, names in by_tuple.items():
            self._written(module, holder, names, done)
        self._handled(module, found, done)
        return done

    # --- which names are meant ---

    def _named(self, module: Module, package: str) -> Iterator[Named]:
        for node, dotted in self._mentioned(module):
            rule = self.rules[dotted]
            if dotted.split(".")[0] == as_list(rule.becomes)[0].split(".")[0] or _defines(module, node):
                continue
            new = [rule.clients[package]] if package in rule.clients else as_list(rule.becomes)
            parent = module.parents[node]
            if isinstance(parent, ast.Dict) and node in parent.keys:
                new = new[-1:]  # a key is one class: what vLLM's own answer raises
            yield Named(node, rule, new, rule.beside or dotted in self._own())

    def _mentioned(self, module: Module) -> list[tuple[ast.expr, str]]:
        if id(module) not in self._names:
            tops = {name.split(".")[0] for name in self.rules}
            known = any(dotted.split(".")[0] in tops for dotted in module.imports.values())
            names = [one for one in module.nodes if isinstance(one, ast.Name | ast.Attribute)] if known else []
            found = [(one, self.project.foreign(module, one)) for one in names if isinstance(one.ctx, ast.Load)]
            self._names[id(module)] = [(one, dotted) for one, dotted in found if dotted in self.rules and dotted]
        return self._names[id(module)]

    def _own(self) -> set[str]:
        """The classes that the repository itself makes or derives from: a handler meets the old ones, too."""
        if self._made is None:
            self._made = set()
            for module in self.project.modules:
                self._made |= {dotted for node, dotted in self._mentioned(module) if _defines(module, node)}
        return self._made

    def _meant(self, module: Module, one: Named, near: bool, reached: frozenset[int]) -> bool:
        told = not (one.rule.beside or (one.rule.elsewhere and not self._alone(module)))
        return (told and near) or covers(guarded(module, one.node), reached)

    def _alone(self, module: Module) -> bool:
        """Whether a module uses nothing of the exceptions' library but its client for inference."""
        tops = {name.split(".")[0] for name, rule in self.rules.items() if rule.elsewhere}
        mine = [dotted for dotted in module.imports.values() if dotted.split(".")[0] in tops]
        return all(dotted in self.rules or any(word in dotted for word in INFERENCE) for dotted in mine)

    # --- what is written ---

    def _written(self, module: Module, holder: ast.AST, names: list[Named], done: Swapped) -> None:
        several = isinstance(holder, ast.Tuple | ast.List | ast.Set)
        elements = holder.elts if isinstance(holder, ast.Tuple | ast.List | ast.Set) else [one.node for one in names]
        by_node = {one.node: one for one in names}
        texts: list[list[str]] = []
        there: set[str] = set()
        for node in elements:
            one = by_node.get(node)
            short = [dotted.split(".")[-1] for dotted in one.new] if one else []
            said = [module.text(node)] if one is None or one.keep else []
            texts.append([text for text in dict.fromkeys([*said, *short]) if text not in there])
            there |= {*texts[-1]}
            done.new |= set(one.new) if one else set()
            done.gone |= {node} if one and not one.keep else set()
            if one and one.rule.safety == "review":
                done.notes.append((At(module, node), one.rule.id, one.rule.why))
        if several:
            _elements(module, holder, elements, texts, done.changes)
        else:
            self._single(module, names[0], texts[0], done)

    def _single(self, module: Module, one: Named, texts: list[str], done: Swapped) -> None:
        parent = module.parents[one.node]
        start, end = module.span(one.node)
        if isinstance(parent, ast.Dict) and one.node in parent.keys:
            done.changes.replace(module, start, end, texts[-1])
            return
        spread = isinstance(parent, ast.Call) and one.node in parent.args and name_of(parent.func) in SPREAD
        text = ", ".join(texts)
        done.changes.replace(module, start, end, text if spread or len(texts) == 1 else f"({text})")

    # --- handlers ---

    def _handled(self, module: Module, found: list[Named], done: Swapped) -> None:
        by_node = {one.node: one for one in found}
        tries = {}
        for one in found:
            handler = module.around(one.node, ast.ExceptHandler)
            if isinstance(handler, ast.ExceptHandler) and handler.type in (one.node, module.parents[one.node]):
                done.handlers += [handler] if handler not in done.handlers else []
                tries[id(module.parents[handler])] = module.parents[handler]
                _members(module, handler, one.rule, done)
        for around in tries.values():
            assert isinstance(around, ast.Try | ast.TryStar)
            caught: set[str] = set()
            for handler in around.handlers:
                types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
                mine = [by_node[one] for one in types if isinstance(one, ast.expr) and one in by_node]
                new = {dotted for one in mine for dotted in one.new}
                covered = {dotted for dotted in new if not caught.isdisjoint(_up(dotted))}
                if mine and covered == new and len(mine) == len(types):
                    done.notes.append(_unreached(module, mine[0], caught))
                caught |= new


def _defines(module: Module, node: ast.expr) -> bool:
    """Whether the class is made (`raise ValidationError("empty")`), or a class is made from it."""
    parent = module.parents[node]
    return isinstance(parent, ast.ClassDef) or (isinstance(parent, ast.Call) and parent.func is node)


def _up(dotted: str) -> set[str]:
    found = {dotted}
    while dotted in ABOVE:
        dotted = ABOVE[dotted]
        found.add(dotted)
    return found


def _elements(
    module: Module, holder: ast.AST, elements: list[ast.expr], texts: list[list[str]], changes: Changes
) -> None:
    """A tuple's elements; one that stands there already goes, and so do the brackets around a single one."""
    start, end = module.span(holder)
    rest = [text for one in texts for text in one]
    if len(rest) == 1 and isinstance(holder, ast.Tuple) and "\n" not in module.fragment.text[start:end]:
        caught = isinstance(module.parents[holder], ast.ExceptHandler)
        changes.replace(module, start, end, rest[0] if caught else f"({rest[0]},)")
        return
    for index, (node, new) in enumerate(zip(elements, texts, strict=True)):
        first, last = module.span(node)
        if new:
            changes.replace(module, first, last, ", ".join(new))
        else:
            changes.replace(module, module.span(elements[index - 1])[1], last, "")


def _members(module: Module, handler: ast.ExceptHandler, rule: ExceptionRule, done: Swapped) -> None:
    """What the handler reads from the exception under a name that the new class does not have."""
    for node in (inner for one in handler.body for inner in ast.walk(one)):
        base = node.value if isinstance(node, ast.Attribute) else None
        if isinstance(node, ast.Attribute) and isinstance(base, ast.Name) and base.id == handler.name:
            new = rule.members.get(node.attr)
            if new is not None:
                end = module.span(node)[1]
                done.changes.replace(module, end - len(node.attr), end, new)


def _unreached(module: Module, one: Named, above: set[str]) -> tuple[At, str, str]:
    covered = [dotted for dotted in one.new if dotted in above]
    names = " and ".join(sorted({dotted.split(".")[-1] for dotted in covered or one.new}))
    where = "tell them apart there by error.status_code" if covered else "put this one first"
    text = f"{module.text(one.node)}: a handler above catches {names} now and this one is not reached; {where}"
    return At(module, one.node), one.rule.id, text
