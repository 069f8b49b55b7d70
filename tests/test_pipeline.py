"""A repository in memory goes through the whole translation: what is rewritten, and what is left alone."""

from __future__ import annotations

import pytest

from migrate.findings import Finding, Reading, Safety
from migrate.pipeline import scan
from migrate.repository import Repository
from migrate.settings import Settings
from migrate.source import apply_edits

TGI = "ghcr.io/huggingface/text-generation-inference:3.3.5"
VLLM = "vllm/vllm-openai:v0.32.0"


def read(files: dict[str, str], **settings: object) -> tuple[Repository, Reading]:
    repo = Repository.of(files)
    return repo, scan(repo, repo.paths, Settings(**settings))  # type: ignore[arg-type]


def rewritten(files: dict[str, str], **settings: object) -> dict[str, str]:
    """The files after all edits; a second run over them finds no edit."""
    repo, reading = read(files, **settings)
    edits = {edit for finding in reading.findings for edit in finding.edits}
    texts = {}
    for path, text in files.items():
        source = repo.source(path)
        own = [edit for edit in edits if edit.path == path]
        texts[path] = apply_edits(source.text, own) if source and own else text
    _, again = read(texts, **settings)
    assert [one for one in again.findings if one.edits] == []
    return texts


def findings(files: dict[str, str], **settings: object) -> tuple[Finding, ...]:
    return read(files, **settings)[1].findings


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ("--model-id a/b --max-total-tokens 4096", ["a/b", "--max-model-len 4096"]),
        ("--model-id a/b --num-shard 2", ["--tensor-parallel-size 2"]),
        ("--model-id=a/b --port=8080", ["--port"]),
    ],
    ids=["length", "shards", "equals signs"],
)
def test_docker_run(words: str, parts: list[str]) -> None:
    text = rewritten({"run.sh": f"docker run --gpus all {TGI} {words}\n"})["run.sh"]
    assert VLLM in text
    assert TGI not in text
    assert [part for part in parts if part not in text] == []


@pytest.mark.parametrize(
    ("words", "follows"), [("", True), (" --quantize eetq", False)], ids=["launch written", "launch left"]
)
def test_mentioned_image_follows_the_launch(words: str, follows: bool) -> None:
    files = {"run.sh": f"docker run {TGI} --model-id a/b{words}\n", "pull.sh": f"docker pull {TGI}\n"}
    texts = rewritten(files)
    assert (VLLM in texts["run.sh"]) is follows
    assert (VLLM in texts["pull.sh"]) is follows


@pytest.mark.parametrize(
    "files",
    [
        {"run.sh": "docker run nginx:1.27 --model-id a/b\n"},
        {"run.sh": f"docker run {VLLM} --model a/b\n"},
        {"compose.yaml": "services:\n  web:\n    image: nginx\n"},
        {"app.py": "print('text')\n"},
        {"notes.bin": "\0\1"},
        {},
    ],
    ids=["another image", "vllm", "compose", "python", "binary", "nothing"],
)
def test_left_alone(files: dict[str, str]) -> None:
    assert [one for one in findings(files) if one.edits] == []
    assert rewritten(files) == files


def test_findings_are_in_order_and_each_once() -> None:
    found = findings({"b.sh": f"docker run {TGI} --model-id a/b\n", "a.sh": f"docker run {TGI} --model-id a/b\n"})
    places = [(one.path, one.span.start, one.span.end, one.rule, one.message) for one in found]
    assert places == sorted(places)
    assert len(set(found)) == len(found)
    assert {one.path for one in found} == {"a.sh", "b.sh"}


def test_each_launch_is_a_group_of_its_own() -> None:
    found = findings({"a.sh": f"docker run {TGI} --model-id a/b\ndocker run {TGI} --model-id c/d\n"})
    assert {one.group for one in found if one.edits} == {"a.sh#1", "a.sh#2"}


@pytest.mark.parametrize(
    ("keep", "word"),
    [("dtype", "--dtype"), ("limit", "128"), ("cors", "--allowed-origins")],
    ids=["dtype", "limit", "cors"],
)
def test_kept_default_is_written_only_when_asked_for(keep: str, word: str) -> None:
    files = {"run.sh": f"docker run --gpus all {TGI} --model-id mistralai/Mistral-7B-v0.1\n"}
    assert word not in rewritten(files)["run.sh"]
    assert word in rewritten(files, keep=frozenset({keep}))["run.sh"]


def test_unreadable_compose_is_skipped_with_its_line() -> None:
    _, reading = read({"compose.yaml": f"services:\n  llm:\n    image: {TGI}\n   command: [\n"})
    assert [one.path for one in reading.skipped] == ["compose.yaml"]
    assert reading.skipped[0].reason.startswith("line ")
    assert [one for one in reading.findings if one.edits] == []


def test_model_whose_architecture_is_not_served_stays() -> None:
    run = f"docker run -v ./weights:/data/weights {TGI} --model-id /data/weights\n"
    unknown = {"run.sh": run, "weights/config.json": '{"architectures": ["MPTForCausalLM"]}'}
    served = {"run.sh": run, "weights/config.json": '{"architectures": ["LlamaForCausalLM"]}'}
    assert any(one.safety is Safety.MANUAL for one in findings(unknown))
    assert VLLM in rewritten(served)["run.sh"]
