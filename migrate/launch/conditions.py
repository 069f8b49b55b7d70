"""Whether a rule's `when` holds for a launch: every key is one small test."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from migrate.catalog.versions import version_range
from migrate.launch.facts import Facts
from migrate.rulebook.model import Comparison, When, as_list
from migrate.touchpoints import Word


def holds(when: When, facts: Facts, value: Word | None, origin: str | None) -> bool:
    """All given conditions hold; `value` is the matched option's or variable's, `origin` flag or variable."""
    if when.value is not None and not compare(when.value, value):
        return False
    if when.origin is not None and when.origin != origin:
        return False
    return all(_TESTS[name](wanted, facts) for name, wanted in when.conditions)


def compare(wanted: Any, word: Word | None) -> bool:
    """Whether a word is as a rule wants it; an unknown expression satisfies only `expression: true`."""
    known = word.certain if word else None
    if isinstance(wanted, Comparison):
        return _compare(wanted, word, known)
    if known is None:
        return False
    return known in [plain(one) for one in (wanted if isinstance(wanted, list) else [wanted])]


def plain(value: Any) -> str:
    """A rule's value as the word that a command line has for it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _compare(wanted: Comparison, word: Word | None, known: str | None) -> bool:
    if wanted.expression is not None:
        return wanted.expression == (word is not None and known is None)
    if wanted.reference is not None:
        name = re.escape(wanted.reference)
        pure = word is not None and re.fullmatch(rf"\$\$?(?:\{{{name}\}}|{name})", word.value)
        return known is None and bool(pure)
    if known is None:
        return False
    number = _number(known)
    tests: tuple[tuple[object, Callable[[], bool]], ...] = (
        (wanted.any, lambda: known in map(plain, wanted.any or [])),
        (wanted.pattern, lambda: re.search(wanted.pattern or "", known) is not None),
        (wanted.number, lambda: wanted.number == (number is not None)),
        (wanted.below, lambda: number is not None and number < (wanted.below or 0)),
        (wanted.above, lambda: number is not None and number > (wanted.above or 0)),
    )
    return all(test() for given, test in tests if given is not None)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _mounted(path: str, facts: Facts) -> bool:
    return any(mount.target.rstrip("/") == path for mount in facts.launch.mounts)


def _other(wanted: dict[str, Any], facts: Facts) -> bool:
    return all(
        name in facts.options and compare(comparison, facts.options[name][0].value)
        for name, comparison in wanted.items()
    )


_TESTS: dict[str, Callable[[Any, Facts], bool]] = {
    "source": lambda text, facts: version_range(text).holds(facts.version),
    "target": lambda text, facts: version_range(text).holds(facts.setting.target),
    "image": lambda names, facts: facts.variant in as_list(names),
    "not_image": lambda names, facts: facts.variant not in as_list(names),
    "place": lambda names, facts: facts.launch.place in as_list(names),
    "through": lambda name, facts: (name == "entrypoint") == facts.launch.through_entrypoint,
    "given": lambda names, facts: all(name in facts.options for name in as_list(names)),
    "absent": lambda names, facts: not any(name in facts.options for name in as_list(names)),
    "variables": lambda names, facts: all(name in facts.variables for name in as_list(names)),
    "no_variables": lambda names, facts: not any(name in facts.variables for name in as_list(names)),
    "other": _other,
    "gpus": lambda names, facts: facts.gpus[0] in as_list(names),
    "mount": _mounted,
    "model": lambda comparison, facts: compare(comparison, facts.model),
    "keep": lambda word, facts: word in facts.setting.keep,
    "needs": lambda name, facts: name in facts.setting.features or (name == "lora" and bool(facts.setting.adapters)),
    "browser": lambda wanted, facts: facts.setting.browser == wanted,
    "served": lambda wanted, facts: facts.setting.served is wanted,
    "mirror": lambda wanted, facts: bool(facts.image and facts.image.mirror) == wanted,
    "digest": lambda wanted, facts: bool(facts.image and facts.image.digest) == wanted,
    "tag_expression": lambda wanted, facts: bool(facts.image and facts.image.tag_expression) == wanted,
    "foreign": lambda wanted, facts: bool(facts.line.foreign) == wanted,
    "image_expression": lambda wanted, facts: bool(facts.image and facts.image.whole) == wanted,
    "editable": lambda wanted, facts: (facts.launch.unsupported is None) == wanted,
}
