from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from migrate.parity.accepted import Accepted, AcceptedError, Entry, load
from migrate.parity.evidence import Difference, Evidence, Outcome, Stage, pairs
from migrate.parity.verdict import judge
from tests.parity.material import answers, noise

TODAY = date(2026, 11, 28)
KNOWN = """\
# why these do not matter
- stage: prompt
  prompt: "*"
  detail: "*tokens instead of*"
  reason: the system prompt was changed on purpose
  until: 2026-12-31
"""


def entry(stage: str = "prompt", prompt: str = "*", detail: str = "*", until: date = TODAY) -> Entry:
    return Entry(stage, prompt, detail, "on purpose", until, "accepted.yaml:1")


def accepted(*entries: Entry) -> Accepted:
    return Accepted(entries, TODAY)


def of(stages: tuple[Stage, ...], name: str) -> Stage:
    return next(stage for stage in stages if stage.name == name)


SYSTEM = Evidence(pairs(noise("a1"), noise("f_sys")))
PENALTY = Evidence(pairs(noise("a1"), noise("f_rep105")))


def test_what_is_accepted_is_left_out_of_its_stage_alone() -> None:
    plain, told = judge(SYSTEM), judge(SYSTEM, accepted=accepted(entry("prompt", "p0*")))
    assert "24 of 24 prompts" in of(plain.stages, "prompt").summary
    assert of(told.stages, "prompt").summary == "14 of 14 prompts reach the second engine as other tokens; 10 accepted"
    assert {one.prompt for one in of(told.stages, "prompt").accepted} == {f"p{at:02}" for at in range(10)}
    assert of(told.stages, "shift") == of(plain.stages, "shift")


def test_a_stage_of_which_all_is_accepted_fails_no_longer() -> None:
    names = ("prompt", "greedy", "divergence", "shift", "finish", "endings")
    verdict = judge(SYSTEM, accepted=accepted(*(entry(name) for name in names)))
    assert judge(SYSTEM).outcome is Outcome.FAIL
    assert Outcome.FAIL not in {stage.outcome for stage in verdict.stages}


