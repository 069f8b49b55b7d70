"""Where a dict that a program builds is read and set by key, so that its keys can be renamed there too."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Container, Iterator

from migrate.clients.parameters import Note
from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.code.scopes import copied, name_of
from migrate.clients.python.edits.changes import Changes
from migrate.clients.python.edits.entries import Entries

Update = ast.Call | ast.AugAssign
SAMPLING = ("do_sample", "top_k", "top_p")
UNSEEN = "client/parameters-unseen"
# What may be set by key later.
LATER = frozenset(
    {"max_new_tokens", "seed", "repetition_penalty", "stop", "truncate", "adapter_id", "temperature", "grammar"}
) | set(SAMPLING)


def unreadable(at: At, what: str, reason: str) -> tuple[At, Note]:
    return at, Note(
        what,
        UNSEEN,
        f"{what}: {reason}; write vLLM's names where it is built (parameters of the request)",
        True,
    )


def uses(
    project: Project,
    entries: Entries,
    renames: dict[str, str],
    changes: Changes,
    stores: bool = False,
    read: Container[int] = (),
    alone: bool = False,
) -> tuple[At, Note] | None:
    """Renames keys where a shared dict is read by key; says what else is done with it that the renaming would break.

    `stores`: every key may be set; `read` are the ids of uses that are dealt with elsewhere; `alone`: no call but the
    repository's own may be given the dict by `**`.
    """
    module = entries.module
    for name in _uses(project, entries):
        use = module.parents[name]
        if id(use) in read:
            continue
        if isinstance(use, ast.Subscript) and use.value is name:
            later = isinstance(use.slice, ast.Constant) and use.slice.value in LATER
            if not _renamed(module_at := At(module, use), renames, changes, stores or later):
                return unreadable(module_at, module.text(name), "it is changed or read by key")
        elif isinstance(use, ast.Attribute) and use.attr == "pop" and _taken_out(At(module, use), renames, changes):
            continue
        elif isinstance(use, ast.Attribute) and use.attr in METHODS and _copy(module, name) is None:
            return unreadable(At(module, use), module.text(name), f"its .{use.attr}() cannot be followed")
        elif alone and isinstance(use, ast.keyword) and use.arg is None and _elsewhere(project, At(module, use)):
            return unreadable(At(module, name), module.text(name), "another library is given the same names")
    return None


def _taken_out(method: At, renames: dict[str, str], changes: Changes) -> bool:
    """`.pop("seed")` of a parameter that nothing stands for where it is absent."""
    call = method.module.parents[method.node]
    key = call.args[0] if isinstance(call, ast.Call) and call.args else None
    name = key.value if isinstance(key, ast.Constant) else None
    if key is None or name not in renames or name not in LATER - {*SAMPLING, "temperature", "max_new_tokens"}:
        return False
    if renames[name] != name:
        start, end = method.module.span(key)
        quote = method.module.fragment.text[start]
        changes.replace(method.module, start, end, f"{quote}{renames[name]}{quote}")
    return True


def _elsewhere(project: Project, keyword: At) -> bool:
    """Whether `**` brings a dict into a call of something that is not the repository's."""
    call = keyword.module.parents[keyword.node]
    assert isinstance(call, ast.Call)
    named = name_of(call.func)
    return named not in ("dict", "update", "partial") and project.definition(At(keyword.module, call.func)) is None


METHODS = ("update", "pop", "setdefault", "copy", "items")


def changed(at: At, value: At) -> At | None:
    """Where a dict of another module is changed under the name that it has here; nothing follows that there."""
    for node in _names_here(at) if value.module is not at.module else ():
        for read in at.module.loads.get(node.id, []):
            use = at.module.parents[read]
            stored = isinstance(use, ast.Subscript) and use.value is read and not isinstance(use.ctx, ast.Load)
            called = isinstance(use, ast.Attribute) and use.attr in ("update", "pop", "setdefault")
            if (stored or called) and at.module.scope(read) is at.module.scope(node):
                return At(at.module, use)
    return None


def _names_here(at: At, depth: int = 3) -> Iterator[ast.Name]:
    """The names in an expression, and in what they were given in the same file."""
    for node in ast.walk(at.node):
        if isinstance(node, ast.Name):
            yield node
            values = [one.value for one in at.module.reaching(node) if one.value is not None and depth]
            yield from (name for value in values for name in _names_here(At(at.module, value), depth - 1))


def subscripts(project: Project, entries: Entries) -> list[ast.Subscript]:
    """Where the dict that these entries make is read or set by key, through its name."""
    found = [entries.module.parents[name] for name in _uses(project, entries)]
    return [use for use in found if isinstance(use, ast.Subscript)]


