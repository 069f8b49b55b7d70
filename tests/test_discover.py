from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from migrate import triggers
from migrate.discover import discover
from migrate.triggers import Tier

TGI = "ghcr.io/huggingface/text-generation-inference:3.3.5\n"


@pytest.fixture(params=["git", "folder"])
def tree(tmp_path: Path, request: pytest.FixtureRequest):
    def build(files: Mapping[str, str | bytes]) -> Path:
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        if request.param == "git":
            subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
        return tmp_path

    return build


def test_candidates_hold_a_trigger_and_the_repository_holds_all(tree):
    found = discover(tree({"a.sh": TGI, "b/ü b.sh": TGI, "c.py": "print(1)"}))
    assert found.candidates == ("a.sh", "b/ü b.sh")
    assert found.repository.paths == ("a.sh", "b/ü b.sh", "c.py")
    assert found.skipped == ()


def test_gitignore_of_every_folder_is_honoured(tree):
    files = {
        ".gitignore": "build/\n*.log\n!keep.log\n",
        "build/a.sh": TGI,
        "x.log": TGI,
        "keep.log": TGI,
        "sub/.gitignore": "/local.sh\n!x.log\n",
        "sub/local.sh": TGI,
        "sub/deep/local.sh": TGI,
        "sub/x.log": TGI,
    }
    assert discover(tree(files)).candidates == ("keep.log", "sub/deep/local.sh", "sub/x.log")


def test_exclude_has_the_syntax_of_gitignore(tree):
    files = {"vendor/a.sh": TGI, "b.md": TGI, "c.sh": TGI}
    assert discover(tree(files), ("vendor/", "*.md")).candidates == ("c.sh",)


def test_links_and_loops_are_not_followed(tree):
    root = tree({"real/a.sh": TGI})
    (root / "real/loop").symlink_to(root)
    (root / "link.sh").symlink_to("real/a.sh")
    (root / "broken.sh").symlink_to("nowhere")
    found = discover(root)
    assert found.candidates == ("real/a.sh",)
    assert found.skipped == ()


def test_binary_file_is_named_only_where_it_holds_tgi(tree):
    found = discover(tree({"a.bin": b"\0" + TGI.encode(), "b.bin": b"\0\1\2", "c.bin": b"\0max_new_tokens"}))
    assert [(one.path, one.unread) for one in found.skipped] == [("a.bin", False)]
    assert found.candidates == ()


def test_utf_16_is_text(tree):
    root = tree({"a.ps1": TGI.encode("utf-16"), "b.ps1": "no".encode("utf-16"), "c.ps1": b"\xff\xfe\x00"})
    assert discover(root).candidates == ("a.ps1",)


def test_large_file_is_searched_over_chunk_borders(tree, monkeypatch):
    monkeypatch.setattr("migrate.discover.PARSED_BYTES", 1000)
    monkeypatch.setattr("migrate.discover._CHUNK", 512)
    found = discover(tree({"big.json": "x" * 1010 + TGI, "other.json": "x" * 2000}))
    assert [(one.path, one.unread) for one in found.skipped] == [("big.json", True)]
    assert found.repository.paths == ()


def test_unreadable_file_is_skipped_with_its_reason(tree, monkeypatch):
    def refuse(path: str) -> None:
        raise PermissionError(13, "Permission denied")

    root = tree({"a.sh": TGI})
    monkeypatch.setattr("migrate.discover.FileIO", refuse)
    found = discover(root)
    assert [(one.path, one.reason) for one in found.skipped] == [("a.sh", "cannot be read: Permission denied")]


def test_tracked_file_that_is_gone_is_no_problem(tree):
    root = tree({"a.sh": TGI})
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    subprocess.run(["git", "add", "-A"], cwd=root, check=True)
    (root / "a.sh").unlink()
    found = discover(root)
    assert (found.candidates, found.skipped) == ((), ())


def test_openai_clients_matter_only_beside_tgi(tree):
    client = "from openai import OpenAI\n"
    root = tree({"client.py": client})
    assert discover(root).candidates == ()
    (root / "run.sh").write_text(TGI)
    assert discover(root).candidates == ("client.py", "run.sh")


def test_progress_is_told(tree):
    calls: list[tuple[int, int]] = []
    discover(tree({"a.sh": TGI}), progress=lambda done, total: calls.append((done, total)))
    assert calls == [(0, 1)]


@pytest.mark.parametrize(
    "text",
    [
        "tgi_queue_size",
        'model="tgi"',
        "http://tgi:80",
        "client.generate_stream(",
        "text-generation~=0.7",
        "AsyncInferenceClient",
        'model="huggingface/acme"',
        'custom_llm_provider="huggingface"',
        "custom_llm_provider: huggingface",
        '{"inputs": "x", "parameters": {"max_new_tokens": 9}}',
        "HfInference",
        "generateStream",
    ],
)
def test_clients_are_candidates(text):
    assert triggers.tgi_tier(text.encode()) is Tier.CLIENT


@pytest.mark.parametrize("text", ["tgid", "ctgit", "regenerate the key", "a text about generation", "hugging face"])
def test_other_words_are_not(text):
    assert triggers.tgi_tier(text.encode()) is None


@pytest.mark.parametrize("literal", [*triggers.NAMES, *triggers.CLIENTS, *triggers.LINKED], ids=bytes.decode)
def test_every_literal_passes_the_first_search(literal):
    assert triggers.tgi_tier(literal)


@pytest.mark.parametrize(
    ("text", "tier"),
    [
        ("vllm serve m", Tier.NAME),
        ("image: vllm/vllm-openai:v0.32.0", Tier.NAME),
        ('["vllm", "serve", "m"]', Tier.CLIENT),
        ("import vllm", None),
        ("serve the cake", None),
    ],
)
def test_starts_of_vllm(text, tier):
    assert triggers.vllm_tier(text.encode()) is tier


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b'get(f"{URL}/info").json()["max_total_tokens"]', Tier.CLIENT),
        (b'post(f"{URL}/tokenize", json={"inputs": text})', Tier.CLIENT),
        (b'log("/info"); model = "x"', None),
        (b"max_total_tokens = 4", None),
    ],
)
def test_the_routes_that_only_tell_about_the_server(text: bytes, expected: Tier | None):
    assert triggers.tgi_tier(text) is expected


@pytest.mark.parametrize(
    ("text", "tier"),
    [
        ("from mine import Llm", Tier.CLIENT),
        ("from openai import OpenAI\nfrom mine import Llm", Tier.CLIENT),
        ("from openai import OpenAI", Tier.LINKED),
        ("text-generation-launcher and Llm", Tier.NAME),
        ("import yours", None),
    ],
    ids=["own", "own and linked", "linked", "name", "none"],
)
def test_names_of_ones_own_make_a_file_worth_reading(text, tier):
    assert triggers.tier_with([b"Llm"])(text.encode()) is tier
