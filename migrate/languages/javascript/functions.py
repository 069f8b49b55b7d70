"""Functions of a repository: which one a call calls, and which calls call one."""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from migrate.languages.javascript.modules import ALL, DEFAULT, Place, Scripts
from migrate.languages.javascript.script import FUNCTIONS, Binding, Script, called, callee, same

_CLASSES = ("class_declaration", "class")
_NAMES = ("identifier", "shorthand_property_identifier")


def parameters(made: SgNode) -> list[SgNode]:
    """The parameters of a function, in order."""
    several = made.field("parameters")
    if several is None:
        single = made.field("parameter")
        return [single] if single is not None else []
    return [one for one in several.children() if one.kind() not in ("(", ",", ")", "comment")]


def function(scripts: Scripts, script: Script, call: SgNode) -> Place | None:
    """The function that a call calls, where it is one of the repository."""
    name = callee(call)
    if name is None:
        return None
    if name.kind() == "identifier":
        return named(scripts, Place(script, name))
    receiver = name.field("object") if name.kind() == "member_expression" else None
    if receiver is not None and receiver.kind() == "identifier":
        for one in scripts.imports(script):
            binding = script.binding(receiver)
            if binding is not None and same(binding.name, one.local) and one.name in (ALL, DEFAULT):
                place = scripts.exported(one.path, called(call))
                if place is not None:
                    return named(scripts, place)
    home = owner(scripts, script, receiver) if receiver is not None else None
    if home is not None and (found := _method(home, called(call))):
        return found
    return _method(Place(script, script.root), called(call)) if receiver is not None and home is None else None


def named(scripts: Scripts, place: Place) -> Place | None:
    """The function that a declaration, a name or an expression is."""
    script, node = place.script, place.node
    if node.kind() in FUNCTIONS:
        return place
    if node.kind() not in _NAMES:
        return None
    binding = script.binding(node)
    parent = binding.name.parent() if binding else None
    if binding is None or parent is None:
        return None
    if parent.kind() in FUNCTIONS:
        return Place(script, parent)
    held = parent.field("value") if parent.kind() == "variable_declarator" else None
    if held is not None and held.kind() in FUNCTIONS:
        return Place(script, held)
    found = _brought(scripts, script, binding)
    return named(scripts, found) if found else None


def _brought(scripts: Scripts, script: Script, binding: Binding | None) -> Place | None:
    """What an imported name is in the file that it comes from."""
    for one in scripts.imports(script) if binding else ():
        if binding is not None and same(one.local, binding.name):
            return scripts.exported(one.path, DEFAULT if one.name == ALL else one.name)
    return None


def _method(home: Place, name: str) -> Place | None:
    for one in home.node.find_all(kind="method_definition"):
        if (found := one.field("name")) and found.text() == name:
            return Place(home.script, one)
    for kind in ("public_field_definition" if home.script.typed else "field_definition", "pair"):
        for one in home.node.find_all(kind=kind):
            key, held = _key(one), one.field("value")
            if key is not None and key.text() == name and held is not None and held.kind() in FUNCTIONS:
                return Place(home.script, held)
    return None


def _key(node: SgNode) -> SgNode | None:
    return node.field("key") or node.field("property") or node.field("name")


def owner(scripts: Scripts, script: Script, receiver: SgNode) -> Place | None:
    """The class or the object of the repository whose method is called on a receiver."""
    if receiver.kind() == "this":
        found = next((one for one in receiver.ancestors() if one.kind() in (*_CLASSES, "object")), None)
        return Place(script, found) if found else None
    made = receiver if receiver.kind() == "new_expression" else script.declared(receiver)
    made = made if made is not None else _field(script, receiver)
    if made is not None and made.kind() == "object":
        return Place(script, made)
    if made is not None and made.kind() == "new_expression":
        name = made.field("constructor")
        return _class(scripts, Place(script, name)) if name is not None else None
    return _imported(scripts, script, receiver)


def definition(scripts: Scripts, script: Script, name: SgNode) -> Place | None:
    """The expression that gives a name or `this.name` its value, here or where it is imported from."""
    binding = script.binding(name) if name.kind() in _NAMES else None
    for one in scripts.imports(script) if binding else ():
        if binding is not None and same(one.local, binding.name):
            found = scripts.exported(one.path, DEFAULT if one.name == ALL else one.name)
            if found is None or found.node.kind() not in _NAMES:
                return found
            return definition(scripts, found.script, found.node)
    made = script.declared(name) if name.kind() in _NAMES else _field(script, name)
    return Place(script, made) if made is not None else None


