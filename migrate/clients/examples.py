"""Runs the examples of the rules for clients: a program of the example's words is read and rewritten in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from migrate.clients.reading import read
from migrate.findings import Finding, Safety
from migrate.repository import Repository
from migrate.rulebook.clients import CallExample, ClientRule, MemberRule, ParameterRule
from migrate.source import apply_edits

PATH = "main.py"
_POST = 'requests.post("http://tgi/generate", json={"inputs": "Hi", "parameters": PARAMETERS})'
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
    "headers": _ANSWER.replace("answer = ", "reply = ").replace(".json()", "").replace("READ", "READ, reply.ok"),
    "info": 'import requests\n\ninfo = requests.get("http://tgi/info").json()\nprint(READ)\n',
    "generation": f'{_LIBRARY}answer = Client("http://tgi").generate("Hi")\nprint(READ)\n',
    "sdk-event": f'{_LIBRARY}for event in Client("http://tgi").generate_stream("Hi"):\n    print(READ)\n',
}
# Kinds that are reached through another one.
_HOME = {"details": "answer", "token": "answer", "pair": "generation", "reason": "generation"}


def program(rule: ClientRule, piece: str) -> str | None:
    """The program around a piece: parameters in a request, a read of what came back; None: there is none."""
    if isinstance(rule, ParameterRule):
        return f'import requests\n\nprint({_POST.replace("PARAMETERS", piece)}.json()["generated_text"])\n'
    if not isinstance(rule, MemberRule):
        return None
    kind = rule.of.removesuffix("-details").removesuffix("-token")
    around = PROGRAMS.get(_HOME.get(kind, kind))
    return around.replace("READ", piece) if around else None


def judge(rule: ClientRule, example: CallExample, folders: tuple[Path, ...] = ()) -> Iterator[str]:
    """What is wrong with one example; `folders` hold the user's own rules."""
    if example.before is not None and example.after is not None:
        yield from _compare(example.before, example.after, folders)
    elif example.unchanged is not None:
        text = program(rule, example.unchanged) or example.unchanged
        findings, after = _moved(text, folders)
        if after != text:
            yield f"is changed into {after!r}"
        if not any(one.safety is Safety.MANUAL for one in findings):
            yield "is not reported as manual"
    elif example.tgi is not None and example.vllm is not None and (around := program(rule, example.tgi)):
        _, after = _moved(around, folders)
        wanted = example.vllm[1:-1] if isinstance(rule, ParameterRule) else f"print({example.vllm})"
        if wanted not in after:
            yield f"becomes {after!r}, in which {wanted!r} does not stand"
        yield from _settled(after, folders)
    else:
        yield "an example of this form has `before` and `after`, or `unchanged`"


def _compare(before: str, after: str, folders: tuple[Path, ...]) -> Iterator[str]:
    findings, found = _moved(before, folders)
    if found != after:
        said = [f"{one.rule}: {one.message}" for one in findings]
        yield f"becomes {found!r}, not {after!r}; findings: {said}"
    yield from _settled(found, folders)


def _moved(text: str, folders: tuple[Path, ...]) -> tuple[Iterable[Finding], str]:
    repository = Repository.of({PATH: text})
    findings = read(repository, None, folders).findings
    return findings, apply_edits(text, [edit for one in findings for edit in one.edits])


def _settled(text: str, folders: tuple[Path, ...]) -> Iterator[str]:
    """A rewritten program is left alone by the next run."""
    if _moved(text, folders)[1] != text:
        yield "a second run changes the result again"
