from __future__ import annotations

from dataclasses import replace

from migrate.findings import Safety
from migrate.output.markdown import render
from tests.output.reports import ALL, LAUNCH, MANUAL, report

GITHUB = 65_536


def test_counts_and_classes() -> None:
    lines = render(ALL).splitlines()
    assert lines[0] == "### To vLLM 0.32.0"
    assert lines[2] == "3 places in 2 files: 1 safe, 1 review, 1 manual, 1 none; 2 files not read."
    assert "| ❌ manual | 1 | left for a person |" in lines


def test_the_gravest_come_first_and_each_names_place_and_rule() -> None:
    text = render(ALL)
    order = [text.index(f"<summary>{name}: ") for name in ("manual", "review", "safe", "none", "not read")]
    assert order == sorted(order)
    assert "- `a.sh:2:1` two becomes 2 (`launch/x`)" in text
    assert "- `c.yaml`: line 3: bad &lt;b>" in text


def test_nothing_that_a_file_says_is_markup_or_a_mention() -> None:
    line = next(line for line in render(report(MANUAL)).splitlines() if "client/z" in line)
    assert line.startswith("- `b.py:1:1` &lt;img src=x> @&#8203;someone &#35;1 \\|")
    assert "hf_" + "abcdefghijkl" not in line


def test_nothing_found_is_one_sentence() -> None:
    assert render(report()) == "### To vLLM 0.32.0\n\nNothing depends on TGI here.\n"


def test_a_long_list_is_cut_with_a_count() -> None:
    many = [replace(LAUNCH, rule=f"launch/x{number}") for number in range(250)]
    assert "- and 50 more" in render(report(*many)).splitlines()


def test_a_comment_is_never_longer_than_github_takes() -> None:
    classes = [
        replace(LAUNCH, rule=f"launch/x{number}", safety=safety, message="word " * 100)
        for safety in Safety
        for number in range(150)
    ]
    text = render(report(*classes))
    assert len(text) < GITHUB
    assert text.endswith("More does not fit into a comment; the JSON and HTML reports hold it.\n")
