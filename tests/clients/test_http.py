"""Programs that speak HTTP to TGI: what is rewritten."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

POST = 'requests.post("http://localhost:8080/generate", json={})'


def program(body: str, read: str = 'r.json()["generated_text"]') -> str:
    return f'import requests\n\nr = requests.post("http://localhost:8080/generate", json={body})\nprint({read})\n'


@pytest.mark.parametrize(
    ("body", "after"),
    [
        ('{"inputs": "x", "parameters": {"max_new_tokens": 5}}', '{"prompt": "x", "max_tokens": 5, "temperature": 0}'),
        ("{'inputs': x, 'parameters': {'max_new_tokens': 5}}", "{'prompt': x, 'max_tokens': 5, 'temperature': 0}"),
        (
            'dict(inputs="x", parameters=dict(max_new_tokens=5, top_p=0.5))',
            'dict(prompt="x", max_tokens=5, top_p=0.5, temperature=1.0)',
        ),
        (
            '{"inputs": "x", "parameters": {"max_new_tokens": 5, "do_sample": flag}}',
            '{"prompt": "x", "max_tokens": 5, "temperature": (1.0 if flag else 0)}',
        ),
        (
            '{"inputs": "x", "parameters": {"max_new_tokens": 5, "temperature": t}}',
            '{"prompt": "x", "max_tokens": 5, "temperature": (0 if t in (None, 1.0) else t)}',
        ),
    ],
    ids=["inline", "single-quotes", "dict-call", "sampling-decided-at-run-time", "temperature-at-run-time"],
)
def test_body(body: str, after: str, moved: Callable[..., Any]) -> None:
    assert f"json={after})" in moved(program(body)).main


def test_comments_and_lines_stay(moved: Callable[..., Any]) -> None:
    body = '{\n    "inputs": "x",\n'
    body += '    "parameters": {\n        "max_new_tokens": 5,  # short\n        "seed": 1,\n    },\n}'
    after = '{\n    "prompt": "x",\n    "max_tokens": 5,  # short\n    "seed": 1,\n    "temperature": 0,\n}'
    assert f"json={after})" in moved(program(body)).main


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_bytes_outside_the_edits_stay(newline: str, moved: Callable[..., Any]) -> None:
    text = "\f# é \U0001f600 first\n" + program('{"inputs": "é", "parameters": {"max_new_tokens": 5}}') + "\n\n\t\n"
    before = text.replace("\n", newline)
    after = moved(before).main
    assert after.startswith(f"\f# é \U0001f600 first{newline}import requests{newline}")
    assert after.endswith(f"{newline}{newline}\t{newline}")
    assert after.count("\r") == before.count("\r")


def test_shared_parameters_are_changed_where_they_stand(moved: Callable[..., Any]) -> None:
    text = 'P = {"max_new_tokens": 5}\n' + program('{"inputs": "x", "parameters": P}')
    after = moved(text).main
    assert 'P = {"max_tokens": 5, "temperature": 0}\n' in after
    assert 'json={"prompt": "x", **P}' in after


@pytest.mark.parametrize(
    ("test", "after"),
    [
        ("r.status_code == 422", "r.status_code == 400"),
        ("r.status_code == 429", "r.status_code in (429, 503)"),
        ("r.status_code != 429", "r.status_code not in (429, 503)"),
        ("r.status_code in (422, 500)", "r.status_code in (422, 400, 500)"),
        ("r.status_code == 200", "r.status_code == 200"),
    ],
)
def test_status(test: str, after: str, moved: Callable[..., Any]) -> None:
    text = program('{"inputs": "x", "parameters": {"max_new_tokens": 5}}') + f"if {test}:\n    print()\n"
    assert f"if {after}:" in moved(text).main


@pytest.mark.parametrize(
    ("source", "limit"), [("2.0.4", '"max_tokens": 100'), ("1.0.3", '"max_tokens": 20')], ids=["2.0", "1.0"]
)
def test_limit_of_older_versions_is_written_out(source: str, limit: str, moved: Callable[..., Any]) -> None:
    assert limit in moved(program('{"inputs": "x", "parameters": {}}'), source).main


def test_limit_of_the_launch_is_written_out(moved: Callable[..., Any]) -> None:
    launch = "text-generation-launcher --model-id m --max-total-tokens 2048\n"
    done = moved({"run.sh": launch, "main.py": program('{"inputs": "x"}')})
    assert 'json={"prompt": "x", "temperature": 1.0, "max_tokens": 2048}' in done.main


ANSWER_ELSEWHERE = """import requests


def ask(prompt):
    return requests.post(f"{BASE}/generate", json={"inputs": prompt, "parameters": {"max_new_tokens": 5}}).json()


