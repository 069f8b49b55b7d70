"""The JavaScript files of a repository: which file an import names, what a file exports, where that is used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import dirname, join, normpath, splitext

from ast_grep_py import SgNode, SgRoot

from migrate.languages.javascript.script import FUNCTIONS, QUOTES, Script, arguments, entries, same, value
from migrate.repository import Repository
from migrate.source import Source

GRAMMARS = {".ts": "typescript", ".mts": "typescript", ".cts": "typescript", ".tsx": "tsx"}
SUFFIXES = (".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx")
_NAMED = re.compile(r"""(?:\bfrom|\brequire\(|\bimport\(?)\s*["'`]([^"'`\n]+)["'`]""")
_ALIASES = ("@/", "~/", "#/")
_DECLARED = frozenset({"function_declaration", "generator_function_declaration", "class_declaration"})
TYPES = {"interface_declaration": "body", "type_alias_declaration": "value"}  # and the field that holds the type
ALL, DEFAULT = "*", "default"


@dataclass(frozen=True)
class Import:
    """A name of another file (`*`: all of it) as `local` in this one."""

    path: str
    name: str
    local: SgNode


@dataclass(frozen=True)
class Place:
    """A node with the file that it stands in."""

    script: Script
    node: SgNode


def parsed(source: Source) -> Script:
    """The file with its syntax tree."""
    grammar = GRAMMARS.get(splitext(source.path)[1], "javascript")
    return Script(source, SgRoot(source.text, grammar).root(), grammar != "javascript")


class Scripts:
    """Files are parsed when something leads to them, and once."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._parsed: dict[str, Script | None] = {}
        self._paths = [path for path in repository.paths if path.endswith(SUFFIXES)]
        self._exports: dict[str, dict[str, SgNode]] = {}
        self._imports: dict[str, list[Import]] = {}
        self._named: dict[str, frozenset[str]] = {}

    def get(self, path: str) -> Script | None:
        if path not in self._parsed:
            source = self._repository.source(path)
            self._parsed[path] = parsed(source) if source else None
        return self._parsed[path]

    # --- what an import names ---

    def resolve(self, path: str, name: str) -> str | None:
        """The file that an import in `path` names; None for packages and what is not there."""
        if name.startswith("."):
            return self._file(normpath(join(dirname(path), name)))
        folder = dirname(path)
        while name.startswith(_ALIASES):
            for inner in ("", "src"):
                if found := self._file(normpath(join(folder, inner, name[2:]))):
                    return found
            if not folder:
                break
            folder = dirname(folder)
        return None

    def _file(self, base: str) -> str | None:
        stem, suffix = splitext(base)
        bases = [base, *([stem] if suffix in SUFFIXES else [])]
        names = [base, *(f"{one}{end}{suffix}" for one in bases for end in ("", "/index") for suffix in SUFFIXES)]
        return next((name for name in names if name in self._repository and name.endswith(SUFFIXES)), None)

    def imports(self, script: Script) -> list[Import]:
        """The names that a file has from files of the repository."""
        path = script.source.path
        if path not in self._imports:
            self._imports[path] = list(self._imported(script))
        return self._imports[path]

    def _imported(self, script: Script) -> Iterator[Import]:
        for statement in script.root.find_all(kind="import_statement"):
            source = statement.field("source")
            path = self.resolve(script.source.path, source.text().strip(QUOTES)) if source else None
            clause = next((one for one in statement.children() if one.kind() == "import_clause"), None)
            if path is not None and clause is not None:
                yield from _clause(path, clause)
        for declarator in script.root.find_all(kind="variable_declarator"):
            name, held = declarator.field("name"), declarator.field("value")
            path = self._required(script, held) if held else None
            if path is not None and name is not None:
                yield from _pattern(path, name)

    def _required(self, script: Script, held: SgNode) -> str | None:
        """The file of `require("...")` and `await import("...")`."""
        while held.kind() in ("await_expression", "parenthesized_expression"):
            held = held.children()[1]
        function = held.field("function") if held.kind() == "call_expression" else None
        if function is None or function.text() not in ("require", "import") or not arguments(held):
            return None
        return self.resolve(script.source.path, arguments(held)[0].text().strip(QUOTES))

    # --- what a file exports ---

    def exports(self, script: Script) -> dict[str, SgNode]:
        """What a file exports, by name: the declaration, or the expression."""
        path = script.source.path
        if path not in self._exports:
            self._exports[path] = dict(_exported(script))
        return self._exports[path]

    def exported(self, path: str, name: str, depth: int = 3) -> Place | None:
        """What a name of a file is, through files that hand it on."""
        script = self.get(path)
        if script is None or depth == 0:
            return None
        found = self.exports(script)
        if name in found:
            return Place(script, found[name])
        for source, names in self._handed(script):
            inner = name if names is None else names.get(name)
            if inner is not None and (place := self.exported(source, inner, depth - 1)):
                return place
        return None

    def _handed(self, script: Script) -> Iterator[tuple[str, dict[str, str] | None]]:
        """The files whose names a file exports as its own: new names with the old ones, or all (None)."""
        for statement in script.root.find_all(kind="export_statement"):
            source = statement.field("source")
            path = self.resolve(script.source.path, source.text().strip(QUOTES)) if source else None
            if path is not None:
                specifiers = list(statement.find_all(kind="export_specifier"))
                names = {_last(one).text(): one.children()[0].text() for one in specifiers}
                yield path, names or None

    # --- where it is used ---

    def users(self, path: str) -> Iterator[Script]:
        """The files that import one."""
        for other in self._paths:
            if other != path and path in self._names(other) and (script := self.get(other)):
                yield script

    def _names(self, path: str) -> frozenset[str]:
        """The files of the repository that a file imports, by its text."""
        if path not in self._named:
            data = self._repository.read(path)
            worth = b"import" in data or b"require" in data or b"export" in data
            source = self._repository.source(path) if worth else None
            names = set(_NAMED.findall(source.text)) if source else ()
            self._named[path] = frozenset(found for name in names if (found := self.resolve(path, name)))
        return self._named[path]

    def uses(self, script: Script, name: str, depth: int = 3) -> Iterator[Place]:
        """Where other files use an exported name of this one."""
        path = script.source.path
        for user in self.users(path):
            for one in self.imports(user):
                if one.path == path and (binding := user.binding(one.local)):
                    for use in user.uses(binding):
                        if (node := _denotes(use, one.name, name)) is not None:
                            yield Place(user, node)
            for source, names in self._handed(user) if depth else ():
                outer = [name] if names is None else [new for new, old in names.items() if old == name]
                for new in outer if source == path else ():
                    yield from self.uses(user, new, depth - 1)


def _clause(path: str, clause: SgNode) -> Iterator[Import]:
    for one in clause.children():
        if one.kind() == "identifier":
            yield Import(path, DEFAULT, one)
        elif one.kind() == "namespace_import":
            yield Import(path, ALL, _last(one))
        elif one.kind() == "named_imports":
            for specifier in one.find_all(kind="import_specifier"):
                yield Import(path, specifier.children()[0].text(), _last(specifier))


def _pattern(path: str, name: SgNode) -> Iterator[Import]:
    if name.kind() == "identifier":
        yield Import(path, ALL, name)
    for one in name.children() if name.kind() == "object_pattern" else ():
        if one.kind() == "shorthand_property_identifier_pattern":
            yield Import(path, one.text(), one)
        elif one.kind() == "pair_pattern" and (inner := one.field("value")) and (key := one.field("key")):
            yield Import(path, key.text(), inner)


def _last(node: SgNode) -> SgNode:
    return [one for one in node.children() if one.kind() == "identifier" or one.text() == DEFAULT][-1]


def _denotes(use: SgNode, imported: str, name: str) -> SgNode | None:
    """The node that stands for an exported name where `imported` of the same file is used."""
    parent = use.parent()
    if imported in (ALL, DEFAULT) and parent is not None and parent.kind() == "member_expression":
        prop = parent.field("property")
        if prop is not None and same(parent.field("object") or parent, use) and prop.text() == name:
            return parent
    return use if imported == name or (imported == ALL and name == DEFAULT) else None


def _exported(script: Script) -> Iterator[tuple[str, SgNode]]:
    for statement in script.root.find_all(kind="export_statement"):
        default = any(one.kind() == DEFAULT for one in statement.children())
        for one in statement.children() if statement.field("source") is None else ():
            yield from _statement(one, default)
    for assignment in script.root.find_all(kind="assignment_expression"):
        left, right = assignment.field("left"), assignment.field("right")
        match = re.fullmatch(r"(?:module\.)?exports(?:\.(\w+))?", left.text()) if left else None
        if match and right is not None:
            yield match[1] or DEFAULT, right
            if right.kind() == "object" and not match[1]:
                yield from ((name, value(entry)) for name, entry in entries(right).items())


def _statement(one: SgNode, default: bool) -> Iterator[tuple[str, SgNode]]:
    """What a part of an export statement exports."""
    kind = one.kind()
    name = one.field("name")
    if (kind in _DECLARED or kind in TYPES) and name is not None:
        yield (DEFAULT if default else name.text()), one
    elif kind in ("lexical_declaration", "variable_declaration"):
        for declarator in one.find_all(kind="variable_declarator"):
            found = declarator.field("name")
            if found is not None and found.kind() == "identifier":
                yield found.text(), found
    elif kind == "export_clause":
        for specifier in one.find_all(kind="export_specifier"):
            yield _last(specifier).text(), specifier.children()[0]
    elif default and (kind in ("identifier", "object", "new_expression", "class") or kind in FUNCTIONS):
        yield DEFAULT, one
        if kind == "object":
            yield from ((key, value(entry)) for key, entry in entries(one).items())
