"""Parameters that are built in several places: by callers, by key, by update, one dict of several."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

HEAD = "import requests\n\n"
SEND = "requests.post('http://tgi/generate', json={'inputs': q, 'parameters': PARAMETERS}).json()['generated_text']"
AFTER = "requests.post('http://tgi/v1/completions', json={'prompt': q, BODY}).json()['choices'][0]['text']"
LIMIT = "{'max_new_tokens': 5, **more}"
ASK = f"def ask(q, **more):\n    return {SEND.replace('PARAMETERS', LIMIT)}\n\n\n"


@pytest.mark.parametrize(
    ("call", "after"),
    [
        ("ask('x')", "ask('x')"),
        ("ask('x', max_new_tokens=9)", "ask('x', max_tokens=9)"),
        ("ask('x', temperature=0.5)", "ask('x', temperature=0.5)"),
        ("ask('x', temperature=1.0)", "ask('x', temperature=0)"),
        ("ask('x', do_sample=True)", "ask('x', temperature=1.0)"),
        ("ask('x', top_p=0.9, seed=1)", "ask('x', top_p=0.9, seed=1, temperature=1.0)"),
        ("ask('x', stop=['a'])", "ask('x', stop=['a'], include_stop_str_in_output=True)"),
        ("ask('x', watermark=False)", "ask('x')"),
        ("ask(watermark=False, q='x')", "ask(q='x')"),
        ("ask(seed=1, q='x', max_new_tokens=3)", "ask(seed=1, q='x', max_tokens=3)"),
    ],
)
def test_callers(call: str, after: str, moved: Callable[..., Any]) -> None:
    done = moved(f"{HEAD}{ASK}print({call})\n")
    assert done.says("manual") == ""
    body = "'max_tokens': 5, 'temperature': 0, **more"
    assert (
        done.main
        == f"{HEAD}{ASK.replace(SEND.replace('PARAMETERS', LIMIT), AFTER.replace('BODY', body))}print({after})\n"
    )


def test_every_dict_that_it_can_be_is_moved(moved: Callable[..., Any]) -> None:
    text = f"def ask(q, p):\n    return {SEND.replace('PARAMETERS', 'p')}\n\n\nprint(ask('x', {{'max_new_tokens': 4}}))\nprint(ask('x', {{'max_new_tokens': 5, 'do_sample': True}}))\n"
    done = moved(HEAD + text)
    assert done.says("manual") == ""
    assert "'prompt': q, **p}" in done.main
    assert "ask('x', {'max_tokens': 4, 'temperature': 0})" in done.main
    assert "ask('x', {'max_tokens': 5, 'temperature': 1.0})" in done.main


def test_one_dict_that_is_not_seen_keeps_all(moved: Callable[..., Any]) -> None:
    text = f"{HEAD}def ask(q, p):\n    return {SEND.replace('PARAMETERS', 'p')}\n\n\nprint(ask('x', {{'max_new_tokens': 4}}))\nprint(ask('x', load()))\n"
    done = moved(text)
    assert done.main == text
    assert "parameters: it is built elsewhere" in done.says("manual")


def test_default_that_is_made_inside(moved: Callable[..., Any]) -> None:
    text = f"{HEAD}def ask(q, p=None):\n    if p is None:\n        p = {{'max_new_tokens': 4}}\n    return {SEND.replace('PARAMETERS', 'p')}\n\n\nprint(ask('x'))\n"
    assert "p = {'max_tokens': 4, 'temperature': 0}\n" in moved(text).main


@pytest.mark.parametrize(
    ("lines", "after"),
    [
        ("p.update(seed=3, top_k=4)", "p.update(seed=3, top_k=4)"),
        ("p.update({'seed': 3, 'do_sample': True})", "p.update({'seed': 3})"),
        ("if t:\n    p['temperature'] = t", "if t:\n    p['temperature'] = 0 if t in (None, 1.0) else t"),
        ("if t:\n    p['temperature'] = 1.0", "if t:\n    p['temperature'] = 0"),
        ("p['seed'] = 4", "p['seed'] = 4"),
    ],
)
def test_set_after_it_was_made(lines: str, after: str, moved: Callable[..., Any]) -> None:
    done = moved(f"{HEAD}p = {{'max_new_tokens': 4}}\n{lines}\nprint({SEND.replace('PARAMETERS', 'p')})\n")
    assert done.says("manual") == ""
    assert f"\n{after}\nprint(" in done.main
    assert "'prompt': q, **p}" in done.main


def test_temperature_set_later_beside_a_flag_of_run_time(moved: Callable[..., Any]) -> None:
    text = f"{HEAD}p = {{'max_new_tokens': 4, 'do_sample': flag}}\np['temperature'] = t\nprint({SEND.replace('PARAMETERS', 'p')})\n"
    done = moved(text)
    assert done.main == text
    assert "do_sample decides" in done.says("manual")


def test_body_from_a_function(moved: Callable[..., Any]) -> None:
    text = f"{HEAD}def build(q):\n    return {{'inputs': q, 'parameters': {{'max_new_tokens': 4}}}}\n\n\nprint(requests.post('http://tgi/generate', json=build('x')).json()['generated_text'])\n"
    assert "return {'prompt': q, 'max_tokens': 4, 'temperature': 0}\n" in moved(text).main


def asked(parameters: str) -> str:
    return f"print({SEND.replace('PARAMETERS', parameters)})\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("p = {'max_new_tokens': 5, 'seed': s}\np = {k: v for k, v in p.items() if v is not None}\n", "p = {'max_tokens': 5, 'seed': s, 'temperature': 0}\np = {k: v for k, v in p.items() if v is not None}\n"),
        ("p = {k: v for k, v in {'max_new_tokens': 5, 'top_k': s}.items() if v != None}\n", "p = {k: v for k, v in {'max_tokens': 5, 'top_k': s, 'temperature': 1.0}.items() if v != None}\n"),
        ("T = {'a': {'max_new_tokens': 5}, 'b': {'max_new_tokens': 6, 'do_sample': True}}\np = T[s]\n", "T = {'a': {'max_tokens': 5, 'temperature': 0}, 'b': {'max_tokens': 6, 'temperature': 1.0}}\np = T[s]\n"),
        ("T = {'a': {'max_new_tokens': 5}}\np = T.get(s, {'max_new_tokens': 9})\n", "T = {'a': {'max_tokens': 5, 'temperature': 0}}\np = T.get(s, {'max_tokens': 9, 'temperature': 0})\n"),
        ("T = {'a': {'max_new_tokens': 5}}\np = T[s]\nprint(T['a']['max_new_tokens'])\n", "T = {'a': {'max_tokens': 5, 'temperature': 0}}\np = T[s]\nprint(T['a']['max_tokens'])\n"),
    ],
    ids=["without-none", "without-none-at-once", "table", "table-with-default", "table-read-by-key"],
)  # fmt: skip
def test_dicts_that_are_chosen(before: str, after: str, moved: Callable[..., Any]) -> None:
    done = moved(f"{HEAD}{before}{asked('p')}")
    assert done.says("manual") == ""
    assert done.main == f"{HEAD}{after}print({AFTER.replace('BODY', '**p')})\n"


@pytest.mark.parametrize(
    "loop",
    [
        "for p in ({'max_new_tokens': 5}, {'max_new_tokens': 6, 'do_sample': True}):\n",
        "A = {'max_new_tokens': 5}\nfor p in [A, {'max_new_tokens': 6, 'do_sample': True}]:\n",
        "for name, p in [('a', {'max_new_tokens': 5}), ('b', {'max_new_tokens': 6, 'do_sample': True})]:\n",
        "T = {'a': {'max_new_tokens': 5}, 'b': {'max_new_tokens': 6, 'do_sample': True}}\nfor name, p in T.items():\n",
        "T = {'a': {'max_new_tokens': 5}, 'b': {'max_new_tokens': 6, 'do_sample': True}}\nfor p in T.values():\n",
    ],
    ids=["tuple", "names", "pairs", "items", "values"],
)
def test_dicts_of_a_loop(loop: str, moved: Callable[..., Any]) -> None:
    done = moved(f"{HEAD}{loop}    {asked('p')}")
    new = loop.replace("'max_new_tokens': 5", "'max_tokens': 5, 'temperature': 0")
    new = new.replace("'max_new_tokens': 6, 'do_sample': True", "'max_tokens': 6, 'temperature': 1.0")
    assert done.main == f"{HEAD}{new}    print({AFTER.replace('BODY', '**p')})\n"


@pytest.mark.parametrize(
    "before",
    [
        "p = {'max_new_tokens': 5, 'seed': s}\np = {k: v for k, v in p.items() if v}\n",
        "p = {'max_new_tokens': 5, 'seed': s}\np = {k: v for k, v in p.items() if k in KNOWN}\n",
        "p = {'max_new_tokens': 5, 'seed': s}\np = {k.lower(): v for k, v in p.items()}\n",
        "p = {'max_new_tokens': 5, 'seed': s}\np = {k: str(v) for k, v in p.items()}\n",
        "T = load()\np = T[s]\n",
        "T = {'a': load()}\np = T['a']\n",
    ],
    ids=["falsy-dropped", "by-name", "other-keys", "other-values", "unknown-table", "unknown-dict"],
)
def test_dicts_that_are_not_seen(before: str, moved: Callable[..., Any]) -> None:
    text = f"{HEAD}{before}{asked('p')}"
    done = moved(text)
    assert done.main == text
    assert "parameters" in done.says("manual")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{'max_new_tokens': 5, **({'stop': s} if s else {})}", "'max_tokens': 5, 'temperature': 0, **({'stop': s, 'include_stop_str_in_output': True} if s else {})"),
        ("{'max_new_tokens': 5, **({'temperature': t} if t else {})}", "'max_tokens': 5, 'temperature': 0, **({'temperature': (0 if t in (None, 1.0) else t)} if t else {})"),
        ("{'max_new_tokens': 5, **({'top_p': 0.9} if t else {'seed': 1})}", "'max_tokens': 5, 'temperature': 0, **({'top_p': 0.9, 'temperature': 1.0} if t else {'seed': 1})"),
        ("{'temperature': 1.0, **({'max_new_tokens': 5} if t else {'max_new_tokens': 6, 'do_sample': True})}", "'temperature': 0, **({'max_tokens': 5} if t else {'max_tokens': 6, 'temperature': 1.0})"),
        ("{'max_new_tokens': 5, 'temperature': 1.0, **({'do_sample': True} if s else {})}", "'max_tokens': 5, 'temperature': 0, **({'temperature': 1.0} if s else {})"),
    ],
    ids=["stop", "temperature", "either", "limit-in-each", "base-is-adjusted"],
)  # fmt: skip
def test_dicts_under_a_condition(before: str, after: str, moved: Callable[..., Any]) -> None:
    done = moved(f"{HEAD}{asked(before)}")
    assert done.says("manual") == ""
    assert done.main == f"{HEAD}print({AFTER.replace('BODY', after)})\n"


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        ("{'max_new_tokens': 5, **({'top_p': 0.9} if s else {}), **({'temperature': 1.0} if t else {})}", "temperature: what the parts"),
        ("{'max_new_tokens': 5, 'top_p': 0.5, **({'top_p': None} if s else {})}", "top_p: what the parts"),
        ("{'max_new_tokens': 5, **({'seed': 1} if s else load())}", "cannot be seen"),
        ("{'seed': 5, **({'max_new_tokens': 1} if s else {})}", "write max_tokens"),
        ("{'max_new_tokens': 5, " + ", ".join(f"**({{'seed': {n}}} if s else {{}})" for n in range(7)) + "}", "too many ways"),
    ],
    ids=["two-decide", "taken-back", "unseen", "limit-in-one", "many"],
)  # fmt: skip
def test_conditions_that_are_left(before: str, reason: str, moved: Callable[..., Any]) -> None:
    text = f"{HEAD}{asked(before)}"
    done = moved(text)
    assert done.main == text
    assert reason in done.says("manual")


PASSED = f"BASE = {{'max_new_tokens': 5, 'seed': 1}}\n\n\ndef ask(q, more=None):\n    return {SEND.replace('PARAMETERS', '{**BASE, **(more or {})}')}\n\n\n"


@pytest.mark.parametrize(
    ("call", "after"),
    [
        ("ask('x')", "ask('x')"),
        ("ask('x', {'max_new_tokens': 9})", "ask('x', {'max_tokens': 9})"),
        ("ask('x', more={'do_sample': True, 'top_k': 3})", "ask('x', more={'top_k': 3, 'temperature': 1.0})"),
        ("ask('x', None)", "ask('x', None)"),
    ],
)
def test_dicts_that_callers_pass(call: str, after: str, moved: Callable[..., Any]) -> None:
    done = moved(f"{HEAD}{PASSED}{call}\n")
    assert done.says("manual") == ""
    assert done.main.endswith(f"\n{after}\n")
    assert """{'prompt': q, "temperature": 0, **BASE, **(more or {})}""" in done.main
    assert "more: " in done.says("review")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (PASSED, "cannot be seen"),
        (f"{PASSED}ask('x', load())\n", "cannot be seen"),
        (PASSED.replace("return", "more['seed'] = 2\n    return") + "ask('x')\n", "cannot be seen"),
        (f"{PASSED}O = {{'max_new_tokens': 6}}\nask('x', O)\nprint(O.pop('max_new_tokens'))\n", "cannot be followed"),
    ],
    ids=["no-caller", "unseen", "changed", "read-elsewhere"],
)
def test_dicts_of_callers_that_are_left(text: str, reason: str, moved: Callable[..., Any]) -> None:
    done = moved(HEAD + text)
    assert done.main == HEAD + text
    assert reason in done.says("manual")


@pytest.mark.parametrize(
    ("given", "after"),
    [
        ("'top_p': a", "'top_p': a, 'temperature': (1.0 if a is not None else 0)"),
        ("'top_p': a, 'top_k': b", "'top_p': a, 'top_k': b, 'temperature': (1.0 if a is not None or b is not None else 0)"),
        ("'top_p': a, 'temperature': b", "'top_p': a, 'temperature': (0 if a is None and b in (None, 1.0) else b)"),
        ("'top_p': a, 'temperature': 1.0", "'top_p': a, 'temperature': (1.0 if a is not None else 0)"),
        ("'top_p': a, 'do_sample': b", "'top_p': a, 'temperature': (1.0 if b or a is not None else 0)"),
        ("'top_p': a, 'do_sample': True", "'top_p': a, 'temperature': 1.0"),
        ("'top_p': a, 'top_k': 3", "'top_p': a, 'top_k': 3, 'temperature': 1.0"),
        ("'top_p': a, 'temperature': 0.5", "'top_p': a, 'temperature': 0.5"),
        ("'top_p': c", "'top_p': c, 'temperature': 1.0"),
        ("'top_k': d.get('k')", "'top_k': d.get('k'), 'temperature': (1.0 if d.get('k') is not None else 0)"),
        ("'top_k': 4 if d else None", "'top_k': 4 if d else None, 'temperature': (1.0 if (4 if d else None) is not None else 0)"),
        ("'top_k': d.get('k', 5)", "'top_k': d.get('k', 5), 'temperature': 1.0"),
    ],
)  # fmt: skip
def test_values_that_may_be_none(given: str, after: str, moved: Callable[..., Any]) -> None:
    parameters = f"{{'max_new_tokens': 5, {given}}}"
    text = f"def ask(q, d, a=None, b=None, c=0.5):\n    return {SEND.replace('PARAMETERS', parameters)}\n\n\nask('x', {{}})\n"
    done = moved(HEAD + text)
    assert done.says("manual") == ""
    assert f"{{'prompt': q, 'max_tokens': 5, {after}}}" in done.main


def test_value_that_every_caller_gives_is_not_none(moved: Callable[..., Any]) -> None:
    text = f"def ask(q, a=None):\n    return {SEND.replace('PARAMETERS', chr(123) + chr(39) + 'max_new_tokens' + chr(39) + ': 5, ' + chr(39) + 'top_p' + chr(39) + ': a}')}\n\n\nask('x', 0.5)\n"
    assert "'top_p': a, 'temperature': 1.0}" in moved(HEAD + text).main


NULL_LIMIT = f"def ask(q, n=None):\n    return {SEND.replace('PARAMETERS', chr(123) + chr(39) + 'max_new_tokens' + chr(39) + ': n}')}\n\n\nask('x')\n"


def test_limit_that_may_be_none_is_told(moved: Callable[..., Any]) -> None:
    done = moved(HEAD + NULL_LIMIT)
    assert "'max_tokens': n, 'temperature': 0}" in done.main
    assert "where it is None" in done.says("review")


def test_limit_that_may_be_none_is_the_default_of_older_versions(moved: Callable[..., Any]) -> None:
    assert "'max_tokens': (100 if n is None else n), " in moved(HEAD + NULL_LIMIT, "2.0.0").main


CLASS = """from dataclasses import asdict, dataclass
from typing import ClassVar, Optional
import requests


