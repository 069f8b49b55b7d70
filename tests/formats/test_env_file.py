"""Env files: lines, values, removal and renaming."""

from __future__ import annotations

import pytest

from migrate.formats import env_file
from migrate.repository import Repository
from migrate.source import Source, apply_edits
from tests.formats.laying import IMAGE, found_in

TEXT = "# note\nA=1\nexport B=\"x y\"  # why\r\nC='z'\n\nnot a line\nD=\nE=$A#b\n"


def test_parse() -> None:
    entries = env_file.parse(Source("t.env", TEXT))
    assert [(entry.name, entry.value, entry.mark) for entry in entries] == [
        ("A", "1", ""),
        ("B", "x y", '"'),
        ("C", "z", "'"),
        ("D", "", ""),
        ("E", "$A#b", ""),
    ]
    assert [TEXT[entry.inside.start : entry.inside.end] for entry in entries] == ["1", "x y", "z", "", "$A#b"]


def test_remove_takes_the_line() -> None:
    edits = env_file.remove(Source("t.env", TEXT), ["B", "D", "missing"])
    assert apply_edits(TEXT, edits) == "# note\nA=1\nC='z'\n\nnot a line\nE=$A#b\n"


@pytest.mark.parametrize(
    ("name", "new", "value", "line"),
    [
        pytest.param("C", "K", "z", "K='z'", id="renamed"),
        pytest.param("B", "B", "w", 'export B="w"  # why', id="new-value"),
        pytest.param("A", "A", "1", "A=1", id="same"),
    ],
)
def test_assign(name: str, new: str, value: str, line: str) -> None:
    after = apply_edits(TEXT, env_file.assign(Source("t.env", TEXT), name, new, value))
    assert line in after.replace("\r", "").split("\n")


def test_expansion_depends_on_the_reader() -> None:
    source = Source("t.env", "A=$X\nB='$X'\n")
    assert [item.word.expression for item in env_file.variables(source)] == [False, False]
    assert [item.word.expression for item in env_file.variables(source, expands=True)] == [True, False]


def test_an_image_that_nothing_uses_is_reported() -> None:
    text = f"TGI_IMAGE={IMAGE}\nOTHER=nginx\n"
    assert [m.value for m in found_in(env_file.read, text, ".env").mentions] == [IMAGE]
    assert not found_in(env_file.read, text, ".env", {"run.sh": "docker run $TGI_IMAGE"}).mentions


@pytest.mark.parametrize(
    ("path", "claimed"),
    [(".env", True), ("a/tgi.env", True), (".env.prod", True), ("env.py", False), (".envrc", False)],
)
def test_claims(path: str, claimed: bool) -> None:
    assert env_file.claims(path) is claimed


@pytest.mark.parametrize(
    ("path", "text", "used"),
    [
        pytest.param("a.sh", ". ./t.env\necho $PORT\n", True, id="sourced"),
        pytest.param("a.sh", "source conf/t.env; curl localhost:${PORT}\n", True, id="sourced-elsewhere"),
        pytest.param("Makefile", "include t.env\nx:\n\tcurl :$(PORT)\n", True, id="included"),
        pytest.param("a.py", 'load_dotenv("t.env")\nos.environ["PORT"]\n', True, id="dotenv"),
        pytest.param("a.sh", ". ./t.env\necho $OTHER\n", False, id="other-variable"),
        pytest.param("a.sh", "docker run --env-file t.env -p $PORT:80 x\n", False, id="only-given-to-docker"),
        pytest.param("a.sh", ". ./t.env.example\necho $PORT\n", False, id="other-file"),
        pytest.param("README.md", "    . t.env; echo $PORT\n", False, id="prose"),
    ],
)
def test_sourced_by_user(path: str, text: str, used: bool) -> None:
    repo = Repository.of({"conf/t.env": "PORT=80\n", path: text})
    assert env_file.sourced_by_user("PORT", "conf/t.env", repo) is used
