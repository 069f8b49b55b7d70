"""Values that come from base classes, subclasses, enumerations and `import *`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

BASE = """import requests


class Base:
    route = "/"

    def __init__(self, url):
        self.url = url

    def send(self, prompt):
        body = {"inputs": prompt, "parameters": {"max_new_tokens": 5}}
        return requests.post(self.url + self.route, json=body).json()["generated_text"]
"""


@pytest.mark.parametrize(
    "heir",
    [
        'class Tgi(Base):\n    route = "/generate"\n\n\nprint(Tgi("http://tgi").send("x"))\n',
        'class Tgi(Base):\n    route = "/generate"\n\n    def __init__(self):\n        super().__init__("http://tgi")\n',
        'class Tgi(Base):\n    @property\n    def route(self):\n        return "/generate"\n\n\nTgi("http://tgi")\n',
    ],
    ids=["attribute", "super", "property"],
)
def test_a_subclass_tells_the_path(heir: str, moved: Callable[..., Any]) -> None:
    done = moved({"base.py": BASE, "main.py": f"from base import Base\n\n\n{heir}"}).files
    assert '"/v1/completions"' in done["main.py"]
    assert '["choices"][0]["text"]' in done["base.py"]


def test_two_subclasses_of_one_base_are_left(moved: Callable[..., Any]) -> None:
    heirs = (
        'class A(Base):\n    route = "/generate"\n\n\nclass Other(Base):\n    route = "/report"\n\n\nA("http://tgi")\n'
    )
    files = {"base.py": BASE, "main.py": f"from base import Base\n\n\n{heirs}"}
    assert moved(files).files == files


def test_a_method_of_a_base_class_is_found(moved: Callable[..., Any]) -> None:
    base = "class Base:\n    def body(self, p):\n        return {'inputs': p, 'parameters': {'max_new_tokens': 5}}\n"
    main = (
        "import requests\nfrom base import Base\n\n\nclass Tgi(Base):\n    def ask(self, p):\n"
        "        return requests.post('http://tgi/generate', json=self.body(p)).json()['generated_text']\n"
    )
    done = moved({"base.py": base, "main.py": main}).files
    assert "'prompt': p, 'max_tokens': 5" in done["base.py"]


def test_a_constant_of_an_enumeration(moved: Callable[..., Any]) -> None:
    text = (
        'import enum\nimport requests\n\n\nclass Route(str, enum.Enum):\n    ASK = "/generate"\n    W = "/health"\n\n'
        'r = requests.post("http://tgi" + Route.ASK.value, json={"inputs": "x", "parameters": {"max_new_tokens": 5}})\n'
        'print(r.json()["generated_text"])\n'
    )
    done = moved(text).main
    assert 'ASK = "/v1/completions"\n    W = "/health"' in done


def test_names_that_a_star_brings(moved: Callable[..., Any]) -> None:
    main = (
        "import requests\nfrom .settings import *\n\n\ndef ask(p):\n"
        '    return requests.post(URL, json={"inputs": p, "parameters": LIMITS}).json()["generated_text"]\n'
    )
    settings = 'URL = "http://tgi/generate"\nLIMITS = {"max_new_tokens": 5}\n'
    done = moved({"a/__init__.py": "", "a/settings.py": settings, "a/main.py": main}).files
    assert done["a/settings.py"] == 'URL = "http://tgi/v1/completions"\nLIMITS = {"max_tokens": 5, "temperature": 0}\n'
