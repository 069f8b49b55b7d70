from __future__ import annotations

import json
import subprocess

import pytest

OLD = "ghcr.io/huggingface/text-generation-inference:3.3.5"
SAFE = f"docker run {OLD} --model-id m\n"
REVIEW = f"docker run {OLD} --num-shard 2\n"


def test_findings_are_exit_code_1_and_nothing_is_written(commit, run):
    root = commit({"run.sh": REVIEW})
    ran = run("scan", root)
    assert ran.code == 1
    assert "run.sh:1:12: launch [review]" in ran.text
    assert (root / "run.sh").read_text() == REVIEW


def test_json_places_count_from_one_and_offsets_from_zero(commit, run):
    root = commit({"run.sh": b"\xef\xbb\xbf# \xf0\x9f\x9a\x80\r\n\xe8 " + SAFE.encode()})
    (finding,) = json.loads(run("scan", root, "--format", "json").out)["findings"]
    assert finding["start"] == {"line": 2, "column": 14, "offset": 18}
    assert finding["edits"][0]["start"] == 18
    assert (finding["path"], finding["level"], finding["safety"]) == ("run.sh", "note", "safe")


@pytest.mark.parametrize(
    ("shape", "begins", "holds"),
    [
        ("github", "::notice file=", "launch/image"),
        ("junit", "<?xml", 'name="launch at 1:12"'),
        ("markdown", "### To vLLM ", "(`launch/image`)"),
        ("html", "<!DOCTYPE html>", "vllm/vllm-openai:v"),
    ],
)
def test_reports_for_a_pipeline(commit, run, shape, begins, holds):
    ran = run("scan", commit({"run.sh": SAFE}), "--format", shape)
    assert ran.code == 1
    assert ran.text.startswith(begins)
    assert holds in ran.text


def test_nothing_found_is_exit_code_0(commit, run):
    ran = run("scan", commit({"app.py": "print(1)\n"}))
    assert (ran.code, ran.text) == (0, "Nothing depends on TGI here.\n")


def test_exit_zero_turns_only_findings_into_0(commit, run):
    root = commit({"run.sh": SAFE})
    assert run("scan", root, "--exit-zero").code == 0
    assert run("scan", root / "missing", "--exit-zero").code == 2


def test_unread_file_is_exit_code_3_and_the_rest_is_done(commit, run, monkeypatch):
    monkeypatch.setattr("migrate.discover.PARSED_BYTES", 500)
    root = commit({"big.json": "x" * 600 + OLD, "run.sh": SAFE})
    ran = run("scan", root, "--format", "json", "--exit-zero")
    report = json.loads(ran.out)
    assert ran.code == 3
    assert [one["path"] for one in report["skipped"]] == ["big.json"]
    assert [one["path"] for one in report["findings"]] == ["run.sh"]


