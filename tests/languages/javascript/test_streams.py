"""JavaScript programs that read TGI's event stream: vLLM's events, and its last line."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

CALL = 'await fetch("http://tgi/generate_stream", { method: "POST", body: JSON.stringify({ inputs: q, parameters: { max_new_tokens: 5 } }) })'
MOVED = 'await fetch("http://tgi/v1/completions", { method: "POST", body: JSON.stringify({ prompt: q, max_tokens: 5, temperature: 0, stream: true }) })'
LOOP = "for await (const line of lines(r.body)) {\n  if (!line.startsWith('data:')) continue;\nREAD}\n"


def program(call: str, read: str) -> str:
    lines = "".join(f"  {line}\n" for line in read.splitlines())
    return f"const r = {call};\n{LOOP.replace('READ', lines)}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "const event = JSON.parse(line.slice(5));\nwrite(event.token.text);",
            'if (line.slice(5).trim() === "[DONE]") continue;\nconst event = JSON.parse(line.slice(5));\nwrite(event.choices[0].text);',
        ),
        (
            "const { token } = JSON.parse(line.slice(5));\nif (!token.special) write(token.text);",
            'if (line.slice(5).trim() === "[DONE]") continue;\nconst { choices: [token] } = JSON.parse(line.slice(5));\nif (!!token.text) write(token.text);',
        ),
        (
            "const event = JSON.parse(line.slice(5));\nif (event.generated_text !== null) break;\nwrite(event.token.text);",
            'if (line.slice(5).trim() === "[DONE]") continue;\nconst event = JSON.parse(line.slice(5));\nif (event.choices[0].finish_reason !== null) break;\nwrite(event.choices[0].text);',
        ),
        (
            "write(JSON.parse(line.slice(5)).token.text);",
            'if (line.slice(5).trim() === "[DONE]") continue;\nwrite(JSON.parse(line.slice(5)).choices[0].text);',
        ),
        ("const event = JSON.parse(line.slice(5));\nif (event.generated_text) show(event.generated_text);", None),
        ("const event = JSON.parse(line.slice(5));\nsend(event);", None),
        ("write(line);", None),
    ],
    ids=["text", "destructured", "last event", "one statement", "whole text", "handed on", "never parsed"],
)
def test_events(before: str, after: str | None, moved: Callable[..., Any]) -> None:
    text = program(CALL, before)
    done = moved({"a.js": text})
    assert done.files["a.js"] == (text if after is None else program(MOVED, after))
    assert bool(done.says("manual")) is (after is None)


def test_a_handler_returns_at_the_end(moved: Callable[..., Any]) -> None:
    text = """await fetchEventSource("http://tgi/generate_stream", {
  method: "POST",
  body: JSON.stringify({ inputs: q, parameters: { max_new_tokens: 5 } }),
  onmessage(ev) {
    write(JSON.parse(ev.data).token.text);
  },
});
"""
    done = moved({"a.js": text}).files["a.js"]
    assert '    if (ev.data.trim() === "[DONE]") return;\n    write(JSON.parse(ev.data).choices[0].text);\n' in done
    assert "stream: true" in done


def test_a_place_that_is_no_block_is_left(moved: Callable[..., Any]) -> None:
    text = f"const r = {CALL};\nconst parse = (line) => JSON.parse(line).token.text;\nfor await (const line of r.body) write(parse(line));\n"
    done = moved({"a.js": text})
    assert done.files["a.js"] == text
    assert "[DONE]" in done.says("manual")
