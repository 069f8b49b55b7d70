"""Adding a version to the catalog's data."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from migrate.catalog.data import NAMES, folder, load

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

import build_catalog as build
import catalog_merge as merge

OLD = ["0.30.0", "0.31.0", "0.32.0"]


@pytest.mark.parametrize("name", NAMES)
def test_files_are_sound(name: str) -> None:
    assert list(build.problems(name, load(name))) == []


def test_files_are_small() -> None:
    assert sum(path.stat().st_size for path in folder().glob("*.json")) < 900_000


@pytest.mark.parametrize(
    ("text", "added", "there", "expected"),
    [
        ("0.31.0..", "0.33.0", True, "0.31.0.."),
        ("0.31.0..", "0.33.0", False, "0.31.0..0.32.0"),
        ("0.30.0..0.30.0", "0.33.0", True, "0.30.0..0.30.0 0.33.0.."),
        (None, "0.33.0", True, "0.33.0.."),
        (None, "0.33.0", False, ""),
        ("0.30.0..", "0.31.0", True, "0.30.0.."),
        ("0.30.0..", "0.31.1", False, "0.30.0..0.31.0 0.32.0.."),
        ("0.31.0..", "0.29.0", False, "0.31.0.."),
        ("0.32.0..", "0.32.0", False, ""),
    ],
)
def test_spans_after_one_more_version(text: str | None, added: str, there: bool, expected: str) -> None:
    assert merge.respan(text, OLD, added, there) == expected


def seen(**facts: Any) -> dict[str, Any]:
    base = {"flags": ["--x"], "hidden": [], "kind": "int", "nargs": None, "choices": None, "default": 1}
    return base | {"deprecated": False} | facts


ENTRY = {"in": "0.31.0..", "flags": {"--x": ""}, "forms": {"0.31.0": {"kind": "int", "default": 1}}, "note": "kept"}


def test_an_unchanged_option_stays_as_it_is() -> None:
    assert merge.options({"x": ENTRY}, OLD, "0.32.0", {"x": seen()}) == {"x": ENTRY}
    assert merge.options({"x": ENTRY}, OLD, "0.33.0", {"x": seen()}) == {"x": ENTRY}


def test_a_change_begins_at_the_new_version() -> None:
    changed = merge.options({"x": ENTRY}, OLD, "0.33.0", {"x": seen(default=2, flags=["--x", "-x"])})["x"]
    assert changed["forms"] == {"0.31.0": {"kind": "int", "default": 1}, "0.33.0": {"default": 2}}
    assert changed["flags"] == {"--x": "", "-x": "0.33.0.."}
    assert changed["note"] == "kept"


def test_a_change_between_two_versions_ends_at_the_next() -> None:
    changed = merge.options({"x": ENTRY}, OLD, "0.31.1", {"x": seen(default=2)})["x"]
    assert changed["forms"] == {
        "0.31.0": {"kind": "int", "default": 1},
        "0.31.1": {"default": 2},
        "0.32.0": {"default": 1},
    }


def test_a_removed_option_closes_and_a_new_one_opens() -> None:
    merged = merge.options({"x": ENTRY}, OLD, "0.33.0", {"y": seen(flags=["--y"])})
    assert merged["x"]["in"] == "0.31.0..0.32.0"
    assert merged["y"] == {
        "in": "0.33.0..",
        "flags": {"--y": ""},
        "forms": {"0.33.0": {"kind": "int", "default": 1}},
    }


def test_adding_a_version_again_changes_nothing() -> None:
    once = merge.options({"x": ENTRY}, OLD, "0.33.0", {"x": seen(kind="str"), "y": seen(choices=["a"])})
    assert merge.options(once, [*OLD, "0.33.0"], "0.33.0", {"x": seen(kind="str"), "y": seen(choices=["a"])}) == once


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"about": "x", "source": "y", "versions": ["0.2.0", "0.1.0"]}, "not ascending"),
        ({"about": "x", "source": "y", "table": {"a": {"in": "0.2.0..0.1.0"}}}, "out of order"),
        ({"about": "x", "source": "y", "table": {"a": {"in": "always"}}}, "not a version"),
        ({"source": "y"}, "no 'about'"),
    ],
)
def test_finds_unsound_data(data: dict[str, Any], says: str) -> None:
    assert any(says in problem for problem in build.problems("x", data))


def test_written_data_reads_back_the_same() -> None:
    for name in NAMES:
        assert json.loads(build.text_of(load(name))) == load(name)