def test_binary_file_is_named_and_no_failure(commit, run):
    ran = run("scan", commit({"model.bin": b"\0\1" + OLD.encode()}))
    assert ran.code == 0
    assert "model.bin: a binary file" in ran.text


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--to", "vllm@7.7.7"], "0.32.0"),
        (["--to", "tgi@3.3.5"], "unknown"),
        (["--from", "vllm@0.32.0"], "tgi@VERSION"),
        (["--from", "newest"], "tgi@VERSION"),
        (["--config", "none.toml"], "none.toml"),
        (["--changed-since", "no-such-commit"], "no-such-commit"),
        (["--changed-since", "--output=x"], "--output=x"),
        (["--nonsense"], "--nonsense"),
        (["--keep", "everything"], "dtype"),
        (["--format", "yaml"], "json"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_one_message_and_exit_code_2(words, says, commit, run):
    ran = run("scan", commit({"run.sh": SAFE}), *words)
    assert (ran.code, ran.out) == (2, b"")
    assert says in ran.err
    assert "Traceback" not in ran.err


def test_root_that_is_a_file(commit, run):
    root = commit({"run.sh": SAFE})
    assert run("scan", root / "run.sh").code == 2


def test_rule_shows_only_its_findings(commit, run):
    root = commit({"run.sh": REVIEW})
    shown = json.loads(run("scan", root, "--rule", "launch/sh*", "--format", "json").out)["findings"]
    assert [one["rule"] for one in shown] == ["launch/shards"]


def test_exclude_and_configuration_are_joined(commit, run):
    config = 'exclude = ["vendor/"]\nignore = ["launch/shards"]\n'
    root = commit({"migrate.toml": config, "vendor/a.sh": SAFE, "b.sh": REVIEW + SAFE, "c.sh": SAFE})
    shown = json.loads(run("scan", root, "--exclude", "c.*", "--format", "json").out)["findings"]
    assert [(one["path"], one["start"]["line"]) for one in shown] == [("b.sh", 2)]


def test_command_line_version_goes_before_the_configuration(commit, run):
    root = commit({"migrate.toml": 'to = "vllm@0.15.0"\nfrom = "tgi@3.0.1"\n'})
    read = json.loads(run("scan", root, "--format", "json").out)
    told = json.loads(run("scan", root, "--format", "json", "--to", "0.20.0").out)
    assert (read["target"], read["source"]) == ("vllm@0.15.0", "tgi@3.0.1")
    assert told["target"] == "vllm@0.20.0"


def test_changed_since_leaves_older_files_out(commit, run):
    root = commit({"old.sh": SAFE, "new.sh": "echo\n"})
    (root / "new.sh").write_text(SAFE)
    (root / "added.sh").write_text(SAFE)
    shown = json.loads(run("scan", root, "--changed-since", "HEAD", "--format", "json").out)["findings"]
    assert sorted(one["path"] for one in shown) == ["added.sh", "new.sh"]


def test_ignored_place_is_gone_and_a_comment_without_reason_is_a_note(commit, run):
    root = commit(
        {
            "a.sh": f"# migrate: ignore[launch/image] kept for the benchmark\n{SAFE}",
            "b.sh": f"{SAFE.rstrip()} # migrate: ignore[launch/image]\n",
        }
    )
    shown = json.loads(run("scan", root, "--format", "json").out)["findings"]
    assert [(one["path"], one["rule"], one["safety"]) for one in shown] == [
        ("b.sh", "launch/image", "safe"),
        ("b.sh", "ignore/malformed", "none"),
    ]


def test_secret_in_a_message_is_not_shown(commit, run, monkeypatch, pipeline):
    from migrate.findings import Finding, Reading, Safety
    from migrate.source import Span

    message = "HF_TOKEN=hf_abcdefghijklmnop stays; MAX_TOTAL_TOKENS=4096 goes"
    secret = Finding("x/y", "run.sh", Span(0, 1), "environment", Safety.REVIEW, message)
    monkeypatch.setattr(pipeline, "scan", lambda *_: Reading((secret,)))
    root = commit({"run.sh": SAFE})
    for words in (["--format", "json"], []):
        shown = run("scan", root, *words).text
        assert "hf_abcdefghijklmnop" not in shown
        assert "MAX_TOTAL_TOKENS=4096" in shown


def test_version_needs_no_typer():
    code = "import sys, migrate.__main__ as m; m.main(['--version']); print('typer' in sys.modules)"
    shown = subprocess.run(["python3", "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.split() == ["migrate", "0.1.0", "False"]


def test_no_trigger_loads_no_pipeline(commit, run, monkeypatch, pipeline):
    monkeypatch.delattr(pipeline, "scan")
    assert run("scan", commit({"app.py": "print(1)\n"})).code == 0


def test_fault_is_one_line(commit, run, monkeypatch, pipeline):
    monkeypatch.delattr(pipeline, "scan")
    ran = run("scan", commit({"run.sh": SAFE}))
    assert ran.code == 70
    assert len(ran.err.splitlines()) == 1


def test_interrupt_is_130(commit, run, monkeypatch, pipeline):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "scan", stop)
    assert run("scan", commit({"run.sh": SAFE})).code == 130
