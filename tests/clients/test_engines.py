"""Programs that choose between engines keep their branch for TGI; names that are no choice do not count."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

TGI = """import requests


class TGI:
    def ask(self, url, prompt):
        r = requests.post(f"{url}/generate", json={"inputs": prompt, "parameters": {"max_new_tokens": 8}})
        return r.json()["generated_text"]
"""
OTHER = "class Other:\n    pass\n"
LAUNCH = "docker run ghcr.io/huggingface/text-generation-inference:3.3.7 --model-id a/b\n"


@pytest.mark.parametrize(
    "more",
    [
        {"engines/__init__.py": 'from engines.tgi import TGI\n\nENGINES = {"tgi": TGI, "ollama": None}\n'},
        {
            "main.py": 'from engines.tgi import TGI\nfrom enum import Enum\n\nclass E(Enum):\n    A = "tgi"\n    B = "vllm"\n'
        },
        {"main.py": 'from engines import tgi\n\nparser.add_argument("-e", choices=["tgi", "openai"])\n'},
        {"main.py": 'from engines import tgi\n\nif a == "tgi":\n    pass\nelif a == "sglang":\n    pass\n'},
        {
            "main.py": 'from engines import tgi\n\nmatch a:\n    case "tgi":\n        pass\n    case "vllm" | "hf":\n        pass\n'
        },
        {"engines/vllm.py": OTHER},
        {"engines/llama_cpp.py": OTHER},
        {"engines/vllm.py": OTHER, "run.sh": LAUNCH},
    ],
    ids=[
        "registry",
        "enum",
        "arguments",
        "comparisons",
        "match",
        "beside vllm",
        "beside another",
        "launch beside vllm",
    ],
)
def test_a_branch_of_several_engines_stays(more: Mapping[str, str], moved: Callable[..., Any]) -> None:
    done = moved({"engines/tgi.py": TGI, **more})
    assert done.files["engines/tgi.py"] == TGI
    assert "several engines" in done.says("manual")


@pytest.mark.parametrize(
    "more",
    [
        {"main.py": 'from engines.tgi import TGI\n\nMODELS = {"openai": 1}\nNAME = "tgi"\n'},
        {"main.py": 'from engines.tgi import TGI\n\nprint("vllm comes next")\n'},
        {"main.py": 'from engines import tgi\n\nKINDS = ["tgi", "ollama"]\n', "run.sh": LAUNCH},
        {"main.py": 'KINDS = ["tgi", "vllm"]\n'},
        {"engines/openai.py": OTHER, "run.sh": LAUNCH},
        {"engines/common.py": OTHER, "other/vllm.py": OTHER},
    ],
    ids=["two names apart", "text", "launched here", "another program", "launched beside another", "another folder"],
)
def test_other_names_are_no_choice(more: Mapping[str, str], moved: Callable[..., Any]) -> None:
    assert "/v1/completions" in moved({"engines/tgi.py": TGI, **more}).files["engines/tgi.py"]
