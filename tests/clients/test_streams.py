"""Event streams that are read by hand: their end, the whole text of the last event, refusals, other libraries."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

BODY = "{'inputs': 'x', 'parameters': {'max_new_tokens': 5}}"
NEW = "{'prompt': 'x', 'max_tokens': 5, 'temperature': 0, 'stream': True}"
REQUESTS = "import json\nimport requests\n\nr = requests.post('http://tgi/generate_stream', json=BODY, stream=True)\n"
READ = "    print(json.loads(line[5:])['token']['text'])\n"
AFTER = "    print(json.loads(line[5:])['choices'][0]['text'])\n"


def old(head: str, tail: str) -> str:
    return (head + tail).replace("BODY", BODY)


def new(head: str, tail: str) -> str:
    return (head + tail).replace("BODY", NEW).replace("/generate_stream", "/v1/completions")


@pytest.mark.parametrize(
    ("head", "before", "after"),
    [
        (
            REQUESTS,
            f"for line in r.iter_lines():\n{READ}",
            f'for line in r.iter_lines():\n    if line.strip() == b"data: [DONE]":\n        continue\n{AFTER}',
        ),
        (
            REQUESTS,
            f"for line in r.iter_lines(decode_unicode=True):\n{READ}",
            f'for line in r.iter_lines(decode_unicode=True):\n    if line.strip() == "data: [DONE]":\n        continue\n{AFTER}',
        ),
        (
            REQUESTS,
            f"for line in r:\n{READ}",
            f'for line in r:\n    if line.strip() == b"data: [DONE]":\n        continue\n{AFTER}',
        ),
        (
            REQUESTS,
            f"for line in r.iter_lines():\n{READ}".replace("    ", "\t"),
            f'for line in r.iter_lines():\n    if line.strip() == b"data: [DONE]":\n        continue\n{AFTER}'.replace(
                "    ", "\t"
            ),
        ),
        (
            REQUESTS,
            "print([json.loads(line[5:])['token']['text'] for line in r.iter_lines() if line])\n",
            "print([json.loads(line[5:])['choices'][0]['text'] for line in r.iter_lines() if line.strip() != b\"data: [DONE]\" if line])\n",
        ),
        (
            "import json\nimport httpx\n\nwith httpx.stream('POST', 'http://tgi/generate_stream', json=BODY) as r:\n",
            f"    for line in r.iter_lines():\n    {READ}",
            f'    for line in r.iter_lines():\n        if line.strip() == "data: [DONE]":\n            continue\n    {AFTER}',
        ),
        (
            "import json\nfrom urllib.request import Request, urlopen\n\nq = Request('http://tgi/generate_stream', data=json.dumps(BODY).encode())\n",
            f"for line in urlopen(q):\n{READ}",
            f'for line in urlopen(q):\n    if line.strip() == b"data: [DONE]":\n        continue\n{AFTER}',
        ),
        (
            "import json\nimport aiohttp\n\n\nasync def run(s: aiohttp.ClientSession):\n  async with s.post('http://tgi/generate_stream', json=BODY) as r:\n",
            f"    async for line in r.content:\n    {READ}",
            f'    async for line in r.content:\n        if line.strip() == b"data: [DONE]":\n            continue\n    {AFTER}',
        ),
    ],
    ids=["requests", "decoded", "response", "tabs", "comprehension", "httpx", "urllib", "aiohttp"],
)
def test_end(head: str, before: str, after: str, moved: Callable[..., Any]) -> None:
    assert moved(old(head, before)).main == new(head, after)


LOOP = "for line in r.iter_lines():\n"
DONE = '    if line.strip() == b"data: [DONE]":\n        continue\n'


def test_whole_text_is_joined(moved: Callable[..., Any]) -> None:
    tail = f"{LOOP}    e = json.loads(line[5:])\n    if e['generated_text']:\n        print(e['generated_text'])\n"
    after = (
        f'whole_text = ""\n{LOOP}{DONE}    e = json.loads(line[5:])\n    whole_text += e["choices"][0]["text"]\n'
        "    if e['choices'][0]['finish_reason']:\n        print(whole_text)\n"
    )
    assert moved(old(REQUESTS, tail)).main == new(REQUESTS, after)


def test_whole_text_takes_a_free_name(moved: Callable[..., Any]) -> None:
    tail = f"whole_text = 1\n{LOOP}    e = json.loads(line[5:])\n    if e['generated_text'] is not None:\n        print(e['generated_text'])\n"
    done = moved(old(REQUESTS, tail)).main
    assert 'whole_text_ += e["choices"][0]["text"]\n' in done
    assert "print(whole_text_)" in done


def test_whole_text_of_the_librarys_events(moved: Callable[..., Any]) -> None:
    text = 'from text_generation import Client\n\nc = Client("http://tgi")\nfor e in c.generate_stream("x"):\n    if e.generated_text:\n        print(e.generated_text)\n'
    done = moved(text).main
    assert done.endswith(
        "    whole_text += e.choices[0].text\n    if e.choices[0].finish_reason:\n        print(whole_text)\n"
    )
    assert '\nwhole_text = ""\nfor e in' in done


@pytest.mark.parametrize(
    ("tail", "reason"),
    [
        (f"for line in r.iter_lines(): {READ.strip()}\n", "no place"),
        (f"{LOOP}    print(line)\n", "cannot be followed"),
        (f"{LOOP}    print(json.loads(line[5:])['generated_text'])\n", "no event of vLLM"),
        (f"{LOOP}    show(json.loads(line[5:]))\n", "events are handed on"),
        ("for a, b in r.iter_lines():\n    print(json.loads(a)['token']['text'])\n", "cannot be followed"),
        (
            f"{LOOP}    e = json.loads(line[5:])\nprint(e['generated_text'])\n",
            "no event of vLLM",
        ),
        (
            f"{LOOP}    for e in [json.loads(line[5:])]:\n        if 'error' in e:\n            raise ValueError\n        print(e['token']['text'])\n".replace(
                "r.iter_lines()", "lines(r)"
            ),
            "",
        ),
    ],
    ids=["one-line", "printed", "no-name", "handed-on", "unpacked", "behind-the-loop", "lines-elsewhere"],
)
def test_left_to_a_person(tail: str, reason: str, moved: Callable[..., Any]) -> None:
    done = moved(old(REQUESTS, tail))
    assert done.main == old(REQUESTS, tail)
    assert done.says("manual")
    assert reason in done.says("manual")


REFUSED = "    e = json.loads(line[5:])\n    if 'error' in e:\n        raise ValueError(e['error'])\n    print(e['token']['text'])\n"


def test_refusal_is_read_before_the_stream(moved: Callable[..., Any]) -> None:
    done = moved(old(REQUESTS, LOOP + REFUSED))
    assert 'for line in (r.iter_lines() if r.ok else [b"data:" + r.content]):\n' in done.main
    assert "raise ValueError(e['error']['message'])" in done.main
    assert "400" in done.says("review")


def test_refusal_of_other_libraries_is_left(moved: Callable[..., Any]) -> None:
    head = "import json\nimport httpx\n\nwith httpx.stream('POST', 'http://tgi/generate_stream', json=BODY) as r:\n  "
    text = old(head, LOOP + REFUSED)
    done = moved(text)
    assert done.main == text
    assert "check the status first" in done.says("manual")


def test_stream_flag_in_the_body_of_the_root(moved: Callable[..., Any]) -> None:
    head = REQUESTS.replace("generate_stream", "").replace("BODY", BODY[:-1] + ", 'stream': True}")
    done = moved(head + LOOP + READ).main
    assert (
        "'http://tgi/v1/completions', json={'prompt': 'x', 'max_tokens': 5, 'temperature': 0, 'stream': True}" in done
    )
    assert "echo" not in done
    assert DONE + AFTER in done
