"""The parameters that a request is given: where each is written, its value where that is known."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from migrate.clients.parameters import Given, Note
from migrate.clients.python.code.literals import literal
from migrate.clients.python.code.module import replaced
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.code.scopes import is_none
from migrate.clients.python.edits.entries import Entries, Entry, entries_of, keywords_of
from migrate.clients.python.given.optional import left_out
from migrate.clients.python.given.uses import SAMPLING

DECIDING = (*SAMPLING, "temperature", "grammar")  # what these mean is settled where they are set
GRAMMARS = ("Grammar", "TextGenerationInputGrammarType")  # classes of text_generation and huggingface_hub


@dataclass(frozen=True)
class Choice:
    """Dicts of which a request brings in one, or none where it is not certain: by `**`, by `.update()` in a branch.

    Each comes with the entries that it stands among: the keywords of a call hold other arguments too.
    """

    dicts: tuple[tuple[Entries, Entries], ...]
    certain: bool = False


@dataclass
class Parameters:
    """The parameters of one request: where each is written, and what cannot be read."""

    main: Entries | None = None
    inline: bool = True
    others: list[Entries] = field(default_factory=list)
    given: dict[str, tuple[Given, Entries, Entry]] = field(default_factory=dict)
    covered: list[tuple[Entries, Entry]] = field(default_factory=list)  # values that a later one takes the place of
    notes: list[tuple[At, Note]] = field(default_factory=list)
    callers: list[tuple[Entries, Entries]] = field(default_factory=list)  # keywords, and those through `**kwargs`
    callers_seen: int = 0  # how many call the function whose `**kwargs` this is
    choices: list[Choice] = field(default_factory=list)  # besides the callers
    choosing: bool = False  # whether choices are of use
    later: list[ast.Subscript] = field(default_factory=list)  # set by key after the dict was made
    nested: set[int] = field(default_factory=set)  # ids of `body["parameters"]` in what is set so
    updates: set[int] = field(default_factory=set)  # ids of the `.update` that are read
    unread: set[str] = field(default_factory=set)  # what they ask for, that nobody reads from the answer

    def chosen(self) -> list[Choice]:
        """What only some requests bring in, the keywords of callers among it."""
        several = (Choice(tuple(self.callers), len(self.callers) == self.callers_seen),) if self.callers else ()
        return [*several, *self.choices]

    def known(self) -> list[Given]:
        """Everything that may be sent."""
        later = dict.fromkeys(str(vars(use.slice)["value"]) for use in self.later)
        return [
            *(one for one, _, _ in self.given.values()),
            *(Given(name, name) for name in later if name not in self.given and name not in DECIDING),
        ]


def repeatable(node: ast.AST) -> bool:
    """Whether an expression may be written twice: it calls nothing but `get`, and is read without cost."""
    inner = list(ast.iter_child_nodes(node))
    if isinstance(node, ast.Call):
        inner = [*node.args] if isinstance(node.func, ast.Attribute) and node.func.attr == "get" else []
        return bool(inner) and isinstance(node.func, ast.Attribute) and all(map(repeatable, [node.func.value, *inner]))
    plain = ast.Name | ast.Attribute | ast.Constant | ast.Compare | ast.BoolOp | ast.IfExp | ast.UnaryOp | ast.Subscript
    words = ast.expr_context | ast.cmpop | ast.boolop | ast.unaryop
    return isinstance(node, words) or (isinstance(node, plain) and all(map(repeatable, inner)))


def nullable(project: Project, at: At) -> bool:
    """Whether a value may be None: a default that some caller leaves, a look-up without one."""
    node = at.node
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Attribute) and node.func.attr == "get" and len(node.args) == 1
    if isinstance(node, ast.IfExp):
        return is_none(node.body) or is_none(node.orelse)
    if isinstance(node, ast.Attribute):
        return left_out(project, at)
    if not isinstance(node, ast.Name):
        return False
    bound = at.module.reaching(node)
    for binding in bound:
        if isinstance(binding.target, ast.arg) and is_none(binding.value) and not replaced(at.module, binding, bound):
            passed = project.passed(at.module, binding.target)
            function = at.module.around(binding.target, ast.FunctionDef, ast.AsyncFunctionDef)
            callers = project.callers(At(at.module, function)) if function is not None else []
            return not callers or len(passed) < len(callers) or any(is_none(one.node) for one in passed)
    return False


def grammar_parts(project: Project, at: At) -> tuple[str, str] | None:
    """TGI's grammar `{"type": ..., "value": ...}` as the text of vLLM's structured_outputs."""
    values = project.values(at)
    node = values[0].node if len(values) == 1 else None
    made = isinstance(node, ast.Call) and at.module.text(node.func).split(".")[-1] in GRAMMARS
    found = keywords_of(values[0], node) if isinstance(node, ast.Call) and made else None
    found = found or (entries_of(at) if node is at.node else None)
    if found is None or found.names() != {"type", "value"}:
        return None
    kind, value = found.get("type"), found.get("value")
    if kind is None or value is None:
        return None
    said = literal(project, At(found.module, kind.value))
    if isinstance(kind.value, ast.Attribute):
        said = kind.value.attr.lower()
    name = {"json": "json", "json_object": "json", "regex": "regex"}.get(str(said))
    text = found.module.text(value.value)
    quote = found.quote if found.style == "dict" else '"'
    return ("structured_outputs", f"{{{quote}{name}{quote}: {text}}}") if name else None
