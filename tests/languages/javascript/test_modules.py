"""Programs of several files: answers and bodies are followed through what files export and import."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from migrate.languages.javascript.modules import Scripts
from migrate.repository import Repository

FETCH = 'const r = await fetch("http://tgi/generate", { body: JSON.stringify({ inputs: q, parameters: { max_new_tokens: 5 } }) });'
ASK = f"async function ask(q) {{\n  {FETCH}\n  return r.json();\n}}\n"
CLASS = f"class Tgi {{\n  async ask(q) {{\n    {FETCH}\n    return r.json();\n  }}\n}}\n"


@pytest.mark.parametrize(
    ("library", "program"),
    [
        (f"export {ASK}", 'import { ask } from "./lib/tgi.js";\nshow((await ask("x")).READ);\n'),
        (f"export default {ASK}", 'import ask from "./lib/tgi";\nshow((await ask("x")).READ);\n'),
        (f"{ASK}export {{ ask as generate }};\n", 'import { generate as g } from "./lib/tgi.js";\nshow((await g("x")).READ);\n'),
        (f"{ASK}module.exports = {{ ask }};\n", 'const { ask } = require("./lib/tgi");\nask("x").then((d) => show(d.READ));\n'),
        (f"{ASK}module.exports = ask;\n", 'const ask = require("./lib/tgi");\nask("x").then((d) => show(d.READ));\n'),
        (f"{ASK}exports.ask = ask;\n", 'const tgi = require("./lib/tgi");\nshow((await tgi.ask("x")).READ);\n'),
        (f"export {ASK}", 'import * as tgi from "./lib/tgi.js";\nshow((await tgi.ask("x")).READ);\n'),
        (f"{ASK}export default {{ ask }};\n", 'import tgi from "@/lib/tgi";\nshow((await tgi.ask("x")).READ);\n'),
        (f"export {CLASS}", 'import { Tgi } from "./lib/tgi.js";\nconst tgi = new Tgi();\nconst d = await tgi.ask("x");\nshow(d.READ);\n'),
        (f"{CLASS}export default new Tgi();\n", 'import tgi from "./lib/tgi.js";\nshow((await tgi.ask("x")).READ);\n'),
        (f"export {ASK}", 'import { ask } from "./lib/tgi.js";\nconst all = await Promise.all(["a", "b"].map(ask));\nfor (const one of all) show(one.READ);\n'),
    ],
    ids=[
        *("named", "default", "renamed", "object", "exports", "member", "namespace", "default object"),
        *("class", "instance", "handed on"),
    ],
)  # fmt: skip
def test_answers(library: str, program: str, moved: Callable[..., Any]) -> None:
    done = moved({"lib/tgi.js": library, "main.mjs": program.replace("READ", "generated_text")})
    assert done.files["main.mjs"] == program.replace("READ", "choices[0].text")
    assert "max_tokens: 5" in done.files["lib/tgi.js"]


def test_files_that_hand_names_on(moved: Callable[..., Any]) -> None:
    files = {
        "src/tgi/ask.ts": f"export {ASK}",
        "src/tgi/index.ts": 'export * from "./ask";\n',
        "src/index.ts": 'export { ask as generate } from "./tgi";\n',
        "src/main.ts": 'import { generate } from "./index.js";\nshow((await generate("x")).generated_text);\n',
    }
    done = moved(files).files
    assert 'show((await generate("x")).choices[0].text);' in done["src/main.ts"]
    assert done["src/index.ts"] == files["src/index.ts"]


def test_one_file_that_cannot_be_followed_holds_all_back(moved: Callable[..., Any]) -> None:
    files = {
        "tgi.js": f"export {ASK}",
        "a.js": 'import { ask } from "./tgi.js";\nshow((await ask("x")).generated_text);\n',
        "b.js": 'import { ask } from "./tgi.js";\nsave(await ask("x"));\n',
    }
    done = moved(files)
    assert done.files == files
    assert [one.path for one in done.found.findings if "cannot be followed" in one.message] == ["b.js"]


@pytest.mark.parametrize(
    "program",
    [
        'import { ask } from "./other.js";\nshow((await ask("x")).generated_text);\n',
        'import { ask } from "tgi";\nshow((await ask("x")).generated_text);\n',
        'import { Tgi } from "tgi-client";\nconst tgi = new Tgi();\nshow((await tgi.ask("x")).generated_text);\n',
    ],
    ids=["another file", "a package", "a class of a package"],
)
def test_names_of_other_modules_stay(program: str, moved: Callable[..., Any]) -> None:
    files = {
        "tgi.js": f"export {CLASS}",
        "other.js": "export const ask = other;\n",
        "main.js": 'import { Tgi } from "./tgi.js";\nconst d = await new Tgi().ask("x");\nshow(d.generated_text);\n',
        "stays.js": f'import "./tgi.js";\n{program}',
    }
    done = moved(files).files
    assert done["stays.js"] == files["stays.js"]
    assert "choices[0].text" in done["main.js"]


def test_bodies_that_callers_hand_over(moved: Callable[..., Any]) -> None:
    send = 'export async function query(data) {\n  const r = await fetch("http://tgi/generate", { body: JSON.stringify(data) });\n  return (await r.json()).generated_text;\n}\n'
    call = 'import {{ query }} from "./send.js";\nshow(await query({{ inputs: "{}", parameters: {{ max_new_tokens: 5 }} }}));\n'
    files = {"send.js": send, "a.js": call.format("a"), "b.js": call.format("b")}
    done = moved(files).files
    assert 'query({ prompt: "a", max_tokens: 5, temperature: 0 })' in done["a.js"]
    assert 'query({ prompt: "b", max_tokens: 5, temperature: 0 })' in done["b.js"]
    assert "choices[0].text" in done["send.js"]
    held = moved(files | {"c.js": 'import { query } from "./send.js";\nshow(await query(request));\n'})
    assert held.files["a.js"] == files["a.js"]
    assert "cannot be seen" in held.says("manual")


def test_clients_with_an_address_of_their_own(moved: Callable[..., Any]) -> None:
    call = 'import {{ api }} from "./api.js";\nshow((await api.post("{}", {{ inputs: q, parameters: {{ max_new_tokens: 5, return_full_text: false }} }})).data{}.generated_text);\n'
    made = 'import axios from "axios";\nexport const api = axios.create({{ baseURL: "{}" }});\n'
    here = {"api.js": made.format("http://localhost:8080"), "main.js": call.format("/generate", "")}
    assert 'api.post("/v1/completions", {' in moved(here).files["main.js"]
    root = {"api.js": made.format("http://localhost:8080"), "main.js": call.format("/", "[0]")}
    assert 'api.post("/v1/completions", {' in moved(root).files["main.js"]
    hosted = {"api.js": made.format("https://api-inference.huggingface.co"), "main.js": call.format("/generate", "")}
    assert moved(hosted).files == hosted
    assert moved(hosted).found.findings == ()
    other = {"api.js": made.format("https://api.example.com"), "main.js": call.format("/generate", "")}
    assert "check which server" in moved(other).says("manual")


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("./b", "src/b.ts"),
        ("./b.js", "src/b.ts"),
        ("../lib", "lib/index.js"),
        ("@/b", "src/b.ts"),
        ("~/lib", "lib/index.js"),
        ("./c", None),
        ("axios", None),
        ("@/c", None),
    ],
)
def test_what_an_import_names(name: str, path: str | None) -> None:
    files = {"src/a.ts": "", "src/b.ts": "", "lib/index.js": ""}
    assert Scripts(Repository.of(files)).resolve("src/a.ts", name) == path


def test_what_a_helper_says_of_a_refusal(moved: Callable[..., Any]) -> None:
    send = "export async function send(path, data) {\n  const r = await fetch(BASE + path, { body: JSON.stringify(data) });\n  const answer = await r.json();\n  if (r.status === 422) throw new Error(answer.error);\n  return answer;\n}\n"
    main = 'import { send } from "./send.js";\nconst d = await send("/generate", { inputs: q, parameters: { max_new_tokens: 5 } });\nshow(d.generated_text, await send("/other", {}));\n'
    done = moved({"send.js": send, "main.js": main}).files
    assert "if (r.status === 400) throw new Error(answer.error.message);" in done["send.js"]
    assert 'show(d.choices[0].text, await send("/other", {}));' in done["main.js"]
