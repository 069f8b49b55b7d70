"""JavaScript programs: where the body stands, how it is sent, what is read, what is left to a person."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

READ = "console.log((await res.json()).generated_text);\n"


def fetched(body: str, url: str = '"http://tgi/generate"', read: str = READ) -> str:
    return f'const res = await fetch({url}, {{ method: "POST", body: JSON.stringify({body}) }});\n{read}'


def done(body: str, url: str = '"http://tgi/v1/completions"') -> str:
    return fetched(body, url, "console.log((await res.json()).choices[0].text);\n")


@pytest.mark.parametrize(
    ("body", "after"),
    [
        ("{ inputs: q, parameters: { max_new_tokens: 5 } }", "{ prompt: q, max_tokens: 5, temperature: 0 }"),
        (
            '{ "inputs": q, "parameters": { "max_new_tokens": 5 } }',
            '{ "prompt": q, "max_tokens": 5, "temperature": 0 }',
        ),
        ("{ inputs, parameters: { max_new_tokens: n } }", "{ prompt: inputs, max_tokens: n, temperature: 0 }"),
        (
            "{ inputs: q, parameters: { max_new_tokens: 5, top_p: 0.5, seed } }",
            "{ prompt: q, max_tokens: 5, top_p: 0.5, seed, temperature: 1.0 }",
        ),
        (
            "{ inputs: q, parameters: { max_new_tokens: 5, do_sample: true, temperature: 0.7 } }",
            "{ prompt: q, max_tokens: 5, temperature: 0.7 }",
        ),
        (
            "{ inputs: q, parameters: { max_new_tokens: 5, do_sample: flag } }",
            "{ prompt: q, max_tokens: 5, temperature: (flag ? 1.0 : 0) }",
        ),
        (
            "{ inputs: q, parameters: { max_new_tokens: 5, grammar: { type: 'regex', value: r } } }",
            "{ prompt: q, max_tokens: 5, structured_outputs: { regex: r }, temperature: 0 }",
        ),
    ],
    ids=["plain", "quoted", "shorthand", "sampled", "flag", "flag-at-run-time", "grammar"],
)
def test_body(body: str, after: str, moved: Callable[..., Any]) -> None:
    assert moved({"a.js": fetched(body)}).files["a.js"] == done(after)


BODY = "{ inputs: q, parameters: { max_new_tokens: 5 } }"
READ_BY = "async (r) => show((await r.json()).generated_text)"
NEW = "{ prompt: q, max_tokens: 5, temperature: 0 }"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (fetched(BODY, "`http://tgi:${port}/generate`"), done(NEW, "`http://tgi:${port}/v1/completions`")),
        (
            f'const url = "http://tgi/generate";\n{fetched(BODY, "url")}',
            f'const url = "http://tgi/v1/completions";\n{done(NEW, "url")}',
        ),
        (fetched(BODY, 'TGI + "/generate"'), done(NEW, 'TGI + "/v1/completions"')),
        (
            f'const body = {BODY};\nconst r = await axios.post("http://tgi/generate", body);\nshow(r.data.generated_text);\n',
            f'const body = {NEW};\nconst r = await axios.post("http://tgi/v1/completions", body);\nshow(r.data.choices[0].text);\n',
        ),
    ],
    ids=["template", "named-address", "concatenated", "body-by-name"],
)
def test_address(before: str, after: str, moved: Callable[..., Any]) -> None:
    assert moved({"a.ts": before}).files["a.ts"] == after


def test_lines_of_the_body_stay(moved: Callable[..., Any]) -> None:
    before = "{\n  inputs: q,\n  parameters: {\n    max_new_tokens: 5,\n    seed: 1,\n  },\n}"
    after = "{\n  prompt: q,\n  max_tokens: 5,\n  seed: 1,\n  temperature: 0,\n}"
    assert moved({"a.js": fetched(before)}).files["a.js"] == done(after)


def test_without_parameters_tgi_samples(moved: Callable[..., Any]) -> None:
    files = {
        "run.sh": "text-generation-launcher --model-id m --max-total-tokens 64\n",
        "a.js": fetched("{ inputs: q }"),
    }
    assert moved(files).files["a.js"] == done("{ prompt: q, temperature: 1.0, max_tokens: 64 }")


def test_temperature_at_run_time(moved: Callable[..., Any]) -> None:
    body = "{ inputs: q, parameters: { max_new_tokens: 5, temperature: t } }"
    after = "{ prompt: q, max_tokens: 5, temperature: ((t == null || t === 1) ? 0 : t) }"
    assert moved({"a.js": fetched(body)}).files["a.js"] == done(after)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (fetched("{ inputs: q, parameters: options }"), "built elsewhere"),
        (fetched("{ inputs: q, parameters: { max_new_tokens: 5, ...rest } }"), "cannot be seen"),
        (fetched("{ inputs: q, parameters: { seed: 1 } }"), "max_tokens"),
        (fetched("{ inputs: q, parameters: { max_new_tokens: 5, grammar: g } }"), "structured_outputs"),
        (fetched("{ inputs: q, parameters: {\n  // short\n  max_new_tokens: 5\n} }"), "comments"),
        (fetched(BODY, '"http://box.example.com/generate"'), "check which server"),
        (fetched(BODY, read="const d = await res.json();\nshow(d.generated_text, d.details);\n"), "cannot be followed"),
        (fetched(BODY, '"http://tgi/"'), "POST / of TGI"),
        (f"const body = {BODY};\nfetch('http://tgi/generate', body).then({READ_BY});\nlog(body);\n", "used here, too"),
    ],
    ids=[
        "parameters-elsewhere",
        "spread",
        "no-limit",
        "grammar-elsewhere",
        "comments",
        "unknown-host",
        "details",
        "root",
        "read-twice",
    ],
)
def test_left_to_a_person(text: str, reason: str, moved: Callable[..., Any]) -> None:
    found = moved({"a.js": text})
    assert found.files["a.js"] == text
    assert reason in found.says("manual")


@pytest.mark.parametrize(
    "text",
    [
        fetched(BODY, '"https://api-inference.huggingface.co/generate"'),
        fetched(BODY, "address()"),
        fetched(BODY, '"http://triton/v2/models/m/generate"'),
        f"save({BODY});\n{READ}",
        f"const body = {BODY};\n{READ}",
        "function make() {\n  return { inputs: q };\n}\n// generated_text\n",
        fetched("{ inputs: q, other: 1 }"),
    ],
    ids=["hosted", "unseen-address", "triton", "other-call", "unsent", "returned", "other-body"],
)
def test_left_alone(text: str, moved: Callable[..., Any]) -> None:
    found = moved({"a.js": text})
    assert found.files["a.js"] == text
    assert found.found.findings == ()


HUB = """import { HfInference } from "@huggingface/inference";

