from __future__ import annotations

from pathlib import Path

import pytest

from migrate.configuration import Configuration, configuration
from migrate.problems import UsageProblem

FULL = 'to = "vllm@0.32.0"\nfrom = "tgi@3.3.5"\nkeep = ["dtype"]\nexclude = ["x/"]\nrules = ["own"]\nignore = ["a/b"]\n'


def test_migrate_toml(tmp_path):
    (tmp_path / "migrate.toml").write_text(FULL)
    read = configuration(tmp_path)
    assert (read.to, read.source, read.keep) == ("vllm@0.32.0", "tgi@3.3.5", ("dtype",))
    assert (read.exclude, read.rules, read.ignore) == (("x/",), (tmp_path / "own",), ("a/b",))


def test_pyproject_table(tmp_path):
    (tmp_path / "pyproject.toml").write_text(f"[project]\nname = 'x'\n[tool.migrate]\n{FULL}")
    assert configuration(tmp_path).to == "vllm@0.32.0"


@pytest.mark.parametrize("text", ["", "[tool.ruff]\n", "this is no TOML", "[tool]\n"])
def test_pyproject_of_others_is_no_configuration(text, tmp_path):
    (tmp_path / "pyproject.toml").write_text(text)
    assert configuration(tmp_path) == Configuration()


def test_nothing_there(tmp_path):
    assert configuration(tmp_path) == Configuration()


def test_migrate_toml_goes_first(tmp_path):
    (tmp_path / "migrate.toml").write_text('to = "1"')
    (tmp_path / "pyproject.toml").write_text('[tool.migrate]\nto = "2"')
    assert configuration(tmp_path).to == "1"


def test_named_file(tmp_path):
    (tmp_path / "migrate.toml").write_text('to = "1"')
    (tmp_path / "other.toml").write_text('to = "2"')
    assert configuration(tmp_path, tmp_path / "other.toml").to == "2"


def test_bom_is_no_mistake(tmp_path):
    (tmp_path / "migrate.toml").write_bytes(b'\xef\xbb\xbfto = "1"\r\n')
    assert configuration(tmp_path).to == "1"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("target = '1'", ["migrate.toml: target is not a setting", "to, from, keep"]),
        ("to = 1", ["to must be a text", "vllm@0.32.0", "a number"]),
        ("to = true", ["a truth value"]),
        ("keep = 'dtype'", ["keep must be a list", '["dtype"]', "a text"]),
        ("keep = ['all']", ["'all' is not one of dtype, limit, shutdown, cors"]),
        ("exclude = [1]", ["exclude must hold texts"]),
        ("from = 2020-01-01", ["a date"]),
        ("to = ", ["is not valid TOML"]),
        ("to = '\xff'", ["is not valid TOML"]),
    ],
)
def test_mistakes_name_file_key_and_what_to_do(text, says, tmp_path):
    (tmp_path / "migrate.toml").write_text(text, encoding="latin-1")
    with pytest.raises(UsageProblem) as caught:
        configuration(tmp_path)
    for part in says:
        assert part in str(caught.value)


def test_mistake_in_pyproject_names_the_table(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[tool.migrate]\nx = 1")
    with pytest.raises(UsageProblem, match=r"tool\.migrate\.x"):
        configuration(tmp_path)
    (tmp_path / "pyproject.toml").write_text("[tool]\nmigrate = 1")
    with pytest.raises(UsageProblem, match="must be a table"):
        configuration(tmp_path)


@pytest.mark.parametrize("place", ["missing.toml", "."])
def test_named_file_that_is_none(place, tmp_path):
    with pytest.raises(UsageProblem, match="no such configuration"):
        configuration(tmp_path, Path(tmp_path / place))
