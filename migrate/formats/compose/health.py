"""Health checks of a compose service that ask a route that vLLM does not have."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from yaml import MappingNode, ScalarNode

from migrate.formats.compose.model import Fact, Service
from migrate.formats.probes import asked
from migrate.formats.yaml.scalar import fragment
from migrate.formats.yaml.tree import child, items
from migrate.source import Edit, Fragment
from migrate.touchpoints import Mention


def health_mentions(service: Service) -> Iterator[Mention]:
    """`/info` of the server itself, whose URL can be replaced, and generation as a check, which a person has to
    rewrite."""
    fact = service.fact("healthcheck")
    if fact is None or not isinstance(fact.value, MappingNode) or fact.layer is not service.own:
        return
    test = child(fact.value, "test")
    for node in [test] if isinstance(test, ScalarNode) else items(test):
        if isinstance(node, ScalarNode):
            yield from _mentions(fact, fragment(fact.source, node), service.name)


def _mentions(fact: Fact, read: Fragment, service: str) -> Iterator[Mention]:
    for one in asked(read.text):
        text, place = read.text[one.start : one.end], read.span(one.start, one.end)
        edit = _editor(read, (one.start, one.end)) if one.replaceable else None
        yield Mention(fact.source.path, "health", text, place, text, edit, service)


def _editor(read: Fragment, place: tuple[int, int]) -> Callable[[str], Edit]:
    def edit(new: str) -> Edit:
        return read.edit(*place, new)

    return edit
