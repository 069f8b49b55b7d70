"""Python texts of every kind: bytes outside the edits stay, and what does not parse is told with its line."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

from migrate.clients import read
from migrate.repository import Repository
from migrate.source import apply_edits

POST = "requests.post('http://tgi/generate', json={'inputs': 'x', 'parameters': {'max_new_tokens': 5}})"
ASK = f"print({POST}.json()['generated_text'])"
OLD = f"import requests\n{ASK}\n"
NEW = "import requests\nprint(requests.post('http://tgi/v1/completions', json={'prompt': 'x', 'max_tokens': 5, 'temperature': 0}).json()['choices'][0]['text'])\n"  # noqa: E501


def moved_bytes(data: bytes) -> bytes:
    repository = Repository(("main.py",), None, {"main.py": data})
    source = repository.source("main.py")
    assert source is not None
    edits = [edit for finding in read(repository).findings for edit in finding.edits]
    return source.encode(apply_edits(source.text, edits))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"\xef\xbb\xbf%s", b"\xef\xbb\xbf%s"),
        (b"\x0c\n%s\x0c\n", b"\x0c\n%s\x0c\n"),
        (b"%s\r\n\r\n\n \n", b"%s\r\n\r\n\n \n"),
        (b"# coding: latin-1\n# \xe9\n%s", b"# coding: latin-1\n# \xe9\n%s"),
        (b"x = '\xc3\xa9\xf0\x9f\x98\x80'; %s", b"x = '\xc3\xa9\xf0\x9f\x98\x80'; %s"),
    ],
    ids=["bom", "form-feeds", "trailing-lines", "latin-1", "multi-byte"],
)
def test_bytes_outside_the_edits_stay(before: bytes, after: bytes) -> None:
    assert moved_bytes(before % OLD.encode()) == after % NEW.encode()


def test_mixed_line_ends_and_no_final_one() -> None:
    lines = OLD.rstrip("\n").split("\n")
    new = NEW.rstrip("\n").split("\n")
    assert moved_bytes("\r\n".join(["a = 1\n", *lines]).encode()) == "\r\n".join(["a = 1\n", *new]).encode()


@pytest.mark.parametrize(
    "text",
    [
        "match command:\n    case {'inputs': text}:\n        %s\n",
        "if (n := len('x')) > 0:\n    %s\n",
        "try:\n    %s\nexcept* OSError:\n    pass\n",
        "async def run():\n    async with gate:\n        %s\n",
        pytest.param(
            "type Pair[T] = tuple[T, T]\n\n\ndef run[T](x: T) -> T:\n    %s\n    return x\n",
            marks=pytest.mark.skipif(sys.version_info < (3, 12), reason="syntax of Python 3.12"),
        ),
    ],
    ids=["match", "walrus", "exception-group", "async", "type-parameters"],
)
def test_newer_syntax(text: str, moved: Callable[..., Any]) -> None:
    done = moved("import requests\n" + text % ASK)
    assert done.main == "import requests\n" + text % NEW.split("\n")[1]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="f-strings of Python 3.12")
def test_quotes_inside_of_an_f_string(moved: Callable[..., Any]) -> None:
    text = f"import requests\nr = {POST}\nprint(f'{{r.json()['generated_text']}}')\n"
    assert moved(text).main.endswith("print(f'{r.json()['choices'][0]['text']}')\n")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("x = 1\nprint requests.post('http://tgi/generate')  # generated_text\n", 2),
        ("def f(:  # generated_text\n", 1),
        ("\n\nexec 'x' in y  # generated_text\n", 3),
    ],
    ids=["print", "broken", "exec"],
)
def test_python_that_does_not_parse_is_told_with_its_line(text: str, line: int, moved: Callable[..., Any]) -> None:
    done = moved({"old.py": text, "main.py": OLD})
    assert done.files == {"old.py": text, "main.py": NEW}
    assert [(one.path, one.reason.split(":")[0]) for one in done.found.skipped] == [("old.py", f"line {line}")]
