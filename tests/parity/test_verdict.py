"""The calibration: no false alarm between benign pairs, each planted fault found with 24 prompts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from migrate.parity.answer import Answer
from migrate.parity.evidence import Evidence, Outcome, Pair, Stage, pairs
from migrate.parity.verdict import Verdict, conclude, judge
from tests.parity.material import answers, noise

ONE, AGAIN, EIGHT = "one-at-a-time-1", "one-at-a-time-2", "eight-at-once"


def self_noise(first: Mapping[str, Answer], *others: Mapping[str, Answer]) -> tuple[Pair, ...]:
    return tuple(pair for other in others for pair in pairs(first, other))


def real(name: str) -> tuple[Pair, ...]:
    return self_noise(answers(name, ONE), answers(name, AGAIN), answers(name, EIGHT))


def planted(name: str, first: str = "a1") -> Evidence:
    return Evidence(pairs(noise(first), noise(name)))


def with_noise(name: str) -> Evidence:
    return Evidence(pairs(noise("a1"), noise(name)), self_noise(noise("a1"), noise("a2"), noise("c8")))


def failed(verdict: Verdict) -> set[str]:
    return {stage.name for stage in verdict.stages if stage.outcome is Outcome.FAIL}


@pytest.mark.parametrize("run", [ONE, EIGHT])
@pytest.mark.parametrize("measured", [False, True], ids=["assumed-noise", "measured-noise"])
def test_the_real_engines_agree_though_half_of_their_texts_differ(run: str, measured: bool) -> None:
    first, second = answers("tgi-parity", ONE), answers("vllm-parity", ONE)
    assert sum(first[prompt].text == second[prompt].text for prompt in first) < len(first) / 2
    both = pairs(answers("tgi-parity", run), answers("vllm-parity", run))
    verdict = judge(Evidence(both, real("tgi-parity"), real("vllm-parity")) if measured else Evidence(both))
    assert failed(verdict) == set()
    if measured:
        assert verdict.outcome is Outcome.PASS


@pytest.mark.parametrize("name", ["tgi-parity", "vllm-parity"])
@pytest.mark.parametrize("run", [AGAIN, EIGHT])
def test_an_engine_agrees_with_itself(name: str, run: str) -> None:
    assert judge(Evidence(pairs(answers(name, ONE), answers(name, run)))).outcome is Outcome.PASS


@pytest.mark.parametrize("name", ["a2", "c8", "c24", "hf_bf16", "hf_fp32"])
@pytest.mark.parametrize("evidence", [planted, with_noise], ids=["assumed-noise", "measured-noise"])
def test_no_false_alarm(name: str, evidence: type) -> None:
    assert judge(evidence(name)).outcome is Outcome.PASS


def test_precision_is_no_fault() -> None:
    assert judge(planted("hf_bf16", "hf_fp32")).outcome is Outcome.PASS
    both = pairs(answers("tgi-float32-parity", ONE), answers("tgi-parity", ONE))
    verdict = judge(Evidence(both))
    assert failed(verdict) == set()
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert "19 prompts would tell" in verdict.line


@pytest.mark.parametrize(
    ("name", "stage"),
    [
        ("f_rep102", "greedy"),
        ("f_rep105", "greedy"),
        ("f_freq01", "greedy"),
        ("f_temp", "greedy"),
        ("f_temp07", "greedy"),
        ("f_sys", "prompt"),
        ("f_sys", "shift"),
        ("f_sys", "divergence"),
    ],
)
@pytest.mark.parametrize("evidence", [planted, with_noise], ids=["assumed-noise", "measured-noise"])
def test_each_planted_fault_is_found(name: str, stage: str, evidence: type) -> None:
    verdict = judge(evidence(name))
    assert verdict.outcome is Outcome.FAIL
    assert stage in failed(verdict)


def again() -> Mapping[str, Answer]:
    """The same prompts on vLLM, recorded on another day; it was seen before the margin of a close call was set."""
    return answers("vllm-doubled-bos", "correct")


@pytest.mark.parametrize("name", ["a1", "c8", "c24", "hf_bf16", "hf_fp32"])
def test_no_false_alarm_on_recordings_of_another_day(name: str) -> None:
    assert judge(Evidence(pairs(again(), noise(name)))).outcome is Outcome.PASS


@pytest.mark.parametrize("name", ["f_rep102", "f_rep105", "f_freq01", "f_temp", "f_sys"])
def test_each_fault_is_found_from_recordings_of_another_day(name: str) -> None:
    assert judge(Evidence(pairs(again(), noise(name)))).outcome is Outcome.FAIL


@pytest.mark.parametrize("first", [noise("a1"), again()], ids=["first-day", "another-day"])
def test_a_doubled_beginning_of_sequence(first: Mapping[str, Answer]) -> None:
    doubled = answers("vllm-doubled-bos", "doubled-bos")
    verdict = judge(Evidence(pairs(first, doubled)))
    prompt = next(stage for stage in verdict.stages if stage.name == "prompt")
    assert verdict.outcome is Outcome.FAIL
    assert "added twice" in prompt.cause
    blind = {name: replace(answer, prompt_ids=None, prompt_tokens=None) for name, answer in doubled.items()}
    assert "shift" in failed(judge(Evidence(pairs(first, blind))))


@pytest.mark.parametrize("name", ["f_rep102", "f_rep105", "f_freq01", "f_temp", "f_sys"])
def test_a_fault_of_the_first_engine_is_found_as_well(name: str) -> None:
    assert judge(planted("a1", name)).outcome is Outcome.FAIL


SEQUENTIAL, BATCHED = "one-at-a-time", "eight-at-once"


def held_out(run: str, other: str = "held-out-bfloat16", *, measured: bool) -> Verdict:
    """24 chats that were recorded after every threshold was set, one at a time, against another run of them."""
    first = answers("held-out-bfloat16", SEQUENTIAL)
    noise = self_noise(first, answers("held-out-bfloat16", BATCHED)) if measured else ()
    return judge(Evidence(pairs(first, answers(other, run)), noise))


@pytest.mark.parametrize("measured", [False, True], ids=["assumed-noise", "measured-noise"])
@pytest.mark.parametrize(
    ("run", "other"),
    [(BATCHED, "held-out-bfloat16"), (SEQUENTIAL, "held-out-float32")],
    ids=["batched", "float32"],
)
def test_no_false_alarm_on_held_out_prompts(run: str, other: str, measured: bool) -> None:
    assert answers(other, run).keys() == answers("held-out-bfloat16", SEQUENTIAL).keys()
    assert held_out(run, other, measured=measured).outcome is Outcome.PASS


@pytest.mark.parametrize("measured", [False, True], ids=["assumed-noise", "measured-noise"])
@pytest.mark.parametrize(
    ("fault", "stage"),
    [
        ("repetition-penalty-1.02", "greedy"),
        ("repetition-penalty-1.05", "greedy"),
        ("frequency-penalty-0.1", "greedy"),
        ("temperature-0.2", "greedy"),
        ("another-system-prompt", "prompt"),
        ("another-system-prompt", "shift"),
        ("doubled-bos", "prompt"),
        ("doubled-bos", "shift"),
    ],
)
def test_each_fault_is_found_on_held_out_prompts(fault: str, stage: str, measured: bool) -> None:
    assert len(answers("held-out-bfloat16", fault)) == 24
    assert stage in failed(held_out(fault, measured=measured))


def test_nothing_to_judge_is_no_pass() -> None:
    verdict = judge(Evidence(()))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert verdict.line == "INCONCLUSIVE: there was nothing to judge by"


@pytest.mark.parametrize(
    ("outcome", "code", "allowed"),
    [(Outcome.PASS, 0, 0), (Outcome.FAIL, 1, 1), (Outcome.INCONCLUSIVE, 1, 0)],
)
def test_exit_codes(outcome: Outcome, code: int, allowed: int) -> None:
    verdict = Verdict(outcome, ())
    assert (verdict.exit_code(), verdict.exit_code(allow_inconclusive=True)) == (code, allowed)


def test_the_line_of_a_pass_counts_what_was_noted() -> None:
    verdict = judge(planted("a2"), Stage("shapes", Outcome.DIFFERS, "2 members are gone"))
    assert verdict.line == "PASS: 7 stages, no difference beyond the noise, 1 noted difference"


@pytest.mark.parametrize(
    ("needed", "said"), [(19, "about 19 prompts would tell"), (None, "no number of prompts like these would tell")]
)
def test_the_line_of_what_cannot_be_told_says_what_would_tell(needed: int | None, said: str) -> None:
    stage = Stage("divergence", Outcome.INCONCLUSIVE, "no log-probabilities", prompts_needed=needed)
    assert conclude([stage]).line == f"INCONCLUSIVE: divergence: no log-probabilities ({said})"


def test_the_latency_says_itself_how_many_requests_would_tell() -> None:
    assert conclude([Stage("latency", Outcome.INCONCLUSIVE, "ttft")]).line == "INCONCLUSIVE: latency: ttft"


def test_the_line_of_a_failure_names_the_stages() -> None:
    line = judge(planted("f_sys")).line
    assert line.startswith("FAIL: prompt: 24 of 24 prompts reach")
    assert "; shift: " in line
