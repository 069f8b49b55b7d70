"""Runs the examples of the rules for clients: a program of the example's words is read and rewritten in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from migrate.clients.reading import read
from migrate.findings import Finding, Safety
from migrate.repository import Repository
from migrate.rulebook.client_rule import CallExample, ClientRule
from migrate.rulebook.clients import MemberRule, ParameterRule, ScriptRule
from migrate.source import apply_edits

_POST = 'requests.post("http://tgi/generate", json={"inputs": "Hi", "parameters": PARAMETERS})'
_TOKENIZE = 'requests.post("http://tgi/tokenize", json={"inputs": "Hi"})'
_NINE = '{"max_new_tokens": 9}'
_ANSWER = f"import requests\n\nanswer = {_POST.replace('PARAMETERS', _NINE)}.json()\nprint(READ)\n"
_LIST = '{"inputs": "Hi", "parameters": {"return_full_text": False, "max_new_tokens": 9}}'
_STREAM = """import json

import requests

body = {"inputs": "Hi", "parameters": {"max_new_tokens": 9}}
reply = requests.post("http://tgi/generate_stream", json=body, stream=True)
for line in reply.iter_lines():
    if line:
        event = json.loads(line[5:])
        print(READ)
"""
_LIBRARY = "from text_generation import Client\n\n"
# A program around the expression READ, by the kind of object that it reads.
PROGRAMS = {
    "answer": _ANSWER,
    "choice": f'import requests\n\nanswer = requests.post("http://tgi", json={_LIST}).json()\nprint(READ)\n',
    "event": _STREAM,
    "tokenize": f"import requests\n\nfound = {_TOKENIZE}.json()\nprint(READ)\n",
    "headers": _ANSWER.replace("answer = ", "reply = ").replace(".json()", "").replace("READ", "READ, reply.ok"),
    "info": 'import requests\n\ninfo = requests.get("http://tgi/info").json()\nprint(READ)\n',
    "generation": f'{_LIBRARY}answer = Client("http://tgi").generate("Hi")\nprint(READ)\n',
    "sdk-event": f'{_LIBRARY}for event in Client("http://tgi").generate_stream("Hi"):\n    print(READ)\n',
}
_SCRIPT = """const res = await fetch("http://tgi/ROUTE", {
  method: "POST",
  body: JSON.stringify({ inputs: "Hi", parameters: { max_new_tokens: 9MORE } }),
});
"""
_EVENTS = """for await (const line of lines(res)) {
  const event = JSON.parse(line.slice(5));
  console.log(READ);
}
"""
_JSON = "const answer = await res.json();\nconsole.log(READ);\n"
SCRIPTS = {
    "script-answer": _SCRIPT.replace("ROUTE", "generate").replace("MORE", "") + _JSON,
    "script-choice": _SCRIPT.replace("ROUTE", "").replace("MORE", ", return_full_text: false") + _JSON,
    "script-info": 'const info = await (await fetch("http://tgi/info")).json();\nconsole.log(READ);\n',
    "script-event": _SCRIPT.replace("ROUTE", "generate_stream").replace("MORE", "") + _EVENTS,
}
_CURL = """curl -s http://tgi/ROUTE -d '{"inputs": "Hi", "parameters": {"max_new_tokens": 9}}' | jq -r 'READ'\n"""
COMMANDS = {
    "jq": _CURL.replace("ROUTE", "generate"),
    "jq-info": "curl -s http://tgi/info | jq -r 'READ'\n",
}
# Kinds that are reached through another one.
_HOME = {
    "tokenized": "tokenize",
    "details": "answer",
    "token": "answer",
    "pair": "generation",
    "reason": "generation",
    "script-details": "script-answer",
    "script-piece": "script-event",
    "script-event-details": "script-event",
}


def program(rule: ClientRule, piece: str) -> str | None:
    """The program around a piece: parameters in a request, a read of what came back; None: there is none."""
    if isinstance(rule, ParameterRule):
        return f'import requests\n\nprint({_POST.replace("PARAMETERS", piece)}.json()["generated_text"])\n'
    if not isinstance(rule, MemberRule):
        return None
    kind = _HOME.get(rule.of, rule.of)
    around = (
        SCRIPTS.get(kind) or COMMANDS.get(kind) or PROGRAMS.get(kind.removesuffix("-details").removesuffix("-token"))
    )
    return around.replace("READ", piece) if around else None


def _path(rule: ClientRule) -> str:
    """The file that an example's program stands in."""
    kind = rule.of if isinstance(rule, MemberRule) else ""
    if kind in COMMANDS:
        return "main.sh"
    return "main.mjs" if isinstance(rule, ScriptRule) or kind.startswith("script-") else "main.py"


def judge(rule: ClientRule, example: CallExample, folders: tuple[Path, ...] = ()) -> Iterator[str]:
    """What is wrong with one example; `folders` hold the user's own rules."""
    path = _path(rule)
    if example.before is not None and example.after is not None:
        yield from _compare(path, example.before, example.after, folders)
    elif example.unchanged is not None:
        text = program(rule, example.unchanged) or example.unchanged
        findings, after = _moved(path, text, folders)
        if after != text:
            yield f"is changed into {after!r}"
        if not any(one.safety is Safety.MANUAL for one in findings):
            yield "is not reported as manual"
    elif example.alone is not None:
        findings, after = _moved(path, example.alone, folders)
        if after != example.alone or findings:
            yield f"is spoken of: {[one.message for one in findings]}"
    elif example.tgi is not None and example.vllm is not None and (around := program(rule, example.tgi)):
        _, after = _moved(path, around, folders)
        wanted = _wanted(path, rule, example.vllm)
        if wanted not in after:
            yield f"becomes {after!r}, in which {wanted!r} does not stand"
        yield from _settled(path, after, folders)
    else:
        yield "an example of this form has `before` and `after`, `unchanged` or `alone`"


def _wanted(path: str, rule: ClientRule, text: str) -> str:
    """What stands in the rewritten program."""
    if isinstance(rule, ParameterRule):
        return text[1:-1]
    return f"'{text}'" if path == "main.sh" else f"({text})"


def _compare(path: str, before: str, after: str, folders: tuple[Path, ...]) -> Iterator[str]:
    findings, found = _moved(path, before, folders)
    if found != after:
        said = [f"{one.rule}: {one.message}" for one in findings]
        yield f"becomes {found!r}, not {after!r}; findings: {said}"
    yield from _settled(path, found, folders)


def _moved(path: str, text: str, folders: tuple[Path, ...]) -> tuple[Iterable[Finding], str]:
    repository = Repository.of({path: text})
    findings = read(repository, None, folders).findings
    return findings, apply_edits(text, [edit for one in findings for edit in one.edits])


def _settled(path: str, text: str, folders: tuple[Path, ...]) -> Iterator[str]:
    """A rewritten program is left alone by the next run."""
    if _moved(path, text, folders)[1] != text:
        yield "a second run changes the result again"
