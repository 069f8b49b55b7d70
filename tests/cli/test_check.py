from __future__ import annotations

import json

BAD = "vllm serve m --swap-space 4\n"


def test_refused_option_is_exit_code_1(commit, run):
    ran = run("check", commit({"run.sh": BAD}))
    assert ran.code == 1
    assert "run.sh:1:14: option [manual]" in ran.text


def test_version_that_has_it_is_exit_code_0(commit, run):
    ran = run("check", commit({"run.sh": BAD}), "--to", "vllm@0.10.0")
    assert (ran.code, ran.text) == (0, "1 vLLM command line read, nothing that vLLM 0.10.0 refuses.\n")


def test_json_and_ignore_comment(commit, run):
    root = commit({"a.sh": BAD, "b.sh": "# migrate: ignore[check/option] an old image\n" + BAD})
    report = json.loads(run("check", root, "--format", "json").out)
    assert [one["path"] for one in report["findings"]] == ["a.sh"]
    assert report["summary"]["manual"] == 1


def test_rule_and_exit_zero(commit, run):
    root = commit({"run.sh": BAD})
    assert run("check", root, "--rule", "check/command").code == 0
    assert run("check", root, "--exit-zero").code == 0


def test_unknown_version_is_exit_code_2(commit, run):
    assert run("check", commit({"run.sh": BAD}), "--to", "vllm@7.7.7").code == 2
