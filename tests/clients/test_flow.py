"""Where an answer goes: functions, classes, loops, containers, threads; and where it cannot be followed."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

HEAD = "import requests\n\nBODY = {'inputs': 'x', 'parameters': {'max_new_tokens': 5}}\n"
POST = "requests.post('http://tgi/generate', json=BODY)"
ASK = f"\n\ndef ask():\n    return {POST}.json()\n\n\n"
TEXT = "['choices'][0]['text']"
OLD = "['generated_text']"


def program(tail: str) -> str:
    return HEAD + tail


@pytest.mark.parametrize(
    "tail",
    [
        f"a = b = {POST}.json()\nprint(a{OLD}, b{OLD})\n",
        f"if (a := {POST}.json()):\n    print(a{OLD})\n",
        f"a = {POST}.json() if flag else {POST}.json()\nprint(a{OLD})\n",
        f"a: dict = {POST}.json()\nprint(a.get('generated_text'))\n".replace("a.get('generated_text')", f"a{OLD}"),
        f"with {POST} as r:\n    print(r.json(){OLD})\n",
        f"{ASK}print([one{OLD} for one in [ask() for _ in range(3)]])\n",
        f"{ASK}for one in (ask() for _ in range(3)):\n    print(one{OLD})\n",
        f"{ASK}for i, one in enumerate([ask() for _ in range(3)]):\n    print(i, one{OLD})\n",
        f"{ASK}for one in list([ask() for _ in range(3)]):\n    print(one{OLD})\n",
        f"{ASK}found = [ask() for _ in range(3)]\nprint(found[0]{OLD})\n",
        f"\n\ndef show(answer, *, more=None):\n    print(answer{OLD})\n\n\nshow({POST}.json())\n",
        f"\n\ndef show(*, more=None):\n    print(more{OLD})\n\n\nshow(more={POST}.json())\n",
        f"\n\nclass C:\n    def show(self, answer):\n        return answer{OLD}\n\n\nprint(C().show({POST}.json()))\n",
        f"\n\nclass C:\n    def ask(self):\n        self.last = {POST}.json()\n\n    def text(self):\n        return self.last{OLD}\n\n\nC().ask()\n",
        f"ask = lambda: 0\nd = {POST}.json()\nassert d\nprint(d{OLD})\n",
        f"import json\n\nr = {POST}\nprint(json.loads(r.text){OLD})\n",
        f"import json\n\nr = {POST}\nprint(json.loads(r.content.decode()){OLD})\n",
        f"\n\ndef ask(i):\n    return {POST}.json()\n\n\nfor one in pool.map(ask, range(3)):\n    print(one{OLD})\n",
        f"\n\ndef ask(i):\n    return {POST}.json()\n\n\nprint(pool.submit(ask, 1).result(){OLD})\n",
        f"\n\ndef each():\n    yield {POST}.json()\n\n\nfor one in each():\n    print(one{OLD})\n",
        f"\n\ndef each():\n    yield {POST}.json()\n\n\ndef all_():\n    yield from each()\n\n\nfor one in all_():\n    print(one{OLD})\n",
        f"{ASK}for a, b in zip([ask()], [1]):\n    print(a{OLD})\n",
        f"\n\ndef ask():\n    return 1, {POST}.json()\n\n\ncode, a = ask()\nprint(code, a{OLD})\n",
        f"\n\ndef ask():\n    return 1, {POST}.json()\n\n\nprint(ask()[0], ask()[1]{OLD})\n",
        f"{ASK}found = []\nfor q in 'ab':\n    found.append(ask())\nprint([a{OLD} for a in found])\n",
        f"{ASK}found = {{}}\nfor q in 'ab':\n    found[q] = ask()\nprint([a{OLD} for q, a in found.items()], found['a']{OLD})\n",
        f"{ASK}found = {{q: ask() for q in 'ab'}}\nprint([a{OLD} for a in found.values()])\n",
        f"{ASK}found = [ask(), ask()]\na, b = found\nprint(a{OLD}, b{OLD}, found[:1][0]{OLD}, found.pop(){OLD})\n",
        f"\n\nclass C:\n    def __init__(self):\n        self.found = []\n\n    def ask(self):\n        self.found.append({POST}.json())\n\n    def show(self):\n        print([a{OLD} for a in self.found])\n",
    ],
    ids=[
        "two-names",
        "walrus",
        "conditional",
        "annotated",
        "with",
        "list",
        "generator",
        "enumerate",
        "list-call",
        "index",
        "argument",
        "keyword-argument",
        "method-argument",
        "attribute",
        "assert",
        "loads-of-text",
        "loads-of-bytes",
        "pool-map",
        "future",
        "yield",
        "yield-from",
        "zip",
        "tuple-unpacked",
        "tuple-by-index",
        "append",
        "dict-by-key",
        "dict-comprehension",
        "display",
        "list-of-an-object",
    ],
)
def test_followed(tail: str, moved: Callable[..., Any]) -> None:
    done = moved(program(tail))
    assert done.says("manual") == ""
    assert done.main.split("\n\n", 1)[1].partition("\n")[2] == tail.replace(OLD, TEXT).replace(
        "/generate", "/v1/completions"
    )


@pytest.mark.parametrize(
    ("tail", "reason"),
    [
        (f"a, b = {POST}.json()\n", "handed on"),
        (f"a = {POST}.json()\na{OLD} = 3\n", "handed on"),
        (f"a = {POST}.json()\nprint(a[key])\n", "handed on"),
        (f"a = {POST}.json()\nprint(a.items())\n", "no counterpart"),
        (f"a = {POST}.json()\nprint(a['warnings'])\n", "warnings"),
        (f"a = {POST}.json()\nprint('x' in a)\n", "handed on"),
        (f"r = {POST}\nprint(r[0])\n", "cannot be followed"),
        (f"r = {POST}\nprint(r.history)\n", "history"),
        (f"r = {POST}\nqueue.put(r)\n", "cannot be followed"),
        (f"a = {POST}.json()\nprint(a['details']['finish_reason'] == other)\n", "compared"),
        (f"{ASK}schedule(ask)\n", "handed on"),
        (f"ask = lambda: {POST}.json()\n", "handed on"),
        (f"\n\n@pytest.fixture\ndef answer():\n    return {POST}.json()\n", "handed on"),
        (f"found = {{'a': {POST}.json()}}\nprint(found['b'])\n", "handed on"),
        (f"found = make()\nfound.append({POST}.json())\n", "handed on"),
        (f"{ASK}a, *b = (ask(), 1)\n", "cannot be followed"),
        (f"for key in {POST}.json():\n    print(key)\n", "handed on"),
    ],
    ids=[
        "unpacked",
        "set",
        "key-unknown",
        "items",
        "unknown-key",
        "other-word",
        "response-by-index",
        "response-attribute",
        "put-away",
        "reason-compared",
        "function-handed-on",
        "lambda",
        "fixture",
        "display-of-a-dict",
        "list-from-elsewhere",
        "starred",
        "keys",
    ],
)
def test_not_followed(tail: str, reason: str, moved: Callable[..., Any]) -> None:
    done = moved(program(tail))
    assert done.main == program(tail)
    assert reason in done.says("manual")


@pytest.mark.parametrize(
    ("read", "after"),
    [
        ("if 'error' in a:\n    print(a['error'])\n", "if 'error' in a:\n    print(a['error']['message'])\n"),
        ("print(a['details']['finish_reason'] == 'length')\n", None),
        ("print(a.get('generated_text', ''))\n", None),
    ],
    ids=["error", "reason", "default"],
)
def test_members(read: str, after: str | None, moved: Callable[..., Any]) -> None:
    done = moved(program(f"a = {POST}.json()\n{read}"))
    assert done.says("manual") == ""
    if after is not None:
        assert done.main.endswith(after)
    else:
        assert "choices" in done.main


ROOT = (
    "requests.post('http://tgi', json={'inputs': 'x', 'parameters': {'max_new_tokens': 5, 'return_full_text': False}})"
)


@pytest.mark.parametrize(
    ("read", "after"),
    [
        (
            f"for one in {ROOT}.json():\n    print(one['generated_text'])\n",
            ".json()['choices']:\n    print(one['text'])\n",
        ),
        (f"print({ROOT}.json()[0]['generated_text'])\n", ".json()['choices'][0]['text'])\n"),
        (f"[one] = {ROOT}.json()\nprint(one['generated_text'])\n", ".json()['choices']\nprint(one['text'])\n"),
    ],
    ids=["loop", "first", "unpacked"],
)
def test_list_of_the_root(read: str, after: str, moved: Callable[..., Any]) -> None:
    done = moved(f"import requests\n\n{read}").main
    assert done.replace('"choices"', "'choices'").endswith(after)
    assert "'http://tgi/v1/completions'" in done


def test_type_of_the_list_that_is_something_else_is_left(moved: Callable[..., Any]) -> None:
    text = (
        f"import requests\n\na = {ROOT}.json()\nif isinstance(a, (list, tuple)):\n    print(a[0]['generated_text'])\n"
    )
    done = moved(text)
    assert done.main == text
    assert "handed on" in done.says("manual")


def test_names_of_a_module_are_followed_where_they_are_imported(moved: Callable[..., Any]) -> None:
    files = {
        "llm.py": f"{HEAD}answer = {POST}.json()\n",
        "a.py": f"from llm import answer as a\n\nprint(a{OLD})\n",
        "main.py": f"import llm\n\nprint(llm.answer{OLD})\n",
    }
    done = moved(files)
    assert f"print(a{TEXT})" in done.files["a.py"]
    assert f"print(llm.answer{TEXT})" in done.main


def test_methods_of_unknown_objects_may_be_the_class(moved: Callable[..., Any]) -> None:
    files = {
        "llm.py": f"{HEAD}\n\nclass Llm:\n    def ask(self):\n        return {POST}.json()\n",
        "main.py": f"def run(llm):\n    return llm.ask(){OLD}\n",
    }
    assert moved(files).main == f"def run(llm):\n    return llm.ask(){TEXT}\n"


def test_called_instances_are_followed(moved: Callable[..., Any]) -> None:
    tail = (
        f"\n\nclass Llm:\n    def __call__(self):\n        return {POST}.json()\n\n\nllm = Llm()\nprint(llm(){OLD})\n"
    )
    assert f"print(llm(){TEXT})" in moved(program(tail)).main
