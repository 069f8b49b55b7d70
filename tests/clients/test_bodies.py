"""Bodies that are put together in several statements, and parameters that are a function's keywords."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

HEAD = "import requests\n\n"
SEND = "print(requests.post('http://tgi/generate', json=b).json()['generated_text'])\n"
SENT = "print(requests.post('http://tgi/v1/completions', json=b).json()['choices'][0]['text'])\n"


@pytest.mark.parametrize(
    ("made", "after"),
    [
        ("b = {}\nb['inputs'] = q\nb['parameters'] = {'max_new_tokens': 4}\n", "b = {}\nb['prompt'] = q\nb.update({'max_tokens': 4, 'temperature': 0})\n"),
        ("b = dict()\nb['inputs'] = q\nb['parameters'] = dict(max_new_tokens=4)\n", "b = dict()\nb['prompt'] = q\nb.update(dict(max_tokens=4, temperature=0))\n"),
        ("b = {'inputs': q}\nb['parameters'] = {'max_new_tokens': 4}\nb['parameters']['seed'] = 1\n", "b = {'prompt': q}\nb.update({'max_tokens': 4, 'temperature': 0})\nb['seed'] = 1\n"),
        ("b = {'inputs': q}\np = {'max_new_tokens': 4}\nb['parameters'] = p\n", "b = {'prompt': q}\np = {'max_tokens': 4, 'temperature': 0}\nb.update(p)\n"),
        ("b = {'parameters': {'max_new_tokens': 4}}\nif q:\n    b['inputs'] = q\nelse:\n    b['inputs'] = 'x'\n", "b = {'max_tokens': 4, 'temperature': 0}\nif q:\n    b['prompt'] = q\nelse:\n    b['prompt'] = 'x'\n"),
    ],
    ids=["empty", "calls", "nested-key", "named", "either"],
)  # fmt: skip
def test_fields_that_are_set_later(made: str, after: str, moved: Callable[..., Any]) -> None:
    done = moved(f"{HEAD}{made}{SEND}")
    assert done.says("manual") == ""
    assert done.main == f"{HEAD}{after}{SENT}"


SOMETIMES = "b = {'inputs': q}\nif q:\n    b['parameters'] = {'max_new_tokens': 4}\n"


def test_parameters_that_are_not_always_set_need_the_limit(moved: Callable[..., Any]) -> None:
    done = moved(f"{HEAD}{SOMETIMES}{SEND}")
    assert done.main == f"{HEAD}{SOMETIMES}{SEND}"
    assert "write max_tokens" in done.says("manual")


def test_parameters_that_are_not_always_set(moved: Callable[..., Any]) -> None:
    done = moved(f"{HEAD}{SOMETIMES}{SEND}", "2.0.0").main
    assert "b = {'prompt': q, 'temperature': 1.0, 'max_tokens': 100}\n" in done
    assert "    b.update({'max_tokens': 4, 'temperature': 0})\n" in done


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        ("b = {'inputs': q}\nb['parameters'] = {'max_new_tokens': 4}\nif q:\n    b['parameters'] = {'max_new_tokens': 5}\n", "by key"),
        ("b = {'inputs': q}\nb[q] = {'max_new_tokens': 4}\n", "write max_tokens"),
        ("b = {'inputs': q}\nb['other'] = {'max_new_tokens': 4}\n", "write max_tokens"),
        ("b = {'inputs': q}\nb['parameters'] = load()\n", "cannot be seen"),
    ],
    ids=["twice", "any-key", "other-field", "unknown"],
)  # fmt: skip
def test_left_to_a_person(made: str, reason: str, moved: Callable[..., Any]) -> None:
    done = moved(f"{HEAD}{made}{SEND}")
    assert done.main == f"{HEAD}{made}{SEND}"
    assert reason in done.says("manual")


def ask(parameters: str = "'parameters': more", tail: str = "['generated_text']") -> str:
    route = "generate" if "parameters" in parameters else "v1/completions"
    field = "inputs" if "parameters" in parameters else "prompt"
    return f"{HEAD}def ask(q, **more):\n    return requests.post('http://tgi/{route}', json={{'{field}': q, {parameters}}}).json(){tail}\n\n\n"


def test_keywords_are_all_parameters(moved: Callable[..., Any]) -> None:
    done = moved(ask() + "ask('x', max_new_tokens=4)\nask('y', max_new_tokens=5, top_p=0.5)\n")
    assert done.says("manual") == ""
    after = ask("'temperature': 0, **more", "['choices'][0]['text']")
    assert done.main == after + "ask('x', max_tokens=4)\nask('y', max_tokens=5, top_p=0.5, temperature=1.0)\n"


@pytest.mark.parametrize("tail", ["", "ask('x')\n", "ask('x', seed=1)\nask('x', max_new_tokens=4)\n"])
def test_keywords_without_a_limit(tail: str, moved: Callable[..., Any]) -> None:
    done = moved(ask() + tail)
    assert done.main == ask() + tail
    assert "write max_tokens" in done.says("manual")


CLASS = """import requests


