from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from migrate.parity.evidence import Difference, Outcome, Stage
from migrate.parity.exchange import Engine
from migrate.parity.reports import Format, render
from migrate.parity.reports.page import html
from migrate.parity.reports.prompts import ROOM, prompts
from migrate.parity.seen import Said, Seen
from migrate.parity.verdict import Verdict
from tests.parity.reports.results import COMPARED, NASTY, NOTE, STAGES, latency, many

EMPTY = {"meta", "link", "br", "img"}


class Page(HTMLParser):
    """The elements of a page, checked to be closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in EMPTY:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_what_was_said_is_shown_and_does_not_act() -> None:
    page = Page(html(COMPARED))
    assert (page.tags.count("img"), page.tags.count("script")) == (0, 1)
    assert not any(name.startswith("on") for name, _ in page.attributes)
    assert NASTY[:36] in page.text
    assert "\\x07\\ud800" in page.text


def test_it_loads_nothing() -> None:
    page = Page(html(many(5)))
    loading = {name: value for name, value in page.attributes if name in ("src", "href", "srcset", "action")}
    assert loading == {"href": "data:,"}
    policy = dict(page.attributes)["content"]
    assert policy is not None
    assert policy.startswith("default-src 'none'")


@pytest.mark.parametrize(
    "line",
    [
        "✗ FAIL",
        "prompt: 7 of 7 differ. Perhaps a template.",
        "tgi 3.3.7 → vllm",
        "tgi 3.3.7, model",
        "--max-total-tokens 4096",
        "folder/b c.jsonl",
        "too few. About 40 prompts would tell.",
        "TGI counts the end token",
        NOTE,
        "7 listed",
        "0 of 7 prompts got the same text from both.",
        "differs from character 3",
    ],
)
def test_it_shows(line: str) -> None:
    assert line in Page(html(COMPARED)).text


def test_the_rules_behind_a_difference_are_named() -> None:
    difference = Difference("p0", "finish stop instead of length", ("client/parameter-stop",))
    stage = Stage("endings", Outcome.FAIL, "1 ends in another way", differences=(difference,))
    page = Page(html(replace(COMPARED, verdict=Verdict(Outcome.FAIL, (stage,)))))
    assert "finish stop instead of length client/parameter-stop" in page.text


def test_a_pass_says_so() -> None:
    page = Page(html(replace(COMPARED, verdict=Verdict(Outcome.PASS, STAGES[:1]))))
    assert "✓ PASS1 stages, no difference beyond the noise" in page.text


def test_nothing_to_judge_says_so() -> None:
    assert (
        "there was nothing to judge by" in Page(html(replace(COMPARED, verdict=Verdict(Outcome.INCONCLUSIVE, ())))).text
    )


def test_without_prompts_and_notes_their_sections_are_left_out() -> None:
    text = Page(html(replace(COMPARED, seen=(), notes=(), verdict=Verdict(Outcome.PASS, STAGES[:1])))).text
    assert "Prompts whose answers differ" not in text
    assert "What was accepted" not in text
    assert "Latency" not in text


def test_latency_is_shown_with_its_charts() -> None:
    page = Page(html(replace(COMPARED, latency=latency(9))))
    assert "210 ms (200 to 223)1.17 (1.11 to 1.24)" in page.text
    assert "the client was no limit" in page.text
    assert page.tags.count("svg") == 8
    assert "as recorded" not in page.text


def test_recorded_times_are_shown_and_said_to_be_no_measurement() -> None:
    seen = (Seen("p", "x", (), *(Said("a", times_ms=(1.0, 2.0)),) * 2, 1),)
    page = Page(html(replace(COMPARED, seen=seen)))
    assert "Latency, as recorded" in page.text
    assert page.tags.count("svg") == 6


def test_a_chart_has_a_name_for_those_who_do_not_see_it() -> None:
    page = Page(html(many(5)))
    roles = [value for name, value in page.attributes if name == "role" and value == "img"]
    assert len(roles) == page.tags.count("svg") > 0


def test_a_thousand_prompts_are_below_2_mb() -> None:
    assert len(render(many(1000), Format.HTML)) < 2_000_000


def test_more_prompts_than_there_is_room_for_are_counted() -> None:
    said = Said("界" * 2000), Said("x" + "界" * 2000)
    seen = tuple(Seen(f"p{at}", "界" * 1000, (), *said, 0) for at in range(600))
    blocks = "".join(prompts(replace(COMPARED, seen=seen)))
    assert len(blocks.encode()) < ROOM + 20_000
    shown = blocks.count('<details class="prompt">')
    assert f"and {600 - shown} more that differ: the JSON report holds them." in blocks


def test_a_long_answer_is_shown_around_the_place_where_it_differs() -> None:
    text = "a" * 5000
    (block,) = (
        one
        for one in prompts(replace(COMPARED, seen=(Seen("p", "", (), Said(text + "b"), Said(text + "c"), 5000),)))
        if "<mark>" in one
    )
    assert "…" + "a" * 160 + "<mark>b</mark>" in block
    assert "a" * 161 not in block


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (Said("a"), Said("", failure="500 x"), "answered by one engine only"),
        (Said("", failure="400 y"), Said("", failure="500 x"), "refused"),
    ],
)
def test_an_engine_that_did_not_answer_is_told(first: Said, second: Said, told: str) -> None:
    text = Page("".join(prompts(replace(COMPARED, seen=(Seen("p", "", (), first, second, 0),))))).text
    assert told in text
    assert "500 x" in text


def test_prompts_with_the_same_text_are_named() -> None:
    same = Seen("same-one", "", (), Said("a"), Said("a"), 1)
    assert "The same text: 1 promptssame-one" in Page("".join(prompts(replace(COMPARED, seen=(same,))))).text


def test_a_name_that_an_engine_gave_itself_is_text() -> None:
    page = Page(html(replace(COMPARED, first=Engine('<img src="x">', '"'))))
    assert "img" not in page.tags
