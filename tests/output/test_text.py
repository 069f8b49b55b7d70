from __future__ import annotations

from migrate.findings import Finding, Safety, Skipped
from migrate.output.report import Report
from migrate.output.text import Paint, printable, render
from migrate.repository import Repository
from migrate.source import Span

TEXT = "services:\n  tgi:\n    image: x\n"


def finding(start: int, safety: Safety, message: str, group: str = "g", rule: str = "launch/x") -> Finding:
    return Finding(rule, "compose.yaml", Span(start, start + 3), "launch", safety, message, group=group)


def shown(*findings: Finding, skipped: tuple[Skipped, ...] = (), colour: bool = False) -> str:
    report = Report(".", "0.32.0", None, Repository.of({"compose.yaml": TEXT}), findings, skipped)
    return render(report, Paint(colour))


def test_one_block_for_a_group_in_reading_order():
    assert shown(
        finding(12, Safety.MANUAL, "no OTLP here"),
        finding(12, Safety.SAFE, "image becomes vLLM's", rule="launch/image"),
        finding(21, Safety.NONE, "greedy\n  is said", rule="launch/greedy"),
    ) == (
        "compose.yaml:2:3: launch [manual]\n"
        "  becomes      image becomes vLLM's [launch/image]\n"
        "  left for you no OTLP here [launch/x]\n"
        "  note         3:5: greedy is said [launch/greedy]\n"
        "\n"
        "1 place in 1 file: 1 safe, 1 manual, 1 none.\n"
    )


def test_advisory_finding_does_not_make_the_group_graver():
    advisory = Finding(
        "launch/dtype", "compose.yaml", Span(1, 2), "launch", Safety.REVIEW, "m", group="g", advisory=True
    )
    text = shown(advisory, finding(12, Safety.SAFE, "m"))
    assert "launch [safe]" in text
    assert "  default      m [launch/dtype]" in text


def test_nothing_found_and_a_skipped_file():
    assert shown(skipped=(Skipped("a.json", "12 MB"),)) == (
        "Not read:\n  a.json: 12 MB\n\nNothing depends on TGI here; 1 file not read.\n"
    )


def test_colour_only_where_asked():
    assert "\x1b[" not in shown(finding(1, Safety.SAFE, "m"))
    assert "\x1b[32m" in shown(finding(1, Safety.SAFE, "m"), colour=True)


def test_control_characters_of_a_name_do_not_reach_the_terminal():
    assert printable("a\x1b[2Jb\udce8é") == "a\\x1b[2Jb\\udce8é"
