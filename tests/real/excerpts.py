"""Programs that run around the excerpts that examples of parameters and of answers' members are."""

from __future__ import annotations

import ast
import json
import re

from migrate.clients import examples
from migrate.rulebook.client_rule import ClientRule
from migrate.rulebook.clients import MemberRule, ParameterRule, ScriptRule

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
HEADED = ANSWERED.replace("answer = ", "reply = ").replace(".json()", "").replace("EXCERPT", "EXCERPT, reply.ok")
POSTED = """const res = await fetch("http://tgi/ROUTE", {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ inputs: "Hi", parameters: PARAMETERS }),
});
"""
READ_JSON = "const answer = await res.json();\nconsole.log(EXCERPT);\n"
READ_EVENTS = """const text = await res.text();
for (const line of text.split("\\n")) {
  if (line.startsWith("data:") && !line.includes("[DONE]")) {
    const event = JSON.parse(line.slice(5));
    GUARDconsole.log(EXCERPT);
  }
}
"""
CURL = """curl -s http://tgi/ROUTE -H 'Content-Type: application/json' \\
  -d '{"inputs": "Hi", "parameters": PARAMETERS}' | jq -r 'EXCERPT'
"""
JQ_INFO = "curl -s http://tgi/info | jq -r 'EXCERPT'\n"
# By what the excerpt reads: the kind of object that the member is of, or that its owner comes from.
AROUND = {
    "choice": LISTED,
    "headers": HEADED,
    "script-info": 'const info = await (await fetch("http://tgi/info")).json();\nconsole.log(EXCERPT);\n',
    "jq": CURL,
    "jq-info": JQ_INFO,
    "script-choice": POSTED.replace("ROUTE", "") + READ_JSON,
    **dict.fromkeys(("script-answer", "script-details"), POSTED.replace("ROUTE", "generate") + READ_JSON),
    **dict.fromkeys(
        ("script-event", "script-piece", "script-event-details"),
        POSTED.replace("ROUTE", "generate_stream") + READ_EVENTS,
    ),
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


def path(rule: ClientRule) -> str:
    """The file that an example's program stands in."""
    kind = rule.of if isinstance(rule, MemberRule) else ""
    if kind.startswith("jq"):
        return "main.sh"
    return "main.mjs" if isinstance(rule, ScriptRule) or kind.startswith("script-") else "main.py"


def program(rule: ClientRule, excerpt: str) -> str | None:
    """The excerpt in a program that asks for what it reads; None where it is a program itself."""
    if isinstance(rule, ParameterRule):
        return ASKED.replace("EXCERPT", excerpt)
    if not isinstance(rule, MemberRule) or rule.of not in AROUND:
        return examples.program(rule, excerpt)
    text = AROUND[rule.of].replace("PARAMETERS", _parameters(rule, excerpt)).replace("EXCERPT", excerpt)
    text = text.replace("ROUTE", "" if _reads_list(excerpt) else "generate")
    last = LAST.search(excerpt)
    opened, closed = ("if (", ") ") if rule.of.startswith("script-") else ("if ", f":\n{' ' * _depth(text)}")
    return text.replace("GUARD", f"{opened}{last[0]}{closed}" if last else "")


def _reads_list(excerpt: str) -> bool:
    """Whether jq reads the list that POST / answers with."""
    return excerpt.startswith(".[")


def _parameters(rule: MemberRule, excerpt: str) -> str:
    if "error" in excerpt and "generated_text" not in excerpt:
        return REFUSED
    wanted = '"max_new_tokens": 9, "details": True'
    wanted += ', "top_n_tokens": 2' if "top_tokens" in excerpt else ""
    wanted += ', "return_full_text": False' if rule.of == "script-choice" or _reads_list(excerpt) else ""
    return (
        f"{{{wanted}}}"
        if path(rule) == "main.py"
        else f"{{{wanted}}}".replace("True", "true").replace("False", "false")
    )


def javascript(excerpt: str) -> str:
    """The parameters in a program that asks for an answer with them."""
    return ASKED_IN_JAVASCRIPT.replace("EXCERPT", json.dumps(ast.literal_eval(excerpt)))


def _depth(text: str) -> int:
    """The indentation of a statement below the guard."""
    line = next((line for line in text.splitlines() if "GUARD" in line), "")
    return len(line) - len(line.lstrip()) + 4
