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


def test_whole_text_that_is_kept_first_and_tested_then(moved: Callable[..., Any]) -> None:
    tail = f"{LOOP}    e = json.loads(line[5:])\n    whole = e.get('generated_text')\n    if whole:\n        break\n"
    done = moved(old(REQUESTS, tail)).main
    assert '    whole = (whole_text if e["choices"][0]["finish_reason"] else None)\n    if whole:\n' in done


@pytest.mark.parametrize("test", ["e['details'] is not None", "e.get('details')", "not e['token']['special'] or e['generated_text']"])  # fmt: skip
def test_whole_text_behind_a_test_for_the_last_event(test: str, moved: Callable[..., Any]) -> None:
    tail = f"{LOOP}    e = json.loads(line[5:])\n    if {test}:\n        print(e['generated_text'])\n"
    assert "        print(whole_text)\n" in moved(old(REQUESTS, tail)).main


def test_whole_text_where_the_last_event_is_the_other_branch(moved: Callable[..., Any]) -> None:
    tail = f"{LOOP}    e = json.loads(line[5:])\n    if e['details']:\n        pass\n    else:\n        print(e['generated_text'])\n"
    assert 'print((whole_text if e["choices"][0]["finish_reason"] else None))' in moved(old(REQUESTS, tail)).main


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("['special'] is False", "(not e['choices'][0]['text']) is False"),
        ("['special'] == True", "(not e['choices'][0]['text']) == True"),
        ("['special']", "not e['choices'][0]['text']"),
    ],
)
def test_special_compared(before: str, after: str, moved: Callable[..., Any]) -> None:
    tail = f"{LOOP}    e = json.loads(line[5:])\n    print(e['token']{before})\n"
    assert f"print({after})\n" in moved(old(REQUESTS, tail)).main


AIOHTTP = "import json\nimport aiohttp\n\n\nasync def run(s: aiohttp.ClientSession):\n  async with s.post('http://tgi/generate_stream', json=BODY) as r:\n"


@pytest.mark.parametrize(
    ("head", "loop"),
    [
        (AIOHTTP, "    while line := await r.content.readline():\n"),
        (AIOHTTP, "    while (line := await r.content.readline()) != b'':\n"),
        (
            "import json\nfrom urllib.request import Request, urlopen\n\nq = Request('http://tgi/generate_stream', data=json.dumps(BODY).encode())\nwith urlopen(q) as r:\n",
            "    while line := r.readline():\n",
        ),
    ],
    ids=["aiohttp", "compared", "urllib"],
)
def test_end_of_lines_that_are_read_one_by_one(head: str, loop: str, moved: Callable[..., Any]) -> None:
    done = new(head, f'{loop}        if line.strip() == b"data: [DONE]":\n            continue\n    {AFTER}')
    assert moved(old(head, f"{loop}    {READ}")).main == done


CHUNKS = "for piece in r.iter_content(None):\n"
HTTPX = "import json\nimport httpx\n\nwith httpx.stream('POST', 'http://tgi/generate_stream', json=BODY) as r:\n"
URLLIB3 = "import json\nimport urllib3\n\nr = urllib3.request('POST', 'http://tgi/generate_stream', json=BODY, preload_content=False)\n"
SSE = "import json\nimport httpx\nfrom httpx_sse import connect_sse\n\nwith connect_sse(httpx.Client(), 'POST', 'http://tgi/generate_stream', json=BODY) as s:\n"


@pytest.mark.parametrize(
    ("head", "before", "line", "indent"),
    [
        (REQUESTS, f"{CHUNKS}    for line in piece.splitlines():\n", "bytes", 8),
        (REQUESTS, f"{CHUNKS}    for line in piece.decode().split('\\n\\n'):\n", "str", 8),
        (REQUESTS, f"{CHUNKS}    for line in str(piece, 'utf-8').split('\\n'):\n", "str", 8),
        (REQUESTS, f"b = b''\n{CHUNKS}    b += piece\n    while b'\\n\\n' in b:\n        line, b = b.split(b'\\n\\n', 1)\n", "bytes", 8),
        (REQUESTS, f"b = ''\n{CHUNKS}    b = b + piece.decode()\n    while '\\n' in b:\n        line, _, b = b.partition('\\n')\n", "str", 8),
        (REQUESTS, "for line in r.text.splitlines():\n", "str", 4),
        (REQUESTS, "for line in r.content.split(b'\\n\\n'):\n", "bytes", 4),
        (HTTPX, "    for piece in r.iter_text():\n        for line in piece.splitlines():\n", "str", 12),
        (URLLIB3, "for piece in r.stream(64):\n    for line in piece.splitlines():\n", "bytes", 8),
        (URLLIB3, "for line in r:\n", "bytes", 4),
        (AIOHTTP, "    async for piece in r.content.iter_any():\n        for line in piece.splitlines():\n", "bytes", 12),
        (AIOHTTP, "    async for piece, _ in r.content.iter_chunks():\n        for line in piece.splitlines():\n", "bytes", 12),
    ],
    ids=["lines", "events", "str", "buffer", "partition", "text", "content", "httpx", "urllib3", "urllib3-lines", "aiohttp", "aiohttp-pairs"],
)  # fmt: skip
def test_end_of_pieces_that_are_cut_into_lines(
    head: str, before: str, line: str, indent: int, moved: Callable[..., Any]
) -> None:
    lead = " " * indent
    read = f"{lead}if line:\n{lead}{READ}"
    mark = 'b"data: [DONE]"' if line == "bytes" else '"data: [DONE]"'
    done = f"{before}{lead}if line.strip() == {mark}:\n{lead}    continue\n{lead}if line:\n{lead}{AFTER}"
    assert moved(old(head, before + read)).main == new(head, done)


