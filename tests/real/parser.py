"""Runs argument lists through the argument parser of a real vLLM, all in one process of that vLLM's Python."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

VARIABLE = "MIGRATE_VLLM_PYTHON"

PROGRAM = r"""
import contextlib, io, json, os, sys
real = os.dup(1)
os.dup2(2, 1)
import vllm
from vllm.entrypoints.cli.serve import ServeSubcommand
try:
    from vllm.utils.argparse_utils import FlexibleArgumentParser
except ImportError:
    from vllm.utils import FlexibleArgumentParser

parser = FlexibleArgumentParser(prog="vllm")
command = ServeSubcommand()
command.subparser_init(parser.add_subparsers(dest="subparser"))

def verdict(words):
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            command.validate(parser.parse_args(["serve", *words]))
    except SystemExit as stop:
        return None if not stop.code else said.getvalue().strip().splitlines()[-1]
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None

lines = json.load(sys.stdin)
answer = json.dumps({"version": vllm.__version__, "errors": [verdict(words) for words in lines]})
os.write(real, answer.encode())
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """`errors`: one for each argument list, None where the parser took it. `version`: the vLLM that answered."""

    version: str
    errors: tuple[str | None, ...]


def python() -> str | None:
    """The Python whose vLLM is asked, from the environment; None: there is none to ask."""
    return os.environ.get(VARIABLE)


def ask(lines: Sequence[Sequence[str]]) -> Answer:
    """What the parser says to each list of words after `vllm serve`.

    Raises RuntimeError with the process' last words when that Python cannot load vLLM.
    """
    program = python()
    if program is None:
        raise RuntimeError(f"{VARIABLE} names no Python with vLLM")
    quiet = {"VLLM_LOGGING_LEVEL": "ERROR", "VLLM_NO_USAGE_STATS": "1", "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [program, "-c", PROGRAM],
        input=json.dumps([list(words) for words in lines]),
        capture_output=True,
        text=True,
        timeout=300,
        env=os.environ | quiet,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    said = json.loads(done.stdout)
    return Answer(said["version"].split("+")[0], tuple(said["errors"]))