const hf = new HfInference(TOKEN).endpoint("http://tgi/");
const out = await hf.textGeneration({ inputs: q, parameters: { max_new_tokens: 5 } });
console.log(out.generated_text);
"""
HUB_AFTER = """import OpenAI from "openai";

const hf = new OpenAI({ baseURL: "http://tgi/v1", apiKey: TOKEN });
const out = await hf.completions.create({ model: "", prompt: q, max_tokens: 5, temperature: 0, echo: true });
console.log(out.choices[0].text);
"""


def test_hub_client(moved: Callable[..., Any]) -> None:
    found = moved({"a.mjs": HUB})
    assert found.files["a.mjs"] == HUB_AFTER
    assert "echo" in found.says("review")
    quiet = HUB.replace("max_new_tokens: 5", "max_new_tokens: 5, return_full_text: false")
    assert "echo" not in moved({"a.mjs": quiet}).files["a.mjs"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('.endpoint("http://tgi/")', ""),
        ("hf.textGeneration", "textGeneration"),
    ],
    ids=["hosted", "no-receiver"],
)
def test_hub_client_left_alone(old: str, new: str, moved: Callable[..., Any]) -> None:
    text = HUB.replace(old, new)
    assert moved({"a.mjs": text}).files["a.mjs"] == text


OPENAI = 'await client.chat.completions.create({ model: "tgi", messages });\n'


def test_name(moved: Callable[..., Any]) -> None:
    found = moved({"a.ts": OPENAI})
    assert [one.name for one in found.found.names] == ["tgi"]
    assert "served-model-name" in found.says("review")
    launched = moved({"run.sh": "text-generation-launcher --model-id m\n", "a.ts": OPENAI}).found
    assert [one.name for one in launched.names] == ["tgi"]
    assert launched.findings == ()
    served = moved({"run.sh": "vllm serve m --served-model-name m tgi\n", "a.ts": OPENAI}).found
    assert served.names == ()


LAUNCH = "docker run -p 8080:80 ghcr.io/huggingface/text-generation-inference:3.3.7 --model-id a/b\n"
CHAT = """import OpenAI from "openai";
const client = new OpenAI({ baseURL: "http://localhost:8080/v1" });
await client.chat.completions.create({ model: "mine", messages: [] });
"""


@pytest.mark.parametrize(
    ("program", "names"),
    [
        (CHAT, ["mine"]),
        (CHAT.replace('"mine"', 'process.env.MODEL ?? "mine"'), ["mine"]),
        (
            'fetch("http://localhost:8080/v1/chat/completions", { body: JSON.stringify({ model: "mine", messages }) });',
            ["mine"],
        ),
        (
            'const B = "http://localhost:8080";\naxios.post(B + "/v1/chat/completions", { model: "mine", messages });',
            ["mine"],
        ),
        (CHAT.replace("localhost:8080", "api.example.com"), []),
        (CHAT.replace('{ baseURL: "http://localhost:8080/v1" }', ""), []),
        (CHAT.replace("messages: []", "other: 1"), []),
        (CHAT.replace('"mine"', "`${x}`"), []),
    ],
    ids=["SDK", "default", "fetch", "axios", "another server", "OpenAI itself", "no call", "put together"],
)
def test_names_that_are_sent_to_a_server_of_the_repository(
    moved: Callable[..., Any], program: str, names: list[str]
) -> None:
    found = moved({"run.sh": LAUNCH, "a.mjs": program}).found
    assert [one.name for one in found.names] == names
    assert moved({"a.mjs": program}).found.names == ()


def test_a_method_of_the_file_sends(moved: Callable[..., Any]) -> None:
    text = """class Tgi {
  async call(path, body) { return (await fetch(this.url + path, { method: "POST", body: JSON.stringify(body) })).json(); }
  async ask(q) {
    const out = await this.call("/generate", { inputs: q, parameters: { max_new_tokens: 9 } });
    return out.generated_text;
  }
}
"""
    after = moved({"a.js": text}).files["a.js"]
    assert 'this.call("/v1/completions", { prompt: q, max_tokens: 9, temperature: 0 })' in after
    assert "out.choices[0].text" in after


def test_a_sender_that_cannot_be_seen_is_reported(moved: Callable[..., Any]) -> None:
    text = 'const { generated_text } = await tgi.ask("/generate", { inputs: q, parameters: { max_new_tokens: 9 } });\n'
    found = moved({"a.js": text})
    assert found.files["a.js"] == text
    assert "ask" in found.says("manual")