@pytest.mark.parametrize(
    "tail",
    [
        f"{CHUNKS}    print(json.loads(piece[5:])['token']['text'])\n",
        f"{CHUNKS}    for line in piece.split(b'data:'):\n        print(json.loads(line)['token']['text'])\n",
        f"b = b''\n{CHUNKS}    b += piece\n    first = b.split(b'\\n', 1)[0]\n    print(json.loads(first)['token']['text'])\n",
        f"{CHUNKS}    print(piece, end='')\n",
        f"line, rest = next(r.iter_content(None)).split(b'\\n', 1)\n{READ[4:]}",
    ],
    ids=["one-event", "other-separator", "by-index", "printed", "no-loop"],
)
def test_pieces_that_are_left(tail: str, moved: Callable[..., Any]) -> None:
    done = moved(old(REQUESTS, tail))
    assert done.main == old(REQUESTS, tail)
    assert "cannot be followed" in done.says("manual") or "handed on" in done.says("manual")


@pytest.mark.parametrize(
    ("head", "loop", "indent"),
    [
        (SSE, "    for e in s.iter_sse():\n", 8),
        (
            HTTPX.replace("\nwith", "from httpx_sse import EventSource\n\nwith"),
            "    for e in EventSource(r).iter_sse():\n",
            8,
        ),
        (REQUESTS + "import sseclient\n\n", "for e in sseclient.SSEClient(r).events():\n", 4),
        (REQUESTS + "from sseclient import SSEClient\n\n", "for e in SSEClient(r):\n", 4),
        (
            REQUESTS + "from sseclient import SSEClient\n\n",
            "c = SSEClient(r.iter_content())\nfor e in c.events():\n",
            4,
        ),
    ],
    ids=["httpx-sse", "event-source", "events", "iterated", "of-pieces"],
)
@pytest.mark.parametrize("data", ["json.loads(e.data)", "e.json()"])
def test_events_that_a_library_parses(head: str, loop: str, indent: int, data: str, moved: Callable[..., Any]) -> None:
    lead = " " * indent
    before = f"{loop}{lead}if e.event == 'message':\n{lead}    print({data}['token']['text'])\n"
    after = f"{loop}{lead}if e.data.strip() == \"[DONE]\":\n{lead}    continue\n{lead}if e.event == 'message':\n{lead}    print({data}['choices'][0]['text'])\n"
    assert moved(old(head, before)).main == new(head, after)


@pytest.mark.parametrize("tail", ["    print(list(s.iter_sse()))\n", "    for e in s.iter_sse():\n        show(e)\n", "    for e in s.iter_sse():\n        print(e.sse)\n"])  # fmt: skip
def test_events_that_are_handed_on(tail: str, moved: Callable[..., Any]) -> None:
    done = moved(old(SSE, tail))
    assert done.main == old(SSE, tail)
    assert done.says("manual")


def test_status_of_the_response_around_events(moved: Callable[..., Any]) -> None:
    tail = "    print(s.response.status_code == 422)\n    for e in s.iter_sse():\n        print(e.json()['token']['text'])\n"
    assert "print(s.response.status_code == 400)" in moved(old(SSE, tail)).main


def test_line_that_is_cut_into_name_and_value(moved: Callable[..., Any]) -> None:
    tail = f"{LOOP}    name, _, value = line.decode().partition(':')\n    print(json.loads(value)['token']['text'])\n"
    after = f"{LOOP}{DONE}    name, _, value = line.decode().partition(':')\n    print(json.loads(value)['choices'][0]['text'])\n"
    assert moved(old(REQUESTS, tail)).main == new(REQUESTS, after)


@pytest.mark.parametrize(
    ("test", "after"),
    [
        ("if t['special']:\n        break\n", "if t['finish_reason'] and not t['text']:\n        break\n"),
        ("if t['special']:\n        continue\n", "if not t['text']:\n        continue\n"),
        ("if t['special'] or stop:\n        break\n", "if not t['text'] or stop:\n        break\n"),
    ],
    ids=["left", "skipped", "with-others"],
)
def test_loop_that_is_left_on_the_special_token(test: str, after: str, moved: Callable[..., Any]) -> None:
    tail = f"{LOOP}    t = json.loads(line[5:])['token']\n    {test}    print(t['text'])\n"
    done = f"{LOOP}{DONE}    t = json.loads(line[5:])['choices'][0]\n    {after}    print(t['text'])\n"
    assert moved(old(REQUESTS, tail)).main == new(REQUESTS, done)


@pytest.mark.parametrize(
    ("loop", "after"),
    [
        ("for line in filter(None, r.iter_lines()):\n", f"for line in filter(None, r.iter_lines()):\n{DONE}"),
        ("for i, line in enumerate(r.iter_lines()):\n", f"for i, line in enumerate(r.iter_lines()):\n{DONE}"),
    ],
    ids=["filter", "enumerate"],
)
def test_end_of_lines_behind_another_iterator(loop: str, after: str, moved: Callable[..., Any]) -> None:
    assert moved(old(REQUESTS, loop + READ)).main == new(REQUESTS, after + AFTER)


def test_refusal_that_is_looked_up(moved: Callable[..., Any]) -> None:
    tail = f"{LOOP}    e = json.loads(line[5:])\n    if e.get('error'):\n        raise ValueError(e['error'])\n    print(e['token']['text'])\n"
    done = moved(old(REQUESTS, tail))
    assert "    if e.get('error', {'message': None})['message']:\n" in done.main
    assert "if r.ok else" in done.main
    assert "400" in done.says("review")
