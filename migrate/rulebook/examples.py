"""Runs a rule's own examples: a launch of the example's words goes through all rules, this rule's part is judged."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from migrate.catalog import vllm
from migrate.findings import Finding
from migrate.launch.convert import convert, refused
from migrate.launch.facts import Facts, Setting, read_facts
from migrate.launch.mentions import convert_mention
from migrate.launch.plan import make_plan
from migrate.launch.translate import Outcome, outcomes
from migrate.rulebook.loader import Rulebook
from migrate.rulebook.model import Example, Rule
from migrate.source import Edit, Span
from migrate.touchpoints import Gpus, Launch, Mention, Mount, Plan, Variable, Word

IMAGE = "ghcr.io/huggingface/text-generation-inference:3.3.5"


@dataclass(frozen=True, slots=True)
class Failure:
    """An example that does not hold; `number` counts from 1 within its rule."""

    rule: str
    number: int
    message: str

    def __str__(self) -> str:
        return f"{self.rule}, example {self.number}: {self.message}"


def run_examples(rulebook: Rulebook, rules: Sequence[Rule] | None = None) -> Iterator[Failure]:
    """Every failure of the examples of these rules (default: all)."""
    for rule in rules if rules is not None else rulebook.rules.values():
        for number, example in enumerate(rule.examples, 1):
            for message in judge(rule, example, rulebook):
                yield Failure(rule.id, number, message)


def judge(rule: Rule, example: Example, rulebook: Rulebook) -> Iterator[str]:
    """What is wrong with one example."""
    if example.text is not None:
        yield from _judge_mention(rule, example, rulebook)
        return
    setting = _setting(example)
    launch = launch_of(example)
    facts = read_facts(launch, setting, rulebook)
    found = list(outcomes(facts, rulebook))
    own = [outcome for outcome in found if outcome.rule.id == rule.id]
    findings = [one for one in convert(launch, setting, rulebook, "example") if one.rule == rule.id]
    if example.unchanged:
        if any(outcome.written or not outcome.case.quiet for outcome in own):
            yield f"says something: {[outcome.message for outcome in own]}"
        return
    yield from _judge_words(example, own)
    yield from _judge_finding(example, findings)
    if example.vllm is not None and not any(outcome.case.blocks for outcome in found):
        yield from refused(facts, make_plan(facts, found))


def _judge_words(example: Example, own: Sequence[Outcome]) -> Iterator[str]:
    written = [one for outcome in own for one in outcome.written]
    if example.vllm is not None:
        words = [token.value for one in written for token in one.arguments]
        if words != shlex.split(example.vllm):
            yield f"writes {words}, not {shlex.split(example.vllm)}"
    if example.vllm_env is not None:
        variables = {one.result.variable: one.words[0].value for one in written if one.result.variable and one.words}
        if variables != example.vllm_env:
            yield f"sets {variables}, not {example.vllm_env}"
    if example.becomes is not None:
        image = [token.value for one in written if one.result.image for token in one.words]
        if image != [example.becomes]:
            yield f"the image becomes {image}, not {example.becomes}"


def _judge_finding(example: Example, findings: Sequence[Finding]) -> Iterator[str]:
    if example.safety is not None and example.safety not in [str(one.safety) for one in findings]:
        yield f"no {example.safety} finding: {[(str(one.safety), one.message) for one in findings]}"
    if example.says is not None and not any(example.says.lower() in one.message.lower() for one in findings):
        yield f"no finding says {example.says!r}: {[one.message for one in findings]}"


def _judge_mention(rule: Rule, example: Example, rulebook: Rulebook) -> Iterator[str]:
    value = example.text or ""
    kind = rule.match.mention if isinstance(rule.match.mention, str) else (rule.match.mention or ["image"])[0]
    edit = (lambda new: Edit("example", 0, len(value), new)) if example.becomes is not None else None
    mention = Mention("example", kind, value, Span(0, len(value)), value, edit)
    findings = [one for one in convert_mention(mention, _setting(example), rulebook, "") if one.rule == rule.id]
    yield from _judge_finding(example, findings)
    new = [edit.replacement for one in findings for edit in one.edits]
    if example.becomes is not None and new != [example.becomes]:
        yield f"becomes {new}, not {example.becomes}"


def _setting(example: Example) -> Setting:
    target = example.target or str(vllm.default_target())
    return Setting(
        target.removeprefix("vllm@"),
        example.source,
        ("tgi",),
        tuple(example.adapters),
        frozenset(example.needs),
        frozenset(example.keep),
    )


def launch_of(example: Example) -> Launch:
    """The launch that an example describes, as if read from a command line."""
    text = example.tgi
    docker = shlex.split(example.docker)
    image = example.image or (IMAGE if example.source is None else f"{IMAGE.partition(':')[0]}:{example.source}")
    return Launch(
        path="example",
        kind="launcher" if example.host else "docker-run",
        place="host" if example.host else "container",
        anchor=Span(0, len(text)),
        write=_nothing,
        text=text,
        image=None if example.host else _word(image),
        through_entrypoint=not example.host,
        arguments=tuple(map(_word, shlex.split(text))),
        environment=tuple(Variable(name, _word(value), Span(0, 0)) for name, value in example.env.items()),
        mounts=tuple(_mount(value) for flag, value in pairwise(docker) if flag == "-v"),
        gpus=_gpus(docker),
    )


def _nothing(plan: Plan) -> list[Edit]:
    return []


def _word(text: str) -> Word:
    return Word(text, "example", Span(0, 0), text, "shell", "$" in text)


def _mount(text: str) -> Mount:
    source, _, target = text.partition(":")
    return Mount(source, target, Span(0, 0))


def _gpus(docker: Sequence[str]) -> Gpus:
    value = next((value for flag, value in pairwise(docker) if flag == "--gpus"), None)
    if value is None:
        return Gpus()
    if value == "all":
        return Gpus("all")
    return Gpus("list", len(value.partition("=")[2].split(",")) if "=" in value else int(value))


def lines_of(rulebook: Rulebook) -> Iterator[tuple[str, Facts, Plan]]:
    """(rule id, facts, plan) of every example that gives a command line, for a check by a real parser."""
    for rule in rulebook.rules.values():
        for example in rule.examples:
            if example.text is None and not example.unchanged:
                facts = read_facts(launch_of(example), _setting(example), rulebook)
                found = list(outcomes(facts, rulebook))
                if not any(outcome.case.blocks for outcome in found):
                    yield rule.id, facts, make_plan(facts, found)
