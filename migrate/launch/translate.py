"""Rules over the facts of one launch: what each option, variable, image and default becomes, as outcomes in order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from migrate.catalog import tgi, vllm, vllm_images
from migrate.findings import Safety
from migrate.launch.arguments import Given, Remark
from migrate.launch.conditions import holds
from migrate.launch.facts import Facts
from migrate.launch.values import Scene, render, words_of
from migrate.rulebook import Rulebook
from migrate.rulebook.model import Case, Result, Rule
from migrate.source import Span
from migrate.touchpoints import Token, Word

_FLAG = re.compile(r"(?<![\w-])--[a-z][a-z-]+")


@dataclass(frozen=True)
class Written:
    """One result with its words: an option of vLLM, a variable, the model argument, or the image."""

    result: Result
    words: tuple[Token, ...]

    @property
    def arguments(self) -> tuple[Token, ...]:
        """The command-line words of an option or of the model argument."""
        if self.result.option is None:
            return self.words if self.result.positional else ()
        return (Token(f"--{self.result.option}"), *self.words)


@dataclass(frozen=True)
class Outcome:
    """One rule that matched one thing of a launch."""

    rule: Rule
    case: Case
    scene: Scene
    given: tuple[Given, ...] = ()
    variable: int = -1
    remark: Remark | None = None
    subject: str = ""
    span: Span | None = None
    path: str = ""
    written: tuple[Written, ...] = ()

    @property
    def safety(self) -> Safety:
        return Safety(self.case.safety)

    @property
    def message(self) -> str:
        """What a person reads: the rule's own sentence, or what becomes of the subject and why."""
        if self.case.say:
            return render(self.case.say, self.scene)
        why = render(self.case.why or self.rule.summary, self.scene)
        new = ", ".join(filter(None, (_shown(written) for written in self.written)))
        if not self.subject:
            return f"{new}: {why}" if new else why
        if self.case.keeps:
            return f"{self.subject} stays: {why}"
        if new:
            return f"{self.subject} becomes {new}: {why}" if new != self.subject else f"{self.subject} stays: {why}"
        return (
            f"{self.subject} is not written: {why}" if self.safety is Safety.MANUAL else f"{self.subject} goes: {why}"
        )


def _shown(written: Written) -> str:
    """A result as a message names it: values of options that hold keys are left out."""
    result = written.result
    if result.variable:
        return result.variable
    if result.option:
        secret = "key" in result.option or "token" in result.option.split("-")
        return " ".join([f"--{result.option}", *(["..."] if secret else [word.value for word in written.words])])
    return " ".join(word.value for word in written.words)


def outcomes(facts: Facts, rulebook: Rulebook) -> Iterator[Outcome]:
    """Every rule that says something about this launch: image, remarks, options, variables, and what is absent."""
    options = list(_options(facts, rulebook))
    yield from _image(facts, rulebook)
    yield from _remarks(facts, rulebook)
    if not facts.launch.template:
        yield from _once(facts, rulebook, _refused(options))
    yield from options
    yield from _variables(facts, rulebook)


def _refused(options: Sequence[Outcome]) -> frozenset[str]:
    """Options whose value neither engine takes: as good as not given."""
    return frozenset(one.given[0].option for one in options if one.safety is Safety.MANUAL and not one.written)


def decide(rule: Rule, facts: Facts, origin: str | None = None, word: Word | None = None) -> Case | None:
    """The first case of a rule that holds, or None."""
    if not holds(rule.when, facts, word, origin):
        return None
    return next((case for case in rule.outcomes if holds(case.when, facts, word, origin)), None)


def _apply(rule: Rule, case: Case, scene: Scene) -> tuple[Written, ...]:
    return tuple(Written(result, tuple(words_of(result, scene, rule.id))) for result in case.becomes)


def _image(facts: Facts, rulebook: Rulebook) -> Iterator[Outcome]:
    """What becomes of the image; of one that the launch only runs in, whether that keeps it from being written."""
    word = facts.launch.image or facts.launch.runs_in
    if word is None or facts.image is None:
        return
    texts = {"replacement": vllm_images.replacement(facts.image, word.value, facts.setting.target) or ""}
    scene = Scene(facts, word, texts=texts)
    for rule in rulebook.matching("image", facts.variant):
        case = decide(rule, facts, word=word)
        if case and (facts.launch.image is not None or case.blocks):
            written = _apply(rule, case, scene)
            yield Outcome(rule, case, scene, subject="the image", span=word.span, path=word.path, written=written)


