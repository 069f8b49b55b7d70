"""Where a JavaScript program reads TGI's answer, and what it reads there on vLLM."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

CALL = 'fetch("http://tgi/generate", { method: "POST", body: JSON.stringify({ inputs: q, parameters: { max_new_tokens: 5 } }) })'
MOVED = 'fetch("http://tgi/v1/completions", { method: "POST", body: JSON.stringify({ prompt: q, max_tokens: 5, temperature: 0 }) })'
LIST = 'fetch("http://tgi/", { body: JSON.stringify({ inputs: q, parameters: { max_new_tokens: 5, return_full_text: false } }) })'
LIST_MOVED = (
    'fetch("http://tgi/v1/completions", { body: JSON.stringify({ prompt: q, max_tokens: 5, temperature: 0 }) })'
)
REASON = '((c) => c.finish_reason !== "stop" ? c.finish_reason : c.stop_reason ? "stop_sequence" : "eos_token")'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("(await (await CALL).json()).generated_text", "(await (await CALL).json()).choices[0].text"),
        ('(await r.json())["generated_text"]', "(await r.json()).choices[0].text"),
        ("const d = await r.json();\nshow(d?.generated_text);", "const d = await r.json();\nshow(d?.choices[0].text);"),
        (
            "const { generated_text } = await r.json();\nshow(generated_text);",
            "const { choices: [{ text: generated_text }] } = await r.json();\nshow(generated_text);",
        ),
        (
            "const { generated_text: t } = await r.json();\nshow(t);",
            "const { choices: [{ text: t }] } = await r.json();\nshow(t);",
        ),
        (
            "const d = await r.json();\nshow(d.generated_text, d.details.finish_reason, d.details.generated_tokens);",
            f"const d = await r.json();\nshow(d.choices[0].text, {REASON}(d.choices[0]), d.usage.completion_tokens);",
        ),
        (
            "const { details } = await r.json();\nshow(details.generated_tokens);",
            "const { usage } = await r.json();\nshow(usage.completion_tokens);",
        ),
        (
            "const { generated_text, details } = await r.json();\nshow(generated_text, details.finish_reason, details.generated_tokens);",
            f"const {{ choices: [{{ text: generated_text }}], choices: [choice], usage }} = await r.json();\nshow(generated_text, {REASON}(choice), usage.completion_tokens);",
        ),
        (
            "const { details: { finish_reason, generated_tokens: n } } = await r.json();\nshow(finish_reason, n);",
            f"const {{ choices: [choice], usage }} = await r.json();\nshow({REASON}(choice), usage.completion_tokens);",
        ),
        ("const { details } = await r.json();\nsave(details);", None),
        (
            "const { generated_text: text } = await r.json();\nsave({ id, text });",
            "const { choices: [{ text }] } = await r.json();\nsave({ id, text });",
        ),
        (
            "const { error } = await r.json();\nif (error) fail(error);\nshow((await r.json()).generated_text);",
            "const { error: { message: error } = {} } = await r.json();\nif (error) fail(error);\nshow((await r.json()).choices[0].text);",
        ),
        (
            "const d = (await firstValueFrom(r)).data;\nshow(d.generated_text);",
            "const d = (await firstValueFrom(r)).data;\nshow(d.choices[0].text);",
        ),
        (
            "const read = (x) => x.json();\nshow((await Promise.resolve(r).then(read)).generated_text);",
            None,
        ),
        ("const { details } = await r.json();\nshow(details.seed);", None),
        (
            "let d;\nd = await r.json();\nif (d.error) throw new Error(d.error);\nshow(d.generated_text);",
            "let d;\nd = await r.json();\nif (d.error) throw new Error(d.error.message);\nshow(d.choices[0].text);",
        ),
        (
            "if (r.status === 422) refuse();\nshow((await r.json()).generated_text);",
            "if (r.status === 400) refuse();\nshow((await r.json()).choices[0].text);",
        ),
        (
            "function text(d) {\n  return d.generated_text;\n}\nshow(text(await r.json()));",
            "function text(d) {\n  return d.choices[0].text;\n}\nshow(text(await r.json()));",
        ),
        ("show(await r.json());", None),
        ("save({ d: await r.json() });", None),
        ("const d = await r.json();\nsave({ d });\nshow(d.generated_text);", None),
        ("show((await r.json()).details.prefill);", None),
        ("show((await r.json()).best);", None),
        ("show(r.ok);", None),
    ],
    ids=[
        *("nested", "by key", "optional", "destructured", "renamed", "details"),
        *("details destructured", "details beside", "details taken apart", "details handed on", "kept text", "error"),
        *("waited for", "unknown function", "seed", "assigned"),
        *("status", "helper", "printed", "in an object", "shorthand", "prefill", "unknown member", "never read"),
    ],
)
def test_answer(before: str, after: str | None, moved: Callable[..., Any]) -> None:
    text = f"{before.replace('CALL', CALL)}\n" if "CALL" in before else f"const r = await {CALL};\n{before}\n"
    done = moved({"a.js": text})
    if after is None:
        assert done.files["a.js"] == text
        assert done.says("manual")
    else:
        wanted = f"{after.replace('CALL', MOVED)}\n" if "CALL" in after else f"const r = await {MOVED};\n{after}\n"
        assert done.files["a.js"] == wanted


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("show((await r.json())[0].generated_text);", "show((await r.json()).choices[0].text);"),
        (
            "const [first] = await r.json();\nshow(first.generated_text);",
            "const { choices: [first] } = await r.json();\nshow(first.text);",
        ),
        (
            "const [{ generated_text }] = await r.json();\nshow(generated_text);",
            "const { choices: [{ text: generated_text }] } = await r.json();\nshow(generated_text);",
        ),
        (
            "for (const one of await r.json()) show(one.generated_text);",
            "for (const one of (await r.json()).choices) show(one.text);",
        ),
        (
            "const all = await r.json();\nshow(all.map((one) => one.generated_text), all.length);",
            "const all = await r.json();\nshow(all.choices.map((one) => one.text), all.choices.length);",
        ),
    ],
    ids=["index", "array pattern", "patterns", "loop", "methods"],
)
def test_the_list_of_the_root(before: str, after: str, moved: Callable[..., Any]) -> None:
    done = moved({"a.js": f"const r = await {LIST};\n{before}\n"})
    assert done.files["a.js"] == f"const r = await {LIST_MOVED};\n{after}\n"


def test_promises(moved: Callable[..., Any]) -> None:
    text = (
        f"{CALL}\n  .then((r) => r.json())\n  .then(({{ generated_text }}) => show(generated_text))\n  .catch(fail);\n"
    )
    after = f"{MOVED}\n  .then((r) => r.json())\n  .then(({{ choices: [{{ text: generated_text }}] }}) => show(generated_text))\n  .catch(fail);\n"
    assert moved({"a.js": text}).files["a.js"] == after


def test_through_functions_of_the_file(moved: Callable[..., Any]) -> None:
    text = f"const ask = async (q) => {{\n  const r = await {CALL};\n  return r.json();\n}};\nconst d = await ask('x');\nshow(d.generated_text);\n"
    done = moved({"a.js": text}).files["a.js"]
    assert "show(d.choices[0].text);" in done
    assert "max_tokens: 5" in done
    lost = text.replace(
        "const d = await ask('x');\nshow(d.generated_text);\n", "export default ask;\n// generated_text\n"
    )
    assert moved({"a.js": lost}).files["a.js"] == lost


def test_names_of_other_scopes_stay(moved: Callable[..., Any]) -> None:
    text = f"const r = await {CALL};\nconst d = await r.json();\nshow(d.generated_text);\nfunction other(d) {{\n  return d.generated_text;\n}}\n"
    done = moved({"a.js": text}).files["a.js"]
    assert "show(d.choices[0].text);" in done
    assert "  return d.generated_text;" in done


def test_parameters_by_name(moved: Callable[..., Any]) -> None:
    text = "const parameters = { max_new_tokens: 5, top_k: 3 };\nconst r = await axios.post('http://tgi/generate', { inputs: q, parameters });\nshow(r.data.generated_text);\n"
    assert moved({"a.js": text}).files["a.js"] == (
        "const parameters = { max_tokens: 5, top_k: 3, temperature: 1.0 };\nconst r = await axios.post('http://tgi/v1/completions', { prompt: q, ...parameters });\nshow(r.data.choices[0].text);\n"
    )
    twice = text + "log(parameters);\n"
    assert moved({"a.js": twice}).files["a.js"] == twice


TYPES = f"""interface Answer {{
  generated_text: string;
}}

