"""Versions, ranges and spans."""

from __future__ import annotations

import pytest

from migrate.catalog.versions import Version, VersionRange, covered, newest, spans


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("0.32.0", "0.32.0"),
        ("v3.3.7", "3.3.7"),
        ("2.4", "2.4.0"),
        ("0.9.0.1", "0.9.0.1"),
        ("0.6.6.post1", "0.6.6.post1"),
        (" 1.0.0 ", "1.0.0"),
    ],
)
def test_reads_versions(text: str, shown: str) -> None:
    assert str(Version.parse(text)) == shown


@pytest.mark.parametrize("text", ["", "latest", "sha-5a58226", "3.3.5-rocm", "1.2.3.4.5", "0.1a", "1..2"])
def test_refuses_other_texts(text: str) -> None:
    with pytest.raises(ValueError, match="not a version"):
        Version.parse(text)


def test_orders_versions() -> None:
    ascending = ["0.6.6", "0.6.6.post1", "0.7.3", "0.9.0", "0.9.0.1", "0.9.1", "0.10.0", "0.32.0", "1.0.0"]
    assert sorted(ascending[5:] + ascending[:5], key=Version.parse) == ascending
    assert newest(["0.9.1", "0.10.0", "0.9.2"]) == "0.10.0"


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        (">=2.0.0,<=2.4.0", ["2.0.0", "2.4", "v2.3.1"], ["1.4.5", "2.4.1"]),
        (">=0.14.0", ["0.14.0", "0.33.0"], ["0.13.0"]),
        ("<0.11.1", ["0.11.0", "0.6.6.post1"], ["0.11.1"]),
        ("> 3.0.0, < 3.2.0", ["3.0.1", "3.1.1"], ["3.0.0", "3.2.0"]),
        ("==2.2.0", ["2.2.0", "v2.2"], ["2.2.1", "2.1.1"]),
        ("", ["0.2.0", "3.3.7"], []),
    ],
)
def test_ranges(text: str, inside: list[str], outside: list[str]) -> None:
    wanted = VersionRange.parse(text)
    assert [value for value in inside + outside if wanted.holds(value)] == inside


@pytest.mark.parametrize("text", ["2.0.0", "=>2.0.0", "~=2.0", ">=2.0.0 <=3.0.0", ">=latest"])
def test_refuses_other_ranges(text: str) -> None:
    with pytest.raises(ValueError, match="not a version"):
        VersionRange.parse(text)


def test_spans_with_a_gap() -> None:
    within = spans("0.2.0..0.8.2 1.4.1..")
    assert [value for value in ("0.2.0", "0.8.2", "0.9.0", "1.4.1", "3.3.7") if within.holds(value)] == [
        *("0.2.0", "0.8.2", "1.4.1", "3.3.7")
    ]
    assert (str(within.first), within.last) == ("0.2.0", None)
    assert str(within) == "0.2.0 to 0.8.2, from 1.4.1 on"


def test_span_of_one_version() -> None:
    assert spans("2.2.0").holds("2.2.0")
    assert not spans("2.2.0").holds("2.2.1")


@pytest.mark.parametrize(
    ("asked", "below"),
    [("0.20.0", "0.20.0"), ("0.20.1", "0.20.0"), ("0.99.0", "0.20.2"), ("0.19.9", None)],
)
def test_nearest_covered_version_below(asked: str, below: str | None) -> None:
    assert covered(asked, ["0.20.0", "0.20.2"]) == below
