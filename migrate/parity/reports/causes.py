"""Which rule of the migration a difference comes from, where that can be told."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from migrate.clients.rules import book
from migrate.parity.evidence import Difference, Stage
from migrate.parity.seen import Seen
from migrate.rulebook import load
from migrate.rulebook.client_rule import ClientRule
from migrate.rulebook.model import Rule

# Request parameters that change which tokens come, the strongest first.
_SHAPING = ("repetition_penalty", "frequency_penalty", "presence_penalty", "watermark", "grammar", "typical_p")
_SAMPLING = ("temperature", "top_p", "top_k", "seed")
_ENDING = ("stop", "max_new_tokens", "truncate")
_BY_STAGE = {
    "greedy": (_SHAPING, "launch/generation-config"),
    "divergence": (_SHAPING, "launch/default-dtype"),
    "shift": (_SHAPING, "launch/default-dtype"),
    "score": (_SHAPING, "launch/default-dtype"),
    "sampled": ((*_SHAPING, *_SAMPLING), "launch/generation-config"),
    "finish": (_ENDING, ""),
    "endings": (_ENDING, ""),
    "forms": (("grammar", "response_format"), ""),
}
# What an engine says when it refuses: the first that fits.
_REFUSALS = (
    (re.compile(r"^404\b.*model", re.DOTALL), "launch/served-names"),
    (re.compile(r"context length|max_model_len|maximum.*tokens|too long", re.IGNORECASE), "launch/max-total-tokens"),
    (re.compile(r"^(401|403)\b"), "launch/api-key"),
    (re.compile(r"^429\b"), "launch/default-concurrency"),
)


def cause(stage: Stage, difference: Difference, seen: Seen | None) -> str:
    """The id of a rule, or an empty text. `seen` is the prompt of the difference."""
    fields = seen.fields if seen else ()
    if stage.name == "shapes":
        return _of_member(difference.detail)
    if stage.name == "errors":
        return _of_status(difference.detail)
    if stage.name == "accepted":
        refusal = next((rule for pattern, rule in _REFUSALS if pattern.search(difference.detail)), "")
        return _of_parameter(fields, re.findall(r"\w+", difference.detail)) or refusal
    if stage.name == "prompt":
        return _of_parameter(fields, ("truncate",)) or ("launch/tokenizer-config-path" if "messages" in fields else "")
    names, otherwise = _BY_STAGE.get(stage.name, ((), ""))
    return _of_parameter(fields, names) or otherwise


def _of_parameter(fields: Collection[str], names: Iterable[str]) -> str:
    parameters = book().parameters
    return next((parameters[one].id for one in names if one in fields and one in parameters), "")


def _of_member(detail: str) -> str:
    """A member of TGI's own answers that is gone; no rule is about deeper paths, which OpenAI's answers have."""
    name = detail.removeprefix("lost: ") if detail.startswith("lost: ") else ""
    return next((rule.id for (_, member), rule in book().members.items() if member == name), "")


def _of_status(detail: str) -> str:
    rule = book().statuses.get(detail[:3])
    return rule.id if rule else ""


def described(rule: str) -> tuple[str, str]:
    """A rule's summary, and its reason where it says one; a rule of the user's own folders is known by its id alone."""
    known = load()
    found: Rule | ClientRule | None = known.rules.get(rule) or known.clients.get(rule)
    return (found.summary, " ".join(found.why.split())) if found else (rule, "")
