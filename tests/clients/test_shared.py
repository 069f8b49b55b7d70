"""Bodies and parameters that several calls share, and what real programs do with answers on the way."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

HEAD = "import json\nimport requests\n\n"
BODY = "def body(q):\n    return {'inputs': q, 'parameters': {'max_new_tokens': 4}}\n\n\n"
TEXT = "print(requests.post('http://tgi/generate', json=body('x')).json()['generated_text'])\n"
STREAM = "for line in requests.post('http://tgi/generate_stream', json=body('x'), stream=True).iter_lines():\n    print(json.loads(line[5:])['token']['text'])\n"
SCORES = (
    "print([t['logprob'] for t in requests.post('http://tgi/generate', json=body('x')).json()['details']['tokens']])\n"
)


def test_only_the_call_that_streams_asks_for_it(moved: Callable[..., Any]) -> None:
    after = moved(HEAD + BODY + TEXT + STREAM).main
    assert "    return {'prompt': q, 'max_tokens': 4, 'temperature': 0}\n" in after
    assert "requests.post('http://tgi/v1/completions', json=body('x')).json()" in after
    assert "json={**body('x'), \"stream\": True}, stream=True)" in after


@pytest.mark.parametrize("calls", [TEXT + SCORES, SCORES + TEXT])
def test_what_one_call_needs_is_written_once(calls: str, moved: Callable[..., Any]) -> None:
    after = moved(HEAD + BODY + calls).main
    assert after.count("'temperature': 0") == 1
    assert after.count("'logprobs': 0, 'return_token_ids': True") == 1


def test_calls_that_need_other_texts_stay(moved: Callable[..., Any]) -> None:
    text = HEAD + BODY.replace("'max_new_tokens': 4", "'details': True") + TEXT + SCORES
    done = moved({"main.py": text, "run.sh": "docker run ghcr.io/huggingface/text-generation-inference:2.0.0\n"})
    assert done.main == text


def test_new_entries_do_not_cover_what_callers_pass(moved: Callable[..., Any]) -> None:
    text = f"{HEAD}BASE = {{'max_new_tokens': 4}}\n\n\ndef ask(q, **more):\n    p = {{**BASE, **more}}\n    return requests.post('http://tgi/generate', json={{'inputs': q, 'parameters': p}}).json()['generated_text']\n\n\nask('x', temperature=0.5)\n"
    assert 'p = {"temperature": 0, **BASE, **more}\n' in moved(text).main


ASK = f"{HEAD}def ask(q):\n    return requests.post('http://tgi/generate', json={{'inputs': q, 'parameters': {{'max_new_tokens': 4}}}}).json()\n\n\n"
NEW = "['choices'][0]['text']"


@pytest.mark.parametrize(
    "tail",
    [
        "import logging\nlog = logging.getLogger()\na = ask('x')\nlog.info('%s', a)\nprint(a['generated_text'])\n",
        "a = ask('x')\nif not a:\n    raise ValueError(f'no answer: {a}')\nprint(a['generated_text'])\n",
        "asked = {pool.submit(ask, q): q for q in 'ab'}\nfor f in as_completed(asked):\n    print(asked[f], f.result()['generated_text'])\n",
        "asked = {}\nasked[pool.submit(ask, 'a')] = 'a'\nfor f in asked:\n    print(f.result()['generated_text'])\n",
        "print(list(map(lambda a: a['generated_text'], [ask('x')])))\n",
        "print([a['generated_text'] for a in filter(lambda a: a['generated_text'], [ask('x')])])\n",
    ],
    ids=["log", "raise", "futures-as-keys", "futures-set-as-keys", "map-lambda", "filter-lambda"],
)
def test_answers_on_their_way(tail: str, moved: Callable[..., Any]) -> None:
    done = moved(ASK + tail)
    assert done.says("manual") == ""
    assert tail.replace("['generated_text']", NEW) in done.main


@pytest.mark.parametrize(
    "tail",
    [
        "a = ask('x')\nstore.info(a)\nprint(a['generated_text'])\n",
        "a = ask('x')\nraise a\n",
        "asked = {pool.submit(ask, q): q for q in 'ab'}\nkeep(asked)\n",
        "print(list(map(lambda *a: a, [ask('x')])))\n",
    ],
    ids=["no-log", "raised-itself", "keys-handed-on", "lambda-of-any"],
)
def test_answers_that_are_lost_sight_of(tail: str, moved: Callable[..., Any]) -> None:
    done = moved(ASK + tail)
    assert done.main == ASK + tail
    assert done.says("manual")


def test_words_and_codes_may_end_anywhere(moved: Callable[..., Any]) -> None:
    text = f"{HEAD}rows = load()\nr = requests.post('http://tgi/generate', json={{'inputs': 'x', 'parameters': {{'max_new_tokens': 4}}}})\nrows[0]['status'] = r.status_code\nrows[0]['reason'] = r.json()['details']['finish_reason']\n"
    done = moved(text)
    assert done.says("manual") == ""
    assert "rows[0]['reason'] = next(" in done.main


def test_instances_out_of_containers(moved: Callable[..., Any]) -> None:
    text = f"{HEAD}class Llm:\n    def ask(self, q):\n        return requests.post('http://tgi/generate', json={{'inputs': q, 'parameters': {{'max_new_tokens': 4}}}}).json()\n\n\nprint(next(ring).ask('x')['generated_text'])\n"
    assert f"print(next(ring).ask('x'){NEW})" in moved(text).main


def test_named_list_of_codes(moved: Callable[..., Any]) -> None:
    text = f"{HEAD}AGAIN = frozenset({{429, 502}})\nr = requests.post('http://tgi/generate', json={{'inputs': 'x', 'parameters': {{'max_new_tokens': 4}}}})\nif r.status_code not in AGAIN:\n    print(r.json()['generated_text'])\n"
    assert "AGAIN = frozenset({429, 503, 502})\n" in moved(text).main


@pytest.mark.parametrize(
    ("given", "after"),
    [
        ("t if t > 0 else None", "(0 if (t if t > 0 else None) in (None, 1.0) else t if t > 0 else None)"),
        ("c.temperature", "(0 if c.temperature in (None, 1.0) else c.temperature)"),
        ("c.get('t', 0.7)", "(0 if c.get('t', 0.7) in (None, 1.0) else c.get('t', 0.7))"),
        ("pick()", "pick()"),
    ],
)
def test_temperature_that_is_an_expression(given: str, after: str, moved: Callable[..., Any]) -> None:
    text = f"{HEAD}print(requests.post('http://tgi/generate', json={{'inputs': 'x', 'parameters': {{'max_new_tokens': 4, 'temperature': {given}}}}}).json()['generated_text'])\n"
    assert f"'temperature': {after}}})" in moved(text).main


def test_request_that_is_opened_with_its_body(moved: Callable[..., Any]) -> None:
    text = "import json\nfrom urllib.request import Request, urlopen\n\nr = Request('http://tgi/generate')\nd = json.dumps({'inputs': 'x', 'parameters': {'max_new_tokens': 4}}).encode()\nprint(json.load(urlopen(r, d))['generated_text'])\n"
    after = moved(text).main
    assert "Request('http://tgi/v1/completions')" in after
    assert f"print(json.load(urlopen(r, d)){NEW})" in after


LINES = "import asyncio, json, aiohttp\n\n\nasync def main():\n    async with aiohttp.ClientSession('http://tgi') as s:\n        r = await s.post('/generate_stream', json={'inputs': 'x', 'parameters': {'max_new_tokens': 4}})\n        while True:\n            line = await r.content.readline()\n            if not line:\n                break\n            if line.startswith(b'data:'):\n                print(json.loads(line[5:])['token']['text'])\n\n\nasyncio.run(main())\n"


def test_lines_that_are_read_one_by_one(moved: Callable[..., Any]) -> None:
    after = moved(LINES).main
    read = "            line = await r.content.readline()\n"
    assert (
        f'{read}            if line.strip() == b"data: [DONE]":\n                continue\n            if not line:\n'
        in after
    )


def test_a_single_line_stays(moved: Callable[..., Any]) -> None:
    text = LINES.replace("        while True:\n", "        if True:\n").replace(
        "                break\n", "                return\n"
    )
    assert moved(text).main == text


SENT = "print(requests.post('http://tgi/generate', json={'inputs': q, 'parameters': p}).json()['generated_text'])\n"


@pytest.mark.parametrize(
    ("made", "after"),
    [
        (
            "B = {'max_new_tokens': 4}\np = B | {'seed': 3}\n",
            "B = {'max_tokens': 4}\np = {\"temperature\": 0} | B | {'seed': 3}\n",
        ),
        (
            "B = {'max_new_tokens': 4, 'temperature': 0.5}\np = {**B, 'max_new_tokens': n}\n",
            "B = {'max_tokens': 4, 'temperature': 0.5}\np = {**B, 'max_tokens': n}\n",
        ),
        (
            "B = {'max_new_tokens': 4}\np = B.copy()\nif s:\n    p['stop'] = s\n    p['do_sample'] = True\n",
            "B = {'max_tokens': 4, 'include_stop_str_in_output': True, 'temperature': 0}\np = B.copy()\nif s:\n    p['stop'] = s\n    p['temperature'] = p['temperature'] or 1.0\n",
        ),
        (
            "B = {'max_new_tokens': 4}\nc = dict(B)\np = copy.deepcopy(c)\np['max_new_tokens'] = 5\n",
            "B = {'max_tokens': 4, 'temperature': 0}\nc = dict(B)\np = copy.deepcopy(c)\np['max_tokens'] = 5\n",
        ),
        (
            "B = {'max_new_tokens': 4}\np = dict(B, seed=1)\n",
            "B = {'max_tokens': 4}\np = dict(B, seed=1, temperature=0)\n",
        ),
        (
            "B = {'seed': 4}\np = dict(B, max_new_tokens=1, **{'do_sample': True})\n",
            "B = {'seed': 4}\np = dict(B, max_tokens=1, temperature=1.0, **{})\n",
        ),
    ],
    ids=["merged", "covered", "copied", "copied-twice", "copied-with-more", "copied-with-more-in-place"],
)
def test_parameters_made_of_others(made: str, after: str, moved: Callable[..., Any]) -> None:
    assert f"import copy\n{after}print(" in moved(f"{HEAD}import copy\n{made}{SENT}").main


@pytest.mark.parametrize(
    "made",
    [
        "p = B | load()\n",
        "p = copy.copy(load())\n",
        "p = {'max_new_tokens': 4}\nc = p.copy()\nc[key] = 1\n",
        "p = dict(load(), seed=1)\n",
    ],
    ids=["merged-with-unknown", "copy-of-unknown", "copy-set-by-any-key", "copy-with-more"],
)
def test_parameters_made_of_what_is_not_seen(made: str, moved: Callable[..., Any]) -> None:
    text = f"{HEAD}import copy\nB = {{'max_new_tokens': 4}}\n{made}{SENT}"
    done = moved(text)
    assert done.main == text
    assert done.says("manual")
