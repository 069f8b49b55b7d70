from __future__ import annotations

from html.parser import HTMLParser

from migrate.output.html import render
from migrate.output.report import Report
from tests.output.reports import ADVISED, ALL, LAUNCH, MANUAL, report

VOID = {"meta", "link"}


class Page(HTMLParser):
    """The text of the body, and whether every element is closed where it should be."""

    def __init__(self, shown: Report) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: list[str] = []
        self.tags: list[str] = []
        self.feed(render(shown))
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self.open):
            self.words += data.split()

    @property
    def text(self) -> str:
        return " ".join(self.words)


def test_every_place_with_its_class_and_reasons() -> None:
    text = Page(ALL).text
    assert "3 places in 2 files: 1 safe, 1 review, 1 manual, 1 none; 2 files not read." in text
    assert "a.sh:2:1 ✓ safe launch two becomes 2 launch/x no dtype is given (review) launch/y" in text
    assert "b.py:1:2 – none endpoint a note client/note" in text
    assert "c.yaml line 3: bad <b>" in text


def test_a_place_that_is_written_has_its_diff() -> None:
    assert "-two +2" in Page(report(LAUNCH, ADVISED)).text
    assert "details" not in Page(report(MANUAL)).tags


def test_nothing_found_has_no_table() -> None:
    page = Page(report())
    assert "Nothing depends on TGI here." in page.text
    assert "table" not in page.tags


def test_nothing_that_a_file_says_acts() -> None:
    page = Page(report(MANUAL))
    assert "img" not in page.tags
    assert "<img src=x>" in page.text
    assert "\x1b" not in page.text
    assert "hf_" + "abcdefghijkl" not in render(report(MANUAL))


def test_the_page_loads_nothing() -> None:
    assert "default-src 'none'" in render(ALL)
    assert not {"img", "iframe", "object"} & set(Page(ALL).tags)
