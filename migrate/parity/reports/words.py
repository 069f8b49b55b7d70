"""What the reports have in common."""

from __future__ import annotations

from migrate.parity.evidence import Outcome
from migrate.parity.exchange import Engine

MARKS = {
    Outcome.PASS: "✅",
    Outcome.FAIL: "❌",
    Outcome.INCONCLUSIVE: "❔",
    Outcome.DIFFERS: "ℹ️",
    Outcome.SKIPPED: "➖",
}


def name(engine: Engine) -> str:
    """The engine and its version, as far as it told."""
    return f"{engine.name} {engine.version}".strip()
