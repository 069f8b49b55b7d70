"""The address of a request: only the path changes, in the literal that holds it."""

from __future__ import annotations

import ast

from migrate.clients.python.project import At, Project
from migrate.clients.python.report import Group
from migrate.clients.python.sites import Site
from migrate.clients.python.texts import Piece

TARGET = "v1/completions"


def move_address(project: Project, site: Site, group: Group) -> None:
    """The path of a generating request becomes that of completions."""
    if not site.route:
        _append(project, site, group)
        return
    if not _replaced(site, site.route, TARGET, group):
        text = f"the path /{site.route} is put together in a way that cannot be followed"
        group.manual.append((site.at, "client/address-unseen", text))


def move_info(site: Site, group: Group) -> None:
    """`/info` becomes the list of models."""
    if not _replaced(site, "info", "v1/models", group):
        group.manual.append((site.at, group.rule, "the path cannot be followed"))


def _replaced(site: Site, old: str, new: str, group: Group) -> bool:
    """Whether the path ends in a literal, whose last part is replaced then."""
    piece = next((one for one in reversed(site.address.pieces) if one.text.strip("/")), None)
    if piece is None or piece.at is None or not piece.text.rstrip("/").endswith(old):
        return False
    module = piece.at.module
    around = module.parents.get(piece.at.node)
    start, end = module.span(around if isinstance(around, ast.JoinedStr) else piece.at.node)
    at = module.fragment.text.rindex(old, start, end)
    group.changes.replace(module, at, at + len(old), new)
    return True


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
    alone = literal is not None and len(site.address.pieces) == 1
    return literal.at if literal and literal.at and alone and _only(project, literal.at) else None


def _only(project: Project, literal: At) -> bool:
    """Whether the literal's name is read at one place only."""
    parent = literal.module.parents.get(literal.node)
    targets = parent.targets if isinstance(parent, ast.Assign) else []
    if len(targets) != 1 or not isinstance(targets[0], ast.Name):
        return False
    name = targets[0].id
    return sum(len(m.loads.get(name, [])) + len(m.attributes.get(name, [])) for m in project.modules) == 1
