"""Parameters that are an object's fields: `asdict(settings)`, `settings.model_dump()`.

The class keeps its names, which others use; the dict is written out where the request is made.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from migrate.clients.parameters import UNKNOWN
from migrate.clients.python.code.callers import made
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.code.scopes import is_none, name_of
from migrate.clients.python.edits.entries import Entries, Entry, Record, entries_of

METHODS = ("model_dump", "dict", "_asdict")
DECORATORS = frozenset({"dataclass", "define", "frozen", "mutable", "s", "attrs"})
BASES = frozenset({"BaseModel", "NamedTuple", "Struct"})
OPTIONS = frozenset({"exclude_none"})  # the only one that leaves the names as they are


def dict_of(project: Project, at: At) -> Entries | None:
    """The entries of a dict that is written out, or of an object that is made into one."""
    return entries_of(at) or _record(project, at)


def _record(project: Project, at: At) -> Record | None:
    source = _source(at.node)
    owner = project.owner(At(at.module, source)) if source is not None and _repeatable(source) else None
    if source is None or owner is None or not isinstance(at.node, ast.expr):
        return None
    own = dict(fields(project, owner))
    if not own:
        return None
    start, end = at.module.span(at.node)
    found = [Entry(name, at.node, start, end, (start, start)) for name in own]
    text = at.module.fragment.text
    quote = "'" if text.count("'") > text.count('"') else '"'
    literals = {name: _literal(one.value) for name, one in own.items() if _settled(project, owner, name)}
    empty = frozenset(name for name, one in own.items() if is_none(one.value) or "None" in _said(one.annotation))
    prefix = f"{at.module.text(source)}."
    return Record(at, "record", (start, end), found, quote, prefix=prefix, literals=literals, nullable=empty)


def _source(node: ast.AST) -> ast.expr | None:
    """The object whose fields are asked for."""
    if not isinstance(node, ast.Call) or not {one.arg for one in node.keywords} <= OPTIONS:
        return None
    if isinstance(node.func, ast.Attribute) and node.func.attr in METHODS and not node.args:
        return node.func.value
    return node.args[0] if name_of(node.func) == "asdict" and len(node.args) == 1 else None


def _repeatable(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def fields(project: Project, owner: At, depth: int = 4) -> Iterator[tuple[str, ast.AnnAssign]]:
    """The fields of a class whose instances are made into dicts, those of its bases first."""
    node = owner.node
    assert isinstance(node, ast.ClassDef)
    marks = {name_of(one.func if isinstance(one, ast.Call) else one) for one in node.decorator_list}
    inherited: list[tuple[str, ast.AnnAssign]] = []
    for base in node.bases:
        above = project.definition(At(owner.module, base))
        if above is not None and isinstance(above.node, ast.ClassDef) and depth:
            inherited += fields(project, above, depth - 1)
    if not inherited and not marks & DECORATORS and not {name_of(base) for base in node.bases} & BASES:
        return
    yield from inherited
    for one in node.body:
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
            other = one.target.id.startswith("_") or one.target.id == "model_config"
            if not other and "ClassVar" not in ast.unparse(one.annotation):
                yield one.target.id, one


def _said(annotation: ast.expr) -> str:
    return ast.unparse(annotation).replace("Optional[", "None | ")


def _literal(value: ast.expr | None) -> object:
    if isinstance(value, ast.Call) and name_of(value.func) in ("Field", "field") and value.args:
        value = value.args[0]
    try:
        return ast.literal_eval(value) if value is not None else UNKNOWN
    except ValueError:
        return UNKNOWN


def _settled(project: Project, owner: At, name: str) -> bool:
    """Whether a field keeps its default: nobody sets it, and every instance is made where it can be seen."""
    assert isinstance(owner.node, ast.ClassDef)
    calls = set()
    for call in made(project, [owner]):
        assert isinstance(call.node, ast.Call)
        given = {keyword.arg for keyword in call.node.keywords}
        if call.node.args or None in given or name in given:
            return False
        calls.add(id(call.node.func))
    for module in project.modules:
        if any(isinstance(one.ctx, ast.Store) for one in module.attributes.get(name, [])):
            return False
        for read in module.loads.get(owner.node.name, []):
            if id(read) not in calls and isinstance(module.parents[read], ast.Attribute | ast.Call):
                return False
    return bool(calls)
