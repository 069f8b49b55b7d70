"""Imports that follow the code: names that nothing reads any more go, new ones come where the old ones stood."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from migrate.clients.python.changes import Changes
from migrate.clients.python.module import Module


def tidy(module: Module, replaced: set[int], libraries: set[str], new: Iterable[str], changes: Changes) -> set[str]:
    """Edits the imports of the libraries. `replaced` are the ids of name nodes that go, `new` dotted names that come.

    Returns the libraries that the module does not import any more.
    """
    wanted = [dotted for dotted in dict.fromkeys(new) if module.imports.get(dotted.split(".")[-1]) != dotted]
    gone: set[str] = set()
    kept: set[str] = set()
    for node in module.nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            rest = [alias for alias in node.names if not _goes(module, node, alias, replaced, libraries)]
            touched = len(rest) != len(node.names)
            names = {_top(node, alias) for alias in node.names} & libraries
            (gone if touched and not rest else kept).update(names)
            if touched:
                mine = [dotted for dotted in wanted if rest and _home(node) == dotted.rpartition(".")[0]]
                rest = _joined(node, rest, [dotted.rpartition(".")[2] for dotted in mine])
                lines = ([_written(node, rest)] if rest else []) + _lines(one for one in wanted if one not in mine)
                wanted = []
                indent = " " * vars(node)["col_offset"]
                start, end = module.span(node)
                if lines:
                    changes.replace(module, start, end, f"\n{indent}".join(lines))
                else:
                    changes.replace(module, *_whole_line(module, start, end), "")
    if wanted:
        _insert(module, libraries, _lines(wanted), changes)
    return gone - kept


def _goes(
    module: Module, node: ast.Import | ast.ImportFrom, alias: ast.alias, replaced: set[int], libraries: set[str]
) -> bool:
    if _top(node, alias) not in libraries:
        return False
    name = alias.asname or alias.name.split(".")[0]
    reads = module.loads.get(name, [])
    return bool(reads) and all(id(read) in replaced for read in reads)


def _top(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
    dotted = (node.module or "") if isinstance(node, ast.ImportFrom) else alias.name
    return dotted.split(".")[0]


def _written(node: ast.Import | ast.ImportFrom, rest: list[ast.alias]) -> str:
    names = ", ".join(alias.name + (f" as {alias.asname}" if alias.asname else "") for alias in rest)
    if isinstance(node, ast.ImportFrom):
        return f"from {'.' * node.level}{node.module or ''} import {names}"
    return f"import {names}"


def _home(node: ast.Import | ast.ImportFrom) -> str | None:
    return node.module if isinstance(node, ast.ImportFrom) and not node.level else None


def _joined(node: ast.Import | ast.ImportFrom, rest: list[ast.alias], new: list[str]) -> list[ast.alias]:
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


def _whole_line(module: Module, start: int, end: int) -> tuple[int, int]:
    text = module.fragment.text
    stop = text.find("\n", end)
    return start, stop + 1 if stop >= 0 and not text[end:stop].strip() else end


def _insert(module: Module, libraries: set[str], lines: list[str], changes: Changes) -> None:
    """New imports where none went: behind the import of the old library, else behind the last import at the top."""
    imports = [node for node in module.tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    mine = [node for node in imports if any(_top(node, alias) in libraries for alias in node.names)]
    after = (mine or imports)[-1:]
    if after:
        changes.insert(module, module.span(after[0])[1], "".join(f"\n{line}" for line in lines))
