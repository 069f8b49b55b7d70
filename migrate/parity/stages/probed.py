"""How both engines take what is meant to fail, and whether they go on after it."""

from __future__ import annotations

from collections.abc import Mapping

from migrate.parity.answer import Answer
from migrate.parity.evidence import Difference, Outcome, Stage
from migrate.parity.exchange import Exchange
from migrate.parity.probes import AFTER
from migrate.parity.protocols import read_answer

_OVERLOAD = "probe-overload"
_LEFT = ("probe-cancel", "probe-timeout")


def probed(first: Mapping[str, Exchange], second: Mapping[str, Exchange]) -> Stage:
    """The second engine breaks where the first refuses or answers: fail; another status: worth knowing."""
    both = {
        name: (read_answer(exchange), read_answer(second[name]))
        for name, exchange in first.items()
        if name in second and name not in _LEFT
    }
    if not both:
        return Stage("probes", Outcome.SKIPPED, "no probes of both engines: record with them to compare refusals")
    broken = [Difference(name, detail) for name, pair in both.items() if (detail := _broken(name, *pair))]
    other = [
        Difference(name, f"{_say(one)} became {_say(two)}")
        for name, (one, two) in both.items()
        if _code(one) != _code(two)
    ]
    if broken:
        summary = f"the second engine breaks on {len(broken)} of {len(both)} probes"
        cause = "a client that hangs up or sends what is refused takes the engine down, or a route is not there"
        return Stage("probes", Outcome.FAIL, summary, cause, tuple(broken))
    if other:
        summary = f"{len(other)} of {len(both)} probes end with another status: look at clients that tell errors apart"
        return Stage("probes", Outcome.DIFFERS, summary, "", tuple(other))
    return Stage("probes", Outcome.PASS, f"{len(both)} probes end with the same status")


def _broken(name: str, one: Answer, two: Answer) -> str:
    """No answer or an error of the server's own where the first engine had none of these."""
    if two.failure is None or _code(one) == 0 or (_code(one) >= 500 and name != _OVERLOAD):
        return ""
    if name.startswith(f"probe-{AFTER}") and one.failure is None:
        return f"not answered after a client gave up: {_say(two)}"
    code = _code(two)
    return f"{_say(one)} became {_say(two)}" if code == 0 or (code >= 500 and name != _OVERLOAD) else ""


def _code(answer: Answer) -> int:
    return 200 if answer.failure is None else answer.failure.status


def _say(answer: Answer) -> str:
    if answer.failure is None:
        return "200"
    return f"{answer.failure.status or 'no answer'} {answer.failure.message[:120]}".strip()
