"""Generated repositories of the kind that the program reads: mostly code that has nothing to do with TGI."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

# Of every 20 files with a hit: how often each kind is met in repositories that use TGI.
KINDS = ("compose",) * 8 + ("script",) * 6 + ("client",) * 6

COMPOSE = """\
services:
  llm-{number}:
    image: ghcr.io/huggingface/text-generation-inference:3.3.5
    command: --model-id acme/model-{number} --max-total-tokens 4096
    ports:
      - "{port}:80"
    volumes:
      - models:/data
volumes:
  models:
"""

SCRIPT = """\
#!/bin/sh
docker run --gpus 1 --shm-size 1g -p {port}:80 -v "$HOME/models:/data" \\
    ghcr.io/huggingface/text-generation-inference:3.3.5 \\
    --model-id acme/model-{number} --max-input-tokens 3072 --max-total-tokens 4096
"""

CLIENT = """\
import requests


def ask_{number}(question):
    body = {{"inputs": question, "parameters": {{"max_new_tokens": 64}}}}
    response = requests.post("http://localhost:{port}/generate", json=body, timeout=30)
    return response.json()["generated_text"]
"""

HITS = {"compose": ("compose.yaml", COMPOSE), "script": ("serve.sh", SCRIPT), "client": ("client.py", CLIENT)}

PYTHON = '''\
"""Module {number} of the application."""

from dataclasses import dataclass


@dataclass
class Record{number}:
    name: str
    total: int = 0

    def add(self, amount: int) -> "Record{number}":
        """The record after a booking."""
        if amount < 0:
            raise ValueError(f"{{amount}} is below zero")
        return Record{number}(self.name, self.total + amount)


def names(records: list[Record{number}]) -> list[str]:
    return sorted(record.name for record in records if record.total)
'''

SETTINGS = """\
name: service-{number}
replicas: 2
resources:
  limits: {{cpu: "1", memory: 512Mi}}
environment:
  - LOG_LEVEL=info
  - QUEUE=jobs-{number}
"""

SHELL = """\
#!/bin/sh
set -eu
for name in a b c; do
    curl -sf "http://localhost:9000/jobs/{number}/$name" >/dev/null || echo "$name failed"
done
"""

PLAIN = (("module.py", PYTHON), ("settings.yaml", SETTINGS), ("job.sh", SHELL), ("again.py", PYTHON))


def grow(root: Path, files: int, hits: int, kinds: Sequence[str] = KINDS) -> Path:
    """Write and commit a repository of `files` files, `hits` of which depend on TGI, spread evenly; `kinds` in turn."""
    every = files // hits if hits else 0
    for number in range(files):
        folder = root / f"part{number // 50}" / f"unit{number}"
        folder.mkdir(parents=True)
        hit = every and number % every == 0 and number // every < hits
        name, text = HITS[kinds[number // every % len(kinds)]] if hit else PLAIN[number % len(PLAIN)]
        (folder / name).write_text(text.format(number=number, port=8000 + number))
    return _committed(root)


def long_program(root: Path, lines: int) -> Path:
    """Write and commit a repository of one Python file of this length, which asks TGI at its end."""
    root.mkdir(parents=True)
    count = lines // (PYTHON.count("\n") + 2)
    parts = [
        PYTHON.format(number=number).replace("from dataclasses", "\n\nfrom dataclasses") for number in range(count)
    ]
    (root / "main.py").write_text("".join(parts) + "\n\n" + CLIENT.format(number=0, port=8080))
    return _committed(root)


def _committed(root: Path) -> Path:
    for arguments in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *arguments], cwd=root, check=True, stdout=subprocess.DEVNULL)
    return root
