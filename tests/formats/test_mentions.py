"""The fallback shows lines with TGI's image or launcher, and nothing that only looks like it."""

from __future__ import annotations

from time import perf_counter

import pytest

from migrate.formats.mentions import claims, read
from migrate.repository import Repository
from migrate.source import Source

IMAGE = "ghcr.io/huggingface/text-generation-inference:3.3.5"


def mentions(path: str, text: str) -> list[tuple[str, str, int]]:
    source = Source(path, text)
    return [
        (each.kind, each.value, source.position(each.span.start)[0])
        for each in read(source, Repository.of({})).mentions
    ]


@pytest.mark.parametrize(
    ("path", "text", "value"),
    [
        ("main.tf", f'image = "{IMAGE}"\n', IMAGE),
        ("task.json", f'{{"image": "{IMAGE}"}}', IMAGE),
        ("app.toml", f"image = '{IMAGE}'", IMAGE),
        ("x.j2", "image: ghcr.io/huggingface/text-generation-inference:{{ tag }}", None),
        ("a.nomad", f'config {{ image = "docker://{IMAGE}" }}', None),
        ("x.py", f'client.containers.run("{IMAGE}")', IMAGE),
        ("x.go", f'Image: "{IMAGE}",', IMAGE),
        ("x.conf", "command=text-generation-launcher --model-id x", "text-generation-launcher"),
        ("x.json", '["text-generation-launcher", "--model-id"]', "text-generation-launcher"),
        (
            "x.tf",
            'image = "123.dkr.ecr.us-east-1.amazonaws.com/huggingface-pytorch-tgi-inference:2.1-tgi2.0-gpu-py310"',
            None,
        ),
    ],
)
def test_shown(path: str, text: str, value: str | None) -> None:
    found = mentions(path, f"\n{text}")
    assert [(kind, line) for kind, _, line in found] == [("unread-format", 2)]
    assert value is None or found[0][1] == value


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("main.tf", f"# image = {IMAGE}"),
        ("main.tf", f"  // {IMAGE}"),
        ("x.ini", f"; {IMAGE}"),
        ("x.py", f"# docker run {IMAGE}"),
        ("x.py", f"    see {IMAGE}"),
        ("x.go", f"port := 80 // {IMAGE}"),
        ("x.json", '{"homepage": "https://github.com/huggingface/text-generation-inference/tree/v3.3.5"}'),
        ("x.json", '{"repo": "huggingface/text-generation-inference"}'),
        ("x.json", '{"image": "ghcr.io/huggingface/text-embeddings-inference:1.6"}'),
        ("x.toml", 'name = "tgi-net"'),
        ("x.toml", "keywords = ['text-generation-inference']"),
        ("x.json", '{"title": "what text-generation-launcher does"}'),
        ("x.conf", "my-text-generation-launcher --x"),
    ],
)
def test_left_alone(path: str, text: str) -> None:
    assert mentions(path, text) == []


@pytest.mark.parametrize(
    ("path", "claimed"),
    [
        ("main.tf", True),
        ("a/values.json", True),
        ("LICENSE", False),
        ("CHANGELOG", False),
        ("notes.txt", False),
        ("poetry.lock", False),
        ("package-lock.json", False),
        ("locale/de/messages.json", False),
        ("locales/de.json", False),
        (".cspell.json", False),
    ],
)
def test_claims(path: str, claimed: bool) -> None:
    assert claims(path) is claimed


def test_one_mention_a_line() -> None:
    assert len(mentions("x.json", f'["docker", "run", "{IMAGE}", "{IMAGE}"]\n["{IMAGE}"]')) == 2


def test_long_lines_are_read_in_linear_time() -> None:
    text = "a" * 500_000 + "/" * 200_000
    started = perf_counter()
    assert mentions("x.json", text + f'"{IMAGE}"')
    assert perf_counter() - started < 2
