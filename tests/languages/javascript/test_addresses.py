"""Where the address of a call stands."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

CALL = "const r = await fetch(URL, { body: JSON.stringify({ inputs: q, parameters: { max_new_tokens: 5 } }) });\nshow((await r.json()).generated_text);\n"
DONE = "const r = await fetch(URL, { body: JSON.stringify({ prompt: q, max_tokens: 5, temperature: 0 }) });\nshow((await r.json()).choices[0].text);\n"


@pytest.mark.parametrize(
    ("settings", "start", "address"),
    [
        ("export const URL = 'http://tgi/generate';\n", "import { URL } from './settings.js';\n", "URL"),
        ("export default { tgi: { url: 'http://tgi/generate' } };\n", "import settings from './settings.js';\n", "settings.tgi.url"),
        ("module.exports = { url: `http://${HOST}/generate` };\n", "const settings = require('./settings');\n", "settings.url"),
    ],
    ids=["constant", "object", "commonjs"],
)  # fmt: skip
def test_in_another_file(settings: str, start: str, address: str, moved: Callable[..., Any]) -> None:
    done = moved({"settings.js": settings, "main.js": start + CALL.replace("URL", address)}).files
    assert done["settings.js"] == settings.replace("/generate", "/v1/completions")
    assert done["main.js"] == start + DONE.replace("URL", address)


def test_in_a_member(moved: Callable[..., Any]) -> None:
    text = f"class Tgi {{\n  constructor(base) {{\n    this.url = `${{base}}/generate`;\n  }}\n  async ask(q) {{\n    {CALL.replace('URL', 'this.url')}  }}\n}}\n"
    done = moved({"a.js": text}).files["a.js"]
    assert "this.url = `${base}/v1/completions`;" in done
    assert "choices[0].text" in done


@pytest.mark.parametrize("variable", ["process.env.TGI_URL", "import.meta.env.VITE_TGI"])
def test_a_variable_may_hold_the_path(variable: str, moved: Callable[..., Any]) -> None:
    text = CALL.replace("URL", f"{variable} ?? 'http://tgi/generate'")
    done = moved({"a.mjs": text})
    new = f"({variable} ?? 'http://tgi/generate').replace(/\\/generate\\/?$/, \"/v1/completions\")"
    assert done.files["a.mjs"] == DONE.replace("URL", new)
    assert variable in done.says("review")
    path = CALL.replace("URL", f"({variable} ?? 'http://tgi') + '/generate'")
    assert "(await r.json()).choices[0].text" in moved({"a.mjs": path}).files["a.mjs"]
    assert moved({"a.mjs": path}).says("review") == ""


@pytest.mark.parametrize(
    ("settings", "address"),
    [
        ("export const URL = 'https://api-inference.huggingface.co/generate';\n", "URL"),
        ("export const URL = 'http://tgi/v2/generate';\n", "URL"),
        ("export const other = 'http://tgi/generate';\n", "URL"),
    ],
    ids=["hosted", "another path", "another name"],
)
def test_left_alone(settings: str, address: str, moved: Callable[..., Any]) -> None:
    files = {"settings.js": settings, "main.js": f"import {{ URL }} from './settings.js';\n{CALL}"}
    assert moved(files).files == files
