"""Places that name TGI without starting it."""

from __future__ import annotations

import pytest

from migrate.findings import Finding, Safety
from migrate.launch.facts import Setting
from migrate.launch.mentions import convert_mention
from migrate.rulebook import load
from migrate.source import Edit, Span
from migrate.touchpoints import Mention

IMAGE = "ghcr.io/huggingface/text-generation-inference:3.3.5"


def said(kind: str, value: str, editable: bool = True) -> list[Finding]:
    edit = (lambda new: Edit("f", 0, len(value), new)) if editable else None
    mention = Mention("f", kind, value, Span(0, len(value)), value, edit)
    return convert_mention(mention, Setting("0.32.0"), load(), "f#m1")


@pytest.mark.parametrize(
    ("kind", "value", "new"),
    [
        ("image", IMAGE, "vllm/vllm-openai:v0.32.0"),
        (
            "download-weights",
            "text-generation-server download-weights a/b --revision main --extension .bin",
            "hf download a/b --revision main",
        ),
        (
            "download-weights",
            "text-generation-server download-weights --revision=x a/b",
            "hf download a/b --revision=x",
        ),
    ],
    ids=["image", "download", "revision first"],
)
def test_rewritten(kind: str, value: str, new: str) -> None:
    edits = [edit for one in said(kind, value) for edit in one.edits]
    assert [edit.replacement for edit in edits] == [new]


@pytest.mark.parametrize("value", [IMAGE, IMAGE + "-rocm"], ids=["cuda", "rocm"])
def test_image_that_cannot_be_edited_is_left_for_a_person(value: str) -> None:
    (finding,) = said("image", value, editable=False)
    assert (finding.safety, finding.edits) == (Safety.MANUAL, ())
    assert value in finding.message


@pytest.mark.parametrize("kind", ["nothing-known", ""])
def test_kind_without_a_rule_says_nothing(kind: str) -> None:
    assert said(kind, "text") == []


def test_findings_carry_the_group_and_the_kind() -> None:
    assert {(one.group, one.kind, one.path) for one in said("image", IMAGE)} == {("f#m1", "image", "f")}
