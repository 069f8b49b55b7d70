"""Cells of a notebook as texts of their own: magics, broken cells, places in the JSON file."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from migrate.clients.notebook import Notebook, notebook
from migrate.source import Source, apply_edits


def cell(*lines: str, kind: str = "code", **more: Any) -> dict[str, Any]:
    return {"cell_type": kind, "source": [f"{line}\n" for line in lines[:-1]] + [lines[-1]], **more}


def dumped(*cells: dict[str, Any], **more: Any) -> str:
    return json.dumps({"cells": list(cells), "nbformat": 4, **more}, indent=1, ensure_ascii=False)


def read(*cells: dict[str, Any]) -> Notebook:
    found = notebook(Source("a.ipynb", dumped(*cells)))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["x = 1", "y = 2"], "x = 1\ny = 2\n"),
        (["!pip install a", "x = 1"], "##############\nx = 1\n"),
        (["!pip install \\", "  a", "x = 1"], "##############\n###\nx = 1\n"),
        (["%time f()"], "#########\n"),
        (["%%time", "x = 1"], "######\nx = 1\n"),
        (["%%bash", "ls"], "######\n##\n"),
        (["x?"], "##\n"),
        (["x = a % b"], "x = a % b\n"),
    ],
    ids=["code", "shell", "continued", "line magic", "timed cell", "shell cell", "help", "remainder"],
)
def test_code(lines: list[str], code: str) -> None:
    assert read(cell(*lines)).code.text == code


@pytest.mark.parametrize(
    ("lines", "shell"),
    [
        (["!ls -l", "x = 1"], ["ls -l"]),
        (["!docker run \\", "  a"], ["docker run \\\n  a"]),
        (["%pip install a"], ["pip install a"]),
        (["%%bash", "ls", "pwd"], ["ls\npwd"]),
        (["%%sh"], []),
        (["%%html", "!ls"], []),
        (["%time !ls"], []),
        (["x != y"], []),
    ],
    ids=["line", "continued", "pip", "cell", "empty cell", "another language", "inside", "comparison"],
)
def test_shell(lines: list[str], shell: list[str]) -> None:
    assert [one.text for one in read(cell(*lines)).shell] == shell


def test_documents_and_other_cells() -> None:
    found = read(cell("# A", kind="markdown"), cell("raw", kind="raw"), {"cell_type": "code"})
    assert ([one.text for one in found.text], found.code.text) == (["# A"], "")


def test_broken_cells_are_named_and_the_rest_is_read() -> None:
    found = read(cell("print 'a'"), cell("x = 1"), cell("y = (", "z"))
    assert found.code.text == "#########\nx = 1\n#####\n#\n"
    assert [(one.cell, one.line) for one in found.broken] == [(1, 1), (3, 1)]


@pytest.mark.parametrize("text", ["", "[]", "{", '{"cells": [{"cell_type": 1}]}', '{"cells": 3}'])
def test_what_is_no_notebook(text: str) -> None:
    found = notebook(Source("a.ipynb", text)) if text != '{"cells": 3}' else None
    assert found is None or found.code.text == ""


def test_new_lines_are_strings_of_their_own() -> None:
    source = Source("a.ipynb", dumped(cell("x = 1", "y = 'é\\n'")))
    found = notebook(source)
    assert found is not None
    after = apply_edits(source.text, [found.code.edit(6, 6, "z = 3\n")])
    assert json.loads(after)["cells"][0]["source"] == ["x = 1\n", "z = 3\n", "y = 'é\\n'"]


def test_cells_that_are_written_differently_get_plain_text() -> None:
    source = Source("a.ipynb", dumped(cell("x = 1", "y = 2"), {"cell_type": "code", "source": "z = 3"}))
    found = notebook(source)
    assert found is not None
    after = apply_edits(source.text, [found.code.edit(0, 0, "a\n"), found.code.edit(12, 12, "b\n")])
    assert ["".join(one["source"]) for one in json.loads(after)["cells"]] == ["a\nx = 1\ny = 2", "b\nz = 3"]


CALL = """curl http://tgi/generate -d '{"inputs": "é", "parameters": {"max_new_tokens": 5}}' | jq .generated_text"""
MOVED = (
    """curl http://tgi/v1/completions -d '{"prompt": "é", "max_tokens": 5, "temperature": 0}' | jq '.choices[0].text'"""
)
PROGRAM = ["from text_generation import Client", "", 'print(Client("http://tgi").generate("x").generated_text)']


def test_only_sources_change(moved: Callable[..., Any]) -> None:
    outputs = [{"text": ["text-generation generated_text\n"], "data": {"a": 1.50}}]
    before = dumped(cell(f"!{CALL}", outputs=outputs), cell("%%bash", CALL), metadata={"tgi": True})
    after = dumped(cell(f"!{MOVED}", outputs=outputs), cell("%%bash", MOVED), metadata={"tgi": True})
    assert moved({"a.ipynb": before}).files["a.ipynb"] == after


def test_packages_follow_in_magics(moved: Callable[..., Any]) -> None:
    before = dumped(
        cell("%pip install -q text-generation rich"), cell('!pip install "text-generation>=0.6"'), cell(*PROGRAM)
    )
    after = moved({"a.ipynb": before}).files["a.ipynb"]
    sources = ["".join(one["source"]) for one in json.loads(after)["cells"]]
    assert sources[:2] == ["%pip install -q 'openai>=1.50,<3' rich", '!pip install "openai>=1.50,<3"']


def test_a_notebook_that_still_imports_keeps_the_package(moved: Callable[..., Any]) -> None:
    stays = dumped(cell(PROGRAM[0], "", 'print(Client("http://tgi").generate("x", watermark=True).generated_text)'))
    files = {"a.ipynb": stays, "b.py": "\n".join(PROGRAM) + "\n", "requirements.txt": "text-generation\n"}
    assert moved(files).files["requirements.txt"] == "text-generation\nopenai>=1.50,<3\n"


def test_broken_cells_that_hold_tgi_are_skipped_with_their_number(moved: Callable[..., Any]) -> None:
    done = moved({"a.ipynb": dumped(cell("print 'x'"), cell("print generated_text"), cell(*PROGRAM))})
    assert [one.reason.partition(":")[0] for one in done.found.skipped] == ["cell 2, line 1"]
    assert "openai" in done.files["a.ipynb"]


def test_a_line_that_goes_leaves_its_cell_apart_from_the_next() -> None:
    text = dumped(cell("x = 1", "y = 2"), cell("z = 3"))
    found = notebook(Source("a.ipynb", text))
    assert found is not None
    at = found.code.text.index("y = 2\n")
    done = json.loads(apply_edits(text, [found.code.edit(at, at + len("y = 2\n"), "")]))
    assert [one["source"] for one in done["cells"]] == [["x = 1\n", ""], ["z = 3"]]
