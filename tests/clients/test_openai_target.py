"""Which server a client of the OpenAI SDK talks to, and under which name."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from migrate.clients import read
from migrate.places import elsewhere
from migrate.repository import Repository
from migrate.source import Edit, Span
from migrate.touchpoints import Launch, Plan, Word

RUN = "text-generation-launcher --model-id m --port 8080\n"
ASK = "chat.completions.create(model={}, messages=m, n=2)\n"


def nothing(plan: Plan) -> list[Edit]:
    return []


def host(port: str) -> Launch:
    word = [Word(one, "run.sh", Span(0, 0), one, "shell") for one in ("--port", port)]
    return Launch("run.sh", "launcher", "host", Span(0, 1), nothing, arguments=tuple(word))


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ('OpenAI(base_url="http://localhost:8080/v1").', '"m"'),
        ('OpenAI(base_url="http://localhost:8080/v1").', "unknown"),
        ("OpenAI(base_url=os.environ['URL']).", '"m"'),
        ("OpenAI(base_url=os.getenv('URL') + '/v1').", "name()"),
        ("OpenAI().", '"m"'),
    ],
    ids=["other-name", "name-from-elsewhere", "variable", "variable-and-more", "variable-of-the-library"],
)
def test_fields_are_settled_where_the_address_is_tgis(head: str, name: str, moved: Callable[..., Any]) -> None:
    program = f"import os\n\nfrom openai import OpenAI\n\n{head}{ASK.format(name)}"
    env = "URL=http://localhost:8080\nOPENAI_BASE_URL=http://localhost:8080/v1\n"
    done = moved({"run.sh": RUN, ".env": env, "main.py": program})
    assert done.main == program.replace(", n=2", "")


def test_a_name_that_cannot_be_seen_is_told(moved: Callable[..., Any]) -> None:
    program = 'from openai import OpenAI\n\nclient = OpenAI(base_url="http://localhost:8080/v1")\nclient.' + ASK
    told = moved({"run.sh": RUN, "main.py": program.format("name()")})
    assert "--served-model-name" in told.says("review")
    listed = moved({"run.sh": RUN, "main.py": program.format("client.models.list().data[0].id")})
    assert "--served-model-name" not in listed.says("review")


@pytest.mark.parametrize(
    ("files", "name"),
    [
        ({"compose.yaml": "services:\n  app:\n    environment:\n      MODEL: house\n"}, "os.environ['MODEL']"),
        ({"compose.yaml": "services:\n  app:\n    environment: {MODEL: house}\n"}, "os.getenv('MODEL')"),
        ({"k8s.yaml": "env:\n  - name: MODEL\n    value: house\n"}, "os.environ.get('MODEL', 'house')"),
        ({".env": "MODEL='house'  # ours\n"}, "os.environ['MODEL']"),
        ({".env.example": "MODEL=house\n"}, "os.environ['MODEL']"),
        ({".env": "MODEL=house\n", ".env.example": "MODEL=yours\n"}, "os.environ['MODEL']"),
        ({"app.sh": "docker run -e MODEL=house app\n"}, "os.environ['MODEL']"),
        ({"Dockerfile": "FROM python\nENV MODEL=house\n"}, "os.environ['MODEL']"),
        ({"app.sh": "export MODEL=${MODEL:-house}\n"}, "os.environ['MODEL']"),
        ({"c.yaml": "llm:\n  model: house\n"}, "yaml.safe_load(open('c.yaml'))['llm']['model']"),
        ({"c.json": '{"model": "house"}'}, "json.loads(Path('c.json').read_text()).get('model')"),
        ({"c.toml": 'model = "house"\n'}, "tomllib.load(open('c.toml', 'rb'))['model']"),
    ],
)
def test_names_that_stand_in_other_files(files: dict[str, str], name: str) -> None:
    program = (
        "import json, os, tomllib\nfrom pathlib import Path\n\nimport yaml\nfrom openai import OpenAI\n\n"
        f'OpenAI(base_url="http://localhost:8080/v1").{ASK.format(name)}'
    )
    found = read(Repository.of({"run.sh": RUN, "main.py": program, **files}))
    assert [one.name for one in found.names] == ["house"]


@pytest.mark.parametrize(
    ("files", "name"),
    [
        ({".env": "MODEL=$OTHER\n"}, "os.environ['MODEL']"),
        ({".env": "OTHER=house\n"}, "os.environ['MODEL']"),
        ({"c.yaml": "llm:\n  model: [\n"}, "yaml.safe_load(open('c.yaml'))['llm']['model']"),
        ({"c.yaml": "llm: {}\n"}, "yaml.safe_load(open('c.yaml'))['llm']['model']"),
    ],
    ids=["expression", "another", "no-yaml", "no-such-key"],
)
def test_names_that_no_file_tells(files: dict[str, str], name: str) -> None:
    program = (
        f'import os, yaml\nfrom openai import OpenAI\n\nOpenAI(base_url="http://localhost:8080/v1").{ASK.format(name)}'
    )
    assert read(Repository.of({"run.sh": RUN, "main.py": program, **files})).names == ()


@pytest.mark.parametrize(
    ("address", "ports", "other"),
    [
        ("http://localhost:11434/v1", ["8080"], True),
        ("http://localhost:8080/v1", ["8080"], False),
        ("http://localhost:11434/v1", ["8080", "$PORT"], False),
        ("http://localhost/v1", ["8080"], False),
        ("http://gpu-box:11434/v1", ["8080"], False),
        ("http://localhost:11434/v1", [], False),
    ],
    ids=["other-port", "this-port", "unknown-port", "no-port", "other-machine", "no-launch"],
)
def test_another_server_of_this_machine(address: str, ports: list[str], other: bool) -> None:
    assert elsewhere(address, [host(port) for port in ports]) is other


@pytest.mark.parametrize("address", ["http://localhost:11434/v1", "http://ollama:11434/v1"])
def test_programs_of_another_server_are_left_alone(address: str) -> None:
    compose = "services:\n  tgi:\n    image: x\n  ollama:\n    image: y\n"
    launch = Launch("compose.yaml", "compose", "container", Span(0, 1), nothing, 'ports: ["8080:80"]', name="tgi")
    program = f'from openai import OpenAI\n\nOpenAI(base_url="{address}").{ASK.format("name")}'
    files = {"run.sh": RUN, "compose.yaml": compose, "main.py": program}
    found = read(Repository.of(files), launches=(launch,))
    assert (found.findings, found.names) == ((), ())


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (
            '@click.option("--model", default="house")\n@click.option("--url", default="http://localhost:8080/v1")\ndef main(url, model):',
            "model",
        ),
        ('def main(url="http://localhost:8080/v1", model: str = typer.Option("house")):', "model"),
        ('def main(url=os.getenv("URL", "http://localhost:8080/v1"), model="house"):', "model"),
    ],
    ids=["click", "typer", "default"],
)
def test_options_of_a_command(head: str, name: str, moved: Callable[..., Any]) -> None:
    program = (
        f"import click, os, typer\nfrom openai import OpenAI\n\n\n{head}\n    OpenAI(base_url=url).{ASK.format(name)}"
    )
    done = moved({"run.sh": RUN, "main.py": program})
    assert done.main == program.replace(", n=2", "")
    assert [one.name for one in done.found.names] == ["house"]


@pytest.mark.parametrize("read", ["config['llm']['model']", "config.get('llm', 'model')"])
def test_names_in_ini_files(read: str, moved: Callable[..., Any]) -> None:
    program = (
        "import configparser\nfrom openai import OpenAI\n\nconfig = configparser.ConfigParser()\nconfig.read('a.ini')\n"
        f"OpenAI(base_url='http://localhost:8080/v1').{ASK.format(read)}"
    )
    done = moved({"run.sh": RUN, "a.ini": "[llm]\nmodel = house\n", "main.py": program})
    assert [one.name for one in done.found.names] == ["house"]


def test_the_address_of_a_client_in_a_dict(moved: Callable[..., Any]) -> None:
    program = "from openai import OpenAI\n\nC = {'base_url': 'http://localhost:8080/v1'}\nOpenAI(**C)." + ASK.format(
        "'m'"
    )
    assert moved({"run.sh": RUN, "main.py": program}).main == program.replace(", n=2", "")


def test_a_program_that_chooses_between_engines_is_left_alone(moved: Callable[..., Any]) -> None:
    program = (
        'from openai import OpenAI\n\nENGINES = {"tgi": {"url": "http://localhost:8080/v1", "model": "tgi"}, '
        '"vllm": {"url": "http://localhost:8000/v1", "model": "m"}}\n\n\ndef ask(engine):\n'
        '    chosen = ENGINES[engine]\n    return OpenAI(base_url=chosen["url"]).' + ASK.format('chosen["model"]')
    )
    assert moved(program).main == program


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ('MODELS = {"fast": "small", "good": "large"}\n\n\ndef main(which):', "MODELS[which]"),
        ('class Which(Enum):\n    FAST = "small"\n    GOOD = "large"\n\n\ndef main(which: Which):', "which.value"),
    ],
    ids=["table", "enumeration"],
)
def test_several_names(head: str, name: str) -> None:
    program = f'from enum import Enum\n\nfrom openai import OpenAI\n\n{head}\n    OpenAI(base_url="http://localhost:8080/v1").{ASK.format(name)}'
    found = read(Repository.of({"run.sh": RUN, "main.py": program}))
    assert [one.name for one in found.names] == ["small", "large"]
    elsewhere = program.replace("localhost:8080", "models.example.com")
    assert read(Repository.of({"run.sh": RUN, "main.py": elsewhere})).names == ()
