"""Requests by hand: how address and body are put together, shared parameters, other routes, status codes."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

BODY = "{'inputs': 'x', 'parameters': {'max_new_tokens': 5}}"
NEW = "{'prompt': 'x', 'max_tokens': 5, 'temperature': 0}"
READ, AFTER = ".json()['generated_text'])\n", ".json()['choices'][0]['text'])\n"


def old(text: str) -> str:
    return "import json, os, requests\n" + text.replace("BODY", BODY).replace("READ", READ)


def new(text: str) -> str:
    return "import json, os, requests\n" + text.replace("BODY", NEW).replace("READ", AFTER).replace(
        "/generate", "/v1/completions"
    )


@pytest.mark.parametrize(
    "text",
    [
        "print(requests.post(url='http://tgi/generate', json=BODY)READ",
        "print(requests.request('POST', 'http://tgi/generate', json=BODY)READ",
        "print(requests.post('http://tgi/generate', data=json.dumps(BODY))READ",
        "print(requests.post('http://tgi/generate', data=json.dumps(BODY).encode())READ",
        "data = json.dumps(BODY)\nprint(requests.post('http://tgi/generate', data=data.encode())READ",
        "print(requests.post('http://tgi/generate', json.dumps(BODY))READ",
        "print(requests.post('http://tgi/generate', data=bytes(json.dumps(BODY), 'utf-8'))READ",
        "s = requests.Session()\nprint(s.post('http://tgi/generate', json=BODY)READ",
        "import httpx\n\nc = httpx.Client(base_url='http://tgi')\nprint(c.post('/generate', json=BODY)READ",
        "def run(s: requests.Session):\n    print(s.post('http://tgi/generate', json=BODY)READ",
        "URL = os.getenv('TGI', 'http://tgi').rstrip('/')\nprint(requests.post(URL + '/generate', json=BODY)READ",
        "from urllib.parse import urljoin\n\nprint(requests.post(urljoin('http://tgi/', '/generate'), json=BODY)READ",
        "print(requests.post(str('http://tgi/generate'), json=BODY)READ",
        "def run(url):\n    print(requests.post(f'{url}/generate', json=BODY)READ\n\nrun('http://tgi')\n",
        "def run(url='http://tgi'):\n    print(requests.post(f'{url}/generate', json=BODY)READ\n\nrun('http://tgi:8080/')\n",
        "def address():\n    return 'http://tgi'\n\n\nprint(requests.post(address() + '/generate', json=BODY)READ",
        "s = requests.Session()\nq = requests.Request('POST', 'http://tgi/generate', json=BODY)\nprint(s.send(q.prepare())READ",
        "s = requests.Session()\nq = s.prepare_request(requests.Request('POST', 'http://tgi/generate', json=BODY))\nprint(s.send(q)READ",
        "import httpx\n\nc = httpx.Client()\nprint(c.send(c.build_request('POST', 'http://tgi/generate', json=BODY))READ",
    ],
    ids=[
        "url-keyword",
        "request",
        "dumps",
        "encoded",
        "dumps-by-name",
        "positional-data",
        "bytes",
        "session",
        "base-url",
        "annotated-session",
        "variable-with-default",
        "urljoin",
        "str",
        "parameter",
        "default-and-caller",
        "function",
        "prepared",
        "prepared-by-session",
        "built",
    ],
)
def test_form(text: str, moved: Callable[..., Any]) -> None:
    done = moved(old(text))
    assert done.says("manual") == ""
    assert done.main == new(text)


@pytest.mark.parametrize(
    ("url", "after"),
    [
        ("'http://tgi'", "'http://tgi/v1/completions'"),
        ("'http://tgi/'", "'http://tgi/v1/completions'"),
        ("f'http://tgi:{port}'", '(f\'http://tgi:{port}\').rstrip("/") + "/v1/completions"'),
        ("os.environ['TGI']", 'os.environ[\'TGI\'].rstrip("/") + "/v1/completions"'),
        ("TGI + '/'", "TGI + '/' + \"v1/completions\""),
    ],
    ids=["host", "slash", "f-string", "variable", "slash-added"],
)
def test_address_of_the_root(url: str, after: str, moved: Callable[..., Any]) -> None:
    body = "{'inputs': 'x', 'parameters': {'max_new_tokens': 5, 'return_full_text': False}}"
    text = f"import os, requests\n\nprint(requests.post({url}, json={body}).json()[0]['generated_text'])\n"
    done = moved(text).main
    assert f"requests.post({after}, json={NEW}).json()['choices'][0]['text']" in done


def test_address_that_is_read_once_is_changed_where_it_stands(moved: Callable[..., Any]) -> None:
    text = "import requests\n\nTGI = 'http://tgi'\nprint(requests.post(TGI, json={'inputs': 'x', 'parameters': {'max_new_tokens': 5}}).json()[0]['generated_text'])\n"
    done = moved(text).main
    assert "TGI = 'http://tgi/v1/completions'\n" in done
    assert "'echo': True" in done
    twice = moved(text + "print(TGI)\n").main
    assert "TGI = 'http://tgi'\n" in twice
    assert 'requests.post(TGI.rstrip("/") + "/v1/completions"' in twice


SEND = "print(requests.post('http://tgi/generate', json={'inputs': 'x', 'parameters': P})READ"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{'max_new_tokens': 5, **MORE}", "'max_tokens': 5, 'temperature': 0, **MORE}"),
        ("dict(max_new_tokens=5)", "**dict(max_tokens=5, temperature=0)"),
        ("{'max_new_tokens': 5, 'do_sample': False}", "'max_tokens': 5, 'temperature': 0"),
        ("{'max_new_tokens': LIMIT}", "'max_tokens': LIMIT, 'temperature': 0"),
        ("{'max_new_tokens': 5, 'grammar': {'type': 'json', 'value': s}}", "'structured_outputs': {'json': s}"),
        ("{'max_new_tokens': 5, 'adapter_id': 'a'}", "'model': 'a'"),
        ("{'max_new_tokens': 5, 'temperature': 1.0}", "'temperature': 0"),
        ("{'max_new_tokens': 5, 'temperature': 1.0, 'do_sample': flag}", "'temperature': (1.0 if flag else 0)"),
        ("{'max_new_tokens': 5, 'temperature': None}", "'temperature': 0"),
    ],
    ids=["spread", "call-in-display", "neutral", "constant", "grammar", "adapter", "greedy-at-one", "flag", "none"],
)
def test_parameters(before: str, after: str, moved: Callable[..., Any]) -> None:
    text = "LIMIT = 9\nMORE = {'seed': 3}\n" + SEND.replace("P}", f"{before}}}")
    done = moved(old(text))
    assert done.says("manual") == ""
    assert after in done.main
    assert "max_new_tokens" not in done.main


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (SEND.replace("P}", "{'max_new_tokens': 5, 'grammar': g}}"), "grammar"),
        (SEND.replace("P}", "{'max_new_tokens': 5, 'grammar': {'type': kind, 'value': g}}}"), "grammar"),
        (SEND.replace("P}", "{'max_new_tokens': 5, **make()}}"), "cannot be seen"),
        (SEND.replace("P}", "{'max_new_tokens': 5, 'max_new_tokens': 6}}"), "twice"),
        (SEND.replace("P}", "{'max_new_tokens': 5}, 'other': 1}"), "other"),
        (SEND.replace("P}", "{'max_new_tokens': 5}, **more}"), "cannot be seen"),
        ("P = {'max_new_tokens': 5}\nP.update(more)\n" + SEND, "cannot be seen"),
        (
            "P = {'max_new_tokens': 5, 'temperature': t}\nt = 1\nif x:\n    P.update(top_k=3)\nt = 2\n" + SEND,
            "under conditions",
        ),
        ("P = {'max_new_tokens': 5}\nP[key] = 1\n" + SEND, "by key"),
        ("def run(**k):\n    " + SEND.replace("P}", "{'max_new_tokens': 5, **k}}") + "\nrun(**o)\n", "cannot be seen"),
        (
            "def run(**k):\n    k.pop('x')\n    " + SEND.replace("P}", "{'max_new_tokens': 5, **k}}") + "\nrun()\n",
            "by key",
        ),
        ("def run(**k):\n    " + SEND.replace("P}", "{'max_new_tokens': 5, **k}}") + "\nrun(best_of=2)\n", "best_of"),
        ("def run(more):\n    " + SEND.replace("P}", "{'max_new_tokens': 5, **more}}"), "cannot be seen"),
        ("print(requests.post('http://tgi/generate', json=make())READ", "cannot be seen"),
        ("print(requests.post('http://tgi/generate', files=make())READ", "cannot be seen"),
    ],
    ids=[
        "grammar-elsewhere",
        "grammar-kind",
        "spread-call",
        "twice",
        "field",
        "spread-body",
        "update",
        "update-that-may-not-run",
        "key",
        "keywords-unseen",
        "keywords-changed",
        "keyword-without-counterpart",
        "spread-parameter",
        "body-from-a-call",
        "files",
    ],
)
def test_left_to_a_person(text: str, reason: str, moved: Callable[..., Any]) -> None:
    done = moved(old(text))
    assert done.main == old(text)
    assert reason in done.says("manual")


def test_keywords_that_callers_pass_are_renamed(moved: Callable[..., Any]) -> None:
    text = (
        "def run(**kwargs):\n    " + SEND.replace("P}", "{'seed': 1, 'max_new_tokens': 5, **kwargs}}") + "\n\nrun()\n"
    )
    done = moved(old(text))
    assert "others must pass vLLM's names" in done.says("review")
    assert "'temperature': 0, **kwargs}" in done.main
    passed = moved(old(text.replace("run()", "run(max_new_tokens=9)")))
    assert "run(max_tokens=9)" in passed.main


def test_shared_parameters_read_by_key(moved: Callable[..., Any]) -> None:
    text = "P = {'max_new_tokens': 5}\nprint(P['max_new_tokens'])\n" + SEND
    done = moved(old(text)).main
    assert "print(P['max_tokens'])" in done
    assert "'prompt': 'x', **P}" in done


@pytest.mark.parametrize(
    ("text", "after"),
    [
        (
            "r = requests.get('http://tgi/info')\nprint(r.json()['model_id'])\n",
            "r = requests.get('http://tgi/v1/models')\nprint(r.json()['data'][0]['id'])\n",
        ),
        (
            "r = requests.get(f'{TGI}/info')\nprint(r.json()['max_total_tokens'])\n",
            "r = requests.get(f'{TGI}/v1/models')\nprint(r.json()['data'][0]['max_model_len'])\n",
        ),
        (
            "r = requests.post('http://tgi/tokenize', json={'inputs': 'x'})\nprint(len(r.json()))\n",
            "r = requests.post('http://tgi/tokenize', json={'prompt': 'x'})\nprint(len(r.json()[\"tokens\"]))\n",
        ),
    ],
    ids=["info", "info-of-a-name", "tokenize"],
)
def test_other_routes(text: str, after: str, moved: Callable[..., Any]) -> None:
    assert moved("import requests\n\n" + text).main == "import requests\n\n" + after


@pytest.mark.parametrize(
    "text",
    [
        "print(requests.get('http://box.example.com/info').json()['model_id'])\n",
        "requests.get('http://tgi/info')\n",
        "requests.get('http://tgi/health')\n",
        "print(len(requests.post('http://tgi/tokenize', json={'text': 'x'}).json()))\n",
        "print({}.get('inputs'), d.get('generated_text'), d.get(key))\n",
        "requests.post()\n# generated_text\n",
        "save.post('http://tgi/generate', d)  # generated_text\n",
        "requests.post('http://tgi/generate')  # generated_text\n",
        "requests.post('http://box.example.com/generate', json=make())  # generated_text\n",
        "requests.post('http://tgi/generate', json={'prompt': 'x'})\n",
    ],
    ids=[
        "info-of-another",
        "info-unread",
        "health",
        "tokenize-of-another",
        "get-of-a-dict",
        "no-address",
        "no-library",
        "no-body",
        "body-unseen-elsewhere",
        "other-body",
    ],
)
def test_left_alone(text: str, moved: Callable[..., Any]) -> None:
    done = moved("import requests\n\n" + text)
    assert done.main == "import requests\n\n" + text
    assert done.found.findings == ()


@pytest.mark.parametrize(
    ("test", "after"),
    [
        ("r.status_code in [429, 500]", "r.status_code in [429, 503, 500]"),
        ("r.status_code == 424", "r.status_code == 500"),
        ("r.status_code not in {424, 422}", "r.status_code not in {424, 500, 422, 400}"),
        ("200 <= r.status_code < 300", "200 <= r.status_code < 300"),
        ("r.status_code in (429, 503)", "r.status_code in (429, 503)"),
    ],
)
def test_status(test: str, after: str, moved: Callable[..., Any]) -> None:
    text = f"r = requests.post('http://tgi/generate', json=BODY)\nif {test}:\n    print(r.json()['generated_text'])\n"
    assert f"if {after}:" in moved(old(text)).main


CHAT = "import requests\n\nrequests.post('http://tgi/v1/chat/completions', json={'model': 'tgi', 'messages': m, 'stop': ['a'], 'top_k': 3})\n"
LAUNCH = "text-generation-launcher --model-id m --max-total-tokens 64\n"


def test_name_in_openais_form_is_served_by_the_launch(moved: Callable[..., Any]) -> None:
    done = moved({"run.sh": LAUNCH, "main.py": CHAT})
    assert "json={'model': 'tgi', 'messages': m, 'stop': ['a'], 'include_stop_str_in_output': True})" in done.main
    assert [(one.name, one.address) for one in done.found.names] == [("tgi", "http://tgi")]
    assert "top_k: TGI ignores it" in done.says("review")


def test_name_in_openais_form_goes_where_no_launch_is_seen(moved: Callable[..., Any]) -> None:
    assert "json={'messages': m, 'stop': ['a'], " in moved(CHAT).main
    other = CHAT.replace("'tgi',", "'llama',")
    done = moved(other)
    assert (done.main, done.found.names) == (other, ())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("http://tgi", "https://api.example.com"),
        ("http://tgi", "https://router.huggingface.co"),
        ("m,", "m, 'engine': 'vllm',"),
        ("'model': 'tgi'", "'model': 'gpt-5'"),
    ],
    ids=["internet", "hosted", "several-engines", "other-name"],
)
def test_name_in_openais_form_for_others_is_left(old: str, new: str, moved: Callable[..., Any]) -> None:
    text = CHAT.replace(old, new)
    done = moved({"run.sh": LAUNCH, "main.py": text})
    assert (done.main, done.found.names) == (text, ())


def test_body_of_callers_that_cannot_all_be_seen(moved: Callable[..., Any]) -> None:
    text = "import requests\n\n\ndef send(body):\n    return requests.post('http://tgi/generate', json=body).json()['generated_text']\n\n\nif __name__ == '__main__':\n    send({'inputs': 'x', 'parameters': {'max_new_tokens': 5}})\n"
    done = moved(text)
    assert done.main == text
    assert "callers" in done.says("manual")


def test_path_from_a_call(moved: Callable[..., Any]) -> None:
    text = "import requests\n\nP = '/gen'\nprint(requests.post('http://tgi' + P + 'erate', json={'inputs': 'x', 'parameters': {'max_new_tokens': 5}}).json()['generated_text'])\n"
    done = moved(text)
    assert done.main == text
    assert "put together" in done.says("manual")


def test_several_engines_in_one_program(moved: Callable[..., Any]) -> None:
    text = old("engine = 'vllm'\nprint(requests.post('http://tgi/generate', json=BODY)READ")
    done = moved(text)
    assert done.main == text
    assert "several engines" in done.says("manual")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "{\n    'inputs': 'x',\n    'parameters': {\n        'max_new_tokens': 5  # short\n    },\n}",
            "{\n    'prompt': 'x',\n    'max_tokens': 5,  # short\n    'temperature': 0,\n}",
        ),
        (
            "{\n    'inputs': 'x',\n    'parameters': {\n        'max_new_tokens': 5,  # short\n        'do_sample': False\n    }\n}",
            "{\n    'prompt': 'x',\n    'max_tokens': 5,  # short\n    'temperature': 0,\n}",
        ),
        (
            "{\n    'inputs': 'x',\n    'parameters': {\n        'max_new_tokens': 5,  # short\n        'do_sample': False,  # greedy\n    }  # end\n}",
            "{\n    'prompt': 'x',\n    'max_tokens': 5,  # short\n    'temperature': 0,  # greedy  # end\n}",
        ),
        (
            "{\n    'parameters': {\n        'temperature': 0.5,  # warm\n        'do_sample': True,\n    },\n    'inputs': 'x',\n}",
            "{\n    'temperature': 0.5,  # warm\n    'max_tokens': 64,\n    'prompt': 'x',\n}",
        ),
        (
            "{\n    'parameters': {\n        'max_new_tokens': 5,\n        'temperature': 0.5,  # warm\n        'do_sample': True\n    },\n    'inputs': 'x',\n}",
            "{\n    'max_tokens': 5,\n    'temperature': 0.5,  # warm\n    'prompt': 'x',\n}",
        ),
        ("{'inputs': 'x', 'parameters': {'details': True}}", "{'prompt': 'x', 'temperature': 0, 'max_tokens': 64}"),
        (
            "{'inputs': 'x', 'parameters': {'max_new_tokens': None}}",
            "{'prompt': 'x', 'max_tokens': 64, 'temperature': 0}",
        ),
    ],
    ids=[
        "comment-without-comma",
        "last-goes",
        "last-goes-with-comma",
        "new-behind-comment",
        "comment-of-last",
        "nothing-stays",
        "limit-is-none",
    ],
)
def test_layout(before: str, after: str, moved: Callable[..., Any]) -> None:
    launch = "text-generation-launcher --model-id m --max-total-tokens 64\n"
    text = f"import requests\n\nprint(requests.post('http://tgi/generate', json={before}).json()['generated_text'])\n"
    assert f"json={after})" in moved({"run.sh": launch, "main.py": text}).main


def test_parameters_that_an_object_keeps(moved: Callable[..., Any]) -> None:
    text = "class Llm:\n    def __init__(self):\n        self.p = {'max_new_tokens': 5}\n\n    def ask(self):\n        print(self.p['max_new_tokens'])\n        SEND"
    done = moved(old(text.replace("SEND", SEND.replace("P}", "self.p}"))))
    assert "self.p = {'max_tokens': 5, 'temperature': 0}\n" in done.main
    assert "print(self.p['max_tokens'])" in done.main
    assert "'prompt': 'x', **self.p}" in done.main


def test_name_with_two_values_decides_nothing(moved: Callable[..., Any]) -> None:
    text = "flag = True\nif slow:\n    flag = False\n" + SEND.replace("P}", "{'max_new_tokens': 5, 'do_sample': flag}}")
    assert "'temperature': (1.0 if flag else 0)" in moved(old(text)).main


@pytest.mark.parametrize(
    "text",
    [
        "url = 'http://a/generate'\nif slow:\n    url = 'http://tgi/generate'\nprint(requests.post(url, json=BODY)READ",
        "base = 'http://a' if slow else 'http://tgi'\nprint(requests.post(base + '/generate', json=BODY)READ",
        "for url in ('http://a/generate', 'http://tgi/generate'):\n    print(requests.post(url, json=BODY)READ",
        "url = 'http://tgi'\nurl += '/generate'\nprint(requests.post(url, json=BODY)READ",
        "print(requests.post('{}/generate'.format('http://tgi'), json=BODY)READ",
        "print(requests.post('http://%s:%d/generate' % ('tgi', 80), json=BODY)READ",
        "print(requests.post('/'.join(['http://tgi', 'generate']), json=BODY)READ",
        "C = {'tgi': {'url': 'http://tgi/generate'}}\nprint(requests.post(C['tgi']['url'], json=BODY)READ",
        "P = {'ask': '/generate', 'ok': '/health'}\n\n\ndef url(name):\n    return 'http://tgi' + P[name]\n\n\nrequests.get(url('ok'))\nprint(requests.post(url('ask'), json=BODY)READ",
        "def url(path='info'):\n    return f'http://tgi/{path}'\n\n\nrequests.get(url('health'))\nprint(requests.post(url('generate'), json=BODY)READ",
        "HOST = os.getenv('HOST', 'localhost')\nPORT = os.getenv('PORT', '8080')\nprint(requests.post(f'http://{HOST}:{PORT}/generate', json=BODY)READ",
        "\n\nclass C:\n    host = 'tgi'\n\n    @property\n    def url(self):\n        return f'http://{self.host}/generate'\n\n\nprint(requests.post(C().url, json=BODY)READ",
        "from functools import partial\n\nsend = partial(requests.post, 'http://tgi/generate', timeout=3)\nprint(send(json=BODY)READ",
        "given = {'url': 'http://tgi/generate', 'json': BODY}\nprint(requests.post(**given)READ",
    ],
    ids=[
        "if",
        "conditional",
        "loop",
        "added",
        "format",
        "percent",
        "join",
        "dict",
        "table",
        "function-with-path",
        "host-and-port",
        "property",
        "partial",
        "keywords",
    ],
)
def test_address_put_together(text: str, moved: Callable[..., Any]) -> None:
    done = moved(old(text))
    assert done.says("manual") == ""
    assert done.main == new(text).replace("'generate'", "'v1/completions'")


OPEN = '.removesuffix("/generate") + "/v1/completions"'


@pytest.mark.parametrize(
    ("lines", "url"),
    [
        ("URL = os.getenv('TGI_URL', 'http://tgi/generate')\n", "URL"),
        (
            "import argparse\n\np = argparse.ArgumentParser()\np.add_argument('--tgi-url', default='http://tgi/generate')\na = p.parse_args()\n",
            "a.tgi_url",
        ),
        (
            "from pydantic_settings import BaseSettings\n\n\nclass S(BaseSettings):\n    tgi: str = 'http://tgi/generate'\n\n\ns = S()\n",
            "s.tgi",
        ),
    ],
    ids=["variable", "option", "setting"],
)
def test_address_that_something_else_may_replace_is_changed_where_it_is_used(
    lines: str, url: str, moved: Callable[..., Any]
) -> None:
    done = moved(old(f"{lines}print(requests.post({url}, json=BODY)READ"))
    assert done.main == "import json, os, requests\n" + lines + f"print(requests.post({url}{OPEN}, json={NEW}){AFTER}"
    assert "set outside" in done.says("review")


def test_path_with_two_values_is_told(moved: Callable[..., Any]) -> None:
    text = old(
        "path = '/generate_stream' if live else '/generate'\nprint(requests.post('http://tgi' + path, json=BODY)READ"
    )
    done = moved(text)
    assert done.main == text
    assert "/generate_stream or /generate" in done.says("manual")


def test_hosted_service_or_own_server_is_asked(moved: Callable[..., Any]) -> None:
    text = old(
        "base = 'https://api-inference.huggingface.co' if hosted else 'http://tgi'\nprint(requests.post(base + '/generate', json=BODY)READ"
    )
    done = moved(text)
    assert done.main == text
    assert done.says("manual") != ""
