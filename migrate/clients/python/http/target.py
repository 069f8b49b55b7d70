"""The address of a request: only the path changes, in the literal that holds it."""

from __future__ import annotations

import ast

from migrate.clients.python.addresses.pieces import Address, Piece
from migrate.clients.python.code.project import At, Project
from migrate.clients.python.edits.report import Group
from migrate.clients.python.http.sites import Site

TARGET = "v1/completions"


def move_address(project: Project, site: Site, group: Group) -> None:
    """The path of a generating request becomes that of completions."""
    if any(one.open for one in site.addresses):
        _open(site, group)
    elif not site.route:
        _append(project, site, group)
    elif not all(_replaced(one, site.route, TARGET, group) for one in site.addresses):
        text = f"the path /{site.route} is put together in a way that cannot be followed"
        group.manual.append((site.at, "client/address-unseen", text))


def move_info(site: Site, group: Group) -> None:
    """`/info` becomes the list of models."""
    if not all(_replaced(one, "info", "v1/models", group) for one in site.addresses):
        group.manual.append((site.at, group.rule, "the path cannot be followed"))


def _replaced(found: Address, old: str, new: str, group: Group) -> bool:
    """Whether the path ends in a literal, whose last part is replaced then."""
    piece = next((one for one in reversed(found.pieces) if one.text.strip("/")), None)
    if piece is None or piece.at is None or not piece.text.rstrip("/").endswith(old):
        return False
    module = piece.at.module
    around = module.parents.get(piece.at.node)
    start, end = module.span(around if isinstance(around, ast.JoinedStr) else piece.at.node)
    at = module.fragment.text.rindex(old, start, end)
    group.changes.replace(module, at, at + len(old), new)
    return True


def _open(site: Site, group: Group) -> None:
    """The whole address comes from outside, and a default shows its path: the path changes where it is used."""
    simple = isinstance(site.url, ast.Name | ast.Attribute | ast.Subscript | ast.Call)
    base = "{base}" if simple else "({base})"
    group.changes.wrap(site.at.module, site.url, site.url, f'{base}.removesuffix("/{site.route}") + "/{TARGET}"')
    text = f"the address is set outside of this program: it may end in /{site.route} or in the host"
    group.notes.append((At(site.at.module, site.url), "client/address-open", text))


def _append(project: Project, site: Site, group: Group) -> None:
    """An address without a path gets one: in its literal where nothing else reads that, else where it is used."""
    module, url = site.at.module, site.url
    slash = site.address.words.endswith("/")
    at = _own_literal(project, site)
    if at is not None:
        group.changes.insert(at.module, at.module.span(at.node)[1] - 1, TARGET if slash else f"/{TARGET}")
    elif slash:
        group.changes.wrap(module, url, url, f'{{base}} + "{TARGET}"')
    elif isinstance(url, ast.Name | ast.Attribute | ast.Subscript | ast.Call):
        group.changes.wrap(module, url, url, f'{{base}}.rstrip("/") + "/{TARGET}"')
    else:
        group.changes.wrap(module, url, url, f'({{base}}).rstrip("/") + "/{TARGET}"')


def _own_literal(project: Project, site: Site) -> At | None:
    if isinstance(site.url, ast.Constant):
        return At(site.at.module, site.url)
    literal: Piece | None = next((one for one in site.address.pieces if one.text), None)
    alone = literal is not None and len(site.address.pieces) == len(site.addresses) == 1
    return literal.at if literal and literal.at and alone and _only(project, literal.at) else None


def _only(project: Project, literal: At) -> bool:
    """Whether the literal's name is read at one place only."""
    parent = literal.module.parents.get(literal.node)
    targets = parent.targets if isinstance(parent, ast.Assign) else []
    if len(targets) != 1 or not isinstance(targets[0], ast.Name):
        return False
    name = targets[0].id
    return sum(len(m.loads.get(name, [])) + len(m.attributes.get(name, [])) for m in project.modules) == 1
