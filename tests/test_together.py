"""What runs in one image of the repository is written together or stays together."""

from __future__ import annotations

import pytest

from migrate.findings import Safety
from tests.test_pipeline import TGI, VLLM, findings, rewritten

GAUDI = "ghcr.io/huggingface/tgi-gaudi:2.3.1"
SERVICE = "services:\n  llm:\n    build: .\n    command: --model-id a/b"
SCRIPT = "#!/bin/bash\ntext-generation-launcher --model-id a/b"
STARTS = 'COPY start.sh /start.sh\nENTRYPOINT ["/start.sh"]\n'


@pytest.mark.parametrize(
    "files",
    [
        {"compose.yaml": f"{SERVICE}\n", "Dockerfile": f"FROM {GAUDI}\nRUN true\n"},
        {"compose.yaml": f"{SERVICE} --quantize eetq\n", "Dockerfile": f"FROM {TGI}\nRUN true\n"},
        {"start.sh": f"{SCRIPT}\n", "Dockerfile": f"FROM {GAUDI}\n{STARTS}"},
        {"start.sh": f"{SCRIPT} --quantize eetq\n", "Dockerfile": f"FROM {TGI}\n{STARTS}"},
    ],
    ids=["service of an image", "image of a service", "script of an image", "image of a script"],
)
def test_nothing_is_written_where_one_stays(files: dict[str, str]) -> None:
    assert rewritten(files) == files
    assert any(one.safety is Safety.MANUAL for one in findings(files))


def test_the_reason_names_the_other_file() -> None:
    files = {"compose.yaml": f"{SERVICE} --quantize eetq\n", "Dockerfile": f"FROM {TGI}\nRUN true\n"}
    (held,) = [one for one in findings(files) if one.path == "Dockerfile"]
    assert "compose.yaml" in held.message


def test_launches_in_other_images_go_on() -> None:
    files = {
        "compose.yaml": f"{SERVICE}\n  other:\n    image: {TGI}\n    command: --model-id a/b --quantize eetq\n",
        "Dockerfile": f"FROM {TGI}\nRUN true\n",
    }
    after = rewritten(files)
    assert after["Dockerfile"] == f"FROM {VLLM}\nRUN true\n"
    assert "command: a/b --served-model-name" in after["compose.yaml"]
    assert "--quantize eetq" in after["compose.yaml"]
