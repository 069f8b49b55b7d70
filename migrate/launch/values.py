"""Turns a rule's `value` into words: templates over the launch's facts, and the few conversions that rules name."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from string import Formatter
from typing import Any

from migrate.launch.conditions import plain
from migrate.launch.facts import Facts
from migrate.rulebook.model import Result, Value
from migrate.touchpoints import Token, Word

Converter = Callable[[str], list[str]]
_FALLBACK = re.compile(r"\{value:-([^{}]*)\}")
_PURE = re.compile(r"(\$\$?)\{?(\w+)\}?")
CONVERSIONS: dict[str, Converter] = {}


def conversion(name: str) -> Callable[[Converter], Converter]:
    """Register a conversion under the name that rules use: one literal value becomes the words of an option."""

    def register(function: Converter) -> Converter:
        CONVERSIONS[name] = function
        return function

    return register


@conversion("lora-modules")
def lora_modules(value: str) -> list[str]:
    """TGI's `id,name=path,id@revision` as vLLM's `name=path` words; a hub id is its own path, a revision is lost.

    Source: server/text_generation_server/utils/adapter.py:50-68@v3.3.7, vllm==0.32.0 lora/utils.py:329-374.
    """
    modules = []
    for entry in filter(None, (part.strip() for part in value.split(","))):
        name, equals, path = entry.partition("=")
        name, path = (name, path) if equals else (name.partition("@")[0], name.partition("@")[0])
        modules.append(f"{name}={path.partition('@')[0]}")
    return modules


@conversion("count")
def count(value: str) -> list[str]:
    """How many entries a comma-separated value has."""
    return [str(len([part for part in value.split(",") if part.strip()]))]


@conversion("split")
def split(value: str) -> list[str]:
    """The entries of a comma-separated value as words."""
    return [part.strip() for part in value.split(",") if part.strip()]


@dataclass(frozen=True)
class Scene:
    """What templates of one outcome may use: the matched word, all its values, the facts, and named texts."""

    facts: Facts
    word: Word | None = None
    values: Sequence[Word] = ()
    texts: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The text of a placeholder; unknown facts are empty."""
        if name.startswith("option."):
            given = self.facts.options.get(name.removeprefix("option."))
            return given[0].value.value if given and given[0].value else ""
        return self.all_texts.get(name, "")

    @cached_property
    def all_texts(self) -> Mapping[str, str]:
        facts = self.facts
        return {
            "value": self.word.value if self.word else "",
            "model": facts.model.value if facts.model else "",
            "names": " ".join(facts.setting.names),
            "adapters": ", ".join(facts.setting.adapters),
            "gpus": str(facts.gpus[1]),
            "target": facts.setting.target,
            "source": facts.version,
            "variant": facts.variant,
            "mirror": (facts.image.mirror if facts.image else None) or "",
            "tag": (facts.image.tag_expression if facts.image else None) or "",
            **self.texts,
        }


def render(template: str, scene: Scene) -> str:
    """A message with its placeholders filled in."""
    parts = []
    for literal, name, _, _ in Formatter().parse(template):
        parts.append(literal + (scene.text(name) if name is not None else ""))
    return "".join(parts)


def words_of(result: Result, scene: Scene, rule: str) -> list[Token]:
    """The words that a result's value becomes; none for a switch."""
    value = result.value
    if value is None:
        return []
    if isinstance(value, Value):
        return _convert(value, scene, rule)
    templates = value if isinstance(value, list) else [plain(value)]
    return [token for template in templates for token in _expand(template, scene, rule)]


def _expand(template: str, scene: Scene, rule: str) -> list[Token]:
    if template == "{value}" and scene.word:
        return [Token.of(scene.word, rule)]
    if template == "{model}" and scene.facts.model:
        return [Token.of(scene.facts.model, rule)]
    if template == "{names}":
        model = scene.facts.model.value if scene.facts.model else None
        return [Token(name, rule=rule) for name in scene.facts.setting.names if name != model]
    if (fallback := _FALLBACK.fullmatch(template)) and scene.word:
        return [_with_default(scene.word, fallback[1], rule)]
    names = [name for _, name, _, _ in Formatter().parse(template) if name]
    return [Token(render(template, scene), expression=any(_expands(name, scene) for name in names), rule=rule)]


def _with_default(word: Word, default: str, rule: str) -> Token:
    """`$X` as `${X:-default}`, for a variable that the old image set and the new one does not."""
    return Token(_PURE.sub(rf"\1{{\2:-{default}}}", word.value), expression=True, rule=rule)


def _expands(name: str, scene: Scene) -> bool:
    """Whether a placeholder's text holds an expression of the place it was taken from."""
    word = scene.facts.model if name == "model" else scene.word
    if name.startswith("option."):
        given = scene.facts.options.get(name.removeprefix("option."))
        word = given[0].value if given else None
    holds = name in ("value", "model") or name.startswith("option.") or re.search(r"[$%{]", scene.text(name))
    return bool(word and word.expression and holds)


def _convert(value: Value, scene: Scene, rule: str) -> list[Token]:
    word = scene.word
    if value.json is not None:
        fields = {key: _json_value(render(plain(text), scene)) for key, text in value.json.items()}
        text = json.dumps(fields, separators=(",", ":"))
        return [Token(text, expression=bool(word and word.expression), rule=rule)]
    if value.json_list:
        entries = [entry.known or entry.value for entry in scene.values]
        return [
            Token(
                json.dumps(entries, separators=(",", ":")),
                expression=any(w.expression for w in scene.values),
                rule=rule,
            )
        ]
    if word is None:
        return []
    known = word.certain
    if known is None:
        return [Token.of(word, rule)]
    if value.map is not None:
        return [Token(value.map.get(known, known), rule=rule)]
    if value.convert is not None:
        return [Token(text, rule=rule) for text in CONVERSIONS[value.convert](known)]
    return [_scaled(value, word, known, scene, rule)]


def _json_value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _scaled(value: Value, word: Word, known: str, scene: Scene, rule: str) -> Token:
    """A number times a factor, rounded to four places; what is no number is carried over."""
    factor = value.scale
    if value.scale_by is not None:
        variable = scene.facts.variables.get(value.scale_by)
        factor = _float(variable.word.known if variable else None)
    number = _float(known)
    if number is None or factor is None:
        return Token.of(word, rule)
    if factor == 1:
        return Token.of(word, rule)
    return Token(f"{round(number * factor, 4):g}", rule=rule)


def _float(text: str | None) -> float | None:
    try:
        return float(text) if text is not None else None
    except ValueError:
        return None