def updates(project: Project, entries: Entries) -> tuple[list[Update], list[Update]]:
    """What is merged into the dict, by `.update(...)` or `|=`: always (in the block that makes it), and sometimes."""
    module = entries.module
    made = module.parents[module.statement(entries.at.node)]
    always: list[Update] = []
    sometimes: list[Update] = []
    found: list[Update] = [*_merges(module, entries.at.node)]
    for name in _uses(project, entries):
        use = module.parents[name]
        call = module.parents.get(use)
        if isinstance(use, ast.Attribute) and use.attr == "update" and isinstance(call, ast.Call) and call.func is use:
            found.append(call)
    for one in found:
        statement = one if isinstance(one, ast.AugAssign) else module.parents[one]
        if isinstance(statement, ast.Expr | ast.AugAssign):
            (always if module.parents[statement] is made else sometimes).append(one)
    return always, sometimes


def _merges(module: Module, value: ast.AST) -> Iterator[ast.AugAssign]:
    """`name |= other` for the name that a value was given."""
    parent = module.parents.get(value)
    targets = parent.targets if isinstance(parent, ast.Assign) else [getattr(parent, "target", None)]
    names = [one for one in targets if isinstance(one, ast.Name)]
    merges = [node for node in module.nodes if isinstance(node, ast.AugAssign)] if names else []
    for node in merges:
        if isinstance(node.op, ast.BitOr) and isinstance(node.target, ast.Name):
            yield from [node] if any(one.target in names for one in module.bound(node.target)) else []


def setdefaults(project: Project, entries: Entries) -> list[ast.Call]:
    """The `.setdefault("key", value)` of the dict in the block where it is made."""
    module = entries.module
    made = module.parents[module.statement(entries.at.node)]
    found = []
    for name in _uses(project, entries):
        method = module.parents[name]
        call = module.parents[method]
        if isinstance(method, ast.Attribute) and method.attr == "setdefault" and isinstance(call, ast.Call):
            plain = len(call.args) == 2 and isinstance(call.args[0], ast.Constant) and not call.keywords
            statement = module.parents[call]
            if plain and isinstance(statement, ast.Expr) and module.parents[statement] is made:
                found.append(call)
    return found


def _uses(project: Project, entries: Entries) -> list[ast.expr]:
    """The reads of the names that the dict was given."""
    return _read(project, entries.at)


def _read(project: Project, at: At, depth: int = 3) -> list[ast.expr]:
    """The reads of the names that a value was given, as a copy too, and by those who call what returns it.

    Only those in the value's own module.
    """
    module, value = at.module, at.node
    parent = module.parents.get(value)
    if isinstance(parent, ast.Dict) and value in parent.values and depth:
        tables = [module.parents[name] for name in _read(project, At(module, parent), 0)]
        return [one for one in tables if isinstance(one, ast.Subscript) and _under(parent, value, one)]
    if isinstance(parent, ast.Return) and depth:
        function = module.around(parent, ast.FunctionDef, ast.AsyncFunctionDef)
        callers = project.callers(At(module, function)) if function is not None else []
        return [name for one in callers if one.module is module for name in _read(project, one, depth - 1)]
    targets: list[ast.expr] = []
    if isinstance(parent, ast.Assign):
        targets = parent.targets
    elif isinstance(parent, ast.AnnAssign):
        targets = [parent.target]
    found = [name for target in targets for name in _names(module, target)]
    copies = [copy for name in found if (copy := _copy(module, name)) is not None] if depth else []
    returned = [name for name in found if isinstance(module.parents[name], ast.Return)] if depth else []
    return [*found, *(name for one in (*copies, *returned) for name in _read(project, At(module, one), depth - 1))]


def _under(table: ast.Dict, value: ast.AST, use: ast.Subscript) -> bool:
    """Whether a key of a table of dicts may give this one."""
    key = table.keys[table.values.index(value)] if isinstance(value, ast.expr) else None
    constants = isinstance(use.slice, ast.Constant) and isinstance(key, ast.Constant)
    return not constants or vars(use.slice)["value"] == vars(key)["value"]


def _copy(module: Module, name: ast.expr) -> ast.expr | None:
    """The expression that copies what the name holds."""
    around = module.parents[name]
    for made in (around, *itertools.islice(module.up(around), 3)):
        if copied(made) is name:
            assert isinstance(made, ast.expr)
            return made
    return None


def _names(module: Module, target: ast.expr) -> list[ast.expr]:
    """The reads of what an assignment binds."""
    if isinstance(target, ast.Name):
        reads = module.loads.get(target.id, [])
        return [name for name in reads if any(b.target is target for b in module.bound(name))]
    if isinstance(target, ast.Attribute):
        return [node for node in module.attributes.get(target.attr, []) if isinstance(node.ctx, ast.Load)]
    return []


def _renamed(at: At, renames: dict[str, str], changes: Changes, stores: bool) -> bool:
    node = at.node
    if (
        not isinstance(node, ast.Subscript)
        or not isinstance(node.slice, ast.Constant)
        or not (stores or isinstance(node.ctx, ast.Load))
    ):
        return False
    name = node.slice.value
    if name not in renames:
        return False
    if renames[name] != name:
        start, end = at.module.span(node.slice)
        quote = at.module.fragment.text[start]
        changes.replace(at.module, start, end, f"{quote}{renames[name]}{quote}")
    return True
