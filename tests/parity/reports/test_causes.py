from __future__ import annotations

import pytest

from migrate.parity.evidence import Difference, Outcome, Stage
from migrate.parity.reports.causes import cause, described
from migrate.parity.seen import Said, Seen


@pytest.mark.parametrize(
    ("stage", "detail", "fields", "rule"),
    [
        ("accepted", "404 NotFoundError: The model `gpt-4o` does not exist", (), "launch/served-names"),
        ("accepted", "400 BadRequest: maximum context length is 64 tokens", (), "launch/max-total-tokens"),
        ("accepted", "401 Unauthorized", (), "launch/api-key"),
        ("accepted", "400 typical_p: extra inputs", ("typical_p", "seed"), "client/parameter-typical-p"),
        ("accepted", "500 Internal Server Error", ("seed",), ""),
        ("accepted", "404 Not Found", (), ""),
        ("prompt", "2 tokens instead of 1", ("messages",), "launch/tokenizer-config-path"),
        ("prompt", "2 tokens instead of 1", ("truncate",), "client/parameter-truncate"),
        ("prompt", "2 tokens instead of 1", (), ""),
        ("greedy", "token 3", (), "launch/generation-config"),
        ("greedy", "token 3", ("repetition_penalty",), "client/parameter-repetition-penalty"),
        ("shift", "", (), "launch/default-dtype"),
        ("sampled", "", ("temperature",), "client/parameter-temperature"),
        ("finish", "length instead of stop", ("stop", "max_new_tokens"), "client/parameter-stop"),
        ("endings", "9 tokens counted instead of 8", ("max_new_tokens",), "client/parameter-max-new-tokens"),
        ("endings", "9 tokens counted instead of 8", (), ""),
        ("errors", "422 validation became 400", (), "client/status-422"),
        ("errors", "418 teapot became 400", (), ""),
        ("shapes", "lost: error_type", (), "client/answer-error-type"),
        ("shapes", "lost: choices[].seed", (), ""),
        ("shapes", "new: error_type", (), ""),
        ("streams", "lost: usage", (), ""),
    ],
)
def test_cause(stage: str, detail: str, fields: tuple[str, ...], rule: str) -> None:
    seen = Seen("p", "", fields, Said(""), Said(""), 0)
    assert cause(Stage(stage, Outcome.FAIL, ""), Difference("p", detail), seen) == rule


def test_without_the_request_only_the_stage_can_tell() -> None:
    assert cause(Stage("greedy", Outcome.FAIL, ""), Difference("p", ""), None) == "launch/generation-config"


@pytest.mark.parametrize("rule", ["launch/generation-config", "client/parameter-stop"])
def test_a_rule_is_described_by_the_rulebook(rule: str) -> None:
    summary, why = described(rule)
    assert summary
    assert why
    assert "\n" not in why


def test_a_rule_without_a_reason_has_a_summary() -> None:
    summary, why = described("launch/default-dtype")
    assert summary
    assert why == ""
