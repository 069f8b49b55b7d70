"""What needs no statistics: one case is enough."""

from __future__ import annotations

from collections.abc import Iterable

from migrate.parity.answer import Answer, Failure
from migrate.parity.evidence import Difference, Evidence, Outcome, Pair, Stage
from migrate.parity.protocols import UNTRANSLATED


def accepted(evidence: Evidence) -> Stage:
    """Each request that the first engine answered is answered by the second; what the suite asks unasked may be not."""
    asked = [pair for pair in evidence.pairs if pair.first.failure is None and _sent(pair.second)]
    lost = [Difference(pair.prompt, _say(pair.second.failure)) for pair in asked if pair.second.failure is not None]
    if not asked:
        return Stage("accepted", Outcome.SKIPPED, "the first engine answered none of the requests")
    if not lost:
        return Stage("accepted", Outcome.PASS, f"all {len(asked)} requests are answered")
    summary = f"{len(lost)} of {len(asked)} requests that the first engine answers fail on the second"
    needed = [item for item in lost if item.prompt not in evidence.optional]
    if not needed:
        summary = f"{summary}: features that your clients may not need"
    outcome = Outcome.FAIL if needed else Outcome.DIFFERS
    return Stage("accepted", outcome, summary, _failure_cause(needed or lost), tuple(lost))


def _sent(answer: Answer) -> bool:
    return answer.failure is None or answer.failure.kind != UNTRANSLATED


def translated(evidence: Evidence) -> Stage:
    """The rules could translate each request; what they leave to a person no number of prompts can compare."""
    known = [pair for pair in evidence.pairs if pair.prompt in evidence.rules or not _sent(pair.second)]
    left = [
        Difference(pair.prompt, pair.second.failure.message)
        for pair in known
        if pair.second.failure and not _sent(pair.second)
    ]
    if not known:
        return Stage("translated", Outcome.SKIPPED, "the recording does not say which rules made its requests")
    if left:
        summary = f"{len(left)} of {len(known)} requests hold what the rules leave to a person: not asked"
        return Stage("translated", Outcome.INCONCLUSIVE, summary, "", tuple(left))
    used = {rule for pair in known for rule in evidence.rules.get(pair.prompt, ())}
    return Stage("translated", Outcome.PASS, f"{len(known)} requests were translated by {len(used)} rules")


def _failure_cause(lost: list[Difference]) -> str:
    details = " ".join(difference.detail for difference in lost)
    if "404" in details:
        return "a route or a model name that the second engine does not serve (--served-model-name)"
    if "ended before" in details:
        return "streams break off: the engine or something between it and the client dies or times out"
    if "connection" in details:
        return "the engine was not reached or went away"
    return "a field or a value that the second engine refuses, or a prompt beyond its context length"


def errors(evidence: Evidence) -> Stage:
    """How refusals look, where both engines refuse."""
    both = [pair for pair in evidence.pairs if pair.first.failure and pair.second.failure and _sent(pair.second)]
    if not both:
        return Stage("errors", Outcome.SKIPPED, "no request that both engines refuse")
    differing = [
        Difference(pair.prompt, f"{_say(pair.first.failure)} became {_say(pair.second.failure)}")
        for pair in both
        if pair.first.failure and pair.second.failure and pair.first.failure.status != pair.second.failure.status
    ]
    if not differing:
        return Stage("errors", Outcome.PASS, f"{len(both)} refusals have the same status")
    summary = f"{len(differing)} of {len(both)} refusals have another status: look at clients that tell errors apart"
    return Stage("errors", Outcome.DIFFERS, summary, differences=tuple(differing))


def prompt(evidence: Evidence) -> Stage:
    """Both engines were given the same tokens: by their ids where known, by their number otherwise."""
    known = [pair for pair in evidence.pairs if pair.answered and _length(pair.first) and _length(pair.second)]
    if not known:
        return Stage("prompt", Outcome.SKIPPED, "the engines did not say what they were given")
    differing = [Difference(pair.prompt, detail) for pair in known if (detail := _prompt_difference(pair))]
    if not differing:
        by_id = sum(bool(pair.first.prompt_ids and pair.second.prompt_ids) for pair in known)
        return Stage(
            "prompt", Outcome.PASS, f"{by_id} prompts have the same token ids, {len(known) - by_id} the number"
        )
    summary = f"{len(differing)} of {len(known)} prompts reach the second engine as other tokens"
    return Stage("prompt", Outcome.FAIL, summary, _prompt_cause(known), tuple(differing))


def _length(answer: Answer) -> int | None:
    return len(answer.prompt_ids) if answer.prompt_ids else answer.prompt_tokens


def _prompt_difference(pair: Pair) -> str:
    first, second = pair.first.prompt_ids, pair.second.prompt_ids
    if first and second:
        at = next((at for at, (one, other) in enumerate(zip(first, second, strict=False)) if one != other), None)
        if at is not None:
            return f"token {at} is {second[at]} instead of {first[at]}"
    lengths = _length(pair.first), _length(pair.second)
    return "" if lengths[0] == lengths[1] else f"{lengths[1]} tokens instead of {lengths[0]}"


def _prompt_cause(known: list[Pair]) -> str:
    steps = {(_length(pair.second) or 0) - (_length(pair.first) or 0) for pair in known}
    if steps == {1}:
        return "one token more on each prompt: a beginning-of-sequence token added twice (add_special_tokens)"
    if steps == {-1}:
        return "one token less on each prompt: no beginning-of-sequence token is added (add_special_tokens)"
    return "another chat template, system prompt, tokenizer or truncation"


def endings(evidence: Evidence) -> Stage:
    """Answers with the same text end for the same reason and count the same tokens."""
    same = [
        pair
        for pair in evidence.pairs
        if pair.answered and pair.first.text == pair.second.text and pair.first.tool_calls == pair.second.tool_calls
    ]
    if not same:
        return Stage("endings", Outcome.SKIPPED, "no answer has the same text on both engines")
    differing = [Difference(pair.prompt, detail) for pair in same if (detail := ", ".join(_ending_differences(pair)))]
    if not differing:
        return Stage("endings", Outcome.PASS, f"{len(same)} equal answers end alike")
    cause = "stop strings, the end-of-sequence token or max_tokens are treated differently"
    summary = f"{len(differing)} of {len(same)} equal answers end in another way"
    return Stage("endings", Outcome.FAIL, summary, cause, tuple(differing))


def _ending_differences(pair: Pair) -> Iterable[str]:
    first, second = pair.first, pair.second
    if first.finish and second.finish and first.finish != second.finish:
        yield f"finish {second.finish} instead of {first.finish}"
    counts = first.completion_tokens, second.completion_tokens
    if None not in counts and counts[0] != counts[1]:
        yield f"{counts[1]} tokens counted instead of {counts[0]}"


def _say(failure: Failure) -> str:
    return f"{failure.status or 'no answer'} {failure.kind}: {failure.message[:120]}".replace(" :", ":")
