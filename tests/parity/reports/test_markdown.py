from __future__ import annotations

from dataclasses import replace

from migrate.parity.evidence import Difference, Outcome, Stage
from migrate.parity.reports.markdown import markdown
from migrate.parity.verdict import Verdict
from tests.parity.reports.results import COMPARED, latency, many

GITHUB = 65_536


def test_table_of_stages() -> None:
    lines = markdown(COMPARED).splitlines()
    assert lines[0] == "### ❌ Parity: tgi 3.3.7 → vllm"
    assert "| prompt | ❌ fail | 7 of 7 differ. Perhaps a template. |" in lines
    assert "| shift | ❔ inconclusive | too few. About 40 prompts would tell. |" in lines
    assert not any("hidden" in line for line in lines)


def test_latency_is_a_table() -> None:
    lines = markdown(replace(COMPARED, latency=latency(3))).splitlines()
    assert "| ttft p95 | 180 ms (171 to 191) | 210 ms (200 to 223) | 1.17 (1.11 to 1.24) | ❌ fail |" in lines


def test_accepted_differences_are_told_with_reason_and_day() -> None:
    report = markdown(COMPARED)
    assert "- `p1`: `finish stop instead of length` until 2027-01-31: TGI counts the end token" in report
    assert "- accepted.yaml:9: fits no difference of stage finish; take it out" in report


def test_nothing_in_a_summary_is_markup_or_a_mention() -> None:
    stage = Stage("prompt", Outcome.FAIL, "a|b <img> @someone #1 **c**")
    report = markdown(replace(COMPARED, verdict=Verdict(Outcome.FAIL, (stage,))))
    assert "| a\\|b &lt;img> @&#8203;someone &#35;1 \\*\\*c\\*\\*. |" in report


def test_a_long_list_is_cut_with_a_count() -> None:
    report = markdown(many(1000))
    assert "<details><summary>prompt: 1000 differences</summary>" in report
    assert "- and 950 more" in report.splitlines()


def test_it_fits_a_comment_whatever_was_found() -> None:
    stages = tuple(
        Stage(f"stage{at}", Outcome.FAIL, "s" * 3000, "", tuple(Difference(f"p{n}", "`" * 500) for n in range(60)))
        for at in range(40)
    )
    report = markdown(replace(COMPARED, verdict=Verdict(Outcome.FAIL, stages), notes=("n" * 900,) * 90))
    assert len(report) < GITHUB
    assert report.endswith("More does not fit into a comment; the JSON and HTML reports hold it.\n")
    assert report.count("<details>") == report.count("</details>") > 0
