"""Connections that send first and give the response when asked: http.client."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

BODY = "json.dumps({'inputs': 'x', 'parameters': {'max_new_tokens': 5}})"
NEW = "json.dumps({'prompt': 'x', 'max_tokens': 5, 'temperature': 0})"
HEAD = "import http.client\nimport json\n\nc = http.client.HTTPConnection('tgi', 80)\n"
READ = "print(json.loads(r.read())['generated_text'])\n"


def new(text: str) -> str:
    return (
        text.replace(BODY, NEW)
        .replace("/generate", "/v1/completions")
        .replace("['generated_text']", "['choices'][0]['text']")
    )


@pytest.mark.parametrize(
    "text",
    [
        f"import json\nfrom contextlib import closing\nfrom http.client import HTTPConnection\n\nwith closing(HTTPConnection('tgi')) as c:\n    c.request('POST', '/generate', {BODY})\n    r = c.getresponse()\n    {READ}",
        f"{HEAD}c.request('POST', '/generate', {BODY}, {{'Content-Type': 'application/json'}})\nr = c.getresponse()\n{READ}",
        f"{HEAD}c.request('POST', '/generate', body={BODY}.encode())\nwith c.getresponse() as r:\n    {READ}",
        f"{HEAD}c.request(method='POST', url='/generate', body={BODY})\nr = c.getresponse()\nprint(json.load(r)['generated_text'])\n",
        f"{HEAD}c.request('GET', '/health')\nc.getresponse().read()\nc.request('POST', '/generate', {BODY})\nr = c.getresponse()\n{READ}",
        f"import json\nfrom http.client import HTTPConnection\n\n\nclass Client:\n    def __init__(self, host='localhost:8080'):\n        self.c = HTTPConnection(host)\n\n    def ask(self):\n        self.c.request('POST', '/generate', {BODY})\n        r = self.c.getresponse()\n        return json.loads(r.read().decode())['generated_text']\n\n\nprint(Client().ask())\n",
        f"import json\nimport os\nfrom http.client import HTTPConnection\n\nc = HTTPConnection(os.environ['TGI_HOST'])\nc.request('POST', '/generate', {BODY})\nr = c.getresponse()\n{READ}",
    ],
    ids=["closing", "positional", "keywords", "named", "second-request", "attribute", "variable"],
)  # fmt: skip
def test_request(text: str, moved: Callable[..., Any]) -> None:
    done = moved(text)
    assert done.says("manual") == ""
    assert done.main == new(text)


def test_status(moved: Callable[..., Any]) -> None:
    text = f"{HEAD}c.request('POST', '/generate', {BODY})\nr = c.getresponse()\nprint(r.status == 422)\n{READ}"
    assert "print(r.status == 400)\n" in moved(text).main


def test_stream(moved: Callable[..., Any]) -> None:
    text = f"{HEAD}c.request('POST', '/generate_stream', {BODY})\nfor line in c.getresponse():\n    print(json.loads(line[5:])['token']['text'])\n"
    done = moved(text).main
    assert 'for line in c.getresponse():\n    if line.strip() == b"data: [DONE]":\n        continue\n' in done


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"{HEAD}c.request('POST', '/generate', {BODY})\n", "getresponse() is called"),
        (f"{HEAD}c.request('POST', '/generate', {BODY})\n\n\ndef read():\n    r = c.getresponse()\n    {READ}", "getresponse() is called"),
        (f"{HEAD}d = http.client.HTTPConnection('tgi')\nd.request('POST', '/generate', {BODY})\nr = c.getresponse()\n{READ}", "getresponse() is called"),
        (f"{HEAD}c.request('POST', '/generate', {BODY})\nr = c.getresponse()\nprint(r.read())\n", "cannot be followed"),
    ],
    ids=["never", "elsewhere", "other-connection", "printed"],
)  # fmt: skip
def test_left_to_a_person(text: str, reason: str, moved: Callable[..., Any]) -> None:
    done = moved(text)
    assert done.main == text
    assert reason in done.says("manual")


def test_other_servers_are_left_alone(moved: Callable[..., Any]) -> None:
    text = f"{HEAD}c.request('POST', '/predict', {BODY})\nr = c.getresponse()\n{READ}".replace("tgi", "other")
    done = moved(text)
    assert (done.main, done.found.findings) == (text, ())
