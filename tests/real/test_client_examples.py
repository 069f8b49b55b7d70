"""Every example of a client rule runs with the real libraries: before against a stand-in of TGI, after against vLLM.

The stand-in says what the real vLLM's model says, greedily, so that a program prints the same before and after wherever
the rule keeps the answer; where it samples or the rule says that something differs, the kind of the output is the same.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from tests import standins
from tests.real import client_examples as clients
from tests.real.client_examples import Environment, Example, Ran
from tests.real.engine import Server, required, serving
from tests.real.excerpts import REFUSED
from tests.real.recorder import Recorder
from tests.real.tgi_over_vllm import said
from tests.standins.tgi_checks import sampling

pytestmark = pytest.mark.slow

SCHEMA = json.loads((Path(__file__).parents[2] / "fixtures" / "tgi-requests-3.3.7.json").read_text())
EXAMPLES = list(clients.examples())
# What no environment here holds, by the module that a program imports.
TEXT_ONLY = {"sagemaker": "needs an account at a cloud"}
# Parameters that TGI never knew: DSPy's class sends its own arguments along.
SENT_ANYWAY = frozenset({"num_return_sequences", "port", "url"})
# text_generation's chat sends it along as null; TGI's OpenAI routes pass over what they do not know.
PASSED_OVER = frozenset({"repetition_penalty"})
# What cannot be brought about from outside, by rule.
NOT_AT_WILL = {
    "client/event-error": "vLLM sends an error inside a stream only when it breaks while generating",
    "client/javascript-event-error": "vLLM sends an error inside a stream only when it breaks while generating",
    "client/info-max-input-length": "a name of /info before TGI 3.3.7",
    "client/info-model-dtype": "a name of /info before TGI 3.3.7",
}
# Greedy, and still not the same output, by what is in the rule's name: the stand-in cannot know what is printed.
KIND_ONLY = {
    "top-tokens": "the stand-in's alternatives are made up",
    "error": "each engine words its refusals",
    "max-total-tokens": "each server has its limit",
    "length": "each server has its limit",
}
COMMANDS = {"main.mjs": ["node"], "main.sh": ["sh"]}
TOOLS_OF = {"main.mjs": ("node",), "main.sh": ("curl", "jq")}
OPTIONS = ["--max-model-len", "2048", "--port", "0", "--generation-config", "vllm"]
TOOLS = ["--enable-auto-tool-choice", "--tool-call-parser", "hermes"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One real vLLM for all, which knows every name that an example sends."""
    required(clients.VARIABLE)
    names = ["--served-model-name", *clients.served_names(EXAMPLES)]
    with serving(["MODEL", *names, *OPTIONS, *TOOLS], tmp_path_factory.mktemp("log") / "clients.log") as running:
        yield running


@pytest.fixture(scope="module")
def known() -> list[Environment]:
    found = clients.environments(Path(required(clients.VARIABLE)))
    assert {one.name for one in found} == {path.stem for path in clients.REQUIREMENTS.glob("*.txt")}
    return found


def ways(example: Example, text: str, known: list[Environment]) -> list[list[str]]:
    """How a program can be started: with each environment that has all that it imports."""
    if example.file in COMMANDS:
        return [COMMANDS[example.file]]
    wanted = frozenset(one for other in EXAMPLES for one in other.imports)
    mine = clients.imports(text)
    return [[str(one.python)] for one in known if all(clients.probed(one, wanted)[each] for each in mine)]


def tried(example: Example, text: str, url: str, known: list[Environment], folder: Path) -> Ran:
    """The program's run in the first environment where it ends well, else in the last one."""
    ran = Ran(-1, "", "no environment has what it imports")
    for words in ways(example, text, known):
        ran = clients.execute(clients.placed(text, url), words, folder / example.file)
        if ran.status == 0:
            break
    return ran


def succeeded(example: Example, text: str, ran: Ran) -> Ran:
    """The run, which has to end well and to print something where the program prints."""
    assert ran.status == 0, f"{ran.stderr[-2000:]}\n{text}"
    assert ran.stdout.strip() or silent(example), f"printed nothing:\n{text}"
    return ran


def silent(example: Example) -> bool:
    """Whether a program prints nothing: then what it sends is checked, and that it ends well."""
    return example.file == "main.py" and "print(" not in example.before


def untried(example: Example) -> str:
    """Why an example is checked by its text only; nothing where it runs."""
    modules = {name.partition(".")[0] for name, _ in example.imports}
    reasons = [reason for name, reason in TEXT_ONLY.items() if name in modules]
    reasons += [NOT_AT_WILL[example.rule.id]] if example.rule.id in NOT_AT_WILL else []
    reasons += [f"no {tool} here" for tool in TOOLS_OF.get(example.file, ()) if shutil.which(tool) is None]
    reasons += ["needs packages of npm"] if example.file == "main.mjs" and "import " in example.before else []
    return reasons[0] if reasons else ""


def complaint(request: standins.Request) -> str:
    """What TGI's own description has against a request; nothing where it fits."""
    path = request.path.partition("?")[0]
    ways = SCHEMA["paths"].get(path, {})
    if request.method.lower() not in ways:
        return f"{request.method} {path}: no such route"
    schema = ways[request.method.lower()]
    if schema is None:
        return ""
    body = request.body
    if isinstance(body, dict) and isinstance(body.get("parameters"), dict):
        parameters = {name: value for name, value in body["parameters"].items() if name not in SENT_ANYWAY}
        body = {**body, "parameters": parameters}
    if isinstance(body, dict) and path.startswith("/v1/"):
        body = {name: value for name, value in body.items() if name not in PASSED_OVER}
    try:
        jsonschema.validate(body, {**schema, "schemas": SCHEMA["schemas"]})
    except jsonschema.ValidationError as error:
        return f"{path}: {error.message}"
    return ""


def greedy(requests: list[standins.Request]) -> bool:
    """Whether TGI took the likeliest token throughout: then the program must get the same from vLLM."""
    bodies = [request.body for request in requests if isinstance(request.body, dict)]
    native = [body.get("parameters", {"do_sample": True}) for body in bodies if "inputs" in body]
    others = [body for body in bodies if "inputs" not in body]
    return not any(map(sampling, native)) and all(body.get("temperature") == 0 for body in others)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_example(example: Example, server: Server, known: list[Environment], tmp_path: Path) -> None:
    if reason := untried(example):
        pytest.skip(f"checked by text only: {reason}")
    with standins.tgi(lambda request: said(server, request), name="tgi") as tgi:
        before = tried(example, example.before, tgi.url, known, tmp_path)
        if silent(example) and before.status != 0:
            said_last = before.stderr.strip().splitlines()[-1][:80]
            pytest.skip(f"checked by text only: it does not run by itself: {said_last}")
        succeeded(example, example.before, before)
        assert [found for request in tgi.requests if (found := complaint(request))] == []
    if example.after is None:
        return
    with Recorder(int(server.url.rpartition(":")[2])) as vllm:
        after = succeeded(example, example.after, tried(example, example.after, vllm.url, known, tmp_path))
        refused = [status for status in vllm.statuses if status >= 400]
        assert refused == ([400] if REFUSED in example.before else [])
        assert vllm.requests or silent(example)
    equal = (
        greedy(tgi.requests)
        and example.rule.safety == "safe"
        and not any(word in example.rule.id for word in KIND_ONLY)
    )
    if equal:
        assert clients.alike(before.stdout, after.stdout), f"{before.stdout!r} became {after.stdout!r}"
    assert equal or clients.kind(before.stdout) == clients.kind(after.stdout), (
        f"{before.stdout!r} became {after.stdout!r}"
    )