const r = await {CALL};
const d = (await r.json()) as Answer;
show(d.generated_text);
"""


def test_types_follow(moved: Callable[..., Any]) -> None:
    done = moved({"a.ts": TYPES}).files["a.ts"]
    assert "  choices: { text: string }[];\n" in done
    assert "show(d.choices[0].text);" in done
    annotated = TYPES.replace("const d = (await r.json()) as Answer;", "const d: Answer = await r.json();")
    assert "  choices: { text: string }[];\n" in moved({"a.ts": annotated}).files["a.ts"]
    alias = TYPES.replace("interface Answer {", "type Answer = {").replace("}\n\n", "};\n\n")
    assert "  choices: { text: string }[];\n" in moved({"a.ts": alias}).files["a.ts"]


def test_a_type_with_other_fields_is_left_to_a_person(moved: Callable[..., Any]) -> None:
    text = TYPES.replace("string;\n}", "string;\n  details: Details;\n}")
    done = moved({"a.ts": text})
    assert done.files["a.ts"] == text
    assert "write this type anew" in done.says("manual")


def test_calls_that_share_a_type_stay_together(moved: Callable[..., Any]) -> None:
    second = f"const other = {CALL.replace('max_new_tokens: 5', 'max_new_tokens: 5, watermark: true')};\nconst e: Answer = await (await other).json();\nshow(e.generated_text);\n"
    done = moved({"a.ts": TYPES + second})
    assert done.files["a.ts"] == TYPES + second
    assert "shares values" in done.says("manual")
    good = second.replace(", watermark: true", "")
    assert moved({"a.ts": TYPES + good}).files["a.ts"].count("choices[0].text") == 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "if (!r.ok) throw new Error(await r.text());\nshow((await r.json()).generated_text);",
            "if (!r.ok) throw new Error(await r.text());\nshow((await r.json()).choices[0].text);",
        ),
        ("show(JSON.parse(await r.text()).generated_text);", "show(JSON.parse(await r.text()).choices[0].text);"),
        (
            "const raw = await r.text();\nconst d = JSON.parse(raw.trim());\nshow(d.generated_text);",
            None,
        ),
        (
            "const { body } = r;\nshow((await body.json()).generated_text);",
            "const { body } = r;\nshow((await body.json()).choices[0].text);",
        ),
        ("const t = (await r.json()).generated_text ?? '';", "const t = (await r.json()).choices[0].text ?? '';"),
        (
            "const d = ok ? await r.json() : null;\nshow(d.generated_text);",
            "const d = ok ? await r.json() : null;\nshow(d.choices[0].text);",
        ),
        ("if (r.status === 429) retry();\nshow((await r.json()).generated_text);", None),
        ("const { other } = await r.json();\nshow(other, (await r.json()).generated_text);", None),
        ("this.last = await r.json();\nshow((await r.json()).generated_text);", None),
        ("const [a] = await r.json();\nshow((await r.json()).generated_text);", None),
        (
            "const d = await r.json();\nif (!d.error && d.error !== undefined) fail();\nshow(d.generated_text);",
            "const d = await r.json();\nif (!d.error && d.error !== undefined) fail();\nshow(d.choices[0].text);",
        ),
        ("r.json().then(show);\nshow((await r.json()).generated_text);", None),
        ("const d = await r.json();\nshow(d[key], d.generated_text);", None),
    ],
    ids=[
        *(
            "text of a refusal",
            "parsed text",
            "changed text",
            "body",
            "default",
            "choice",
            "overload",
            "unknown entry",
            "member",
            "array",
            "tests of an error",
            "callback by name",
        ),
        "computed",
    ],
)
def test_more_answers(before: str, after: str | None, moved: Callable[..., Any]) -> None:
    text = f"const r = await {CALL};\n{before}\n"
    done = moved({"a.js": text})
    if after is not None:
        assert done.files["a.js"] == f"const r = await {MOVED};\n{after}\n"
    elif "429" in before:
        assert "503" in done.says("review")
    else:
        assert done.files["a.js"] == text
        assert done.says("manual")


def test_typed_parameters_of_callbacks(moved: Callable[..., Any]) -> None:
    text = f"{CALL}\n  .then((r: Response) => r.json())\n  .then((d: {{ generated_text: string }}) => show(d.generated_text));\n"
    done = moved({"a.ts": text}).files["a.ts"]
    assert ".then((d: { choices: { text: string }[] }) => show(d.choices[0].text));" in done


def test_a_helper_that_sends(moved: Callable[..., Any]) -> None:
    text = 'async function send(path, body) {\n  const r = await fetch(path, { body: JSON.stringify(body) });\n  return r.json();\n}\nconst d = await send("http://tgi/generate", { inputs: q, parameters: { max_new_tokens: 5 } });\nshow(d.generated_text);\n'
    done = moved({"a.js": text}).files["a.js"]
    assert (
        'await send("http://tgi/v1/completions", { prompt: q, max_tokens: 5, temperature: 0 });\nshow(d.choices[0].text);'
        in done
    )
    unknown = text.partition("const d")[2].replace("send(", "elsewhere(")
    assert moved({"a.js": f"const d{unknown}"}).files["a.js"] == f"const d{unknown}"


def test_the_root_by_a_name(moved: Callable[..., Any]) -> None:
    text = f"const TGI = 'http://tgi';\n{LIST.replace(chr(34) + 'http://tgi/' + chr(34), 'TGI')}\n  .then(async (r) => show((await r.json())[0].generated_text));\n"
    assert "fetch(`${TGI}/v1/completions`, {" in moved({"a.js": text}).files["a.js"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            'const info = await (await fetch("http://tgi/info")).json();\nshow(info.model_id, info.max_total_tokens);\n',
            'const info = await (await fetch("http://tgi/v1/models")).json();\nshow(info.data[0].id, info.data[0].max_model_len);\n',
        ),
        (
            "const r = await axios.get(`${TGI}/info`);\nshow(r.data.model_id);\n",
            "const r = await axios.get(`${TGI}/v1/models`);\nshow(r.data.data[0].id);\n",
        ),
        (
            'const info = await (await fetch("http://tgi/info")).json();\nshow(info.model_id, info.docker_label);\n',
            None,
        ),
        ('const info = await (await fetch("http://tgi/info")).json();\nshow(info);\n', None),
        ('const info = await (await fetch("https://api.example.com/info")).json();\nshow(info.model_id);\n', None),
        ('const info = await (await fetch("http://tgi/v2/info")).json();\nshow(info.model_id);\n', None),
    ],
    ids=["fetch", "axios", "another member", "printed", "another host", "another path"],
)
def test_info(before: str, after: str | None, moved: Callable[..., Any]) -> None:
    done = moved({"a.js": before})
    assert done.files["a.js"] == (after or before)
    assert bool(done.says("manual")) is ("docker_label" in before)


def test_tokens_are_made_of_the_log_probabilities(moved: Callable[..., Any]) -> None:
    text = f"const r = await {CALL};\nconst d = await r.json();\nfor (const t of d.details.tokens) show(t.text, t.logprob, t.special);\n"
    done = moved({"a.js": text}).files["a.js"]
    assert "for (const t of ((c) => c.logprobs.tokens.map((text, i) => ({" in done
    assert "logprobs: 0, return_token_ids: true" in done


def test_nodes_own_http(moved: Callable[..., Any]) -> None:
    text = """const body = JSON.stringify({ inputs: q, parameters: { max_new_tokens: 5 } });