class Llm:
    def _made(self):
        return {"max_new_tokens": 4}

    def ask(self, q, stop):
        p = self._made()
        p["max_new_tokens"] = 5
        if stop:
            p["stop"] = stop
        return requests.post("http://tgi/generate", json={"inputs": q, "parameters": p}).json()["generated_text"]
"""


def test_dict_that_is_changed_by_who_asks_for_it(moved: Callable[..., Any]) -> None:
    done = moved(CLASS)
    assert 'return {"max_tokens": 4, "include_stop_str_in_output": True, "temperature": 0}\n' in done.main
    assert 'p["max_tokens"] = 5\n' in done.main


def test_answer_behind_the_check_of_its_status(moved: Callable[..., Any]) -> None:
    text = "import httpx\n\nbody = {'inputs': 'x', 'parameters': {'max_new_tokens': 4}}\nprint(httpx.post('http://tgi/generate', json=body).raise_for_status().json()['generated_text'])\n"
    assert moved(text).main.endswith(".raise_for_status().json()['choices'][0]['text'])\n")


def kwargs(line: str, parameters: str = "more") -> str:
    return ask(f"'parameters': {parameters}").replace("    return", f"    {line}\n    return")


@pytest.mark.parametrize(
    ("line", "after", "call", "called"),
    [
        ("more.setdefault('max_new_tokens', 4)", "more.setdefault('max_tokens', 4)", "ask('x', seed=1)", "ask('x', seed=1)"),
        ("more.setdefault('max_new_tokens', 4)\n    more.setdefault('temperature', 0.5)", "more.setdefault('max_tokens', 4)\n    more.setdefault('temperature', 0.5)", "ask('x')", "ask('x')"),
        ("more.setdefault('max_new_tokens', 4)\n    more.setdefault('do_sample', True)", "more.setdefault('max_tokens', 4)\n    pass", "ask('x', max_new_tokens=1)", "ask('x', max_tokens=1)"),
        ("n = more.pop('n', 1)", "n = more.pop('n', 1)", "ask('x', n=3, max_new_tokens=1)", "ask('x', n=3, max_tokens=1)"),
        ("print(more.get('seed'))", "print(more.get('seed'))", "ask('x', max_new_tokens=1, seed=1)", "ask('x', max_tokens=1, seed=1)"),
    ],
    ids=["limit", "temperature", "flag", "taken-out", "looked-at"],
)  # fmt: skip
def test_keywords_that_are_completed(line: str, after: str, call: str, called: str, moved: Callable[..., Any]) -> None:
    done = moved(f"{kwargs(line)}{call}\n")
    assert done.says("manual") == ""
    assert f"    {after}\n    return" in done.main
    assert done.main.endswith(f"\n{called}\n")


@pytest.mark.parametrize(
    "line",
    ["print(more.get('max_new_tokens'))", "more.update(seed=1)", "more['seed'] = 1", "if q: more.setdefault('seed', 1)", "log(more)", "more.pop(q, 1)"],
)  # fmt: skip
def test_keywords_that_are_changed_otherwise(line: str, moved: Callable[..., Any]) -> None:
    text = f"{kwargs(line)}ask('x', max_new_tokens=1)\n"
    done = moved(text)
    assert done.main == text
    assert "changed or read by key" in done.says("manual")


OUTER = "def outer(q, **k):\n    return ask(q, **k)\n\n\n"


@pytest.mark.parametrize(
    ("tail", "after"),
    [
        (OUTER + "outer('x', max_new_tokens=4)\nask('y', max_new_tokens=5, do_sample=True)\n", OUTER + "outer('x', max_tokens=4)\nask('y', max_tokens=5, temperature=1.0)\n"),
        ("P = {'max_new_tokens': 4, 'top_k': 2}\nask('x', **P)\n", "P = {'max_tokens': 4, 'top_k': 2, 'temperature': 1.0}\nask('x', **P)\n"),
    ],
    ids=["handed-on", "dict"],
)  # fmt: skip
def test_keywords_of_callers_of_callers(tail: str, after: str, moved: Callable[..., Any]) -> None:
    done = moved(ask() + tail)
    assert done.says("manual") == ""
    assert done.main == ask("'temperature': 0, **more", "['choices'][0]['text']") + after


@pytest.mark.parametrize(
    "tail",
    [
        OUTER.replace("ask(q, **k)", "ask(q, seed=1, **k)") + "outer('x', max_new_tokens=4)\n",
        OUTER.replace("return", "k.clear()\n    return") + "outer('x', max_new_tokens=4)\n",
        "ask('x', **load())\n",
        "P = {'max_new_tokens': 4, **load()}\nask('x', **P)\n",
    ],
    ids=["with-others", "changed", "unknown", "of-unknown"],
)
def test_keywords_of_callers_that_are_left(tail: str, moved: Callable[..., Any]) -> None:
    done = moved(ask() + tail)
    assert done.main == ask() + tail
    assert "cannot be seen" in done.says("manual")


@pytest.mark.parametrize(
    ("line", "after"),
    [
        ("p.setdefault('max_new_tokens', 4)", "p.setdefault('max_tokens', 4)"),
        (
            "p.setdefault('max_new_tokens', 4)\np.setdefault('top_k', 2)",
            "p.setdefault('max_tokens', 4)\np.setdefault('top_k', 2)",
        ),
    ],
)
def test_dict_that_is_completed(line: str, after: str, moved: Callable[..., Any]) -> None:
    tail = (
        "print(requests.post('http://tgi/generate', json={'inputs': 'x', 'parameters': p}).json()['generated_text'])\n"
    )
    done = moved(f"{HEAD}p = {{'temperature': 0.5}}\n{line}\n{tail}")
    assert done.says("manual") == ""
    assert done.main.startswith(f"{HEAD}p = {{'temperature': 0.5}}\n{after}\n")


SHARED = "print(requests.post('http://tgi/generate', json={'inputs': 'x', 'parameters': P}).json()['generated_text'])\n"


@pytest.mark.parametrize(
    ("use", "moves"),
    [("pipe('x', **P)", False), ("run(**P)", True), ("print(dict(**P))", True), ("print(len(P))", True)],
    ids=["library", "own-function", "dict", "counted"],
)
def test_dict_that_something_else_is_given(use: str, moves: bool, moved: Callable[..., Any]) -> None:
    text = f"{HEAD}P = {{'max_new_tokens': 4}}\n\n\ndef run(**k):\n    print(k)\n\n\n{use}\n{SHARED}"
    done = moved(text)
    assert (done.main != text) is moves
    assert ("another library" in done.says("manual")) is not moves


def test_dict_of_a_call_that_stays_is_left_for_all(moved: Callable[..., Any]) -> None:
    other = SHARED.replace("'parameters': P", "'parameters': {**P, 'best_of': n}")
    text = f"{HEAD}P = {{'max_new_tokens': 4}}\n{SHARED}{other}"
    done = moved(text)
    assert done.main == text
    assert "shares values" in done.says("manual")


def test_dict_of_a_call_that_stays_for_another_reason(moved: Callable[..., Any]) -> None:
    text = f"{HEAD}P = {{'max_new_tokens': 4}}\n{SHARED}{SHARED.replace('P}', 'load(P)}')}"
    done = moved(text)
    assert done.main == text


def test_what_is_not_seen_is_told_once(moved: Callable[..., Any]) -> None:
    said = moved(f"{HEAD}{SHARED.replace('P}', 'load()}')}").says("manual")
    assert "cannot be seen" in said
    assert "max_tokens" not in said


@pytest.mark.parametrize("keys", ["sorted(found)", "enumerate(found)", "list(found)"])
def test_answers_in_a_dict_by_sorted_keys(keys: str, moved: Callable[..., Any]) -> None:
    ask = "requests.post('http://tgi/generate', json={'inputs': 'x', 'parameters': {'max_new_tokens': 4}}).json()"
    text = f"{HEAD}found = {{}}\nfound[1] = {ask}\nprint({keys}, len(found))\nprint(found[1]['generated_text'])\n"
    assert "print(found[1]['choices'][0]['text'])" in moved(text).main


@pytest.mark.parametrize(
    ("line", "after"),
    [("p.pop('truncate')", "p.pop('truncate_prompt_tokens')"), ("p.pop('seed', None)", "p.pop('seed', None)"), ("p.pop('top_k')", ""), ("p.pop('max_new_tokens')", ""), ("p.pop(key)", "")],
)  # fmt: skip
def test_parameter_that_is_taken_out(line: str, after: str, moved: Callable[..., Any]) -> None:
    text = (
        f"{HEAD}p = {{'max_new_tokens': 4, 'seed': 1, 'truncate': 9, 'top_k': 2}}\n{line}\n{SHARED.replace('P}', 'p}')}"
    )
    done = moved(text)
    assert (f"\n{after}\n" in done.main) if after else (done.main == text)
    assert (".pop() cannot be followed" in done.says("manual")) is not bool(after)


def test_attributes_that_are_set_together(moved: Callable[..., Any]) -> None:
    text = f"{HEAD}class Llm:\n    def __init__(self, host, n):\n        self.url, self.n = host, n\n\n    def ask(self, q):\n        return requests.post(f'{{self.url}}/generate', json={{'inputs': q, 'parameters': {{'max_new_tokens': self.n}}}}).json()['generated_text']\n\n\nLlm('http://localhost:8080', 4).ask('x')\n"
    assert "{self.url}/v1/completions" in moved(text).main


SETTINGS = "P = {'max_new_tokens': 4, 'seed': 1}\n"
FAR = "import requests\nfrom settings import P\n\n\ndef ask(q, **more):\n    p = MADE\n    LINE\n    return requests.post('http://tgi/generate', json={'inputs': q, 'parameters': p}).json()['generated_text']\n\n\nask('x', max_new_tokens=5, top_k=3)\n"


@pytest.mark.parametrize("made", ["P.copy()", "dict(P)"])
def test_copy_of_another_files_dict(made: str, moved: Callable[..., Any]) -> None:
    text = FAR.replace("MADE", made).replace("LINE", "p.update(more)\n    p['seed'] = 2")
    done = moved({"main.py": text, "settings.py": SETTINGS})
    assert done.says("manual") == ""
    assert done.files["settings.py"] == "P = {'max_tokens': 4, 'seed': 1, 'temperature': 0}\n"
    assert "p.update(more)\n    p['seed'] = 2\n" in done.main
    assert done.main.endswith("ask('x', max_tokens=5, top_k=3, temperature=1.0)\n")


@pytest.mark.parametrize(
    ("made", "line"), [("P", "p['max_new_tokens'] = 5"), ("P", "p.update(more)"), ("P", "P.setdefault('seed', 3)")]
)
def test_dict_of_another_file_that_is_changed_here(made: str, line: str, moved: Callable[..., Any]) -> None:
    text = FAR.replace("MADE", made).replace("LINE", line)
    done = moved({"main.py": text, "settings.py": SETTINGS})
    assert (done.main, done.files["settings.py"]) == (text, SETTINGS)
    assert "another file" in done.says("manual")


def test_body_of_a_function_that_two_callers_ask(moved: Callable[..., Any]) -> None:
    text = f"{HEAD}def make(q, **more):\n    return {{'inputs': q, 'parameters': {{'max_new_tokens': 4, **more}}}}\n\n\ndef send(b):\n    {SEND}\n\nsend(make('x'))\nsend(make('y', top_k=3))\n"
    done = moved(text)
    assert done.says("manual") == ""
    assert done.main.endswith("send(make('x'))\nsend(make('y', top_k=3, temperature=1.0))\n")
