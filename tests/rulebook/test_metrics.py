"""The metrics that rules name exist in the target's catalog."""

import re

import pytest

from migrate.catalog import tgi
from migrate.catalog.vllm import DEFAULT_TARGET, catalog
from migrate.rulebook import load

SAID = [case.say for case in load().rules["mention/metric"].cases]
NAMED = sorted({name for text in SAID for name in re.findall(r"vllm:\w+", text)})


@pytest.mark.parametrize("name", NAMED)
def test_a_named_metric_exists(name: str) -> None:
    assert catalog().metric(name, DEFAULT_TARGET) is not None


def test_patterns_name_metrics_of_tgi() -> None:
    patterns = [getattr(case.when.value, "pattern", None) for case in load().rules["mention/metric"].cases]
    named = [match[1] for text in patterns if text and (match := re.match(r"\^(tgi_\w+)\(", text))]
    assert len(named) > 8
    assert [name for name in named if tgi.metric(name) is None] == []
