"""Named values written down together: a dict display, `dict(...)`, a call's keywords, an object's fields."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.code.scopes import copied


@dataclass(frozen=True)
class Entry:
    """One named value. `start:end` is the whole entry, `key` the place of its name alone; name None: `**value`."""

    name: str | None
    value: ast.expr
    start: int
    end: int
    key: tuple[int, int]


@dataclass
class Entries:
    """Its `style` is `dict` (quoted names and colons), `call` (names and equals signs), `merge` (`first | second`) or
    `whole` (another dict's name in its place), `copy` or `store` (set by a statement, in which it stands).

    `inside` is the text between the brackets. `stores` are set by key later, those named in `maybe` not always.
    """

    at: At
    style: str
    inside: tuple[int, int]
    entries: list[Entry]
    quote: str = '"'
    stores: list[Entry] = field(default_factory=list)
    maybe: frozenset[str] = frozenset()

    @property
    def module(self) -> Module:
        return self.at.module

    def get(self, name: str) -> Entry | None:
        return next((entry for entry in (*self.entries, *self.stores) if entry.name == name), None)

    def names(self) -> set[str]:
        return {entry.name for entry in (*self.entries, *self.stores) if entry.name is not None}

    @property
    def positional(self) -> bool:
        """Whether a call is given a whole dict besides its keywords: `dict(first, name=value)`."""
        first = self.entries[0] if self.entries else None
        return self.style == "call" and first is not None and first.name is None and first.key[0] == first.key[1]

    def text(self, entry: Entry) -> str:
        """What an entry's value is written as."""
        return self.module.text(entry.value)

    def written(self, name: str, value: str) -> str:
        """A new entry in this style."""
        return f"{name}={value}" if self.style == "call" else f"{self.quote}{name}{self.quote}: {value}"

    def key_text(self, name: str) -> str:
        return name if self.style == "call" else f"{self.quote}{name}{self.quote}"


@dataclass
class Record(Entries):
    """The fields of an object, in place of a call that makes a dict of them.

    `prefix` is the object with a dot; `literals` are the values of fields that nobody sets; `nullable` may be None.
    """

    prefix: str = ""
    literals: dict[str, object] = field(default_factory=dict)
    nullable: frozenset[str] = frozenset()

    def text(self, entry: Entry) -> str:
        return f"{self.prefix}{entry.name}"


def entries_of(at: At) -> Entries | None:
    """The entries of a dict display or of `dict(...)`; None for anything else, and for names that are no literals."""
    node = at.node
    if isinstance(node, ast.Dict):
        return _display(at, node)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _merged(at, node)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict":
        return _call(at, node)
    return None


def _call(at: At, call: ast.Call) -> Entries | None:
    """`dict(name=value)`, also with a whole dict in front."""
    if len(call.args) > 1 or (call.args and (not call.keywords or isinstance(call.args[0], ast.Starred))):
        return None
    found = keywords_of(at, call)
    for arg in call.args:
        start, end = at.module.span(arg)
        found.entries.insert(0, Entry(None, arg, start, end, (start, start)))
    return found


def default_store(at: At, call: ast.Call) -> Entries:
    """The one entry of `name.setdefault("key", value)`."""
    key, value = call.args
    found = Entry(vars(key)["value"], value, at.module.span(key)[0], at.module.span(value)[1], at.module.span(key))
    return Entries(at, "store", at.module.span(at.module.statement(call)), [found])


def copy_of(at: At) -> Entries:
    """A copy of a dict that is made in another file: what is new stands there."""
    original = copied(at.node)
    assert original is not None
    start, end = at.module.span(original)
    return Entries(at, "copy", (start, start), [Entry(None, original, start, end, (start, start))])


def whole(at: At) -> Entries:
    """A name that stands for all the entries, as if `{**name}` was written."""
    start, end = at.module.span(at.node)
    assert isinstance(at.node, ast.expr)
    return Entries(at, "whole", (start, start), [Entry(None, at.node, start, end, (start, start))])


def _merged(at: At, node: ast.BinOp) -> Entries:
    """`first | second`: both are brought in, and what is new stands in a dict before them."""
    sides = [(side, at.module.span(side)) for side in (node.left, node.right)]
    start = at.module.span(node)[0]
    found = [Entry(None, side, *span, span) for side, span in sides]
    return Entries(at, "merge", (start, start), found)


def _display(at: At, node: ast.Dict) -> Entries | None:
    module = at.module
    found = []
    quote = ""
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            start = module.fragment.text.rindex("**", 0, module.span(value)[0])
            end = _closed(module, start, value)
            found.append(Entry(None, value, start, end, (start, start + 2)))
        elif isinstance(key, ast.Constant) and isinstance(key.value, str):
            place = module.span(key)
            raw = module.fragment.text[place[0] : place[1]]
            quote = quote or raw[-1]
            end = _closed(module, place[1], value)
            found.append(Entry(key.value, value, place[0], end, place))
        else:
            return None
    start, end = module.span(node)
    return Entries(at, "dict", (start + 1, end - 1), found, quote=quote or '"')


def _closed(module: Module, start: int, value: ast.expr) -> int:
    """The end of a value with the brackets around it, of which nothing is said in the tree."""
    text = module.fragment.text
    first, end = module.span(value)
    for _ in range(re.sub(r"#[^\r\n]*", "", text[start:first]).count("(")):
        end = text.index(")", end) + 1
    return end


def keywords_of(at: At, call: ast.Call) -> Entries:
    """A call's keywords; positional arguments are left out."""
    module = at.module
    found = []
    for keyword in call.keywords:
        start, end = module.span(keyword)
        name = keyword.arg
        found.append(Entry(name, keyword.value, start, end, (start, start + (len(name) if name else 2))))
    found.sort(key=lambda entry: entry.start)
    inside = module.span(call)[1] - 1
    return Entries(at, "call", (_open(module, call), inside), found)


def _open(module: Module, call: ast.Call) -> int:
    return module.fragment.text.index("(", module.span(call.func)[1]) + 1


def spread(project: Project, entries: Entries, entry: Entry) -> Entries | None:
    """The dict that `**` brings into a call; None where it cannot be seen or is used for something else too."""
    values = project.values(At(entries.module, entry.value))
    inner = entries_of(values[0]) if len(values) == 1 else None
    if inner is None or not isinstance(entries.at.node, ast.Call):
        return inner
    function = entries.module.text(entries.at.node.func)
    here = all(_into(inner.module, read, function) for read in reads(inner))
    return inner if here and all(_into(*read, function) for read in _imported(project, inner)) else None


def reads(entries: Entries) -> list[ast.Name]:
    """The reads of the name that the dict is assigned to."""
    module, names = entries.module, _targets(entries)
    found = [read for name in names for read in module.loads.get(name.id, [])]
    return [read for read in found if any(binding.target in names for binding in module.bound(read))]


def _targets(entries: Entries) -> list[ast.Name]:
    """The names that the dict is assigned to."""
    parent = entries.module.parents.get(entries.at.node)
    targets = parent.targets if isinstance(parent, ast.Assign) else []
    targets = [parent.target] if isinstance(parent, ast.AnnAssign) else targets
    return [target for target in targets if isinstance(target, ast.Name)]


def _imported(project: Project, entries: Entries) -> Iterator[tuple[Module, ast.expr]]:
    """The reads of that name in modules that import it, by itself or with its module."""
    names = {read.id for read in _targets(entries)}
    for module in project.importing(entries.module) if names else ():
        local = [name for name, dotted in module.imports.items() if _names(project, module, dotted, entries, names)]
        yield from ((module, read) for name in local for read in module.loads.get(name, []))
        for read in (one for name in names for one in module.attributes.get(name, [])):
            dotted = module.dotted(read)
            if dotted and _names(project, module, dotted, entries, names):
                yield module, read


def _names(project: Project, module: Module, dotted: str, entries: Entries, names: Collection[str]) -> bool:
    found = project.find(module, dotted)
    return found is not None and found[0] is entries.module and len(found[1]) == 1 and found[1][0] in names


def _into(module: Module, read: ast.expr, function: str) -> bool:
    keyword = module.parents[read]
    call = module.parents[keyword] if isinstance(keyword, ast.keyword) and keyword.arg is None else None
    return isinstance(call, ast.Call) and module.text(call.func) == function