@dataclass
class Base:
    max_new_tokens: int = 5


@dataclass
class Options(Base):
    KNOWN: ClassVar[int] = 1
    temperature: float = 0.5
    do_sample: bool = True
    watermark: bool = False


"""


def record(made: str, parameters: str = "asdict(o)") -> str:
    return f"{CLASS}{made}print({SEND.replace('PARAMETERS', parameters)})\n"


@pytest.mark.parametrize(
    ("made", "after"),
    [
        ("o = Options()\n", "'max_tokens': o.max_new_tokens, 'temperature': o.temperature"),
        ("o = Options(temperature=1.0)\n", "'max_tokens': o.max_new_tokens, 'temperature': o.temperature"),
        ("o = Options(do_sample=False, temperature=t)\n", "'max_tokens': o.max_new_tokens, 'temperature': (0 if not o.do_sample and o.temperature in (None, 1.0) else o.temperature)"),
    ],
    ids=["defaults", "set", "flag"],
)  # fmt: skip
def test_fields_of_an_object(made: str, after: str, moved: Callable[..., Any]) -> None:
    done = moved(record(made))
    assert done.says("manual") == ""
    assert done.main == f"{CLASS}{made}print({AFTER.replace('BODY', after)})\n"


def test_fields_of_an_object_by_name(moved: Callable[..., Any]) -> None:
    done = moved(record("o = Options()\np = asdict(o)\np['seed'] = 1\n", "p")).main
    assert 'p = {"max_tokens": o.max_new_tokens, "temperature": o.temperature}\n' in done.replace("'", '"')
    assert "'prompt': q, **p}" in done


def test_fields_that_are_too_long_for_a_line(moved: Callable[..., Any]) -> None:
    text = record(
        "the_options_of_this_program = Options(do_sample=False, temperature=t)\np = asdict(the_options_of_this_program)\n",
        "p",
    )
    done = moved(text).main.replace("'", '"')
    assert 'p = {\n    "max_tokens": the_options_of_this_program.max_new_tokens,\n    "temperature": ' in done


@pytest.mark.parametrize(
    "parameters",
    ["{**asdict(o), 'seed': 1}", "{k: v for k, v in asdict(o).items() if v is not None}"],
)
def test_fields_among_others(parameters: str, moved: Callable[..., Any]) -> None:
    done = moved(record("o = Options()\n", parameters)).main.replace('"', "'")
    assert "    'max_tokens': o.max_new_tokens,\n    'temperature': o.temperature,\n}" in done


@pytest.mark.parametrize(
    ("made", "parameters", "reason"),
    [
        ("o = Options(watermark=w)\n", "asdict(o)", "watermark"),
        ("o = load()\n", "asdict(o)", "cannot be seen"),
        ("", "asdict(Options())", "cannot be seen"),
        ("o = Options()\n", "asdict(o, dict_factory=f)", "cannot be seen"),
        ("class P:\n    max_new_tokens: int = 5\n\n\no = P()\n", "asdict(o)", "cannot be seen"),
        ("o = Options()\no.watermark = True\n", "asdict(o)", "watermark"),
        ("o = Options(**load())\n", "asdict(o)", "watermark"),
        ("o = replace(Options(), watermark=True)\no = Options()\nload(Options)\n", "asdict(o)", "watermark"),
    ],
    ids=["set", "unknown", "made-at-once", "factory", "no-dataclass", "attribute", "spread", "handed-on"],
)  # fmt: skip
def test_objects_that_are_left(made: str, parameters: str, reason: str, moved: Callable[..., Any]) -> None:
    text = record(made, parameters)
    done = moved(text)
    assert done.main == text
    assert reason in done.says("manual")


@pytest.mark.parametrize("annotation", ["Options", "Options | None", "Optional[Options]"])
def test_fields_of_a_parameter(annotation: str, moved: Callable[..., Any]) -> None:
    text = f"{CLASS}def ask(q, o: {annotation} = None):\n    return {SEND.replace('PARAMETERS', 'asdict(o)')}\n\n\nask('x', Options())\n"
    assert "'max_tokens': o.max_new_tokens, 'temperature': o.temperature" in moved(text).main


PYDANTIC = "from pydantic import BaseModel, Field\nimport requests\n\n\nclass Options(BaseModel):\n    max_new_tokens: int = Field(5)\n    best_of: int = Field(1)\n\n\no = Options()\n"


@pytest.mark.parametrize("call", ["o.model_dump()", "o.dict()", "o.model_dump(exclude_none=True)"])
def test_fields_of_a_model(call: str, moved: Callable[..., Any]) -> None:
    done = moved(f"{PYDANTIC}print({SEND.replace('PARAMETERS', call)})\n").main
    assert done.endswith(
        f"print({AFTER.replace('BODY', chr(39) + 'max_tokens' + chr(39) + ': o.max_new_tokens, ' + chr(39) + 'temperature' + chr(39) + ': 0')})\n"
    )


@pytest.mark.parametrize(
    ("lines", "after"),
    [
        ("p |= {'seed': 1}\n", "p |= {'seed': 1}\n"),
        ("if s:\n    p |= {'top_k': 3}\n", "if s:\n    p |= {'top_k': 3, 'temperature': 1.0}\n"),
        ("if s:\n    p |= dict(stop=s)\n", "if s:\n    p |= dict(stop=s, include_stop_str_in_output=True)\n"),
    ],
    ids=["always", "sometimes", "call"],
)
def test_dicts_that_are_merged_in_place(lines: str, after: str, moved: Callable[..., Any]) -> None:
    done = moved(f"{HEAD}p = {{'max_new_tokens': 5}}\n{lines}{asked('p')}")
    assert done.says("manual") == ""
    assert (
        done.main == f"{HEAD}p = {{'max_tokens': 5, 'temperature': 0}}\n{after}print({AFTER.replace('BODY', '**p')})\n"
    )


@pytest.mark.parametrize("lines", ["p |= load()\n", "if s:\n    p |= load()\n", "p += load()\n"])
def test_merges_that_are_not_seen(lines: str, moved: Callable[..., Any]) -> None:
    text = f"{HEAD}p = {{'max_new_tokens': 5}}\n{lines}{asked('p')}"
    done = moved(text)
    assert done.main == text
    assert "cannot be seen" in done.says("manual")


EMPTY = CLASS.replace("    watermark", "    top_k: Optional[int] = None\n    watermark").replace(
    "    do_sample: bool = True\n", ""
)


def test_field_that_may_be_none(moved: Callable[..., Any]) -> None:
    text = f"{EMPTY}o = Options(top_k=k, temperature=1.0)\nprint({SEND.replace('PARAMETERS', 'asdict(o)')})\n"
    assert "(0 if o.top_k is None and o.temperature in (None, 1.0) else o.temperature)" in moved(text).main


def test_attribute_that_may_be_none(moved: Callable[..., Any]) -> None:
    parameters = "{'max_new_tokens': 5, 'top_k': self.k}"
    text = f"class Llm:\n    def __init__(self, k=None):\n        self.k = k\n\n    def ask(self, q):\n        return {SEND.replace('PARAMETERS', parameters)}\n"
    assert "'top_k': self.k, 'temperature': (1.0 if self.k is not None else 0)" in moved(HEAD + text).main


@pytest.mark.parametrize(
    ("head", "after"),
    [
        (
            "class Llm:\n    def __init__(self, t=1.0):\n        self.t = t\n",
            "(0 if self.t in (None, 1.0) else self.t)",
        ),
        ("class Llm(Base):\n    t: float = 1.0\n", "(0 if self.t in (None, 1.0) else self.t)"),
        ("@dataclass\nclass Llm:\n    t: float = 1.0\n", "(0 if self.t in (None, 1.0) else self.t)"),
        ("class Llm:\n    t = 1.0\n", "0"),
        ("class Llm:\n    t: float = 0.5\n", "self.t"),
    ],
    ids=["argument", "field", "dataclass", "constant", "annotated-constant"],
)
def test_default_that_others_may_replace_is_no_constant(head: str, after: str, moved: Callable[..., Any]) -> None:
    parameters = "{'max_new_tokens': 5, 'temperature': self.t}"
    text = f"{head}\n    def ask(self, q):\n        return {SEND.replace('PARAMETERS', parameters)}\n"
    assert f"'temperature': {after}}}" in moved(HEAD + text).main
