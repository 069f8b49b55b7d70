"""Where the text stands that a command sends."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

BODY = '{"inputs": "x", "parameters": {"max_new_tokens": 5}}'
NEW = '{"prompt": "x", "max_tokens": 5, "temperature": 0}'
OLD_URL, NEW_URL = "http://tgi/generate", "http://tgi/v1/completions"
JQ = "{inputs: $p, parameters: {max_new_tokens: 5}}"
JQ_NEW = "{prompt: $p, max_tokens: 5, temperature: 0}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"curl URL -sd '{BODY}'\n", f"curl URL -sd '{NEW}'\n"),
        (f"curl URL -d'{BODY}'\n", f"curl URL -d'{NEW}'\n"),
        (f"curl -D head.txt URL -d '{BODY}'\n", f"curl -D head.txt URL -d '{NEW}'\n"),
        (f"curl \"${{opts[@]}}\" URL -d '{BODY}'\n", f"curl \"${{opts[@]}}\" URL -d '{NEW}'\n"),
        (f"curl -o out.json $BASE/generate -d '{BODY}'\n", f"curl -o out.json $BASE/v1/completions -d '{NEW}'\n"),
        (f"wget -qO- --post-data='{BODY}' URL\n", f"wget -qO- --post-data='{NEW}' URL\n"),
        (f"wget --post-data '{BODY}' URL\n", f"wget --post-data '{NEW}' URL\n"),
        (
            """curl URL -d '{"inputs": "'"$P"'", "parameters": {"max_new_tokens": '$N'}}'\n""",
            """curl URL -d '{"prompt": "'"$P"'", "max_tokens": '$N', "temperature": 0}'\n""",
        ),
        (f"B=$(cat <<EOF\n{BODY}\nEOF\n)\ncurl URL -d \"$B\"\n", f"B=$(cat <<EOF\n{NEW}\nEOF\n)\ncurl URL -d \"$B\"\n"),
        (f"read -r -d '' B <<EOF\n{BODY}\nEOF\ncurl URL -d \"$B\"\n", f"read -r -d '' B <<EOF\n{NEW}\nEOF\ncurl URL -d \"$B\"\n"),
        (f"cat <<EOF | curl URL -d @-\n{BODY}\nEOF\n", f"cat <<EOF | curl URL -d @-\n{NEW}\nEOF\n"),
        (f"echo '{BODY}' |\n  curl URL -d @-\n", f"echo '{NEW}' |\n  curl URL -d @-\n"),
        (f"printf '%s' '{BODY}' | curl URL -d @-\n", f"printf '%s' '{NEW}' | curl URL -d @-\n"),
        (f"B='{BODY}'\necho \"$B\" | curl URL -d @-\n", f"B='{NEW}'\necho \"$B\" | curl URL -d @-\n"),
        (f"cat > b.json <<EOF\n{BODY}\nEOF\ncurl URL -d @b.json\n", f"cat > b.json <<EOF\n{NEW}\nEOF\ncurl URL -d @b.json\n"),
        (f"jq -n --arg p \"$1\" '{JQ}' | curl URL -d @-\n", f"jq -n --arg p \"$1\" '{JQ_NEW}' | curl URL -d @-\n"),
        (f"curl URL -d \"$(jq -n --arg p \"$1\" '{JQ}')\"\n", f"curl URL -d \"$(jq -n --arg p \"$1\" '{JQ_NEW}')\"\n"),
        (f"B=$(jq -nc --arg p \"$1\" '{JQ}')\ncurl URL -d \"$B\"\n", f"B=$(jq -nc --arg p \"$1\" '{JQ_NEW}')\ncurl URL -d \"$B\"\n"),
        (
            "jq -n --argjson t $T '{inputs: \"x\", parameters: {max_new_tokens: ($n | tonumber), temperature: $t, stop: [\"a\"]}}' | curl URL -d @-\n",
            "jq -n --argjson t $T '{prompt: \"x\", max_tokens: ($n | tonumber), temperature: (if $t == null or $t == 1 then 0 else $t end), stop: [\"a\"], include_stop_str_in_output: true}' | curl URL -d @-\n",
        ),
        (
            f"f() {{\n  local b='{BODY}'\n  curl URL -d \"$b\"\n}}\ng() {{\n  local b='{BODY}'\n  curl URL -d \"$b\"\n}}\n",
            f"f() {{\n  local b='{NEW}'\n  curl URL -d \"$b\"\n}}\ng() {{\n  local b='{NEW}'\n  curl URL -d \"$b\"\n}}\n",
        ),
    ],
    ids=[
        *("cluster", "attached", "other options", "array", "output", "wget", "wget apart", "several quotes", "cat", "read", "piped", "echo"),
        *("printf", "echo of a name", "file of the script", "jq", "jq in a word", "jq in a name", "jq's values", "twice"),
    ],
)  # fmt: skip
def test_bodies(before: str, after: str, moved: Callable[..., Any]) -> None:
    done = moved({"a.sh": before.replace("URL", OLD_URL)}).files["a.sh"]
    assert done == after.replace("URL", NEW_URL)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "jq -n --arg p x '{inputs: $p} + {parameters: {max_new_tokens: 5}}' | curl URL -d @- # tgi\n",
            "cannot be seen",
        ),
        ("jq --arg p x '{inputs: $p, parameters: {max_new_tokens: 5}}' x.json | curl URL -d @-\n", "cannot be seen"),
        ("make-body inputs parameters | curl URL -d @-\n", "cannot be seen"),
        ("curl URL -d @missing.json # inputs\n", "cannot be seen"),
        (f"B='{BODY}'\nB+=' '\ncurl URL -d \"$B\"\n", "cannot be seen"),
        (f'B=\'{BODY}\'\nlog "$B"\ncurl URL -d "$B"\n', "cannot be seen"),
        (
            'curl URL -d "{\\"inputs\\": \\"x\\", \\"parameters\\": {\\"max_new_tokens\\": 5, \\"do_sample\\": $S}}"\n',
            "do_sample",
        ),
        (
            """curl URL -d '{"inputs": "x", "parameters": {"max_new_tokens": 5, "details": '$D'}}'\n""",
            "cannot be seen",
        ),
        ("http POST URL inputs=x parameters:='{\"max_new_tokens\": 5}'\n", "prompt="),
    ],
    ids=["sum", "input", "another program", "no file", "longer", "used twice", "choice", "quotes", "httpie"],
)
def test_left_to_a_person(text: str, reason: str, moved: Callable[..., Any]) -> None:
    text = text.replace("URL", OLD_URL)
    done = moved({"a.sh": text})
    assert done.files["a.sh"] == text
    assert reason in done.says("manual")


def test_a_temperature_in_a_variable_stays(moved: Callable[..., Any]) -> None:
    text = 'curl http://tgi/generate -d "{\\"inputs\\": \\"x\\", \\"parameters\\": {\\"max_new_tokens\\": 5, \\"temperature\\": $T}}"\n'
    done = moved({"a.sh": text})
    assert '\\"temperature\\": $T}"' in done.files["a.sh"]
    assert "exactly 1.0" in done.says("review")


def test_files_of_the_repository(moved: Callable[..., Any]) -> None:
    files = {"run/a.sh": f"curl {OLD_URL} -d @body.json | jq .generated_text\n", "run/body.json": f"{BODY}\n"}
    done = moved(files).files
    assert done["run/body.json"] == f"{NEW}\n"
    assert "v1/completions -d @body.json" in done["run/a.sh"]
    shared = files | {"b.py": 'open("body.json")\n'}
    held = moved(shared)
    assert held.files == shared
    assert "used elsewhere" in held.says("manual")


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("R=$(curl URL -d 'BODY')\necho \"$R\" | grep generated_text\n", None),
        ("curl URL -d 'BODY' | python3 -m json.tool\n", "curl URL -d 'BODY' | python3 -m json.tool\n"),
        ("curl URL -d 'BODY' | head -c 100\n", "curl URL -d 'BODY' | head -c 100\n"),
        ("# prints generated_text\ncurl URL -d 'BODY'\n", "# prints generated_text\ncurl URL -d 'BODY'\n"),
        ("curl URL -d 'BODY' | awk '{print}'\n", None),
    ],
    ids=["grep", "json.tool", "head", "comment", "awk"],
)
def test_what_reads_the_answer(text: str, after: str | None, moved: Callable[..., Any]) -> None:
    before = text.replace("URL", OLD_URL).replace("BODY", BODY)
    wanted = before if after is None else after.replace("URL", NEW_URL).replace("BODY", NEW)
    assert moved({"a.sh": before}).files["a.sh"] == wanted


@pytest.mark.parametrize(
    ("text", "after"),
    [
        (
            'I=$(curl -s http://tgi/info)\necho "$I" | jq -r .model_id\njq .max_total_tokens <<< "$I"\n',
            "I=$(curl -s http://tgi/v1/models)\necho \"$I\" | jq -r '.data[0].id'\njq '.data[0].max_model_len' <<< \"$I\"\n",
        ),
        ("I=$(curl -s http://tgi/info)\necho \"$I\" | jq -r '.model_id + .docker_label'\n", None),
        ('I=$(curl -s http://tgi/info)\necho "$I"\n', None),
    ],
    ids=["kept", "other fields", "printed"],
)
def test_info(text: str, after: str | None, moved: Callable[..., Any]) -> None:
    assert moved({"a.sh": text}).files["a.sh"] == (after or text)


def test_steps_of_a_workflow(moved: Callable[..., Any]) -> None:
    text = f"jobs:\n  a:\n    steps:\n      - run: |\n          curl {OLD_URL} \\\n            -d '{BODY}' | jq -r '.generated_text'\n      - run: echo \"curl {OLD_URL}\"\n"
    after = text.replace(f"curl {OLD_URL} \\", f"curl {NEW_URL} \\").replace(BODY, NEW)
    done = moved({".github/workflows/a.yml": text}).files[".github/workflows/a.yml"]
    assert done == after.replace(".generated_text", ".choices[0].text")
    broken = f"a: [\nrun: |\n  curl {OLD_URL} -d '{BODY}'\n"
    assert moved({"a.yaml": broken}).files["a.yaml"] == broken


def test_load_tools(moved: Callable[..., Any]) -> None:
    text = f"hey -n 9 -m POST -T application/json -d '{BODY}' {OLD_URL}\n"
    assert moved({"a.sh": text}).files["a.sh"] == text.replace(BODY, NEW).replace(OLD_URL, NEW_URL)
