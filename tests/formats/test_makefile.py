"""Recipes of make: prefixes, make's own variables, definitions."""

from __future__ import annotations

import pytest

from migrate.formats import makefile
from tests.formats.laying import IMAGE, NEW, found_in, rewritten


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        pytest.param(
            f"run:\n\t@docker run -v $$HOME/c:/data \\\n\t\t{IMAGE} --model-id $(M)\n\techo\n",
            f"run:\n\t@docker run -v $$HOME/c:/data \\\n\t\t-e HF_HOME=/data \\\n\t\t{NEW} $(M) --x y\n\techo\n",
            id="prefix-and-continuation",
        ),
        pytest.param(
            f"TGI ?= {IMAGE}  # image\nrun:\n\t-docker run $(TGI)\n",
            f"TGI ?= {NEW}  # image\nrun:\n\t-docker run $(TGI) --x y\n",
            id="image-definition",
        ),
        pytest.param(
            "ARGS := --model-id m \\\n  --num-shard 2\nrun:\n\ttext-generation-launcher ${ARGS}\n",
            "ARGS := m \\\n  --tensor-parallel-size 2 \\\n  --x y\nrun:\n\tvllm serve ${ARGS}\n",
            id="flags-definition",
        ),
        pytest.param(
            f"run:\n\tid=$$(docker run {IMAGE}); echo $${{id}}\n",
            f"run:\n\tid=$$(docker run {NEW} --x y); echo $${{id}}\n",
            id="substitution",
        ),
        pytest.param(
            f"define START\ndocker run {IMAGE}\nendef\n", f"define START\ndocker run {NEW} --x y\nendef\n", id="define"
        ),
        pytest.param(
            f"run: pull ; @docker run {IMAGE} \\\n  --model-id m\n",
            f"run: pull ; @docker run {NEW} \\\n  m \\\n  --x y\n",
            id="behind-the-rule",
        ),
        pytest.param(
            "run:\r\n\ttext-generation-launcher \\\r\n\t  --model-id m\r\n",
            "run:\r\n\tvllm serve \\\r\n\t  m \\\r\n\t  --x y\r\n",
            id="crlf",
        ),
    ],
)
def test_rewritten(before: str, expected: str) -> None:
    assert rewritten(makefile.read, {"Makefile": before}, "Makefile") == {"Makefile": expected}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("tgi:\n\tdocker run nginx\n", id="target-name"),
        pytest.param(f"run:\n\t# docker run {IMAGE}\n", id="comment"),
        pytest.param(f"run:\n\t@echo docker run {IMAGE}\n", id="echo"),
        pytest.param("M = x\n", id="no-recipe"),
        pytest.param(f"run: M = x; docker run {IMAGE}\n", id="variable-of-a-target"),
        pytest.param(f"M := x; docker run {IMAGE}\n", id="variable"),
    ],
)
def test_left_alone(text: str) -> None:
    assert not found_in(makefile.read, text, "Makefile").launches


@pytest.mark.parametrize(
    ("path", "claimed"), [("a/Makefile", True), ("x.mk", True), ("Makefile.gpu", True), ("make.py", False)]
)
def test_claims(path: str, claimed: bool) -> None:
    assert makefile.claims(path) is claimed
