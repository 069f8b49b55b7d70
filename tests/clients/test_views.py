"""Helpers that send whatever they are given: each caller's path, body and answer go together."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

HELPER = """import requests

TGI = "http://tgi"


def call(path, body):
    r = requests.post(f"{TGI}/{path}", json=body)
    r.raise_for_status()
    return r.json()


"""
ONE = 'print(call("generate", {"inputs": "x", "parameters": {"max_new_tokens": 5}})["generated_text"])\n'
MOVED = 'print(call("v1/completions", {"prompt": "x", "max_tokens": 5, "temperature": 0})["choices"][0]["text"])\n'
COUNT = 'print(len(call("tokenize", {"inputs": "x"})))\n'


def test_each_caller_is_moved_by_itself(moved: Callable[..., Any]) -> None:
    done = moved(HELPER + ONE + COUNT)
    assert done.says("manual") == ""
    assert done.main == HELPER + MOVED + 'print(len(call("tokenize", {"prompt": "x"})["tokens"]))\n'


def test_other_routes_of_the_helper_stay(moved: Callable[..., Any]) -> None:
    other = 'print(call("jobs", {"inputs": "x"})["state"])\n'
    assert moved(HELPER + ONE + other).main == HELPER + MOVED + other


def test_caller_that_stays_holds_back_those_of_its_path(moved: Callable[..., Any]) -> None:
    stays = ONE.replace("5}", '5, "best_of": 2}')
    done = moved(HELPER + ONE + stays + COUNT)
    assert ONE in done.main or MOVED in done.main
    assert stays in done.main
    assert "best_of" in done.says("manual")


def test_change_inside_of_the_helper_must_fit_all_callers(moved: Callable[..., Any]) -> None:
    helper = HELPER.replace("    r.raise_for_status()\n", "    if r.status_code == 422:\n        raise ValueError\n")
    both = helper + ONE + ONE
    assert "r.status_code == 400" in moved(both).main
    mixed = helper + ONE + 'print(call("jobs", {"inputs": "x"})["state"])\n'
    done = moved(mixed)
    assert done.main == mixed
    assert "shared with calls that stay" in done.says("manual")


def test_helpers_of_helpers(moved: Callable[..., Any]) -> None:
    outer = "def send(name, body):\n    return call(name, body)\n\n\n"
    done = moved(HELPER + outer + ONE.replace("call(", "send(") + COUNT.replace("call(", "send("))
    assert MOVED.replace("call(", "send(") in done.main
    assert done.says("manual") == ""


def test_helper_in_a_class_of_another_module(moved: Callable[..., Any]) -> None:
    api = "import requests\n\n\nclass Api:\n    def __init__(self, url):\n        self.url = url\n\n    def post(self, path, **options):\n        return requests.post(self.url + path, timeout=3, **options).json()\n"
    main = 'from lib.api import Api\n\napi = Api("http://tgi")\nbody = {"inputs": "x", "parameters": {"max_new_tokens": 5}}\nprint(api.post("/generate", json=body)["generated_text"])\n'
    done = moved({"lib/__init__.py": "", "lib/api.py": api, "main.py": main})
    assert done.files["lib/api.py"] == api
    assert done.main == main  # what goes through `**options` is not a body that is seen


def test_function_chosen_at_run_time_is_told(moved: Callable[..., Any]) -> None:
    text = 'import requests\n\nBODY = 1\nr = getattr(requests, verb)("http://tgi/generate", json={"inputs": "x", "parameters": {}})\n'
    done = moved(text)
    assert done.main == text
    assert "getattr" in done.says("manual")


def test_names_that_a_package_hands_on(moved: Callable[..., Any]) -> None:
    files = {
        "app/config.py": 'class Config:\n    URL = "http://tgi"\n',
        "app/llm/__init__.py": "from .client import ask\n",
        "app/llm/client.py": "import requests\n\nfrom ..config import Config\n\n\ndef ask(q):\n    return requests.post(Config.URL + '/generate', json={'inputs': q, 'parameters': {'max_new_tokens': 5}}).json()\n",
        "main.py": "from app.llm import ask\n\nprint(ask('x')['generated_text'])\n",
    }
    assert moved(files).main == "from app.llm import ask\n\nprint(ask('x')['choices'][0]['text'])\n"
