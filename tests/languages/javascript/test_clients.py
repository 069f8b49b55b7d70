"""The hub's JavaScript client: with an address of its own it becomes the OpenAI SDK."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

IMPORT = 'import { InferenceClient } from "@huggingface/inference";\n\n'
OPENAI = 'import OpenAI from "openai";\n\n'
ARGUMENTS = "{ inputs: q, parameters: { max_new_tokens: 5, return_full_text: false } }"
NEW = '{ model: "", prompt: q, max_tokens: 5, temperature: 0 }'


@pytest.mark.parametrize(
    ("made", "after"),
    [
        ('new InferenceClient("k", { endpointUrl: "http://tgi" })', '{ baseURL: "http://tgi/v1", apiKey: "k" }'),
        ('new InferenceClient(key).endpoint("http://tgi/")', '{ baseURL: "http://tgi/v1", apiKey: key }'),
        ('new InferenceClient().endpoint("http://tgi")', '{ baseURL: "http://tgi/v1", apiKey: "EMPTY" }'),
        ("new InferenceClient(key).endpoint(url)", '{ baseURL: url + "/v1", apiKey: key }'),
        (
            'new InferenceClient(key).endpoint(url ?? "http://tgi")',
            '{ baseURL: (url ?? "http://tgi") + "/v1", apiKey: key }',
        ),
        ('new InferenceClient(key).endpoint("http://" + host)', '{ baseURL: ("http://" + host) + "/v1", apiKey: key }'),
        (
            'new InferenceClient(process.env.HF_TOKEN).endpoint("http://tgi")',
            '{ baseURL: "http://tgi/v1", apiKey: process.env.HF_TOKEN ?? "EMPTY" }',
        ),
    ],
    ids=["option", "endpoint", "no key", "address by name", "default", "sum", "key in a variable"],
)
def test_forms_of_the_object(made: str, after: str, moved: Callable[..., Any]) -> None:
    text = f"{IMPORT}const hf = {made};\nshow((await hf.textGeneration({ARGUMENTS})).generated_text);\n"
    assert moved({"a.mjs": text}).files["a.mjs"] == (
        f"{OPENAI}const hf = new OpenAI({after});\nshow((await hf.completions.create({NEW})).choices[0].text);\n"
    )


def test_streams(moved: Callable[..., Any]) -> None:
    text = f"{IMPORT}const hf = new InferenceClient(key).endpoint('http://tgi');\nfor await (const one of hf.textGenerationStream({ARGUMENTS})) write(one.token.text);\n"
    done = moved({"a.mjs": text}).files["a.mjs"]
    assert "for await (const one of await hf.completions.create({" in done
    assert "temperature: 0, stream: true" in done
    assert "write(one.choices[0].text);" in done


def test_chat_keeps_its_fields(moved: Callable[..., Any]) -> None:
    call = "hf.chatCompletion({\n  messages,\n  tools,\n})"
    text = f"{IMPORT}const hf = new InferenceClient(key).endpoint('http://tgi');\nshow((await {call}).choices[0].message.content);\n"
    done = moved({"a.mjs": text})
    assert 'hf.chat.completions.create({\n  model: "",\n  messages,\n  tools,\n})' in done.files["a.mjs"]
    assert done.found.needs == {"tool-call-parser"}


def test_a_member_of_a_class(moved: Callable[..., Any]) -> None:
    text = f"{IMPORT}class Llm {{\n  constructor() {{\n    this.hf = new InferenceClient(key).endpoint('http://tgi');\n  }}\n  async ask(q) {{\n    return (await this.hf.textGeneration({ARGUMENTS})).generated_text;\n  }}\n}}\n"
    assert f"return (await this.hf.completions.create({NEW})).choices[0].text;" in moved({"a.mjs": text}).files["a.mjs"]


def test_an_import_that_is_still_read_stays(moved: Callable[..., Any]) -> None:
    text = f"{IMPORT}const hf = new InferenceClient(key).endpoint('http://tgi');\nshow((await hf.textGeneration({ARGUMENTS})).generated_text);\nshow(await new InferenceClient(key).translation(t));\n"
    done = moved({"a.mjs": text}).files["a.mjs"]
    assert done.startswith(IMPORT.rstrip() + "\n" + OPENAI)
    assert "new InferenceClient(key).translation(t)" in done


def test_commonjs(moved: Callable[..., Any]) -> None:
    text = f"const {{ HfInference }} = require('@huggingface/inference')\nconst hf = new HfInference(key).endpoint('http://tgi')\nhf.textGeneration({ARGUMENTS}).then((out) => show(out.generated_text))\n"
    done = moved({"a.cjs": text}).files["a.cjs"]
    assert done.startswith(
        "const OpenAI = require('openai')\nconst hf = new OpenAI({ baseURL: 'http://tgi/v1', apiKey: key })\n"
    )
    assert done.endswith("show(out.choices[0].text))\n")


@pytest.mark.parametrize(
    ("rest", "reason"),
    [
        ("share(hf);", "handed on"),
        ("await hf.summarization({ inputs: q });", "no counterpart"),
        ("await hf.textGeneration(options);", "built elsewhere"),
    ],
    ids=["handed on", "another method", "arguments elsewhere"],
)
def test_left_to_a_person(rest: str, reason: str, moved: Callable[..., Any]) -> None:
    text = f"{IMPORT}const hf = new InferenceClient(key).endpoint('http://tgi');\nshow((await hf.textGeneration({ARGUMENTS})).generated_text);\n{rest}\n"
    done = moved({"a.mjs": text})
    assert done.files["a.mjs"] == text
    assert reason in done.says("manual")


@pytest.mark.parametrize(
    "text",
    [
        f"{IMPORT}const hf = new InferenceClient(key);\nshow((await hf.textGeneration({ARGUMENTS})).generated_text);\n",
        f"{IMPORT}const hf = new InferenceClient(key).endpoint('https://api-inference.huggingface.co/models/m');\nshow((await hf.textGeneration({ARGUMENTS})).generated_text);\n",
        f"{IMPORT}const hf = new InferenceClient(key).endpoint('http://tei');\nshow(await hf.featureExtraction({{ inputs: q }}));\n",
        f"import {{ InferenceClient }} from './own';\nconst hf = new InferenceClient(key).endpoint('http://tgi');\nshow((await hf.textGeneration({ARGUMENTS})).generated_text);\n",
    ],
    ids=["hosted", "hosted address", "embeddings", "own class"],
)
def test_left_alone(text: str, moved: Callable[..., Any]) -> None:
    done = moved({"a.mjs": text})
    assert done.files["a.mjs"] == text
    assert done.found.findings == ()


def test_openai_programs_ask_for_their_parser(moved: Callable[..., Any]) -> None:
    text = 'const client = new OpenAI({ baseURL: "http://tgi:80/v1" });\nawait client.chat.completions.create({ model: MODEL, messages, tools });\nconst MODEL = "tgi";\n'
    done = moved({"run.sh": "text-generation-launcher --model-id m\n", "a.mjs": text})
    assert [(one.feature, one.address) for one in done.found.asked] == [("tool-call-parser", "http://tgi:80/v1")]
    assert [one.name for one in done.found.names] == ["tgi"]
    assert "tool_call_parser" in done.says("review")


def test_a_client_that_gets_its_address_later(moved: Callable[..., Any]) -> None:
    text = f"{IMPORT}const hf = new InferenceClient(key);\nconst tgi = hf.endpoint('http://tgi');\nshow((await tgi.textGeneration({ARGUMENTS})).generated_text);\n"
    assert moved({"a.mjs": text}).files["a.mjs"] == (
        f"{OPENAI}const tgi = new OpenAI({{ baseURL: 'http://tgi/v1', apiKey: key }});\nshow((await tgi.completions.create({NEW})).choices[0].text);\n"
    )
    used = text + "show(await hf.translation(t));\n"
    assert "const hf = new InferenceClient(key);\nconst tgi = new OpenAI(" in moved({"a.mjs": used}).files["a.mjs"]
    other = text.replace("new InferenceClient(key)", "new Router(key)")
    assert moved({"a.mjs": other}).files["a.mjs"] == other


def test_the_whole_text_of_a_stream_begins_with_the_prompt(moved: Callable[..., Any]) -> None:
    text = f"{IMPORT}const hf = new InferenceClient(key).endpoint('http://tgi');\nfor await (const one of hf.textGenerationStream({{ inputs: q, parameters: {{ max_new_tokens: 5 }} }})) {{\n  if (one.generated_text) show(one.generated_text);\n}}\n"
    done = moved({"a.mjs": text}).files["a.mjs"]
    assert "let generatedText = q;\nfor await" in done
    assert "  generatedText += one.choices[0].text;\n  if (one.choices[0].finish_reason) show(generatedText);" in done
    alone = text.replace("max_new_tokens: 5", "max_new_tokens: 5, return_full_text: false")
    assert 'let generatedText = "";' in moved({"a.mjs": alone}).files["a.mjs"]


@pytest.mark.parametrize("key", ["endpointUrl", "model"])
def test_functions_of_the_package_are_reported(key: str, moved: Callable[..., Any]) -> None:
    text = f'import {{ textGeneration }} from "@huggingface/inference";\nshow(await textGeneration({{ {key}: "http://tgi", inputs: q }}));\n'
    done = moved({"a.mjs": text})
    assert done.files["a.mjs"] == text
    assert "new OpenAI" in done.says("manual")
    hosted = text.replace('"http://tgi"', '"https://x.hf.space"' if key == "endpointUrl" else '"gpt2"')
    assert moved({"a.mjs": hosted}).found.findings == ()


def test_a_client_that_another_file_uses(moved: Callable[..., Any]) -> None:
    files = {
        "client.mjs": f"{IMPORT}export const hf = new InferenceClient(key).endpoint('http://tgi');\n",
        "main.mjs": f"import {{ hf }} from './client.mjs';\nshow((await hf.textGeneration({ARGUMENTS})).generated_text);\n",
    }
    done = moved(files).files
    assert done["client.mjs"] == f"{OPENAI}export const hf = new OpenAI({{ baseURL: 'http://tgi/v1', apiKey: key }});\n"
    assert done["main.mjs"].endswith(f"show((await hf.completions.create({NEW})).choices[0].text);\n")
    held = files | {"other.mjs": "import { hf } from './client.mjs';\nshare(hf);\n"}
    assert moved(held).files == held
