"""Code blocks are found in every form, and edits of their text land in the right place of the file."""

from __future__ import annotations

import pytest

from migrate.formats.fences import blocks
from migrate.source import Source, apply_edits


def texts(path: str, text: str) -> list[tuple[str, str]]:
    return [(block.language, block.fragment.text) for block in blocks(Source(path, text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\n```bash\nx\n```\nb\n", [("bash", "x\n")]),
        ("~~~sh\nx\n~~~\n", [("sh", "x\n")]),
        ("````\n```\nx\n````\n", [("", "```\nx\n")]),
        ("1. a\n\n   ```bash\n   x \\\n     y\n   ```\n", [("bash", "x \\\n  y\n")]),
        ("> ```bash\n> x\n> ```\n", [("bash", "x\n")]),
        ("- ```bash\n  x\n  ```\n", [("bash", "x\n")]),
        ("```{.bash}\nx\n```\n", [("bash", "x\n")]),
        ("```{code-block} bash\nx\n```\n", [("bash", "x\n")]),
        ('```sh title="run"\nx\n```\n', [("sh", "x\n")]),
        ("```bash\nx", [("bash", "x")]),
        ("```\r\nx\r\n```\r\n", [("", "x\r\n")]),
        ("a\n\n    x\n    y\nb\n", [("", "x\ny\n")]),
        ("a `code` b\n", []),
        ("a\n    not code\n", []),
        ("``` a ``` b\n", []),
    ],
)
def test_markdown(text: str, expected: list[tuple[str, str]]) -> None:
    assert texts("a.md", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (".. code-block:: bash\n\n   x\n   y\n\nb\n", [("bash", "\nx\ny\n\n")]),
        (".. code:: sh\n   :linenos:\n\n   x\n", [("sh", "\nx\n")]),
        ("Run::\n\n    x \\\n      y\n\nb\n", [("", "\nx \\\n  y\n\n")]),
        ("  ::\n\n    x\n", [("", "\nx\n")]),
        ("a: b\n   c\n", []),
        (".. note:: x\n   y\n", []),
    ],
)
def test_rest(text: str, expected: list[tuple[str, str]]) -> None:
    assert texts("a.rst", text) == expected


def test_asciidoc() -> None:
    assert texts("a.adoc", "[source,bash]\n----\nx\n----\ny\n") == [("bash", "x\n")]


@pytest.mark.parametrize("prefix", ["", "  ", "> ", "\t"], ids=["plain", "list", "quote", "tab"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_edits_keep_the_prefix(prefix: str, newline: str) -> None:
    text = newline.join(["é", f"{prefix}```bash", f"{prefix}🚀 one", f"{prefix}```", ""])
    fragment = next(blocks(Source("a.md", text))).fragment
    at = fragment.text.index("one")
    after = apply_edits(text, [fragment.edit(at, at + 3, "two \\\n  three")])
    assert after == text.replace("one", f"two \\{newline}{prefix}  three")
