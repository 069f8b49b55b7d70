from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from migrate.parity.asking import Protocol, ask
from migrate.parity.decoding import Decoding, decoding
from migrate.parity.exchange import Json, Request
from migrate.parity.prompts import SUITE, Prompt, PromptError, load

SECRET = "Bearer very-secret"
NATIVE: Json = {"inputs": 'say "é"', "parameters": {"max_new_tokens": 5}}
CHAT: Json = {"messages": [{"role": "user", "content": "a"}], "max_tokens": 5}


def captured(name: str, path: str, body: Json) -> Prompt:
    return Prompt(name, asked=Request("POST", path, body, {"content-type": "application/json"}))


def file(folder: Path, content: str, name: str = "p.jsonl") -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def test_the_suite_is_enough_to_tell_and_names_each_prompt_once() -> None:
    assert len({prompt.name for prompt in SUITE}) == len(SUITE)
    assert all(bool(prompt.text) != bool(prompt.messages) for prompt in SUITE)
    assert {role for prompt in SUITE for role, _ in prompt.messages} == {"system", "user", "assistant"}
    kinds = [decoding(ask(prompt, Protocol.TGI, "m").request) for prompt in SUITE]
    assert kinds.count(Decoding.GREEDY) >= 24
    assert kinds.count(Decoding.SAMPLED) == sum(prompt.samples > 1 for prompt in SUITE) == 8


