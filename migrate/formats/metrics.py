"""TGI's metrics in dashboards, alert rules, scrape and autoscaling configuration: shown, since their names change."""

from __future__ import annotations

import re
from posixpath import basename

from migrate.catalog.tgi import metric
from migrate.source import Source, Span
from migrate.touchpoints import Mention

_NAME = re.compile(r"(?<![\w-])tgi_[a-z][a-z_]*(?:\.[*+])?|(?<![\w-])tgi_\.[*+]|(?<![\w-])tgi_\[[^\]\n]*\][*+]?")
_SUFFIXES = (
    ".yml",
    ".yaml",
    ".json",
    ".rules",
    ".jsonnet",
    ".libsonnet",
    ".tf",
    ".tpl",
    ".toml",
    ".promql",
    ".j2",
    ".conf",
)


def metrics_in(source: Source) -> tuple[Mention, ...]:
    """Each place that names a metric of TGI (or a pattern such as `tgi_.*`), for files that hold queries and rules.

    One mention for each name and line; other words that begin with `tgi_` are not TGI's.
    """
    if not basename(source.path).lower().endswith(_SUFFIXES) or "tgi_" not in source.text:
        return ()
    found: dict[tuple[int, str], Mention] = {}
    for match in _NAME.finditer(source.text):
        line = source.position(match.start())[0]
        if (line, match[0]) in found or _comment(source, match.start()) or not _known(match[0]):
            continue
        found[line, match[0]] = Mention(source.path, "metric", match[0], Span(*match.span()), match[0])
    return tuple(found.values())


def _known(name: str) -> bool:
    if name[-1] in "*+]":
        stem = re.split(r"[.\[]", name)[0].rstrip("_")
        return stem == "tgi" or stem.startswith(("tgi_batch", "tgi_request", "tgi_queue"))
    return metric(name) is not None


def _comment(source: Source, at: int) -> bool:
    start = source.text.rfind("\n", 0, at) + 1
    return source.text[start:at].lstrip().startswith(("#", "//"))
