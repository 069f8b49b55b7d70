from __future__ import annotations

import json
import re
import textwrap
from pathlib import Path

import pytest
import typer

from migrate.cli.rules import rules
from migrate.rulebook.names import OWN, nearest, summaries, unknown
from tests.cli.conftest import scan

OLD = "ghcr.io/huggingface/text-generation-inference:3.3.5"
RULE = """\
- id: own/served
  summary: Our gateway asks for a longer start.
  match: {option: model-id}
  becomes: [{positional: model, value: "{value}"}]
  safety: safe
  why: A test.
  examples:
    - {tgi: --model-id m, vllm: WORDS}
"""
CLIENT = """\
- id: own/llm
  summary: s
  constructor: [mine.Llm]
  becomes: openai.OpenAI
  arguments: {}
  safety: safe
  why: w
"""


def folder(tmp_path: Path, text: str, name: str = "own-rules") -> Path:
    place = tmp_path / name
    place.mkdir()
    (place / "own.yaml").write_text(text)
    return place


def test_list_has_every_rule_once(run):
    ran = run("rules")
    names = [line.split()[0] for line in ran.text.splitlines()]
    assert ran.code == 0
    assert names == list(summaries())
    assert {"launch/port", "client/parameter-temperature", "check/option"} <= set(names)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("launch/port", "matches   option port"),
        ("client/parameter-temperature", "matches   parameter temperature"),
        ("ignore/malformed", "reported by the program itself"),
    ],
    ids=["launch", "client", "program"],
)
def test_one_rule_explained(name, says, run):
    ran = run("rules", name)
    assert (ran.code, ran.text.splitlines()[0]) == (0, name)
    assert says in ran.text


@pytest.mark.parametrize("name", summaries())
def test_every_rule_can_be_explained(name, capfdbinary):
    with pytest.raises(typer.Exit) as end:
        rules([name])
    assert end.value.exit_code == 0
    assert capfdbinary.readouterr().out.startswith(name.encode())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["launch/prt"], "did you mean launch/port"),
        (["zzz"], "there is no rule zzz\n"),
        (["launch/port", "launch/image"], "give one rule id"),
        (["test", "no-such-folder"], "no-such-folder is not a folder"),
        (["test", "a", "b"], "give one rule id"),
    ],
    ids=["misspelt", "nothing near", "two ids", "no folder", "two folders"],
)
def test_wrong_usage_is_exit_code_2(words, says, run):
    ran = run("rules", *words)
    assert (ran.code, ran.out) == (2, b"")
    assert says in ran.err


def test_own_examples_hold(run, tmp_path):
    ran = run("rules", "test", folder(tmp_path, RULE.replace("WORDS", "m")))
    assert (ran.code, ran.text, ran.err) == (0, "", "every example holds\n")


def test_failing_example_is_exit_code_1(run, tmp_path):
    ran = run("rules", "test", folder(tmp_path, RULE.replace("WORDS", "--other 1")))
    assert (ran.code, ran.err) == (1, "1 example failed\n")
    assert ran.text.startswith("own/served, example 1: writes ['m']")


def test_mistakes_in_a_rule_file_are_exit_code_2(run, tmp_path):
    ran = run("rules", "test", folder(tmp_path, "- id: own/served\n  nonsense: 1\n"))
    assert (ran.code, ran.out) == (2, b"")
    assert "own.yaml:" in ran.err


@pytest.mark.parametrize("command", ["scan", "apply", "check"])
@pytest.mark.parametrize(
    ("name", "says"),
    [("launch/prt", "launch/port"), ("nothing/*", "there is no such rule")],
    ids=["id", "pattern"],
)
def test_rule_that_nothing_fits_is_exit_code_2(command, name, says, commit, run):
    root = commit({"run.sh": f"docker run {OLD} --model-id m\nvllm serve m --swap-space 4\n"})
    ran = run(command, root, "--rule", name)
    assert (ran.code, ran.out) == (2, b"")
    assert f"--rule {name}: there is no such rule" in ran.err
    assert says in ran.err
    assert OLD in (root / "run.sh").read_text()


@pytest.mark.parametrize("name", ["launch/port", "client/*", "check/option"])
def test_rule_that_finds_nothing_here_is_no_mistake(name, commit, run):
    ran = run("scan", commit({"app.py": "print(1)\n"}), "--rule", name)
    assert (ran.code, ran.text) == (0, "Nothing depends on TGI here.\n")


