"""Objects of the program's own classes that hold clients and answers; containers and loops that they pass through."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

HEAD = 'from text_generation import Client\n\nclient = Client("http://tgi")\n'
ASK = 'client.generate("x", max_new_tokens=5)'
NEW = 'client.completions.create(model="", prompt="x", max_tokens=5, temperature=0)'
RECORD = "@dataclass\nclass Record:\n    prompt: str\n    answer: object\n\n\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("r = Record('x', {})\nprint(r.answer.generated_text)\n", "r = Record('x', {})\nprint(r.answer.choices[0].text)\n"),
        ("all = [Record('x', answer={})]\nfor one in all:\n    print(one.answer.generated_text)\n", "all = [Record('x', answer={})]\nfor one in all:\n    print(one.answer.choices[0].text)\n"),
    ],
    ids=["position", "name"],
)  # fmt: skip
def test_field(before: str, after: str, moved: Callable[..., Any]) -> None:
    assert moved(HEAD + RECORD + before.format(ASK)).main.endswith(after.format(NEW))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("class Other:\n    answer: str\n\n\ndef show(one):\n    print(one.answer.generated_text)\n\n\nkept = Record('x', {})\n", "cannot be followed"),
        ("Record('x', other={})\n", "cannot be followed"),
    ],
    ids=["field-of-another-class", "unknown-field"],
)  # fmt: skip
def test_field_that_cannot_be_told(text: str, reason: str, moved: Callable[..., Any]) -> None:
    before = HEAD + RECORD + text.format(ASK)
    done = moved(before)
    assert done.main == before
    assert reason in done.says("manual")


def test_client_that_a_constructor_takes(moved: Callable[..., Any]) -> None:
    bot = "class Bot:\n    def __init__(self, client):\n        self.client = client\n\n    def ask(self):\n        return self.client.generate('x').generated_text\n"
    main = 'from bot import Bot\nfrom text_generation import Client\n\nprint(Bot(client=Client("http://tgi")).ask())\n'
    done = moved({"bot.py": bot, "main.py": main}).files
    assert "return self.client.completions.create(" in done["bot.py"]
    assert "Bot(client=OpenAI(" in done["main.py"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("print(next(iter([{}])).generated_text)\n", "print(next(iter([{}])).choices[0].text)\n"),
        ("print(random.choice([{}]).generated_text)\n", "print(random.choice([{}]).choices[0].text)\n"),
        ("for one in itertools.cycle([{}]):\n    print(one.generated_text)\n", "for one in itertools.cycle([{}]):\n    print(one.choices[0].text)\n"),
        ("all = {{'a': {}}}\nfor name in sorted(all):\n    print(all[name].generated_text)\n", "all = {{'a': {}}}\nfor name in sorted(all):\n    print(all[name].choices[0].text)\n"),
        ("task = loop.create_task({})\nprint(task.result().generated_text)\n", "task = loop.create_task({})\nprint(task.result().choices[0].text)\n"),
        ("def ask(n):\n    return {}\n\n\nfor one in pool.map(partial(ask), 'ab'):\n    print(one.generated_text)\n", "def ask(n):\n    return {}\n\n\nfor one in pool.map(partial(ask), 'ab'):\n    print(one.choices[0].text)\n"),
        ("def ask(n):\n    return {}\n\n\nquick = partial(ask, 1)\nprint(quick().generated_text)\n", "def ask(n):\n    return {}\n\n\nquick = partial(ask, 1)\nprint(quick().choices[0].text)\n"),
    ],
    ids=["next", "choice", "cycle", "keys", "task", "partial-handed-on", "partial-called"],
)  # fmt: skip
def test_passed_through(before: str, after: str, moved: Callable[..., Any]) -> None:
    assert moved(HEAD + before.format(ASK)).main.endswith(after.format(NEW))


HUB = "from huggingface_hub import InferenceClient\n\n"
USED = '.text_generation("x", max_new_tokens=5, return_full_text=False)'


@pytest.mark.parametrize(
    "text",
    [
        f'for url in ["http://localhost:1", "http://localhost:2"]:\n    print(InferenceClient(url){USED})\n',
        f'URLS = {{"a": "http://localhost:1", "b": "http://localhost:2"}}\nall = {{n: InferenceClient(u) for n, u in URLS.items()}}\nprint(all["a"]{USED})\n',
        f'URLS = {{"a": "http://localhost:1"}}\nprint([InferenceClient(u){USED} for u in URLS.values()])\n',
        f'for name, url in (("a", "http://localhost:1"), ("b", "http://localhost:2")):\n    print(name, InferenceClient(url){USED})\n',
    ],
    ids=["list", "items", "values", "pairs"],
)
def test_address_of_a_loop(text: str, moved: Callable[..., Any]) -> None:
    done = moved(HUB + text)
    assert done.says("manual") == ""
    assert "InferenceClient" not in done.main


@pytest.mark.parametrize(
    "text",
    [
        f'for name in ["a/b", "http://localhost:1"]:\n    print(InferenceClient(name){USED})\n',
        f"for name in names:\n    print(InferenceClient(name){USED})\n",
        f'for url in ["http://localhost:1", "https://api-inference.huggingface.co/models/a"]:\n    print(InferenceClient(url){USED})\n',
    ],
    ids=["model-among-them", "unknown", "hosted-among-them"],
)
def test_loop_over_more_than_servers(text: str, moved: Callable[..., Any]) -> None:
    done = moved(HUB + text)
    assert done.main == HUB + text
    assert "check which server" in done.says("manual")


def test_dict_with_other_entries(moved: Callable[..., Any]) -> None:
    text = f"{HEAD}def run(p):\n    return {{'prompt': p, 'answer': {ASK}}}\n\n\nd = run('x')\nfor key in d:\n    print(key)\nprint(d['prompt'], d['answer'].generated_text)\n"
    assert moved(text).main.endswith("    print(key)\nprint(d['prompt'], d['answer'].choices[0].text)\n")


@pytest.mark.parametrize(
    "run", ["pool.submit(ask, client, 'x')", "asyncio.to_thread(ask, client, 'x')", "partial(ask, client)('x')"]
)
def test_client_that_a_runner_hands_on(run: str, moved: Callable[..., Any]) -> None:
    text = f"{HEAD}def ask(c, prompt):\n    print(c.generate(prompt).generated_text)\n\n\n{run}\n"
    assert "    print(c.completions.create(" in moved(text).main


def test_shared_client_that_goes_where_nobody_sees(moved: Callable[..., Any]) -> None:
    text = f'{HUB}register(InferenceClient("http://tgi"))\n\n\ndef ask(c):\n    print(c{USED})\n'
    done = moved(text)
    assert done.main == text
    assert "cannot be followed" in done.says("manual")


def test_what_elements_are_compared_by(moved: Callable[..., Any]) -> None:
    text = f"{HEAD}r = {ASK}\nprint(max(r.details.tokens, key=lambda t: t.logprob).text)\nprint(sorted(r.details.tokens, key=lambda t: t.text)[0].text)\n"
    done = moved(text).main
    assert "key=lambda t: t[1])[0])" in done
    assert "key=lambda t: t[0])[0][0])" in done


FIELD = (
    "from dataclasses import dataclass\n\nfrom huggingface_hub import InferenceClient\n\n\n@dataclass\nclass Llm:\n"
    "    name: str\n    url: str\n\n    def __post_init__(self):\n        self.client = InferenceClient(self.url)\n\n\n"
    "print({}.client.text_generation('x', max_new_tokens=5))\n"
)


@pytest.mark.parametrize("made", ["Llm('a', 'http://localhost:8080')", "Llm(url='http://localhost:8080', name='a')"])
def test_address_that_a_field_is_given(made: str, moved: Callable[..., Any]) -> None:
    done = moved(FIELD.format(made))
    assert 'OpenAI(base_url=self.url.rstrip("/") + "/v1"' in done.main
    assert done.says("manual") == ""


@pytest.mark.parametrize(
    ("made", "own"),
    [
        ("Llm('a', 'https://api-inference.huggingface.co/models/gpt2')", ""),
        ("Llm('http://localhost:8080', 'gpt2')", ""),
        ("Llm('a', 'http://localhost:8080')", "    def __init__(self, url, name):\n        pass\n\n"),
    ],
    ids=["hosted", "other-field", "own-init"],
)
def test_address_of_another_server(made: str, own: str, moved: Callable[..., Any]) -> None:
    text = FIELD.format(made).replace("    def", own + "    def")
    assert moved(text).main == text
