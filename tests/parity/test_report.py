from __future__ import annotations

import json

import pytest

from migrate.parity.comparison import Compared
from migrate.parity.evidence import Difference, Outcome, Stage
from migrate.parity.exchange import Engine
from migrate.parity.reports import markdown, text, to_json
from migrate.parity.verdict import Verdict

MANY = tuple(Difference(f"p{at}", "'|<b>`x`' \n instead") for at in range(7))
STAGES = (
    Stage("accepted", Outcome.PASS, "all 7 requests are answered", differences=(Difference("hidden", "x"),)),
    Stage("prompt", Outcome.FAIL, "7 of 7 differ", "a template", MANY),
    Stage("shift", Outcome.INCONCLUSIVE, "too few", prompts_needed=40),
    Stage("errors", Outcome.SKIPPED, "none"),
)
COMPARED = Compared(Engine("tgi", "3.3.7"), Engine("vllm"), Verdict(Outcome.FAIL, STAGES), 7)


def test_text() -> None:
    assert text(COMPARED).splitlines()[:6] == [
        "FAIL: prompt: 7 of 7 differ",
        "tgi 3.3.7 against vllm, 7 prompts",
        "  accepted   pass         all 7 requests are answered",
        "  prompt     fail         7 of 7 differ",
        "      perhaps a template",
        "      p0: '|<b>`x`' ",
    ]
    assert "      and 2 more\n" in text(COMPARED)
    assert "      about 40 prompts would tell\n" in text(COMPARED)


def test_markdown_is_a_table_that_nothing_breaks_out_of() -> None:
    lines = markdown(COMPARED).splitlines()
    assert lines[0] == "### ❌ Parity: tgi 3.3.7 → vllm"
    assert "| prompt | ❌ fail | 7 of 7 differ. Perhaps a template. |" in lines
    assert "| shift | ❔ inconclusive | too few. About 40 prompts would tell. |" in lines
    assert "- `p0`: '\\|&lt;b>\\`x\\`'   instead" in lines
    assert not any("hidden" in line for line in lines)


def test_json_holds_everything() -> None:
    data = json.loads(to_json(COMPARED))
    assert (data["schema_version"], data["outcome"], data["prompts"]) == (1, "fail", 7)
    assert [stage["name"] for stage in data["stages"]] == ["accepted", "prompt", "shift", "errors"]
    assert len(data["stages"][1]["differences"]) == 7
    assert data["stages"][2]["prompts_needed"] == 40
    assert data["engines"][0] == {"name": "tgi", "version": "3.3.7", "model": "", "arguments": []}


@pytest.mark.parametrize("write", [text, markdown, to_json])
def test_a_report_ends_in_one_newline(write: object) -> None:
    assert callable(write)
    report = write(COMPARED)
    assert report.endswith("\n")
    assert not report.endswith("\n\n")
