"""Status codes that a program compares, and the replies that a client's exceptions hold."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

BODY = "{ inputs: q, parameters: { max_new_tokens: 5 } }"
FETCH = f'const r = await fetch("http://tgi/generate", {{ body: JSON.stringify({BODY}) }});\n'
POST = f'axios.post("http://tgi/generate", {BODY})'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("if (r.status === 422) refuse();", "if (r.status === 400) refuse();"),
        ("if (r.status === 429) wait();", "if ([429, 503].includes(r.status)) wait();"),
        ("if (r.status !== 429) go();", "if (![429, 503].includes(r.status)) go();"),
        ("if ([429, 502].includes(r.status)) wait();", "if ([429, 503, 502].includes(r.status)) wait();"),
        ("const { status } = r;\nif (status == 424) fail();", "const { status } = r;\nif (status == 500) fail();"),
        ("switch (r.status) {\n  case 429:\n    wait();\n}", "switch (r.status) {\n  case 429:\n  case 503:\n    wait();\n}"),
        ("const BUSY = [429];\nif (BUSY.includes(r.status)) wait();", "const BUSY = [429, 503];\nif (BUSY.includes(r.status)) wait();"),
        ("if (r.status >= 400) fail(r.status);", "if (r.status >= 400) fail(r.status);"),
        ("if (r.status === 404) fail();", "if (r.status === 404) fail();"),
        ("if ([429, 503].includes(r.status)) wait();", "if ([429, 503].includes(r.status)) wait();"),
    ],
    ids=["refused", "full", "not full", "list", "by name", "switch", "named list", "range", "other", "there already"],
)  # fmt: skip
def test_codes(before: str, after: str, moved: Callable[..., Any]) -> None:
    done = moved({"a.js": f"{FETCH}{before}\nshow((await r.json()).generated_text);\n"}).files["a.js"]
    assert done.partition("\n")[2] == f"{after}\nshow((await r.json()).choices[0].text);\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            f"try {{\n  show((await {POST}).data.generated_text);\n}} catch (e) {{\n  if (e.response?.status === 422) say(e.response.data.error);\n}}\n",
            "if (e.response?.status === 400) say(e.response.data.error.message);",
        ),
        (
            f"{POST}.then((r) => show(r.data.generated_text)).catch((e) => say(e.response?.data?.error ?? e.message));\n",
            "say(e.response?.data?.error?.message ?? e.message)",
        ),
        (
            f"async function ask(q) {{\n  return (await {POST}).data.generated_text;\n}}\ntry {{\n  show(await ask());\n}} catch ({{ response }}) {{\n  say(response.data.error);\n}}\n",
            "say(response.data.error.message);",
        ),
        (
            f"try {{\n  show((await {POST}).data.generated_text);\n}} catch (e) {{\n  report(e);\n}}\n",
            "report(e);",
        ),
    ],
    ids=["handler", "promise", "caller's handler", "handed on"],
)
def test_what_a_client_throws(before: str, after: str, moved: Callable[..., Any]) -> None:
    done = moved({"a.js": before}).files["a.js"]
    assert after in done
    assert "choices[0].text" in done
