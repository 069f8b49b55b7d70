"""`--report`, `--accepted` and `migrate parity report`."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.parity.material import FOLDER
from tests.parity.program import run

PAIR = str(FOLDER / "tgi-parity.jsonl.gz"), str(FOLDER / "vllm-parity.jsonl.gz")
FEW = str(FOLDER / "tgi-float32-parity.jsonl.gz")
WIRE = str(FOLDER / "tgi-wire.jsonl.gz"), str(FOLDER / "vllm-wire.jsonl.gz")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One comparison, written in every format."""
    folder = tmp_path_factory.mktemp("reports")
    reports = [f"--report={form}={folder / form}" for form in ("html", "json", "junit", "markdown", "sarif", "text")]
    code, out, err = run("compare", *PAIR, *reports)
    assert (code, err) == (0, "")
    assert out == (folder / "text").read_text("utf-8")
    return folder


def test_several_reports_come_from_one_comparison(written: Path) -> None:
    assert (written / "html").read_text("utf-8").startswith("<!DOCTYPE html>")
    assert json.loads((written / "json").read_text("utf-8"))["places"] == list(PAIR)
    assert ET.parse(written / "junit").getroot().tag == "testsuites"
    assert json.loads((written / "sarif").read_text("utf-8"))["version"] == "2.1.0"


@pytest.mark.parametrize("form", ["html", "json", "junit", "markdown", "sarif", "text"])
def test_a_saved_result_renders_as_the_comparison_did(form: str, written: Path, tmp_path: Path) -> None:
    code, out, err = run("report", str(written / "json"), "--format", form, "--report", f"{form}={tmp_path / 'again'}")
    assert (code, err) == (0, "")
    assert out == (tmp_path / "again").read_text("utf-8") == (written / form).read_text("utf-8")


@pytest.mark.parametrize("report", ["html", "html=", "pdf=x.pdf", "=x"])
def test_a_report_that_is_no_format_and_file_is_refused_before_anything_is_done(report: str) -> None:
    code, out, err = run("compare", "missing.jsonl", "missing.jsonl", "--report", report)
    assert (code, out) == (2, "")
    assert err.startswith(f"error: --report {report}: give it as FORMAT=FILE; the formats are text, ")


def test_a_report_that_cannot_be_written_is_told_and_the_verdict_is_shown(tmp_path: Path) -> None:
    code, out, err = run("compare", *PAIR, "--report", f"html={tmp_path}", "--report", f"text={tmp_path / 'text'}")
    assert code == 4
    assert err == f"error: html report: {tmp_path}: Is a directory\n"
    assert out == (tmp_path / "text").read_text("utf-8")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "No such file or directory"),
        (b"{", "no JSON: "),
        (b"\xff", "'utf-8' codec can't decode"),
        (b'{"schema_version": 9}', "written in schema 9, this program reads up to 1: upgrade it"),
    ],
)
def test_a_result_that_cannot_be_read(content: bytes | None, message: str, tmp_path: Path) -> None:
    file = tmp_path / "result.json"
    if content is not None:
        file.write_bytes(content)
    code, out, err = run("report", str(file))
    assert (code, out) == (3, "")
    assert err.startswith(f"error: {file}: {message}")


@pytest.mark.parametrize("pair", [(FEW, PAIR[0]), (FEW, WIRE[0])], ids=["too few prompts", "nothing to judge by"])
@pytest.mark.parametrize(("options", "code"), [(("--allow-inconclusive",), 0), ((), 1)])
def test_junit_fails_exactly_where_the_command_does(
    pair: tuple[str, str], options: tuple[str, ...], code: int, tmp_path: Path
) -> None:
    assert run("compare", *pair, "--report", f"junit={tmp_path / 'x'}", *options)[0] == code
    assert (ET.parse(tmp_path / "x").getroot().attrib["failures"] != "0") == (code != 0)


ACCEPTED = """\
- {stage: accepted, prompt: "*", reason: these clients move later, until: 2999-12-31}
- {stage: prompt, prompt: "*", reason: the template was changed on purpose, until: 2999-12-31}
- {stage: finish, prompt: "*", reason: TGI answers with 100 tokens, until: 2999-12-31}
- {stage: forms, prompt: "openai/chat/*", reason: these clients are rewritten later, until: 2999-12-31}
- {stage: finish, prompt: "*", reason: an old one, until: 2001-12-31}
"""


def test_accepted_differences_change_the_verdict(tmp_path: Path) -> None:
    file = tmp_path / "accepted.yaml"
    file.write_text(ACCEPTED)
    code, out, _ = run("compare", *WIRE, "--accepted", str(file), "--allow-inconclusive")
    assert code == 0
    assert out.startswith("INCONCLUSIVE: ")
    assert out.endswith(f"note: {file}:5: ran out on 2001-12-31: what it accepted counts again\n")
    assert run("compare", *WIRE, "--allow-inconclusive")[0] == 1


def test_a_mistake_in_the_file_is_told(tmp_path: Path) -> None:
    file = tmp_path / "accepted.yaml"
    file.write_text("- {stage: accepted}\n")
    assert run("compare", *PAIR, "--accepted", str(file)) == (
        2,
        "",
        f"error: {file}:1: prompt, reason, until missing\n",
    )
