"""Under which names and through which hands a program calls the OpenAI SDK."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

RUN = "text-generation-launcher --model-id m --port 8080\n"
HEAD = 'from openai import OpenAI\n\nclient = OpenAI(base_url="http://localhost:8080/v1", api_key="-")\n'
ADDED = ', extra_body={"include_stop_str_in_output": True}'


def started(program: str) -> dict[str, str]:
    return {"run.sh": RUN, "main.py": program}


@pytest.mark.parametrize(
    "use",
    [
        'create = client.chat.completions.create\ncreate(model="tgi", stop=s{})\n',
        'chat = client.chat\nchat.completions.create(model="tgi", stop=s{})\n',
        'class A:\n    def __init__(self):\n        self.send = client.chat.completions.create\n\n    def ask(self):\n        return self.send(model="tgi", stop=s{})\n',
        'import functools\n\nask = functools.partial(client.chat.completions.create, model="tgi", stop=s{})\nask(messages=m)\n',
        'pool.submit(client.chat.completions.create, model="tgi", stop=s{})\n',
        'retry(client.chat.completions.create)(model="tgi", stop=s{})\n',
        'import instructor\n\nwith_schema = instructor.from_openai(client)\nwith_schema.chat.completions.create(model="tgi", stop=s{})\n',
        'import instructor\n\nwith_schema = instructor.patch(client=client)\nwith_schema.chat.completions.create(model="tgi", stop=s{})\n',
    ],
    ids=["bound", "namespace", "member", "partial", "pool", "decorated", "wrapped", "wrapped-by-keyword"],
)
def test_ways_to_a_call(use: str, moved: Callable[..., Any]) -> None:
    assert moved(started(HEAD + use.format(""))).main == HEAD + use.format(ADDED)


def test_a_call_of_a_partial_adds_to_it(moved: Callable[..., Any]) -> None:
    program = (
        'from functools import partial\n\nask = partial(client.chat.completions.create{})\nask(model="tgi", stop=s{})\n'
    )
    assert moved(started(HEAD + program.format("", ", n=2"))).main == HEAD + program.format(ADDED, "")


@pytest.mark.parametrize("base", ["OpenAI", "openai.OpenAI"])
def test_classes_of_the_repository_that_are_clients(base: str, moved: Callable[..., Any]) -> None:
    program = (
        f"import openai\nfrom openai import OpenAI\n\n\nclass Ours({base}):\n"
        '    def __init__(self):\n        super().__init__(base_url="http://localhost:8080/v1")\n\n'
        '    def ask(self):\n        return self.chat.completions.create(model="m", n=2)\n\n\n'
        'Ours().chat.completions.create(model="m", n=3)\n'
    )
    after = program.replace(", n=2", "").replace(", n=3", "")
    assert moved(started(program)).main == after


@pytest.mark.parametrize(
    "use",
    [
        'other(client.chat.completions.create)\nother(model="tgi", stop=s)\n',
        'client.embeddings.create(model="tgi", input=x)\n',
        'vectors = client.embeddings\nvectors.create(model="tgi", input=x)\n',
        'client.chat.completions.create(*given, model="tgi", stop=s)\n',
    ],
    ids=["somebody-elses", "embeddings", "embeddings-by-name", "starred"],
)
def test_calls_left_alone(use: str, moved: Callable[..., Any]) -> None:
    assert moved(started(HEAD + use)).main == HEAD + use


@pytest.mark.parametrize(
    ("fields", "after"),
    [
        ('GEN = {"model": "tgi", "n": 2, "stop": s}', 'GEN = {"model": "tgi", "stop": s}'),
        ('GEN = dict(model="tgi", n=2, stop=s)', 'GEN = dict(model="tgi", stop=s)'),
        (
            'BASE = {"n": 2, "stop": s}\nGEN = {**BASE, "model": "tgi"}',
            'BASE = {"stop": s}\nGEN = {**BASE, "model": "tgi"}',
        ),
        ('GEN = {"model": "tgi"}\nGEN["stop"] = s', 'GEN = {"model": "tgi"}\nGEN["stop"] = s'),
        (
            'GEN = {"model": "tgi"}\nif s:\n    GEN.update(stop=s, n=2)',
            'GEN = {"model": "tgi"}\nif s:\n    GEN.update(stop=s)',
        ),
        ('GEN = {"model": "tgi"}\nGEN.setdefault("stop", s)', 'GEN = {"model": "tgi"}\nGEN.setdefault("stop", s)'),
    ],
    ids=["display", "dict", "merged", "set-by-key", "updated", "default"],
)
def test_fields_in_a_dict_with_the_name(fields: str, after: str, moved: Callable[..., Any]) -> None:
    call = "client.chat.completions.create({}**GEN)\n"
    done = moved(started(f"{HEAD}{fields}\n{call.format('')}"))
    assert done.main == f"{HEAD}{after}\n{call.format(ADDED.removeprefix(', ') + ', ')}"


def test_what_callers_pass_on(moved: Callable[..., Any]) -> None:
    program = (
        "def ask(text, **kwargs):\n"
        '    return client.chat.completions.create(model="tgi", messages=m{}, **kwargs)\n\n\n'
        'ask("a"{})\nask(text="b"{}, stop=s)\n'
    )
    done = moved(started(HEAD + program.format("", ", n=2", ", top_k=3")))
    assert done.main == HEAD + program.format(ADDED, "", "")


def test_a_body_by_name_is_settled_where_it_stands(moved: Callable[..., Any]) -> None:
    program = 'BODY = {{"top_k": 3{}}}\nclient.chat.completions.create(model="tgi", stop=s, extra_body=BODY)\n'
    done = moved(started(HEAD + program.format("")))
    assert done.main == HEAD + program.format("").replace('"top_k": 3', '"include_stop_str_in_output": True')


@pytest.mark.parametrize("more", ["**load()", "**more"])
def test_what_cannot_be_seen_is_told(more: str, moved: Callable[..., Any]) -> None:
    done = moved(started(f'{HEAD}client.chat.completions.create(model="tgi", {more})\n'))
    assert "include_stop_str_in_output" in done.says("review")


@pytest.mark.parametrize(
    "made",
    [
        'CLIENTS = {"a": client, "b": other}\nCLIENTS["a"].chat.completions.create(model="m", n=2)\n',
        'CLIENTS = {"a": client, "b": other}\nCLIENTS[name].chat.completions.create(model="m", n=2)\n',
        'CLIENTS = {"a": client, "b": other}\nCLIENTS.get("a").chat.completions.create(model="m", n=2)\n',
        'CLIENTS = {key: client}\nfor one in CLIENTS.values():\n    one.chat.completions.create(model="m", n=2)\n',
        'import itertools\n\npool = itertools.cycle([client])\nnext(pool).chat.completions.create(model="m", n=2)\n',
        'import random\n\nrandom.choice([client]).chat.completions.create(model="m", n=2)\n',
    ],
    ids=["by-key", "by-unknown-key", "get", "values", "cycle", "choice"],
)
def test_clients_in_containers(made: str, moved: Callable[..., Any]) -> None:
    assert moved(started(HEAD + made)).main == HEAD + made.replace(", n=2", "")


@pytest.mark.parametrize("use", ['CLIENTS["b"]', 'CLIENTS.get("b")'])
def test_another_client_in_the_same_dict_is_left_alone(use: str, moved: Callable[..., Any]) -> None:
    program = f'{HEAD}CLIENTS = {{"a": client, "b": other}}\n{use}.chat.completions.create(model="m", n=2)\n'
    assert moved(started(program)).main == program


FAMILY = (
    "from openai import OpenAI\n\n\nclass Base:\n    def __init__(self, url):\n        self.client = OpenAI(base_url=url)\n\n"
    "    def ask(self):\n        return self.client.chat.completions.create(model=self.name{}, **self.options())\n\n"
    "    def options(self):\n        raise NotImplementedError\n\n\n"
)


@pytest.mark.parametrize(
    "heir",
    [
        'class Ours(Base):\n    name = "m"\n\n    def options(self):\n        return {"stop": s}\n\n\nOurs("http://localhost:8080/v1").ask()\n',
        'class Ours(Base):\n    name = "m"\n\n    def __init__(self):\n        super().__init__("http://localhost:8080/v1")\n\n    def options(self):\n        return {"stop": s}\n',
    ],
    ids=["inherited", "own-init"],
)
def test_what_heirs_of_a_class_give(heir: str, moved: Callable[..., Any]) -> None:
    done = moved(started(FAMILY.format("") + heir))
    assert done.main == FAMILY.format(ADDED) + heir
    assert [one.name for one in done.found.names] == ["m"]


def test_a_client_of_a_test_does_not_hide_the_program(moved: Callable[..., Any]) -> None:
    program = 'from openai import OpenAI\n\n\ndef ask(client: OpenAI):\n    return client.chat.completions.create(model="tgi", n=2)\n'
    check = "from unittest.mock import MagicMock\n\nfrom main import ask\n\nask(MagicMock())\n"
    done = moved({**started(program), "test_main.py": check})
    assert done.main == program.replace(", n=2", "")
    assert done.files["test_main.py"] == check


@pytest.mark.parametrize(
    ("owner", "made"),
    [
        ("class A:\n    def __init__(self, api, name):\n        self.api, self.name = api, name\n\n", 'A(client, "m")'),
        (
            "class A:\n    def __init__(self, api, name):\n        self.api = api\n        self.name = name\n\n",
            'A(api=client, name="m")',
        ),
        ("@dataclass\nclass A:\n    api: object\n    name: str = 'm'\n\n", "A(client)"),
        ("@dataclass\nclass A:\n    api: object\n    name: str = 'm'\n\n", "A(api=client)"),
        ("class B:\n    name = 'm'\n\n    def __init__(self):\n        self.api = client\n\n\nclass A(B):\n", "A()"),
    ],
    ids=["tuple", "keywords", "data-class", "data-class-by-name", "inherited"],
)
def test_a_client_that_an_object_holds(owner: str, made: str, moved: Callable[..., Any]) -> None:
    program = f"{HEAD}{owner}    def ask(self):\n        return self.api.chat.completions.create(model=self.name, n=2)\n\n\n{made}.ask()\n"
    assert moved(started(program)).main == program.replace(", n=2", "")


def test_a_client_that_goes_through_partial(moved: Callable[..., Any]) -> None:
    program = (
        "from functools import partial\n\n\ndef ask(text, *, api, name):\n"
        "    return api.chat.completions.create(model=name, n=2)\n\n\n"
        'list(map(partial(ask, api=client, name="m"), texts))\n'
    )
    done = moved(started(HEAD + program))
    assert done.main == HEAD + program.replace(", n=2", "")
    assert [one.name for one in done.found.names] == ["m"]