@pytest.mark.parametrize("prompt", SUITE, ids=lambda prompt: prompt.name)
def test_the_rules_translate_the_whole_suite(prompt: Prompt) -> None:
    assert ask(prompt, Protocol.OPENAI, "m").manual == ""


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"text": "a"}', Prompt("line-1", "a")),
        ('{"name": "n", "prompt": "a", "max_tokens": 5}', Prompt("n", "a", (), 5)),
        ('{"messages": [{"role": "user", "content": "a"}]}', Prompt("line-1", "", (("user", "a"),))),
        (
            '{"text": "a", "temperature": 0.5, "seed": 3, "samples": 4}',
            Prompt("line-1", "a", (), 64, 0.5, 3, samples=4),
        ),
        ('{"text": "a", "stop": "x"}', Prompt("line-1", "a", stop=("x",))),
        ('{"text": "a", "stop": ["x", "y"], "more": 1}', Prompt("line-1", "a", stop=("x", "y"))),
        ('{"text": "a", "parameters": {"top_k": 4}}', Prompt("line-1", "a", fields={"top_k": 4})),
        (
            '{"name": "n", "inputs": "a", "parameters": {}}',
            captured("n", "/generate", {"inputs": "a", "parameters": {}}),
        ),
    ],
)
def test_a_line(tmp_path: Path, line: str, expected: Prompt) -> None:
    assert load(file(tmp_path, f"{line}\n\n")) == (expected,)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "no prompts"),
        ("oops\n", "p.jsonl:1: no JSON"),
        ("{}\n", "p.jsonl:1: a prompt needs either"),
        ('{"text": "a", "messages": [{"role": "user", "content": "b"}]}\n', "either text or messages"),
        ('{"messages": [{"role": "user", "content": [{"type": "text"}]}]}\n', "p.jsonl:1: each message needs"),
        ('{"name": "n", "text": "a"}\n{"name": "n", "text": "b"}\n', "two prompts are named n"),
        ('{"text": "a"}\n{"text": ', "p.jsonl:2: no JSON"),
        ('{"a": ' * 200_000 + "\n", "p.jsonl:1: no JSON: maximum recursion"),
        ('{"text": "a", "max_tokens": 4.5}', r"p.jsonl:1: Expected `int.*max_tokens"),
        ('{"text": "a", "max_tokens": "4"}', r"p.jsonl:1: Expected `int.*max_tokens"),
        ('{"text": "a", "max_tokens": -4}', "p.jsonl:1: Expected `int` >= 1"),
        ('{"text": "a", "temperature": -1}', "p.jsonl:1: Expected `float` >= 0"),
        ('{"text": "a", "samples": 1000000000}', "p.jsonl:1: Expected `int` <= 10000"),
        ('{"text": "a", "stop": [5]}', r"p.jsonl:1: Expected `str`, got `int` - at `\$.stop"),
        ('{"text": "a", "parameters": [5]}', "p.jsonl:1: Expected `object | null`, got `array`"),
        ('{"text": "a", "max_new_tokens": 5}', "p.jsonl:1: max_new_tokens is no field of a prompt: did you mean max_t"),
        ('{"text": "a", "parameters": {"top_p": NaN}}', "p.jsonl: prompt line-1: holds NaN or an infinite number"),
        ('{"inputs": "a", "parameters": {"top_p": -Infinity}}', "p.jsonl: prompt line-1: holds NaN or an infinite"),
        ('{"text": "a \\ud800"}', "p.jsonl: prompt line-1: holds half a character"),
        ('{"messages": [{"role": "user", "content": "\\udcff"}]}', "p.jsonl: prompt line-1: holds half a character"),
        ('{"text": "a", "parameters": {"a": ' + "[" * 120 + "]" * 120 + "}}", "more than 100 levels"),
    ],
)
def test_no_prompts(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(PromptError, match=message):
        load(file(tmp_path, content))


@pytest.mark.parametrize("more", ['"id": 7', '"category": "maths"', '"seed": null', '"stop": null, "max_tokens": null'])
def test_what_else_a_line_holds_is_its_own_business(tmp_path: Path, more: str) -> None:
    assert load(file(tmp_path, '{"text": "a", ' + more + "}")) == (Prompt("line-1", "a"),)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(PromptError, match=r"none.jsonl: No such file or directory$"):
        load(tmp_path / "none.jsonl")
    (tmp_path / "bytes.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(PromptError, match=r"no UTF-8 text \(byte 0\): save it as UTF-8"):
        load(tmp_path / "bytes.jsonl")


@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        ("text\na\n", "p.csv", Prompt("row-1", "a")),
        ("\ufeffname,prompt,stop\nn,a,x\n", "p.csv", Prompt("n", "a", stop=("x",))),
        ("Name,Text\r\nn,a\r\n", "p.CSV", Prompt("n", "a")),
        (
            'text,max_tokens,temperature,seed\n"a, ""b""\nc",5,0.5,3\n',
            "p.csv",
            Prompt("row-1", 'a, "b"\nc', (), 5, 0.5, 3),
        ),
        ("user\tsystem\na\tb\n", "p.tsv", Prompt("row-1", "", (("system", "b"), ("user", "a")))),
        ("user,system\na,\n", "p.csv", Prompt("row-1", "", (("user", "a"),))),
    ],
)
def test_a_table(tmp_path: Path, content: str, name: str, expected: Prompt) -> None:
    assert load(file(tmp_path, content, name)) == (expected,)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "p.csv:1: no column text"),
        ("text\n", "no prompts"),
        ("question\na\n", "p.csv:1: unknown columns question; known are "),
        ("text,user\na,b\n", "p.csv:2: a prompt needs either"),
        ("text,seed\na,1\nb,x\n", r"p.csv:3: Expected `int.*got `str` - at `\$.seed"),
        ("text,max_tokens\na,-1\n", "p.csv:2: Expected `int` >= 1"),
        ("text,temperature\na,nan\n", "p.csv:2: Expected `float` >= 0"),
        ("text,temperature\na,inf\n", "prompt row-1: holds NaN or an infinite number"),
        ('"te"xt\na\n', "p.csv:1: ',' expected after"),
        ("text,seed\na,b,1\n", "p.csv:2: more cells than columns"),
        ('text\n"a\n', r"p.csv:\d: unexpected end"),
    ],
)
def test_no_table(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(PromptError, match=message):
        load(file(tmp_path, content, "p.csv"))


def batch(**fields: Json) -> str:
    data: dict[str, Json] = {"custom_id": "r-1", "method": "POST", "url": "/v1/chat/completions", "body": CHAT}
    return json.dumps(data | fields) + "\n"


def test_an_openai_batch(tmp_path: Path) -> None:
    content = batch() + batch(custom_id="r-2", url="/v1/completions", body={"prompt": "a"})
    expected = captured("r-1", "/v1/chat/completions", CHAT), captured("r-2", "/v1/completions", {"prompt": "a"})
    assert load(file(tmp_path, content)) == expected


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (batch(url="/v1/embeddings"), "p.jsonl:1: POST /v1/embeddings: only chat"),
        (batch(body={"model": "m"}), "p.jsonl:1: body holds neither"),
        (batch() + "oops\n", "p.jsonl:2: no JSON object"),
    ],
)
def test_no_batch(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(PromptError, match=message):
        load(file(tmp_path, content))


def har(*requests: Json, indent: int | None = None) -> str:
    return json.dumps({"log": {"version": "1.2", "entries": [{"request": each} for each in requests]}}, indent=indent)


def posted(url: str, body: Json) -> dict[str, Json]:
    headers: Json = [{"name": "Authorization", "value": SECRET}]
    return {"method": "POST", "url": url, "headers": headers, "postData": {"text": json.dumps(body)}}


@pytest.mark.parametrize(("name", "indent"), [("p.har", None), ("p.json", 2), ("p.json", None)])
def test_a_har_file(tmp_path: Path, name: str, indent: int | None) -> None:
    encoded = {"encoding": "base64", "text": base64.b64encode(json.dumps(NATIVE).encode()).decode()}
    content = har(
        {"method": "GET", "url": "http://tgi/info"},
        posted("https://host/llm/v1/chat/completions?api_key=very-secret", CHAT),
        {**posted("http://tgi/", None), "postData": encoded},
        posted("http://host/", {"login": "very-secret"}),
        posted("https://host/llm/v1/chat/completions", CHAT),
        indent=indent,
    )
    prompts = load(file(tmp_path, content, name))
    assert prompts == (captured("entry-1", "/v1/chat/completions", CHAT), captured("entry-2", "/", NATIVE))
    assert "very-secret" not in repr(prompts)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("oops", "p.har: no JSON"),
        ("{}", "p.har: no HAR file"),
        (har(), "no prompts"),
        (har({"method": "POST", "url": "http://tgi/generate"}), r"p.har: log.entries\[0\]: the body of POST /generate"),
        (har({**posted("http://tgi/generate", None), "postData": {"encoding": "base64", "text": "?"}}), "is no JSON"),
    ],
)
def test_no_har_file(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(PromptError, match=message):
        load(file(tmp_path, content, "p.har"))


def escaped(text: str) -> str:
    """As nginx writes a variable without escape=json."""
    return "".join(chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\x{byte:02X}" for byte in text.encode())


BODY = json.dumps(NATIVE, ensure_ascii=False)
LOGS = {
    "nginx-json": json.dumps({"request": "POST /generate HTTP/1.1", "auth": SECRET, "request_body": BODY}),
    "nginx-json-default-escape": f'{{"method":"POST","request_uri":"/generate?t=1","request_body":"{escaped(BODY)}"}}',
    "nginx-combined": f'1.2.3.4 - - [01/Nov/2026] "POST /generate HTTP/1.1" 200 5 "-" "curl" "{escaped(BODY)}"',
    "envoy": json.dumps({"method": "POST", "path": "/generate", "authorization": SECRET, "request_body": BODY}),
    "caddy": json.dumps({"request": {"method": "POST", "uri": "/generate", "headers": {"A": [SECRET]}}, "body": BODY}),
    "object": json.dumps({"verb": "POST", "url": "http://tgi:80/generate", "body": NATIVE}),
}


@pytest.mark.parametrize("line", LOGS.values(), ids=LOGS.keys())
def test_an_access_log(tmp_path: Path, line: str) -> None:
    others = '1.2.3.4 - - [x] "GET /health HTTP/1.1" 200 2 "-" "-" "-"\n\nno log line\n'
    first = line if line.startswith("{") else others.partition("\n")[0]
    prompts = load(file(tmp_path, f"{first}\n{others}{line}\n", "access.log"))
    at = 1 if first == line else 5
    assert prompts == (captured(f"line-{at}", "/generate", NATIVE),)
    assert "secret" not in repr(prompts)


@pytest.mark.parametrize("body", ["-", "", '{"inputs": "a', "[]"])
def test_a_body_that_the_log_cut(tmp_path: Path, body: str) -> None:
    line = json.dumps({"method": "POST", "uri": "/generate_stream", "request_body": body})
    with pytest.raises(PromptError, match=r"access.log:1: the body of POST /generate_stream is not there or is cut"):
        load(file(tmp_path, line, "access.log"))


@pytest.mark.parametrize(
    "line",
    [
        '{"method": "GET", "uri": "/generate", "request_body": "-"}',
        '{"method": "POST", "uri": "/v1/embeddings", "request_body": "-"}',
        '{"method": "POST", "uri": "/", "request_body": "-"}',
        '1.2.3.4 "POST /tokenize HTTP/1.1" 200 "-"',
    ],
)
def test_a_log_without_a_request_that_generates(tmp_path: Path, line: str) -> None:
    with pytest.raises(PromptError, match="no prompts: none of its requests is a POST to a route that generates"):
        load(file(tmp_path, line, "access.log"))


def test_a_har_file_of_a_page_that_asks_no_engine(tmp_path: Path) -> None:
    entries: Json = [{"request": {"method": "POST", "url": url}} for url in ("http://a/b", "http://[::1/generate")]
    with pytest.raises(PromptError, match="no prompts: none of its requests"):
        load(file(tmp_path, json.dumps({"log": {"entries": entries}}), "p.har"))
