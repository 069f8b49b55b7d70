"""What a rule file can get wrong beyond its shape: patterns, ranges, templates, empty reasons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import Formatter

from migrate.rulebook.client_rule import ClientRule
from migrate.rulebook.clients import ExceptionRule, MemberRule
from migrate.rulebook.constructors import ConstructorRule
from migrate.rulebook.model import Comparison, Rule, Value, as_list

_MATCHES = ("option", "variable", "absent", "launch", "image", "mention", "remark")
_RANGE = re.compile(
    r"^\s*(>=|<=|==|>|<)\s*v?\d+(\.\d+)*(\.post\d+)?(\s*,\s*(>=|<=|==|>|<)\s*v?\d+(\.\d+)*(\.post\d+)?)*\s*$"
)
PLACEHOLDERS = frozenset(
    {
        "value",
        "name",
        "model",
        "names",
        "adapters",
        "gpus",
        "target",
        "source",
        "replacement",
        "variant",
        "mirror",
        "nearest",
        "reason",
        "tag",
    }
)


def complaints(rule: Rule) -> Iterator[str]:
    """Every mistake of one rule, as a sentence for its author."""
    given = [key for key in _MATCHES if getattr(rule.match, key) is not None]
    if len(given) != 1:
        yield f"`match` needs exactly one of {', '.join(_MATCHES)}"
    for case in rule.outcomes:
        for name in ("source", "target"):
            text = getattr(case.when, name)
            if text is not None and not _RANGE.match(text):
                yield f'`{name}: {text}` is not a version range such as ">=2.0.0,<=2.4.0"'
        for comparison in (case.when.value, case.when.model, *(case.when.other or {}).values()):
            if isinstance(comparison, Comparison) and comparison.pattern is not None:
                yield from _bad_pattern(comparison.pattern)
        if case.safety in ("review", "manual") and not (case.why or case.say):
            yield f"a {case.safety} outcome says why"
        for result in case.becomes:
            kinds = [key for key in ("option", "variable", "positional", "image", "text") if getattr(result, key)]
            if len(kinds) != 1:
                yield "a result has exactly one of option, variable, positional, image, text"
            if isinstance(result.value, Value):
                yield from _bad_value(result.value)
        for template in (case.say, case.why):
            yield from _bad_template(template)


def _bad_pattern(text: str) -> Iterator[str]:
    try:
        re.compile(text)
    except re.error as error:
        yield f"`pattern: {text}`: {error}"


def _bad_value(value: Value) -> Iterator[str]:
    given = [name for name in value.__struct_fields__ if getattr(value, name) is not None]
    if len(given) != 1:
        yield f"a conversion has exactly one key, not {given or 'none'}"


def _bad_template(text: str) -> Iterator[str]:
    try:
        names = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    except ValueError as error:
        yield f"template {text!r}: {error} (a brace of the text itself is written twice)"
        return
    unknown = sorted(name for name in names if name not in PLACEHOLDERS and not name.startswith("option."))
    if unknown:
        yield f"unknown placeholder {{{unknown[0]}}}; known: {', '.join(sorted(PLACEHOLDERS))}, option.NAME"


def client_complaints(rule: ClientRule) -> Iterator[str]:
    """Every mistake of a rule for clients that its shape allows."""
    if isinstance(rule, MemberRule):
        for name, text in (("becomes", rule.becomes), ("truth", rule.truth), ("not", rule.negated)):
            if text is not None and re.search(r"\{(?!base\}|whole\})\w*\}", text):
                yield f"`{name}: {text}` has a placeholder that is neither {{base}} nor {{whole}}"
    if isinstance(rule, ConstructorRule):
        yield from _bad_constructor(rule)
    for name in (*as_list(rule.becomes), *rule.clients.values()) if isinstance(rule, ExceptionRule) else ():
        if "." not in name:
            yield f"`becomes: {name}` is no dotted name such as package.Class"


def _bad_constructor(rule: ConstructorRule) -> Iterator[str]:
    for name in (*rule.constructor, rule.becomes):
        if "." not in name and name != "same":
            yield f"`{name}` is no dotted name such as package.Class"
    for name in rule.address:
        if name not in rule.arguments:
            yield f"`address` names {name}, which `arguments` does not have"
    for name, argument in rule.arguments.items():
        if argument.to is None and not argument.drop and not argument.hoist and argument.manual is None:
            yield f"argument {name} has neither `as`, nor `drop`, `hoist` or `manual`"
        if argument.default is not None and argument.to is None:
            yield f"argument {name} has a `default` and no `as`"
    for path, call in rule.calls.items():
        if call.becomes is None and call.keep is None and call.manual is None:
            yield f"call {path} has neither `becomes`, nor `keep`, nor `manual`"