def _field(script: Script, receiver: SgNode) -> SgNode | None:
    """What `this.name` is set to, where it is set once."""
    if not receiver.text().startswith("this."):
        return None
    sets = [
        right for one in script.root.find_all(kind="assignment_expression")
        if (left := one.field("left")) and left.text() == receiver.text() and (right := one.field("right"))
    ]  # fmt: skip
    return sets[0] if len(sets) == 1 else None


def _imported(scripts: Scripts, script: Script, receiver: SgNode) -> Place | None:
    binding = script.binding(receiver) if receiver.kind() == "identifier" else None
    found = _brought(scripts, script, binding)
    if found is None or found.node.kind() in ("object", *_CLASSES):
        return found
    return owner(scripts, found.script, found.node)


def _class(scripts: Scripts, place: Place) -> Place | None:
    if place.node.kind() in _CLASSES:
        return place
    name = place.node.text()
    for one in place.script.root.find_all(kind="class_declaration"):
        if (found := one.field("name")) and found.text() == name:
            return Place(place.script, one)
    binding = place.script.binding(place.node)
    home = _brought(scripts, place.script, binding)
    return _class(scripts, home) if home else None


def uses(scripts: Scripts, script: Script, made: SgNode) -> list[Place] | None:
    """Every node that stands for a function where it is used; None where it has no name."""
    parent = made.parent()
    if made.kind() == "method_definition" or (
        parent is not None and parent.kind() in ("pair", "field_definition", "public_field_definition")
    ):
        return list(_calls_of_method(scripts, script, made))
    name = made.field("name") or (parent.field("name") if parent and parent.kind() == "variable_declarator" else None)
    if name is None:
        return None
    binding = script.binding(name)
    found = [Place(script, one) for one in script.uses(binding)] if binding else []
    mine = [key for key, node in scripts.exports(script).items() if _is(scripts, Place(script, node), made)]
    found += [place for key in mine for place in scripts.uses(script, key)]
    return [one for one in found if not exporting(one.node)]


def _is(scripts: Scripts, place: Place, made: SgNode) -> bool:
    found = named(scripts, place)
    return found is not None and found.script is place.script and same(found.node, made)


def exporting(node: SgNode) -> bool:
    """Whether a name is only exported or imported where it stands."""
    for parent in node.ancestors():
        kind = parent.kind()
        if kind in ("export_specifier", "export_statement", "import_specifier", "import_clause"):
            return True
        if kind == "assignment_expression":
            left = parent.field("left")
            return left is not None and left.text().startswith(("module.exports", "exports."))
        if kind not in ("object", "pair", "shorthand_property_identifier"):
            return False
    return False


def _calls_of_method(scripts: Scripts, script: Script, made: SgNode) -> Iterator[Place]:
    """The members that may be this method: of the same name, on nothing that is known to be something else."""
    key = made.field("name") or (_key(parent) if (parent := made.parent()) else None)
    home = next((one for one in made.ancestors() if one.kind() in (*_CLASSES, "object")), None)
    if key is None or home is None:
        return
    for other in [script, *scripts.users(script.source.path)]:
        for member in other.root.find_all(kind="member_expression"):
            prop, receiver = member.field("property"), member.field("object")
            if prop is None or receiver is None or prop.text() != key.text():
                continue
            known = owner(scripts, other, receiver)
            if known is None and not _open(scripts, other, receiver):
                continue
            if known is None or (known.script is script and same(known.node, home)):
                yield Place(other, member)


def _open(scripts: Scripts, script: Script, receiver: SgNode) -> bool:
    """Whether nothing says that a receiver is a package's: imported from one, or made by a class of one."""
    made = script.declared(receiver) if receiver.kind() == "identifier" else _field(script, receiver)
    name = made.field("constructor") if made is not None and made.kind() == "new_expression" else receiver
    binding = script.binding(name) if name is not None and name.kind() == "identifier" else None
    if binding is None:
        return made is None or made.kind() != "new_expression"
    parent = binding.name.parent()
    if parent is None or not parent.kind().startswith(("import_", "namespace_import")):
        return True
    return any(same(one.local, binding.name) for one in scripts.imports(script))
