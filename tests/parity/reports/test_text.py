from __future__ import annotations

from dataclasses import replace

import pytest

from migrate.parity.comparison import Compared
from migrate.parity.evidence import Difference, Outcome, Stage
from migrate.parity.exchange import Engine
from migrate.parity.reports import WRITERS, Format, render, text
from migrate.parity.verdict import Verdict
from tests.parity.reports.results import COMPARED, latency

MANY = tuple(Difference(f"p{at}", "a\nb") for at in range(7))
STAGES = (
    Stage("accepted", Outcome.PASS, "all 7 requests are answered", differences=(Difference("hidden", "x"),)),
    Stage("prompt", Outcome.FAIL, "7 of 7 differ", "a template", MANY),
    Stage("shift", Outcome.INCONCLUSIVE, "too few", prompts_needed=40),
)
SMALL = Compared(Engine("tgi", "3.3.7"), Engine("vllm"), Verdict(Outcome.FAIL, STAGES), 7)


def test_text() -> None:
    assert text(SMALL).splitlines() == [
        "FAIL: prompt: 7 of 7 differ",
        "tgi 3.3.7 against vllm, 7 prompts",
        "  accepted   pass         all 7 requests are answered",
        "  prompt     fail         7 of 7 differ",
        "      perhaps a template",
        *(f"      p{at}: a b" for at in range(5)),
        "      and 2 more",
        "  shift      inconclusive too few",
        "      about 40 prompts would tell",
    ]


def test_text_tells_what_was_accepted_and_what_the_keeper_of_the_file_should_know() -> None:
    lines = text(COMPARED).splitlines()
    assert "      accepted until 2027-01-31: p1: TGI counts the end token" in lines
    assert lines[-1] == "note: accepted.yaml:9: fits no difference of stage finish; take it out"


def test_text_shows_latency() -> None:
    lines = text(replace(SMALL, latency=latency(3))).splitlines()
    told = "180 ms (171 to 191) became 210 ms (200 to 223), ratio 1.17 (1.11 to 1.24)"
    assert f"  ttft p95            fail         {told}" in lines
    assert lines[-1] == "      the client was no limit"


@pytest.mark.parametrize("form", list(Format))
def test_a_report_is_utf_8_and_ends_in_one_newline(form: Format) -> None:
    report = render(COMPARED, form).decode("utf-8")
    assert report.endswith("\n")
    assert not report.endswith("\n\n")


@pytest.mark.parametrize("form", [form for form in Format if form is not Format.JSON])
def test_control_characters_never_reach_a_reader(form: Format) -> None:
    report = WRITERS[form](COMPARED)
    assert not any(mark in report for mark in ("\x07", "\u202e", "\ud800"))
