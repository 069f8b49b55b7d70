"""Parameters that stand elsewhere: by a name, spread into others, handed over by callers."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

SEND = "  const r = await fetch('http://tgi/generate', { body: JSON.stringify({ inputs: q, PARAMETERS }) });\n  return (await r.json()).generated_text;\n"
MOVED = "  const r = await fetch('http://tgi/v1/completions', { body: JSON.stringify({ prompt: q, PARAMETERS }) });\n  return (await r.json()).choices[0].text;\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            ("const P = { max_new_tokens: 5, top_p: 0.9 };\nasync function ask(q) {\nSEND}\n", "parameters: P"),
            ("const P = { max_tokens: 5, top_p: 0.9, temperature: 1.0 };\nasync function ask(q) {\nSEND}\n", "...P"),
        ),
        (
            ("const P = { max_new_tokens: 5 };\nasync function ask(q) {\nSEND}\n", "parameters: { ...P, seed: 1 }"),
            ("const P = { max_tokens: 5 };\nasync function ask(q) {\nSEND}\n", "...P, seed: 1, temperature: 0"),
        ),
        (
            ("async function ask(q, parameters) {\nSEND}\nawait ask('a', { max_new_tokens: 5, do_sample: true });\n", "parameters"),
            ("async function ask(q, parameters) {\nSEND}\nawait ask('a', { max_tokens: 5, temperature: 1.0 });\n", "...parameters"),
        ),
        (
            ("async function ask(q, more = {}) {\nSEND}\nawait ask('a');\nawait ask('b', { stop: ['x'] });\nawait ask('c', { details: true });\n", "parameters: { max_new_tokens: 5, ...more }"),
            ("async function ask(q, more = {}) {\nSEND}\nawait ask('a');\nawait ask('b', { stop: ['x'], include_stop_str_in_output: true });\nawait ask('c', {});\n", "max_tokens: 5, temperature: 0, ...more"),
        ),
        (
            ("async function ask(q, more) {\nSEND}\nconst own = {\n  temperature: 1.0,\n  top_k: 4,\n};\nawait ask('a', own);\n", "parameters: { max_new_tokens: 5, do_sample: true, ...more }"),
            ("async function ask(q, more) {\nSEND}\nconst own = {\n  temperature: 1.0,\n  top_k: 4,\n};\nawait ask('a', own);\n", "max_tokens: 5, temperature: 1.0, ...more"),
        ),
        (
            ("async function ask(q, more) {\nSEND}\nawait ask('a', { temperature: 1.0 });\n", "parameters: { max_new_tokens: 5, ...more }"),
            ("async function ask(q, more) {\nSEND}\nawait ask('a', { temperature: 0 });\n", "max_tokens: 5, temperature: 0, ...more"),
        ),
    ],
    ids=["name", "spread constant", "handed over", "spread", "sampled anyway", "greedy at 1.0"],
)  # fmt: skip
def test_written_where_they_stand(before: tuple[str, str], after: tuple[str, str], moved: Callable[..., Any]) -> None:
    text = before[0].replace("SEND", SEND.replace("PARAMETERS", before[1]))
    wanted = after[0].replace("SEND", MOVED.replace("PARAMETERS", after[1]))
    assert moved({"a.js": text}).files["a.js"] == wanted


def test_callers_in_other_files(moved: Callable[..., Any]) -> None:
    files = {
        "ask.ts": f"export async function ask(q: string, parameters: object) {{\n{SEND.replace('PARAMETERS', 'parameters')}}}\n",
        "main.ts": "import { ask } from './ask';\nawait ask('a', { max_new_tokens: 5 });\n",
    }
    assert "ask('a', { max_tokens: 5, temperature: 0 });" in moved(files).files["main.ts"]


@pytest.mark.parametrize(
    ("text", "parameters", "reason"),
    [
        ("async function ask(q, p) {\nSEND}\nawait ask('a', make());\n", "parameters: p", "cannot be seen"),
        ("async function ask(q, p) {\nSEND}\nawait ask('a');\n", "parameters: p", "hands none over"),
        ("export async function ask(q, p) {\nSEND}\n", "parameters: p", "cannot be seen"),
        ("async function ask(q, p) {\n  log(p);\nSEND}\nawait ask('a', { max_new_tokens: 5 });\n", "parameters: p", "cannot be seen"),
        ("async function ask(q, p = { seed: 1 }) {\nSEND}\nawait ask('a', { max_new_tokens: 5 });\n", "parameters: p", "cannot be seen"),
        ("async function ask(q, { url, ...p }) {\nSEND}\nawait ask('a', { max_new_tokens: 5 });\n", "parameters: p", "cannot be seen"),
        ("async function ask(q, p) {\nSEND}\nawait ask('a', { best_of: 2 });\n", "parameters: { max_new_tokens: 5, ...p }", "best_of"),
        ("const P = { ...Q };\nasync function ask(q) {\nSEND}\n", "parameters: { max_new_tokens: 5, ...P }", "cannot be seen"),
        ("const P = { seed: 1 };\nlog(P);\nasync function ask(q) {\nSEND}\n", "parameters: { max_new_tokens: 5, ...P }", "cannot be seen"),
        ("async function ask(q, p) {\nSEND}\nrun(ask);\n", "parameters: p", "cannot be seen"),
    ],
    ids=[
        *("made by a call", "handed over by nobody", "no caller", "used twice", "default", "rest", "no counterpart"),
        *("spread twice", "constant used twice", "function handed on"),
    ],
)  # fmt: skip
def test_left_to_a_person(text: str, parameters: str, reason: str, moved: Callable[..., Any]) -> None:
    program = text.replace("SEND", SEND.replace("PARAMETERS", parameters))
    done = moved({"a.js": program})
    assert done.files["a.js"] == program
    assert reason in done.says("manual")