BASE = "http://tgi"
"""


def test_answers_are_followed_into_other_modules(moved: Callable[..., Any]) -> None:
    done = moved({"llm.py": ANSWER_ELSEWHERE, "main.py": 'from llm import ask\n\nprint(ask("x")["generated_text"])\n'})
    assert 'ask("x")["choices"][0]["text"]' in done.main
    assert 'f"{BASE}/v1/completions"' in done.files["llm.py"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (ANSWER_ELSEWHERE, "cannot be followed|handed on"),
        (program('{"inputs": "x", "parameters": {"max_new_tokens": 5}}', "r.json()"), "handed on"),
        (program('{"inputs": "x", "parameters": {"max_new_tokens": 5, "best_of": 3}}'), "best_of"),
        (program('{"inputs": "x", "parameters": {"max_new_tokens": 5, "unheard_of": 3}}'), "unheard_of"),
        (program('{"inputs": "x", "parameters": {"temperature": 0.5}}'), "max_tokens"),
        (program('{"inputs": "x", "parameters": load()}'), "parameters"),
        (
            'b = {"inputs": "x", "parameters": {"max_new_tokens": 5}}\nb["parameters"]["watermark"] = True\n'
            + program("b"),
            "changed or read",
        ),
        (program('{"inputs": "x", "parameters": {"max_new_tokens": 5}}', 'r.json()["details"]["seed"]'), "seed"),
    ],
    ids=[
        "nobody-reads-the-answer",
        "answer-printed-whole",
        "best-of",
        "unknown-parameter",
        "no-limit",
        "parameters-from-elsewhere",
        "body-changed-later",
        "no-counterpart",
    ],
)
def test_left_to_a_person(text: str, reason: str, moved: Callable[..., Any]) -> None:
    done = moved(text)
    assert done.main == text
    assert any(part in done.says("manual") for part in reason.split("|"))


def test_python_that_does_not_parse_is_reported(moved: Callable[..., Any]) -> None:
    done = moved(
        {
            "old.py": 'print "x"  # generated_text\n',
            "main.py": program('{"inputs": "x", "parameters": {"max_new_tokens": 1}}'),
        }
    )
    assert [one.path for one in done.found.skipped] == ["old.py"]
    assert "/v1/completions" in done.main


def test_keys_set_later_are_renamed(moved: Callable[..., Any]) -> None:
    text = 'P = {"seed": 1}\nP["max_new_tokens"] = 5\nif stop:\n    P["stop"] = stop\n'
    after = moved(text + program('{"inputs": "x", "parameters": P}')).main
    assert 'P = {"seed": 1, "include_stop_str_in_output": True, "temperature": 0}\nP["max_tokens"] = 5\n' in after


def test_address_from_a_function_and_a_class(moved: Callable[..., Any]) -> None:
    text = 'class C:\n    PATH = "/generate"\n\n\ndef url():\n    return f"http://tgi{C.PATH}"\n\n\n'
    after = moved(
        text
        + program('{"inputs": "x", "parameters": {"max_new_tokens": 5}}').replace(
            '"http://localhost:8080/generate"', "url()"
        )
    ).main
    assert '    PATH = "/v1/completions"\n' in after


def test_path_that_cannot_be_seen(moved: Callable[..., Any]) -> None:
    text = program('{"inputs": "x", "parameters": {"max_new_tokens": 5}}').replace("/generate", '" + path + "')
    done = moved("def send(path):\n    " + text.replace("\n", "\n    ") + "\n")
    assert "cannot be seen" in done.says("manual")


def test_list_of_the_root_is_an_object_now(moved: Callable[..., Any]) -> None:
    body = '{"inputs": "x", "parameters": {"max_new_tokens": 5, "return_full_text": False}}'
    text = program(body, "d[0]['generated_text'] if isinstance(d, list) else d").replace("8080/generate", "8080/")
    text = text.replace("print(", "d = r.json()\nif isinstance(d, list):\n    d = d[0]\nprint(").replace(
        "d[0]['generated_text'] if isinstance(d, list) else d", "d['generated_text']"
    )
    after = moved(text).main
    assert "if isinstance(d, dict):\n    d = d\nprint(d['choices'][0]['text'])" in after


@pytest.mark.parametrize(
    "line",
    ["x = x.strip()", "x = x.a.b(x)", "x = f(x)\n    x = g(x) or x", "x: X = x"],
    ids=["method", "chain", "twice", "annotated"],
)
def test_names_that_stand_for_themselves(line: str, moved: Callable[..., Any]) -> None:
    text = f"def ask(x):\n    {line}\n    return requests.post(x + '/generate', json=BODY)\n"
    text = text.replace("BODY", "{'inputs': x, 'parameters': {}}")
    assert moved("import requests\n\n\n" + text + "\n\nask(y)  # generated_text\n").found.skipped == ()
