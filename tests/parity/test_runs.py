"""Whole runs, with recordings as engines: what parity.yaml says, what the command line says, what is kept."""

from __future__ import annotations

import asyncio
import gc
import json
import tempfile
import warnings
from importlib import import_module
from pathlib import Path

import pytest

from migrate.parity.asking import Protocol, ask, request
from migrate.parity.commands import both
from migrate.parity.commands.both import Ran, Side, Wanted, together
from migrate.parity.commands.choices import Asking, Given
from migrate.parity.exchange import Chunk, Engine, Exchange, Reply
from migrate.parity.latency.plan import Plan
from migrate.parity.launchers.named import launcher_of
from migrate.parity.prompts import Prompt
from migrate.parity.prompts.recorded import recorded
from migrate.parity.protocols.shape import member
from migrate.parity.recording import Recording, Writer
from migrate.parity.score import Scored
from migrate.parity.settings import Prompts, Settings
from tests import standins
from tests.parity.material import FOLDER
from tests.parity.program import run
from tests.standins.tgi_checks import Limits

PROMPTS = [Prompt(name, name, max_tokens=4) for name in "ab"]


def engine(path: Path, text: str, *words: str, protocol: Protocol = Protocol.TGI) -> None:
    """An engine that gives one answer to everything it is asked."""
    kind = Engine("tgi", "3.3.7", "m", words) if protocol is Protocol.TGI else Engine("vllm", "0.32.0", "m", words)
    body = {"generated_text": text} if protocol is Protocol.TGI else {"choices": [{"text": text, "index": 0}]}
    with Writer(path, kind) as writer:
        for prompt in PROMPTS:
            asked = request(prompt, protocol, "m")
            writer.write(Exchange(prompt.name, asked, Reply(200, (Chunk(1.0, json.dumps(body)),)), "one"))


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with settings, prompts and two engines."""
    engine(tmp_path / "tgi.jsonl", "x", "--model-id", "m")
    engine(tmp_path / "vllm.jsonl", "x", "serve", "m", protocol=Protocol.OPENAI)
    lines = (json.dumps({"name": prompt.name, "text": prompt.text, "max_tokens": 4}) for prompt in PROMPTS)
    (tmp_path / "prompts.jsonl").write_text("\n".join(lines))
    (tmp_path / "parity.yaml").write_text(
        "engines: {first: 'recording:tgi.jsonl', second: 'recording:vllm.jsonl'}\n"
        "prompts: {file: prompts.jsonl, passes: [1], probes: false}\n"
        "reports: {markdown: report.md, json: report.json}\n"
        "allow_inconclusive: true\n"
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_one_command_in_a_folder_with_settings(repo: Path) -> None:
    code, out, err = run("run")
    assert (code, out.splitlines()[1]) == (0, "tgi 3.3.7 against vllm 0.32.0, 2 prompts")
    asked = ["one-at-a-time: 1 of 2", "one-at-a-time: 2 of 2"]
    assert err.splitlines() == [*asked, *asked, "score: 1 of 2", "score: 2 of 2"]
    assert Recording.open(repo / "parity" / "first.jsonl").engine.arguments == ("--model-id", "m")
    assert json.loads((repo / "report.json").read_text())["outcome"] == "pass"
    assert (repo / "report.md").read_text()


def test_settings_elsewhere_start_at_their_own_folder(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repo / "other").mkdir()
    monkeypatch.chdir(repo / "other")
    assert run("run", "--config", "../parity.yaml")[0] == 0
    assert (repo / "parity" / "second.jsonl").exists()
    assert list((repo / "other").iterdir()) == []


def test_the_command_line_goes_before_the_settings(repo: Path) -> None:
    code, out, _ = run("run", "recording:vllm.jsonl", "recording:vllm.jsonl", "--folder", "here", "--format", "json")
    assert (code, json.loads(out)["outcome"]) == (0, "pass")
    assert not (repo / "parity").exists()


def test_both_engines_at_once(repo: Path) -> None:
    code, out, _ = run("run", "--together")
    assert (code, out.splitlines()[1]) == (0, "tgi 3.3.7 against vllm 0.32.0, 2 prompts")
    first, second = launcher_of("recording:tgi.jsonl"), launcher_of("recording:vllm.jsonl")
    asking = Given(Settings(prompts=Prompts(file="prompts.jsonl", passes=(1,))), repo).asking(None, "", None, None)
    sides = (Side(first, repo / "one.jsonl"), Side(second, repo / "two.jsonl"))
    assert asyncio.run(together(sides, Wanted(asking, score=False))) == Ran(0)


def test_a_run_that_was_cut_short_goes_on(repo: Path) -> None:
    assert run("run", "recording:tgi.jsonl", "/no/such/engine {port}")[0] == 4
    assert run("run")[2].count("one-at-a-time") == 2
    assert not (repo / "parity" / "first.previous.jsonl").exists()


def test_a_finished_run_starts_anew(repo: Path) -> None:
    run("run")
    before = (repo / "parity" / "first.jsonl").read_bytes()
    assert run("run")[2].count("one-at-a-time") == 4
    assert (repo / "parity" / "first.previous.jsonl").read_bytes() == before


def test_an_engine_that_is_started_in_another_way_is_recorded_anew(repo: Path) -> None:
    run("run", "recording:tgi.jsonl", "/no/such/engine {port}")
    engine(repo / "other.jsonl", "x", "--model-id", "m", "--quantize", "awq")
    run("run", "recording:other.jsonl", "recording:vllm.jsonl")
    assert Recording.open(repo / "parity" / "first.jsonl").engine.arguments[-1] == "awq"
    assert (repo / "parity" / "first.previous.jsonl").exists()


def test_what_is_no_recording_is_left_alone(repo: Path) -> None:
    (repo / "parity").mkdir()
    (repo / "parity" / "first.jsonl").write_text("notes\n")
    assert run("run")[0] == 3
    assert (repo / "parity" / "first.jsonl").read_text() == "notes\n"


def test_a_recording_against_a_live_engine(repo: Path) -> None:
    code, out, err = run("compare", "tgi.jsonl", "recording:vllm.jsonl", "--keep", "live.jsonl")
    assert (code, out.splitlines()[1]) == (0, "tgi 3.3.7 against vllm 0.32.0, 2 prompts")
    assert err.splitlines()[-1] == "one-at-a-time: 2 of 2"
    assert [item.id for item in Recording.open(repo / "live.jsonl")] == ["a", "b"]
    before = sorted(repo.iterdir())
    assert run("compare", "tgi.jsonl", "recording:vllm.jsonl")[0] == 0
    assert sorted(repo.iterdir()) == before


def test_a_live_recording_that_nobody_wanted_is_kept_where_no_verdict_is_told(
    repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(repo))
    (repo / "tgi.jsonl").write_text((repo / "tgi.jsonl").read_text() + "{}\n{}\n")
    live = "recording:vllm.jsonl"
    assert run("compare", "tgi.jsonl", live)[0] == 3
    assert not list(repo.glob("migrate-parity-*"))

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    (repo / "tgi.jsonl").unlink()
    engine(repo / "tgi.jsonl", "x")
    monkeypatch.setattr(import_module("migrate.parity.commands.compare"), "compare_engines", interrupt)
    code, _, err = run("compare", "tgi.jsonl", live)
    (kept,) = repo.glob("migrate-parity-*/second.jsonl")
    assert (code, f"{kept} has what was recorded: --keep {kept} goes on with it" in err) == (130, True)
    assert [item.id for item in Recording.open(kept)] == ["a", "b"]


def test_the_limit_of_the_first_engine_is_the_second_ones(repo: Path) -> None:
    (repo / "prompts.jsonl").write_text('{"name": "open", "inputs": "x"}\n')
    with standins.tgi(limits=Limits(max_total_tokens=48)) as tgi, standins.vllm() as vllm:
        run("run", tgi.url, vllm.url, "--no-probes", "--no-score")
        limits = [one.request.body for one in Recording.open(repo / "parity" / "second.jsonl")]
        assert run("compare", "parity/first.jsonl", vllm.url, "--keep", "again.jsonl")[0] in (0, 1)
        again = [one.request.body for one in Recording.open(repo / "again.jsonl")]
    assert [member(body, "max_tokens") for body in (*limits, *again)] == [48, 48]


@pytest.mark.parametrize("together", ["--together", "--one-at-a-time"])
def test_a_run_with_a_load(repo: Path, together: str) -> None:
    with (repo / "parity.yaml").open("a") as file:
        file.write("load: {shape: 'closed:2', blocks: 3, warm_up: 0, calibrate: false, tolerance: 10000}\n")
        file.write("slo: {e2e_ms: 10000}\n")
    with standins.tgi() as tgi, standins.vllm() as vllm:
        _, out, err = run("run", tgi.url, vllm.url, together, "--probes", "--format", "json")
    stages = {stage["name"]: stage["outcome"] for stage in json.loads(out)["stages"]}
    assert stages["latency"] != "skipped"
    assert stages["probes"] != "skipped"
    assert "score" in stages
    assert err.count("tgi: block") == err.count("vllm: block") == 3
    turns = [line.partition(":")[0] for line in err.splitlines() if "block" in line]
    assert turns == (
        ["tgi", "vllm", "vllm", "tgi", "tgi", "vllm"] if "together" in together else ["tgi"] * 3 + ["vllm"] * 3
    )


def test_prompts_that_are_too_long_for_one_engine(repo: Path) -> None:
    text = " ".join(["word"] * 300)
    (repo / "prompts.jsonl").write_text(json.dumps({"name": "long", "text": text, "max_tokens": 4}))
    with standins.tgi() as tgi, standins.vllm(max_model_len=64) as vllm:
        code, out, _ = run("run", tgi.url, vllm.url, "--no-probes")
    assert code == 1
    assert out.startswith("FAIL: accepted: ")
    assert "long" in out


def test_no_docker(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{repo}/none.sock")
    with warnings.catch_warnings(action="ignore"):
        code, out, err = run("record", "docker:image --port 80", "out.jsonl")
        gc.collect()  # Docker's SDK leaves its socket to the collector
    assert (code, out) == (4, "")
    assert err.startswith("error: no Docker answers: ")
    assert len(err.splitlines()) == 1
    assert not (repo / "out.jsonl").exists()


@pytest.mark.parametrize(("regret", "outcome"), [(0.0, "pass"), (9.0, "fail")])
def test_the_second_engine_scores_the_first(
    repo: Path, monkeypatch: pytest.MonkeyPatch, regret: float, outcome: str
) -> None:
    async def score_at(url: str, recording: Recording, asking: Asking) -> tuple[Engine, list[Scored]]:
        return Engine("vllm"), [Scored(str(at), (regret,) * 4, texts=("x",) * 4) for at in range(30)]

    monkeypatch.setattr(both, "score_at", score_at)
    _, out, _ = run("run", "--format", "json")
    stages = {stage["name"]: stage["outcome"] for stage in json.loads(out)["stages"]}
    assert stages["score"] == outcome


def test_an_engine_with_a_key(repo: Path) -> None:
    with standins.vllm(api_key="key-1") as vllm:
        code, _, err = run("record", vllm.url, "out.jsonl")
        assert (code, "is MIGRATE_API_KEY its key?" in err) == (4, True)
        code, _, err = run("record", vllm.url, "out.jsonl", "--api-key", "key-1")
    assert (code, err.splitlines()[-1]) == (0, "one-at-a-time: 2 of 2")
    assert b"key-1" not in (repo / "out.jsonl").read_bytes()


def test_what_is_not_wanted_is_not_asked(repo: Path) -> None:
    with standins.tgi() as tgi, standins.vllm() as vllm:
        _, out, err = run("run", tgi.url, vllm.url, "--no-probes", "--no-score", "--format", "json")
    stages = {stage["name"]: stage["outcome"] for stage in json.loads(out)["stages"]}
    assert stages["probes"] == "skipped"
    assert "score" not in stages
    assert "probes: " not in err


def test_a_trace_starts_at_the_settings(repo: Path) -> None:
    with (repo / "parity.yaml").open("a") as file:
        file.write("load: {shape: 'trace:none.csv'}\n")
    code, _, err = run("run")
    assert (code, err.startswith("error: none.csv: ")) == (2, True)
    (repo / "trace.csv").write_text("timestamp\n0\n1\n")
    (repo / "parity.yaml").write_text("load: {shape: 'trace:trace.csv'}\n")
    plan = Given.of(repo / "parity.yaml").plan(5)
    assert plan
    assert (plan.load.times, plan.patience_s, plan.criteria.tolerance) == ((0, 1), 5, 0.05)
    assert Given(Settings(), repo).plan(5) == Plan(patience_s=5)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("run", "http://a"), 2, "two engines are needed"),
        (("run", "http://a", "http://b", "--from", "compose.yaml:tgi"), 2, "--from stands for both"),
        (("run", "--from", "compose.yaml:tgi"), 2, "compose.yaml: there is no such file"),
        (("run", "http://a", "recording:none.jsonl"), 3, "none.jsonl: No such file"),
        (("run", "--config", "none.yaml"), 2, "none.yaml: No such file"),
        (("run", "--prompts", "none.jsonl"), 2, "none.jsonl"),
        (("run", "--folder", "prompts.jsonl"), 4, "prompts.jsonl: File exists"),
        (("record", "tgi.jsonl", "out.jsonl"), 2, "is no engine"),
        (("compare", "tgi.jsonl", "none.jsonl"), 3, "none.jsonl: No such file"),
        (("compare", "none.jsonl", "http://localhost:1"), 3, "none.jsonl: No such file"),
        (("compare", "tgi.jsonl", "http://127.0.0.1:1"), 4, "http://127.0.0.1:1"),
    ],
)
def test_what_is_no_use(repo: Path, arguments: tuple[str, ...], code: int, message: str) -> None:
    ended, out, err = run(*arguments)
    assert (ended, out) == (code, "")
    assert err.splitlines()[-1].startswith("error: ")
    assert message in err


def test_mistakes_in_the_settings_are_all_told(repo: Path) -> None:
    (repo / "parity.yaml").write_text("timeout: -1\nfodler: x\n")
    code, _, err = run("run")
    assert code == 2
    assert err.splitlines() == [
        "error: parity.yaml:1: timeout: Expected `float` > 0.0",
        "parity.yaml:2: fodler is not a setting: did you mean folder?",
    ]


def test_the_prompts_of_a_recording(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    sampled = Prompt("s", "s", temperature=1.0, seed=7)
    with Writer(path, Engine("tgi")) as writer:
        for prompt, runs in ((PROMPTS[0], ("one", "two")), (sampled, ("sample-00", "sample-01"))):
            asked = request(prompt, Protocol.TGI, "m")
            for number in runs:
                writer.write(Exchange(prompt.name, asked, Reply(200), number, optional=prompt is sampled))
    first, second = recorded(Recording.open(path))
    assert (first.name, first.samples, first.seed, first.optional) == ("a", 1, None, False)
    assert (second.name, second.samples, second.seed, second.optional) == ("s", 2, 7, True)
    assert request(first, Protocol.OPENAI, "m") == request(PROMPTS[0], Protocol.OPENAI, "m")


@pytest.mark.parametrize("name", ["tgi-parity", "vllm-parity"])
@pytest.mark.parametrize("protocol", [Protocol.TGI, Protocol.OPENAI])
def test_every_prompt_of_a_real_recording_can_be_asked(name: str, protocol: Protocol) -> None:
    recording = Recording.open(FOLDER / f"{name}.jsonl.gz")
    found = recorded(recording)
    assert len(found) == 32
    assert [ask(prompt, protocol, "m").manual for prompt in found] == [""] * 32
    for prompt, exchange in zip(found, recording, strict=False):
        if protocol is Protocol.OPENAI and name == "vllm-parity":
            asked = ask(prompt, protocol, recording.engine.model).request
            body = exchange.request.body
            assert isinstance(asked.body, dict)
            assert isinstance(body, dict)
            assert asked.path == exchange.request.path
            assert {key: asked.body.get(key) for key in ("prompt", "messages", "max_tokens")} == {
                key: body.get(key) for key in ("prompt", "messages", "max_tokens")
            }
