"""The rules for clients: their own examples, their look-ups, and rules that a user adds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from migrate.clients.examples import judge, program
from migrate.clients.reading import read
from migrate.clients.rules import book
from migrate.findings import Safety
from migrate.repository import Repository
from migrate.rulebook import load
from migrate.rulebook.client_rule import CallExample, ClientRule
from migrate.rulebook.clients import FORMS
from migrate.source import apply_edits

BOOK = book()
RULES = load().clients
EXAMPLES = [
    pytest.param(rule, example, id=f"{rule.id}-{number}")
    for rule in RULES.values()
    for number, example in enumerate(rule.examples, 1)
]
SAID = 'from text_generation import Client\n\nClient("http://tgi").generate("x", watermark=True)\n'
WRAPPER = """\
- id: mycompany/tgi-client
  summary: Our wrapper for TGI becomes the OpenAI SDK.
  constructor: [mycompany.llm.TgiClient]
  becomes: openai.OpenAI
  positional: [url]
  address: [url]
  arguments:
    url: {as: base_url, value: address}
    retries: {as: max_retries, default: "3"}
  adds: {api_key: '"EMPTY"'}
  calls:
    ask:
      becomes: completions.create
      positional: [prompt, max_new_tokens]
      defaults: {max_new_tokens: "64"}
      results: [{suffix: ".choices[0].text"}]
    health: {manual: call GET /health}
  safety: safe
  why: It asks for 64 tokens where nothing is said, and gives the text.
"""
PROGRAM = """\
from mycompany.llm import TgiClient as Llm

llm = Llm("http://llm.internal:8080", retries=1)


def answer(question: str) -> str:
    return llm.ask(question)
"""
MOVED = """\
from openai import OpenAI

llm = OpenAI(base_url="http://llm.internal:8080/v1", max_retries=1, api_key="EMPTY")


def answer(question: str) -> str:
    return llm.completions.create(model="", prompt=question, max_tokens=64, temperature=0).choices[0].text
"""


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_example(rule: ClientRule, example: CallExample) -> None:
    assert list(judge(rule, example)) == []


@pytest.mark.parametrize(
    ("name", "example", "complaint"),
    [
        ("client/parameter-seed", CallExample(tgi='{"seed": 7}', vllm='{"seed": 8}'), "does not stand"),
        ("client/details-seed", CallExample(unchanged='answer["generated_text"]'), "is changed into"),
        ("client/text-generation-client", CallExample(unchanged="print(1)\n"), "is not reported"),
        ("client/text-generation-client", CallExample(before="x = 1\n", after="x = 2\n"), "becomes 'x = 1"),
        ("client/text-generation-client", CallExample(tgi="x", vllm="y"), "has `before` and `after`"),
        (
            "client/text-generation-client",
            CallExample(alone=SAID),
            "spoken",
        ),
        ("client/details-seed", CallExample(tgi="x"), "has `before` and `after`"),
    ],
    ids=["parameters", "changed", "silent", "program", "pieces", "not-alone", "half"],
)
def test_an_example_that_does_not_hold_is_told(name: str, example: CallExample, complaint: str) -> None:
    assert any(complaint in text for text in judge(RULES[name], example))


def test_rules_that_change_programs_have_examples() -> None:
    forms = ("parameter", "member", "constructor", "report")
    assert [rule.id for rule in RULES.values() if rule.form in forms and not rule.examples] == []


def test_a_piece_of_an_unknown_kind_has_no_program() -> None:
    assert program(RULES["client/openai-sdk"], "x") is None


def test_every_rule_is_found_by_what_it_is_about() -> None:
    tables = (
        *(BOOK.parameters, BOOK.members, BOOK.libraries, BOOK.constructors, {**BOOK.reports, **BOOK.watched}),
        *(BOOK.speaks, BOOK.unread),
        *(BOOK.differs, BOOK.requires, BOOK.exceptions, BOOK.statuses),
    )
    assert len(tables) == len(FORMS) - len({"script"})
    found = {rule.id for table in tables for rule in table.values()} | {rule.id for rule in BOOK.scripts}
    assert found == set(RULES)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "llm.yaml").write_text(WRAPPER)
    return tmp_path


def after(files: dict[str, str], folder: Path, path: str = "app.py") -> str:
    found = read(Repository.of(files), None, (folder,))
    return apply_edits(files[path], [edit for one in found.findings for edit in one.edits if edit.path == path])


@pytest.mark.parametrize(
    "more",
    [{}, {"mycompany/__init__.py": "", "mycompany/llm.py": "class TgiClient:\n    pass\n"}],
    ids=["a library's class", "a class of the repository"],
)
def test_a_wrapper_class_moves_by_a_rule_of_ones_own(folder: Path, more: dict[str, str]) -> None:
    assert after({"app.py": PROGRAM, **more}, folder) == MOVED


@pytest.mark.parametrize(
    "text",
    [
        PROGRAM.replace("mycompany.llm", "another.llm"),
        PROGRAM.replace("import TgiClient", "import Gateway"),
        MOVED,
        'TgiClient = print\n\nTgiClient("http://llm.internal:8080").ask("Hi")\n',
    ],
    ids=["another package", "another class", "moved", "own name"],
)
def test_look_alikes_of_a_wrapper_stay(folder: Path, text: str) -> None:
    assert after({"app.py": text}, folder) == text


def test_a_method_that_the_rule_leaves_to_a_person(folder: Path) -> None:
    text = PROGRAM + "\n\nprint(llm.health())\n"
    found = read(Repository.of({"app.py": text}), None, (folder,)).findings
    assert [(one.rule, one.safety, one.message) for one in found] == [
        ("mycompany/tgi-client", Safety.MANUAL, "health: call GET /health")
    ]


def test_without_the_rule_a_wrapper_is_no_client() -> None:
    assert read(Repository.of({"app.py": PROGRAM})).findings == ()


def test_only_rules_of_ones_own_mean_classes_of_the_repository(folder: Path) -> None:
    own = {"text_generation.py": "class Client:\n    pass\n", "app.py": SAID}
    assert read(Repository.of({"app.py": SAID})).findings
    assert read(Repository.of(own)).findings == ()
    assert read(Repository.of(own), None, (folder,)).findings == ()
    assert book((folder,)).wrappers == {"mycompany.llm.TgiClient"}


def test_a_rule_of_ones_own_takes_the_place_of_one_with_its_id(folder: Path, moved: Callable[..., object]) -> None:
    (folder / "seed.yaml").write_text(
        "- {id: client/parameter-seed, summary: s, safety: manual, why: we forbid it, parameter: seed}\n"
    )
    assert book((folder,)).parameters["seed"].why == "we forbid it"
    assert BOOK.parameters["seed"].field == "seed"
