"""Tests that play TGI are told and stay; other tests are not told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

HTTP = (
    'import requests\n\n\ndef ask(p):\n    r = requests.post("http://tgi/generate", '
    'json={"inputs": p, "parameters": {"max_new_tokens": 5}})\n    return r.json()["generated_text"]\n'
)
SDK = (
    'from text_generation import Client\n\nclient = Client("http://tgi")\n\n\n'
    "def ask(p):\n    return client.generate(p).generated_text\n"
)


def told(test: str, moved: Callable[..., Any], path: str = "tests/test_llm.py", program: str = HTTP) -> list[str]:
    done = moved({"llm.py": program, path: test})
    assert done.files[path] == test
    assert done.files["llm.py"] != program
    found = [one for one in done.found.findings if one.path == path]
    assert {(one.rule, one.safety.value) for one in found} <= {("client/test-data", "manual")}
    return [one.message for one in found]


@pytest.mark.parametrize(
    ("test", "says"),
    [
        ('import llm\n\nfake = {"generated_text": "x"}\n', "answer"),
        ('import llm\n\nfake = SimpleNamespace(generated_text="x")\n', "answer"),
        ('import llm\n\nfake = Mock()\nfake.generated_text = "x"\n', "answer"),
        ('import llm\n\nfake = \'{"generated_text": "x"}\'\n', "answer"),
        ('import llm\n\nresponses.add(responses.POST, "http://tgi/generate")\n', "route"),
        ('import llm\n\ndef handler(request):\n    assert request.url.path == "/generate_stream"\n', "route"),
        ('import llm\n\nassert post.call_args.kwargs["json"]["inputs"] == "x"\n', "body"),
        ('with patch("llm.requests.post") as post:\n    post().json.return_value = {"generated_text": 1}\n', "answer"),
    ],
    ids=["dict", "keyword", "attribute", "json", "url", "path", "body", "patched by name"],
)
def test_what_a_test_plays(test: str, says: str, moved: Callable[..., Any]) -> None:
    (message,) = told(test, moved)
    assert says in message
    assert "llm.py" in message


def test_a_method_that_a_test_replaces(moved: Callable[..., Any]) -> None:
    (message,) = told('import llm\n\npatch("llm.client.generate")\n', moved, program=SDK)
    assert "OpenAI SDK" in message


@pytest.mark.parametrize(
    "line", ['fake.text_generation.return_value = "x"', 'fake.text_generation.assert_called_once_with("x")']
)
def test_a_method_of_a_mock(line: str, moved: Callable[..., Any]) -> None:
    (message,) = told(f"import llm\n\nfake = MagicMock()\n{line}\n", moved, program=SDK)
    assert "OpenAI SDK" in message


def test_a_method_that_others_have_too(moved: Callable[..., Any]) -> None:
    assert told('import llm\n\nfake = MagicMock()\nfake.generate.return_value = "x"\n', moved, program=SDK) == []


def test_a_module_between(moved: Callable[..., Any]) -> None:
    files = {
        "llm.py": HTTP,
        "app.py": "from llm import ask\n",
        "test_app.py": 'import app\n\nD = {"generated_text": 1}\n',
    }
    assert "plays TGI's answer" in moved(files).says("manual")


@pytest.mark.parametrize(
    ("path", "test"),
    [
        ("tests/test_llm.py", "import llm\n\nassert llm.ask('x') == 'y'\n"),
        ("tests/test_llm.py", 'import other\n\nfake = {"generated_text": "x"}\n'),
        ("tests/test_llm.py", 'import llm\n\npost("http://a/generate/report", data["parameter"])\n'),
        ("fake.py", 'import llm\n\nfake = {"generated_text": "x"}\n'),
    ],
    ids=["nothing of TGI", "another program", "another route", "no test"],
)
def test_not_told(path: str, test: str, moved: Callable[..., Any]) -> None:
    assert told(test, moved, path) == []


def test_nothing_is_told_where_nothing_is_written(moved: Callable[..., Any]) -> None:
    program = HTTP.replace('"max_new_tokens": 5', '"max_new_tokens": 5, "watermark": True')
    done = moved({"llm.py": program, "test_llm.py": 'import llm\n\nfake = {"generated_text": "x"}\n'})
    assert "client/test-data" not in {one.rule for one in done.found.findings}


OWN = 'import llm\n\n\n@app.post("/generate")\ndef generate(body):\n    return {"generated_text": llm.ask(body)}\n'


@pytest.mark.parametrize(
    ("test", "count"),
    [
        ('import app\n\nmonkeypatch.setattr("app.generate", fake)\n', 0),
        ('import app\n\nassert client.post("/generate", json={"prompt": "x"}).json() == {"generated_text": "y"}\n', 0),
        ('import app\n\nmonkeypatch.setattr("llm.client.generate", fake)\n', 1),
        ('import app\n\nresponses.post("http://tgi/generate", json={"generated_text": "y"})\n', 2),
    ],
    ids=["own function", "own route", "the client's method", "TGI's route and answer"],
)
def test_what_the_repository_serves_itself(test: str, count: int, moved: Callable[..., Any]) -> None:
    done = moved({"llm.py": HTTP, "app.py": OWN, "tests/test_app.py": test})
    assert [one.path for one in done.found.findings].count("tests/test_app.py") == count