def test_a_statistical_stage_is_judged_again_on_the_other_prompts() -> None:
    hits = of(judge(PENALTY).stages, "greedy").differences
    few = accepted(*(entry("greedy", hit.prompt) for hit in hits[: len(hits) // 2]))
    stage = of(judge(PENALTY, accepted=few).stages, "greedy")
    assert len(stage.differences) == len(hits) - len(hits) // 2
    assert stage.summary.startswith(f"{len(stage.differences)} of {24 - len(hits) // 2} answers")


def test_a_stage_without_named_prompts_leaves_out_those_that_the_pattern_fits() -> None:
    stage = of(judge(SYSTEM, accepted=accepted(entry("shift", "p0*"))).stages, "shift")
    assert stage.outcome is Outcome.FAIL
    assert stage.summary.endswith("; 10 accepted")


@pytest.mark.parametrize(
    "one",
    [
        entry("greedy"),
        entry("prompt", "other*"),
        entry("prompt", "*", "something else"),
        entry("prompt", until=date(2026, 11, 27)),
        entry("prompt", "p?3"),
    ],
    ids=["another stage", "another prompt", "another detail", "expired", "only a star is special"],
)
def test_what_does_not_fit_accepts_nothing(one: Entry) -> None:
    assert of(judge(SYSTEM, accepted=accepted(one)).stages, "prompt") == of(judge(SYSTEM).stages, "prompt")


def test_nothing_is_accepted_where_nothing_differs() -> None:
    first = answers("tgi-parity", "one-at-a-time-1")
    evidence = Evidence(pairs(first, answers("tgi-parity", "one-at-a-time-2")))
    assert judge(evidence, accepted=accepted(entry("accepted"), entry("sampled"))).stages == judge(evidence).stages


BRACKETS = Difference("p1", "lost: choices[].stop_reason")
SHAPES = Stage("shapes", Outcome.DIFFERS, "2 members are gone", "a cause", (BRACKETS, Difference("p2", "new: x")))


def test_a_stage_that_was_judged_elsewhere_keeps_what_is_left() -> None:
    stage = accepted(entry("shapes", "*", BRACKETS.detail)).settle(SHAPES)
    assert (stage.outcome, stage.summary, stage.cause) == (Outcome.DIFFERS, "2 members are gone; 1 accepted", "a cause")
    assert [one.prompt for one in stage.differences] == ["p2"]
    assert [one.detail for one in stage.accepted] == [BRACKETS.detail]


def test_a_stage_that_was_judged_elsewhere_passes_where_nothing_is_left() -> None:
    stage = accepted(entry("shapes")).settle(SHAPES)
    assert (stage.outcome, stage.cause, stage.differences) == (Outcome.PASS, "", ())
    whole = accepted(entry("latency", "*", "ttft p95*")).settle(Stage("latency", Outcome.FAIL, "ttft p95 is 1.2 times"))
    assert whole.outcome is Outcome.PASS


def test_the_keeper_of_the_file_is_told_what_ran_out_and_what_fits_nothing() -> None:
    known = accepted(entry("prompt", until=date(2026, 11, 27)), entry("prompt", "none"), entry("prmpt"), entry("shift"))
    notes = known.notes((Stage("prompt", Outcome.FAIL, ""), Stage("finish", Outcome.PASS, "")))
    assert notes == (
        "accepted.yaml:1: ran out on 2026-11-27: what it accepted counts again",
        "accepted.yaml:1: fits no difference of stage prompt; take it out",
        "accepted.yaml:1: there is no stage prmpt; they are finish, prompt",
        "accepted.yaml:1: there is no stage shift; they are finish, prompt",
    )
    used = accepted(entry("prompt"))
    assert used.notes(judge(SYSTEM, accepted=used).stages) == ()


def test_a_file(tmp_path: Path) -> None:
    file = tmp_path / "accepted.yaml"
    file.write_text(KNOWN)
    assert load(file, TODAY).entries == (
        Entry(
            "prompt",
            "*",
            "*tokens instead of*",
            "the system prompt was changed on purpose",
            date(2026, 12, 31),
            f"{file}:2",
        ),
    )
    assert load(file).today >= TODAY


@pytest.mark.parametrize("content", ["", "# nothing yet\n", "[]\n"])
def test_a_file_without_entries_accepts_nothing(content: str, tmp_path: Path) -> None:
    file = tmp_path / "accepted.yaml"
    file.write_text(content)
    assert load(file).entries == ()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a: b\n", ":1: a list of {stage, prompt, detail, reason, until} is needed"),
        (b"- a\n", ":1: an entry is {stage, prompt, detail, reason, until}"),
        (b"\n- stage: prompt\n  prompt: x\n", ":2: reason, until missing"),
        (KNOWN.replace("until: 2026-12-31", "until: soon").encode(), ":2: until: soon is no day such as 2027-01-31"),
        (KNOWN.replace("reason: ", "why: ").encode(), ":5: unknown field why; known are "),
        (KNOWN.replace('prompt: "*"', "prompt: [a]").encode(), ":3: prompt: a text is needed"),
        (KNOWN.replace("on purpose", "on: purpose").encode(), ":5: not YAML: "),
        (b"\xff", ": no UTF-8 text"),
        (b"a: b\nc: \x07", ":2: not YAML: "),
    ],
)
def test_a_mistake_is_told_with_its_line(content: bytes, message: str, tmp_path: Path) -> None:
    file = tmp_path / "accepted.yaml"
    file.write_bytes(content)
    with pytest.raises(AcceptedError) as error:
        load(file)
    assert str(error.value).startswith(f"{file}{message}")
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(AcceptedError, match="No such file"):
        load(tmp_path / "none.yaml")