const req = http.request({ hostname: "localhost", port: 8080, path: "/generate", method: "POST", headers: { "Content-Length": body.length } }, (res) => {
  let raw = "";
  res.on("data", (one) => (raw += one));
  res.on("end", () => show(JSON.parse(raw).generated_text));
});
req.end(body);
"""
    done = moved({"a.js": text}).files["a.js"]
    assert 'path: "/v1/completions"' in done
    assert "prompt: q, max_tokens: 5, temperature: 0" in done
    assert "show(JSON.parse(raw).choices[0].text)" in done
    other = text.replace('hostname: "localhost"', 'hostname: "api.example.com"')
    assert moved({"a.js": other}).files["a.js"] == other
    late = text.replace(", (res) => {", ");\nreq.on('response', (res) => {")
    assert "choices[0].text" in moved({"a.js": late}).files["a.js"]


def test_a_named_function_of_a_promise(moved: Callable[..., Any]) -> None:
    text = f"const read = (r) => r.json();\n{CALL}.then(read).then((d) => show(d.generated_text));\n"
    assert ".then(read).then((d) => show(d.choices[0].text));" in moved({"a.js": text}).files["a.js"]


def test_the_type_of_a_body_goes(moved: Callable[..., Any]) -> None:
    body = "{ inputs: q, parameters: { max_new_tokens: 5 } }"
    text = f"const body: Wanted = {body};\nconst r = await fetch('http://tgi/generate', {{ body: JSON.stringify(body) }});\nshow((await r.json()).generated_text);\n"
    new = "{ prompt: q, max_tokens: 5, temperature: 0 }"
    assert moved({"a.ts": text}).files["a.ts"].startswith(f"const body = {new};\n")
    cast = text.replace(f": Wanted = {body}", f" = {body} satisfies Wanted")
    assert moved({"a.ts": cast}).files["a.ts"].startswith(f"const body = {new};\n")


def test_new_names_differ_where_they_would_meet(moved: Callable[..., Any]) -> None:
    read = "const {{ details: {0} }} = await (await CALL).json();\nshow({0}.finish_reason);\n"
    text = f"{read.format('a')}{read.format('b')}".replace("CALL", CALL)
    done = moved({"a.mjs": text}).files["a.mjs"]
    assert "const { choices: [choice] } =" in done
    assert "const { choices: [choice_] } =" in done
    apart = "".join(f"async function {name}() {{\n{read.format(name)}}}\n" for name in "ab").replace("CALL", CALL)
    assert "choice_" not in moved({"a.mjs": apart}).files["a.mjs"]
