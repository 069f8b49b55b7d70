"""Programs that run around the excerpts that examples of parameters and of answers' members are."""

from __future__ import annotations

import ast
import json
import re

from migrate.clients.rules import Rule

ASKED = """import requests

print(requests.post("http://tgi/generate", json={"inputs": "Hi", "parameters": EXCERPT}).json()["generated_text"])
"""
ASKED_IN_JAVASCRIPT = """const reply = await fetch("http://tgi/generate", {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ inputs: "Hi", parameters: EXCERPT }),
});
const answer = await reply.json();
console.log(answer.generated_text);
"""
ANSWERED = """import requests

answer = requests.post("http://tgi/generate", json={"inputs": "Hi", "parameters": PARAMETERS}).json()
print(EXCERPT)
"""
LISTED = """import requests

body = {"inputs": "Hi", "parameters": {"return_full_text": False, "max_new_tokens": 9}}
answer = requests.post("http://tgi", json=body).json()
print(EXCERPT)
"""
STREAMED = """import json

import requests

body = {"inputs": "Hi", "parameters": {"max_new_tokens": 9, "details": True}}
reply = requests.post("http://tgi/generate_stream", json=body, stream=True)
for line in reply.iter_lines():
    if line:
        event = json.loads(line[5:])
        GUARDprint(EXCERPT)
"""
GENERATED = """from text_generation import Client

answer = Client("http://tgi").generate("Hi", max_new_tokens=9)
print(EXCERPT)
"""
GENERATED_STREAM = """from text_generation import Client

for event in Client("http://tgi").generate_stream("Hi", max_new_tokens=9):
    GUARDprint(EXCERPT)
"""
INFORMED = """import requests

info = requests.get("http://tgi/info").json()
print(EXCERPT)
"""
# By what the excerpt reads: the kind of object that the member is of, or that its owner comes from.
AROUND = {
    "choice": LISTED,
    "event": STREAMED,
    "info": INFORMED,
    **dict.fromkeys(("answer", "details", "token"), ANSWERED),
    **dict.fromkeys(("generation", "generation-details", "pair", "reason"), GENERATED),
    **dict.fromkeys(("event-token", "event-details"), STREAMED),
    **dict.fromkeys(("sdk-event", "sdk-event-token", "sdk-event-details"), GENERATED_STREAM),
}
# Only a stream's last event has these.
LAST = re.compile(r"event(?:\[\"(?:generated_text|details)\"\]|\.(?:generated_text|details))")
REFUSED = '{"max_new_tokens": 0}'


def program(rule: Rule, excerpt: str) -> str:
    """The excerpt in a program that asks for what it reads."""
    if rule.form == "parameter":
        return ASKED.replace("EXCERPT", excerpt)
    alternatives = ', "top_n_tokens": 2' if "top_tokens" in excerpt else ""
    parameters = REFUSED if '"error' in excerpt else f'{{"max_new_tokens": 9, "details": True{alternatives}}}'
    last = LAST.search(excerpt)
    text = AROUND[rule.fields["of"]].replace("PARAMETERS", parameters).replace("EXCERPT", excerpt)
    return text.replace("GUARD", f"if {last[0]}:\n{' ' * _depth(text)}" if last else "")


def javascript(excerpt: str) -> str:
    """The parameters in a program that asks for an answer with them."""
    return ASKED_IN_JAVASCRIPT.replace("EXCERPT", json.dumps(ast.literal_eval(excerpt)))


def _depth(text: str) -> int:
    """The indentation of a statement below the guard."""
    line = next((line for line in text.splitlines() if "GUARD" in line), "")
    return len(line) - len(line.lstrip()) + 4
