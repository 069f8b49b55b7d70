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
            'if (line.slice(5).trim() === "[DONE]") continue;\nconst { choices: [token] } = JSON.parse(line.slice(5));\nif (token.text) write(token.text);',
        ),
        (
            "const event = JSON.parse(line.slice(5));\nif (event.generated_text !== null) break;\nwrite(event.token.text);",
            'if (line.slice(5).trim() === "[DONE]") continue;\nconst event = JSON.parse(line.slice(5));\nif (event.choices[0].finish_reason !== null) break;\nwrite(event.choices[0].text);',
        ),
        (
            "write(JSON.parse(line.slice(5)).token.text);",
            'if (line.slice(5).trim() === "[DONE]") continue;\nwrite(JSON.parse(line.slice(5)).choices[0].text);',
        ),
        ("const event = JSON.parse(line.slice(5));\nsend(event);", None),
        ("write(line);", None),
    ],
    ids=["text", "destructured", "last event", "one statement", "handed on", "never parsed"],
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


WHOLE = """let generatedText = "";
for await (const line of lines(r.body)) {
  if (!line.startsWith('data:')) continue;
  if (line.slice(5).trim() === "[DONE]") continue;
  const event = JSON.parse(line.slice(5));
  generatedText += event.choices[0].text;
READ}
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "if (event.generated_text) show(event.generated_text);",
            "if (event.choices[0].finish_reason) show(generatedText);",
        ),
        (
            "last = event.generated_text ?? last;",
            "last = (event.choices[0].finish_reason ? generatedText : null) ?? last;",
        ),
        (
            "if (event.details) show(event.generated_text, event.token.text);",
            "if (event.choices[0].finish_reason) show(generatedText, event.choices[0].text);",
        ),
    ],
    ids=["tested", "at every event", "with details"],
)
def test_the_whole_text_is_joined(before: str, after: str, moved: Callable[..., Any]) -> None:
    done = moved({"a.js": program(CALL, f"const event = JSON.parse(line.slice(5));\n{before}")}).files["a.js"]
    assert done == f"const r = {MOVED};\n{WHOLE.replace('READ', f'  {after}' + chr(10))}"


def test_events_that_a_generator_gives(moved: Callable[..., Any]) -> None:
    text = f"""async function* events(q) {{
  const r = {CALL};
  for await (const line of r.body) {{
    if (line.startsWith("data:")) yield JSON.parse(line.slice(5));
  }}
}}
for await (const event of events("x")) {{
  write(event.token.text);
  if (event.generated_text !== null) show(event.generated_text);
}}
"""
    done = moved({"a.js": text}).files["a.js"]
    assert 'if (line.startsWith("data:") && line.slice(5).trim() !== "[DONE]") yield JSON.parse(line.slice(5));' in done
    assert done.endswith("""let generatedText = "";
for await (const event of events("x")) {
  generatedText += event.choices[0].text;
  write(event.choices[0].text);
  if (event.choices[0].finish_reason !== null) show(generatedText);
}
""")


def test_lines_that_are_mapped(moved: Callable[..., Any]) -> None:
    text = f"const r = {CALL};\nconst body = await r.text();\nconst all = body.split('\\n').filter((l) => l.startsWith('data:')).map((l) => JSON.parse(l.slice(5)));\nfor (const event of all) write(event.token.text);\n"
    done = moved({"a.js": text}).files["a.js"]
    assert ".filter((l) => l.startsWith('data:')).filter((l) => l.slice(5).trim() !== \"[DONE]\").map(" in done
    assert "write(event.choices[0].text);" in done


def test_a_program_that_knows_the_end_already(moved: Callable[..., Any]) -> None:
    text = program(
        CALL, "if (line === 'data: [DONE]') break;\nconst event = JSON.parse(line.slice(5));\nwrite(event.token.text);"
    )
    assert moved({"a.js": text}).files["a.js"].count("[DONE]") == 1


def test_tests_with_a_choice_are_closed(moved: Callable[..., Any]) -> None:
    text = program(CALL, "if (a || b) write(JSON.parse(line).token.text);")
    assert 'if ((a || b) && line.trim() !== "[DONE]") write(' in moved({"a.js": text}).files["a.js"]


def test_log_probabilities_are_asked_for(moved: Callable[..., Any]) -> None:
    text = program(CALL, "const event = JSON.parse(line);\nwrite(event.token.id, event.token.logprob);")
    done = moved({"a.js": text}).files["a.js"]
    assert "write(event.choices[0].token_ids[0], event.choices[0].logprobs.token_logprobs[0]);" in done
    assert "return_token_ids: true, logprobs: 0" in done


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "const { token, generated_text } = JSON.parse(line);\nif (generated_text) show(generated_text.length);\nwrite(token.text);",
            "const { choices: [token], choices: [choice] } = JSON.parse(line);\ngeneratedText += choice.text;\nif (choice.finish_reason) show(generatedText.length);\nwrite(token.text);",
        ),
        (
            "const { token, details } = JSON.parse(line);\nwrite(token.text);\nif (details) show(details.finish_reason);",
            'const { choices: [token], choices: [choice] } = JSON.parse(line);\nwrite(token.text);\nif (choice.finish_reason) show(((c) => c.finish_reason !== "stop" ? c.finish_reason : c.stop_reason ? "stop_sequence" : "eos_token")(choice));',
        ),
        (
            "const { token, details } = JSON.parse(line);\nwrite(token.text);",
            "const { choices: [token], choices: [choice] } = JSON.parse(line);\nwrite(token.text);",
        ),
        (
            "const { generated_text: all, details } = JSON.parse(line);\nif (details) show(details.finish_reason, all);",
            'const { choices: [choice], choices: [choice_] } = JSON.parse(line);\ngeneratedText += choice.text;\nif (choice_.finish_reason) show(((c) => c.finish_reason !== "stop" ? c.finish_reason : c.stop_reason ? "stop_sequence" : "eos_token")(choice_), generatedText);',
        ),
        ("const { token, details } = JSON.parse(line);\nwrite(token.text);\nsave(details);", None),
        ("const { token, details } = JSON.parse(line);\nwrite(token.text, details.generated_tokens);", None),
    ],
    ids=["whole text", "details", "unused", "both", "handed on", "tokens"],
)
def test_events_taken_apart(before: str, after: str | None, moved: Callable[..., Any]) -> None:
    text = program(CALL, before)
    done = moved({"a.js": text}).files["a.js"]
    if after is None:
        assert done == text
        return
    wanted = program(MOVED, f'if (line.trim() === "[DONE]") continue;\n{after}')
    wanted = wanted.replace("for await", 'let generatedText = "";\nfor await') if "generatedText" in after else wanted
    assert done == wanted


def test_two_streams_of_a_program_have_a_text_each(moved: Callable[..., Any]) -> None:
    one = program(CALL, "const event = JSON.parse(line);\nif (event.generated_text) show(event.generated_text);")
    done = moved({"a.js": one + one.replace("const r", "const s").replace("r.body", "s.body")}).files["a.js"]
    assert done.count('let generatedText = "";') == 1
    assert done.count('let generatedText_ = "";') == 1
    assert "show(generatedText_);" in done
