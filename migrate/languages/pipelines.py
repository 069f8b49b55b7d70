"""Pipelines of Haystack written down as YAML: their classes stand by dotted name, with the arguments beside."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from migrate.clients.outcome import Collected
from migrate.clients.rules import Book
from migrate.findings import Finding, Safety
from migrate.rulebook.clients import ReportRule
from migrate.rulebook.constructors import ConstructorRule
from migrate.rulebook.model import as_list
from migrate.source import Source, Span

WORD = "init_parameters"
NEW = "write the type {} here and its arguments in init_parameters, as programs get them."


def read_pipeline(source: Source, book: Book, collected: Collected) -> None:
    """A finding for each class of the rules that is given what makes it one for TGI; nothing is written."""
    if WORD not in source.text:
        return
    try:
        root = yaml.compose(source.text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return
    for kind, text in _components(root, source.text):
        report, constructor = book.reports.get(kind.value), book.constructors.get(kind.value)
        span = Span(kind.start_mark.index, kind.end_mark.index)
        if report is not None and any(word in text for word in as_list(report.when)):
            collected.findings.append(_finding(source, report, span, report.why, kind.value))
        elif constructor is not None and any(word in text for word in _words(constructor)):
            why = f"{NEW.format(constructor.becomes)} {constructor.why}"
            collected.findings.append(_finding(source, constructor, span, why, kind.value))


def _finding(source: Source, rule: ReportRule | ConstructorRule, span: Span, why: str, text: str) -> Finding:
    return Finding(rule.id, source.path, span, "client", Safety.MANUAL, why, text)


def _words(rule: ConstructorRule) -> list[str]:
    return [word for prefixes in rule.where.values() for word in as_list(prefixes)]


def _components(node: yaml.Node | None, text: str) -> Iterator[tuple[yaml.ScalarNode, str]]:
    """The type of each component with the text that it stands in."""
    if isinstance(node, yaml.MappingNode):
        entries = {key.value: value for key, value in node.value}
        kind = entries.get("type")
        if isinstance(kind, yaml.ScalarNode) and WORD in entries:
            yield kind, text[node.start_mark.index : node.end_mark.index]
        for value in entries.values():
            yield from _components(value, text)
    elif isinstance(node, yaml.SequenceNode):
        for one in node.value:
            yield from _components(one, text)
