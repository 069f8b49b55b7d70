"""Metrics of TGI are shown where queries and rules stand; other names that begin alike are not."""

from __future__ import annotations

import pytest

from migrate.formats.metrics import metrics_in
from migrate.source import Source


def values(path: str, text: str) -> list[str]:
    return [mention.value for mention in metrics_in(Source(path, text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("expr: rate(tgi_request_count[5m])", ["tgi_request_count"]),
        ("expr: histogram_quantile(0.9, tgi_request_duration_bucket)", ["tgi_request_duration_bucket"]),
        (
            "expr: tgi_request_duration_sum / tgi_request_duration_count",
            ["tgi_request_duration_sum", "tgi_request_duration_count"],
        ),
        ("regex: tgi_.*", ["tgi_.*"]),
        ("regex: tgi_request_.+", ["tgi_request_.+"]),
        ('seriesQuery: "tgi_queue_size"', ["tgi_queue_size"]),
        ("a: tgi_queue_size + tgi_queue_size", ["tgi_queue_size"]),
    ],
)
def test_shown(text: str, expected: list[str]) -> None:
    assert values("rules.yaml", text) == expected


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("rules.yaml", "job_name: tgi_server"),
        ("rules.yaml", "tgi_image: x"),
        ("rules.yaml", "my_tgi_queue_size: 1"),
        ("rules.yaml", "# tgi_queue_size"),
        ("rules.yaml", "expr: vllm:num_requests_waiting"),
        ("README.md", "tgi_queue_size"),
        ("app.py", "tgi_queue_size = 3"),
    ],
)
def test_left_alone(path: str, text: str) -> None:
    assert values(path, text) == []
