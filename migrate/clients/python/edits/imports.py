"""Imports that follow the code: names that nothing reads any more go, new ones come where the old ones stood."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Mapping

from migrate.clients.python.code.module import Module
from migrate.clients.python.edits.changes import Changes
from migrate.clients.python.edits.import_order import between_cells, place

Imported = ast.Import | ast.ImportFrom


def tidy(
    module: Module, replaced: set[int], libraries: set[str], new: Mapping[str, Collection[str]], changes: Changes
) -> set[str]:
    """Edits the imports of the libraries. `replaced` are the ids of name nodes that go, `new` dotted names that come.

    Each of `new` has the dotted names that it takes the place of: it stands where one of those was imported, in every
    block that imported one (a function, TYPE_CHECKING). Returns the libraries that the module does not import any more.
    """
    wanted = [dotted for dotted in new if module.imports.get(dotted.split(".")[-1]) != dotted]
    imports = [node for node in module.nodes if isinstance(node, Imported)]
    rests = {
        node: [alias for alias in node.names if not _goes(module, node, alias, replaced, libraries)] for node in imports
    }
    touched = [node for node in imports if len(rests[node]) != len(node.names)]
    places = _places(module, touched, rests, {dotted: new[dotted] for dotted in wanted})
    for node in touched:
        _edit(module, node, rests[node], places[node], changes, touched)
    left = [dotted for dotted in wanted if not any(dotted in mine for mine in places.values())]
    if left:
        _insert(module, libraries, _lines(left), changes)
    tops = {node: {_top(node, alias) for alias in node.names} & libraries for node in imports}
    kept = {top for node in imports if node not in touched or rests[node] for top in tops[node]}
    return {top for node in touched if not rests[node] for top in tops[node]} - kept


def _places(
    module: Module, touched: list[Imported], rests: Mapping[Imported, list[ast.alias]],
    wanted: Mapping[str, Collection[str]],
) -> dict[Imported, list[str]]:  # fmt: skip
    """The new names that each import gets: a block those of the names that it loses, the first at the top the rest."""
    found: dict[Imported, list[str]] = {node: [] for node in touched}
    tops = [node for node in touched if module.parents[node] is module.tree]
    above = {dotted for node in tops for dotted in _counterparts(node, rests[node], wanted)}
    for node in touched:
        if node not in tops:
            found[node] = [one for one in _counterparts(node, rests[node], wanted) if one not in above]
    if tops:
        placed = {dotted for mine in found.values() for dotted in mine}
        found[tops[0]] = [dotted for dotted in wanted if dotted in above or dotted not in placed]
    return found


def _counterparts(node: Imported, rest: list[ast.alias], wanted: Mapping[str, Collection[str]]) -> list[str]:
    gone = {_dotted(node, alias) for alias in node.names if alias not in rest}
    return [dotted for dotted, olds in wanted.items() if any(_holds(one, old) for one in gone for old in olds)]


def _holds(imported: str, old: str) -> bool:
    """Whether an import brings the old name: itself, or the module that it is in."""
    return old == imported or old.startswith(f"{imported}.")


def _dotted(node: Imported, alias: ast.alias) -> str:
    return f"{node.module}.{alias.name}" if isinstance(node, ast.ImportFrom) else alias.name


def _edit(
    module: Module, node: Imported, rest: list[ast.alias], new: list[str], changes: Changes, touched: list[Imported]
) -> None:
    mine = [dotted for dotted in new if rest and _home(node) == dotted.rpartition(".")[0]]
    rest = _joined(node, rest, [dotted.rpartition(".")[2] for dotted in mine])
    lines = ([_written(node, rest)] if rest else []) + _lines(one for one in new if one not in mine)
    block = next(one for one in vars(module.parents[node]).values() if isinstance(one, list) and node in one)
    start, end = module.span(node)
    spot = place(module, node, lines[-1], bool(rest), touched) if len(lines) == 1 + bool(rest) else None
    if spot:
        changes.insert(module, *spot)
        lines = lines[:-1]
    indent = " " * vars(node)["col_offset"]
    if rest and len(lines) > 1:
        changes.replace(module, start, end, lines[0])
        changes.insert(module, _line_end(module, end), "".join(f"\n{indent}{line}" for line in lines[1:]))
    elif lines or len(block) == 1:
        changes.replace(module, start, end, f"\n{indent}".join(lines or ["pass"]))
    else:
        changes.replace(module, *_whole_line(module, start, end), "")


def _goes(module: Module, node: Imported, alias: ast.alias, replaced: set[int], libraries: set[str]) -> bool:
    if _top(node, alias) not in libraries:
        return False
    name = alias.asname or alias.name.split(".")[0]
    reads = module.loads.get(name, [])
    return bool(reads) and all(id(read) in replaced for read in reads)


def _top(node: Imported, alias: ast.alias) -> str:
    dotted = (node.module or "") if isinstance(node, ast.ImportFrom) else alias.name
    return dotted.split(".")[0]


def _written(node: Imported, rest: list[ast.alias]) -> str:
    names = ", ".join(alias.name + (f" as {alias.asname}" if alias.asname else "") for alias in rest)
    if isinstance(node, ast.ImportFrom):
        return f"from {'.' * node.level}{node.module or ''} import {names}"
    return f"import {names}"


def _home(node: Imported) -> str | None:
    return node.module if isinstance(node, ast.ImportFrom) and not node.level else None


def _joined(node: Imported, rest: list[ast.alias], new: list[str]) -> list[ast.alias]:
    """The names that stay and the new ones of the same module, sorted where the old ones were."""
    names = [alias.name for alias in node.names]
    joined = [*rest, *(ast.alias(name) for name in new)]
    return sorted(joined, key=lambda alias: alias.name) if new and names == sorted(names) else joined


def _lines(wanted: Iterable[str]) -> list[str]:
    by_module: dict[str, list[str]] = {}
    plain = []
    for dotted in wanted:
        home, _, name = dotted.rpartition(".")
        if home:
            by_module.setdefault(home, []).append(name)
        else:
            plain.append(f"import {name}")
    return plain + [f"from {home} import {', '.join(sorted(names))}" for home, names in sorted(by_module.items())]


def _line_end(module: Module, end: int) -> int:
    """The end of a statement's line with its comment."""
    comment = re.match(r"[ \t]*#[^\r\n]*", module.fragment.text[end:])
    return end + comment.end() if comment else end


def _whole_line(module: Module, start: int, end: int) -> tuple[int, int]:
    """The statement with its line's end; in the last line of a notebook's cell with the end of the line before."""
    text = module.fragment.text
    first, stop = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    if stop < 0 or text[end:stop].strip() or text[first:start].strip():
        return start, end
    if not between_cells(module, stop):
        return first, stop + 1
    return (start, end) if first == 0 or between_cells(module, first - 1) else (first - 1, end)


def _insert(module: Module, libraries: set[str], lines: list[str], changes: Changes) -> None:
    """New imports where none went: behind the import of the old library, else behind the last import at the top."""
    imports = [node for node in module.tree.body if isinstance(node, Imported)]
    mine = [node for node in imports if any(_top(node, alias) in libraries for alias in node.names)]
    after = (mine or imports)[-1:]
    if after:
        spot = place(module, after[0], lines[0], True) if len(lines) == 1 else None
        changes.insert(module, *(spot or (module.span(after[0])[1], "".join(f"\n{line}" for line in lines))))
