from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from migrate.parity.evidence import Thresholds
from migrate.parity.settings import Load, Settings, find, schema
from migrate.parity.settings_file import SettingsInvalid, read
from migrate.rulebook.loader import rules_folder

WHOLE = """
engines:
  first: http://localhost:8080
  second: vllm serve MODEL --port {port}
prompts: {file: prompts.jsonl, passes: [1, 8]}
load:
  shape: poisson:4
  sweep: [closed:1, closed:8]
slo: {ttft_ms: 500}
thresholds:
  tolerance: 0.1
accepted: accepted.yaml
reports: {markdown: report.md, junit: report.xml}
together: true
"""


def settings(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "parity.yaml"
    path.write_text(text)
    return read(path)


def mistakes(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(SettingsInvalid) as raised:
        settings(tmp_path, text)
    return [line.removeprefix(f"{tmp_path}/parity.yaml:") for line in str(raised.value).splitlines()]


def test_a_whole_file(tmp_path: Path) -> None:
    found = settings(tmp_path, WHOLE)
    assert found.engines.second == "vllm serve MODEL --port {port}"
    assert found.prompts.passes == (1, 8)
    assert found.load == Load(shape="poisson:4", sweep=("closed:1", "closed:8"))
    assert (found.slo.ttft_ms, found.slo.tpot_ms) == (500, None)
    assert found.thresholds == Thresholds(tolerance=0.1)
    assert found.reports.files() == {"markdown": "report.md", "junit": "report.xml"}
    assert found.together


@pytest.mark.parametrize("text", ["", "# nothing\n", "{}"])
def test_nothing_is_said(tmp_path: Path, text: str) -> None:
    assert settings(tmp_path, text) == Settings()


def test_a_section_that_is_left_empty_by_name(tmp_path: Path) -> None:
    assert settings(tmp_path, "load: null\n").load is None


def test_all_mistakes_at_once_with_their_lines(tmp_path: Path) -> None:
    text = "engine:\n  first: x\nload:\n  blocks: many\n  sweep: [4]\nslo: 5\ntimeout: 0\n"
    found = mistakes(tmp_path, text)
    assert [line.partition(": ")[::2] for line in found][:1] == [
        ("1", "engine is not a setting: did you mean engines?")
    ]
    assert [line.split(":")[0] for line in found] == ["1", "4", "5", "6", "7"]
    assert "load.blocks: Expected `int`, got `str`" in found[1]
    assert "load.sweep: Expected `str`, got `int`" in found[2]
    assert "slo must be a section" in found[3]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a: b: c", 1, "not YAML"),
        ("- a\n", 1, "the file must be a section"),
        ("engines:\n  first: http://a\n", 1, "second is missing"),
        ("engines:\n  service: c.yaml:a\n  first: http://a\n", 2, "leave first and second out"),
        ("load:\n  shape: ramp\n", 2, "load.shape: ramp: no load: write closed:8"),
        ("load:\n  blocks: 2\n  sweep: [closed:1, closed:0.5]\n", 3, "load.sweep: closed:0.5: "),
        ("thresholds:\n  alhpa: 0.1\n", 2, "did you mean alpha?"),
        ("prompts:\n  passes: []\n", 2, "passes"),
        ("thresholds:\n  alpha: 5\n", 2, "thresholds.alpha: Expected `float` < 1.0"),
        ("thresholds:\n  margin: -1\n", 2, "thresholds.margin: Expected `float` >= 0.0"),
        ("thresholds:\n  tolerance: .nan\n", 2, "thresholds.tolerance: Expected `float` > 0.0"),
        ("1: 2\n", 1, "1 is not a setting"),
    ],
)
def test_a_mistake(tmp_path: Path, text: str, line: int, message: str) -> None:
    found = mistakes(tmp_path, text)
    assert len(found) == 1
    assert found[0].startswith(f"{line}: ")
    assert message in found[0]


@pytest.mark.parametrize("content", [None, b"\xff\xfe\xfa"])
def test_a_file_that_cannot_be_read(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "parity.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsInvalid, match=r"parity\.yaml: "):
        read(path)


def test_the_file_of_a_folder(tmp_path: Path) -> None:
    assert find(tmp_path) is None
    (tmp_path / "parity.yml").touch()
    assert find(tmp_path) == tmp_path / "parity.yml"
    (tmp_path / "parity.yaml").touch()
    assert find(tmp_path) == tmp_path / "parity.yaml"


def test_the_schema_in_the_repository_is_the_programs() -> None:
    assert json.loads((rules_folder() / "parity.schema.json").read_text()) == schema()


def test_the_schema_takes_what_the_program_takes() -> None:
    validator = jsonschema.Draft202012Validator(schema())
    assert list(validator.iter_errors(yaml.safe_load(WHOLE))) == []
    assert len(list(validator.iter_errors({"engine": {}, "load": {"shape": ""}}))) == 2