@pytest.mark.parametrize("command", ["scan", "apply"])
def test_rule_folders_reach_the_translation(command, commit, run, tmp_path, pipeline):
    seen = []
    scan = pipeline.scan
    pipeline.scan = lambda repo, paths, settings: seen.append(settings.rules) or scan(repo, paths, settings)
    root = commit({"migrate.toml": 'rules = ["mine"]\n', "mine/a.yaml": "[]\n", "run.sh": f"docker run {OLD}\n"})
    own = folder(tmp_path, RULE)
    run(command, root, "--rules", own, "--rules", own)
    assert seen == [(root / "mine", own, own)]


def test_rule_of_an_own_folder_is_known(commit, run, tmp_path):
    root = commit({"run.sh": f"docker run {OLD}\n"})
    own = folder(tmp_path, RULE.replace("WORDS", "m"))
    assert run("scan", root, "--rule", "own/served").code == 2
    assert run("scan", root, "--rule", "own/served", "--rules", own).code == 0


def test_a_program_that_only_an_own_rule_knows_is_read(commit, run, tmp_path, pipeline):
    seen = []
    pipeline.scan = lambda repo, paths, settings: seen.append(paths) or scan(repo, paths, settings)
    root = commit({"app.py": "from mine import Llm\n\nprint(Llm('http://llm').ask('Hi'))\n", "b.py": "print(1)\n"})
    own = folder(tmp_path, CLIENT)
    run("scan", root)
    run("scan", root, "--rules", own)
    assert seen == [("app.py",)]


def test_the_wrapper_class_of_the_documentation(run, tmp_path):
    text = (Path(__file__).resolve().parents[2] / "docs/rules.md").read_text()
    block = text.partition("gives the text back:\n\n")[2].partition("\nThe objects are followed")[0]
    ran = run("rules", "test", folder(tmp_path, textwrap.dedent(block), "good"))
    assert (ran.code, ran.text, ran.err) == (0, "", "every example holds\n")
    ran = run("rules", "test", folder(tmp_path, textwrap.dedent(block).replace("max_tokens=64", "max_tokens=65")))
    assert (ran.code, ran.err) == (1, "1 example failed\n")
    assert ran.text.startswith("mycompany/tgi-client, example 1: becomes ")


def test_mistakes_in_an_own_folder_are_exit_code_2(commit, run, tmp_path):
    own = folder(tmp_path, "- id: own/served\n  nonsense: 1\n")
    ran = run("scan", commit({"run.sh": f"docker run {OLD}\n"}), "--rule", "own/served", "--rules", own)
    assert (ran.code, ran.out) == (2, b"")
    assert "own.yaml:" in ran.err


def test_rule_folder_that_is_none(commit, run, tmp_path):
    ran = run("scan", commit({"run.sh": f"docker run {OLD}\n"}), "--rules", tmp_path / "none")
    assert (ran.code, ran.out) == (2, b"")
    assert "--rules:" in ran.err


@pytest.mark.parametrize("version", ["2.4", "tgi@3.3.5", "v2", "3.3.5-rocm", "tgi@v3.3.7"])
def test_version_of_tgi(version, commit, run):
    root = commit({"run.sh": f"docker run {OLD}\n"})
    assert json.loads(run("scan", root, "--format", "json", "--from", version).out)["summary"]["safe"] == 1


@pytest.mark.parametrize(("version", "near"), [("2.4.9", "2.4.1"), ("tgi@9.9.9", "0.9."), ("3.3.55", "3.3.5")], ids=str)
def test_version_that_tgi_never_had(version, near, commit, run):
    ran = run("scan", commit({"run.sh": f"docker run {OLD}\n"}), "--from", version)
    assert (ran.code, ran.out) == (2, b"")
    assert "TGI has no such version" in ran.err
    assert near in ran.err


def test_ids_of_the_program_are_those_in_its_code():
    package = Path(__file__).resolve().parents[2] / "migrate"
    places = [*package.glob("launch/*.py"), *package.glob("checking/*.py"), package / "ignores.py"]
    named = set(re.findall(r'"((?:launch|check|ignore)/[a-z-]+)"', "".join(path.read_text() for path in places)))
    assert named <= OWN.keys()


def test_unknown_and_nearest_ids():
    assert unknown(["launch/port", "launch/*", "port"], ["launch/port"]) == ["port"]
    assert nearest("launch/prot", ["launch/port"]) == "; did you mean launch/port?"
    assert nearest("zzz", ["launch/port"]) == ""