def _remarks(facts: Facts, rulebook: Rulebook) -> Iterator[Outcome]:
    overridden = [
        Remark("overridden-variable", one.written, one.value, variable=one.variable)
        for one in facts.overridden
        if one.value is not None and _differs(one, facts)
    ]
    repeated = [
        Remark("repeated-option", one.written, one.value or facts.launch.arguments[one.first], one.first, one.last)
        for one in facts.repeated
    ]
    for remark in (*facts.remarks, *overridden, *repeated, *_elsewhere(facts)):
        scene = Scene(
            facts, remark.word, texts={"name": remark.written, "nearest": remark.nearest, "reason": remark.reason}
        )
        for rule in rulebook.matching("remark", remark.kind):
            if case := decide(rule, facts, word=remark.word):
                yield Outcome(
                    rule,
                    case,
                    scene,
                    remark=remark,
                    subject=remark.written,
                    span=remark.word.span,
                    path=remark.word.path,
                    written=_apply(rule, case, scene),
                    variable=remark.variable,
                )


def _elsewhere(facts: Facts) -> Iterator[Remark]:
    """Words that a caller brings, and the first word of arguments that a definition holds."""
    arguments = facts.launch.arguments
    translated = [(one.path, one.anchor) for one in facts.launch.additions]
    texts = {one.text for one in facts.launch.additions}
    for index in facts.line.foreign:
        word = arguments[index]
        inside = any(path == word.path and place.start in word.span for path, place in translated)
        if inside or word.resolved in texts:
            continue
        kind = "foreign-options" if _untranslated(word, facts.setting.target) else "foreign"
        yield Remark(kind, word.value, word)
    if facts.launch.defined:
        first = arguments[facts.launch.defined[0]]
        yield Remark("defined", first.value, first)


def _untranslated(word: Word, target: str) -> bool:
    """Whether an expansion such as `${Q:+--quantize $Q}`, or what it stands for, holds options that only TGI has."""
    flags = _FLAG.findall(f"{word.value} {word.resolved or ''}")
    return any(tgi.option(flag) and not vllm.catalog().option(flag, target) for flag in flags)


def _differs(given: Given, facts: Facts) -> bool:
    flag = facts.options[given.option][0].value
    if flag is None or given.value is None:
        return True
    own = facts.launch.environment[given.variable].shared and re.match(rf"\$\$?\{{?{given.written}\b", flag.value)
    return not own and _plain(flag.value) != _plain(given.value.value)


def _plain(value: str) -> str:
    """`$X` and `${X}` are the same expression."""
    return re.sub(r"\$\{(\w+)\}", r"$\1", value)


def _once(facts: Facts, rulebook: Rulebook, refused: frozenset[str]) -> Iterator[Outcome]:
    scene = Scene(facts)
    given = facts.options.keys() - refused
    for rule in rulebook.rules.values():
        wanted = rule.match.launch or (rule.match.absent is not None and rule.match.absent not in given)
        if wanted and (case := decide(rule, facts)):
            yield Outcome(
                rule, case, scene, span=facts.launch.anchor, path=facts.launch.path, written=_apply(rule, case, scene)
            )


def _options(facts: Facts, rulebook: Rulebook) -> Iterator[Outcome]:
    for name, given in facts.options.items():
        first = given[0]
        values = [one.value for one in given if one.value is not None]
        origin = "flag" if first.by_flag else "variable"
        scene = Scene(facts, first.value, values, {"name": first.written})
        for rule in rulebook.matching("option", name):
            if case := decide(rule, facts, origin, first.value):
                span, path = _place(facts, first)
                yield Outcome(
                    rule, case, scene, given, first.variable, None, first.written, span, path, _apply(rule, case, scene)
                )


def _place(facts: Facts, given: Given) -> tuple[Span, str]:
    if given.by_flag:
        words: Sequence[Word] = facts.launch.arguments[given.first : given.last]
        return Span(words[0].span.start, words[-1].span.end), words[0].path
    variable = facts.launch.environment[given.variable]
    return variable.span, variable.word.path


def _variables(facts: Facts, rulebook: Rulebook) -> Iterator[Outcome]:
    for number, variable in enumerate(facts.launch.environment):
        scene = Scene(facts, variable.word, texts={"name": variable.name})
        for rule in rulebook.matching("variable", variable.name):
            if rule.alias:
                continue
            if case := decide(rule, facts, "variable", variable.word):
                yield Outcome(
                    rule,
                    case,
                    scene,
                    (),
                    number,
                    None,
                    variable.name,
                    variable.span,
                    variable.word.path,
                    _apply(rule, case, scene),
                )
