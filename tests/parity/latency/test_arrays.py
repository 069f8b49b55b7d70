from __future__ import annotations

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize("before", ["", "3"])
def test_engines_that_are_started_later_do_not_inherit_the_variable(before: str) -> None:
    code = "import os; import migrate.parity.latency.measures; print(os.environ.get('OPENBLAS_NUM_THREADS', ''))"
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    if before:
        environment["OPENBLAS_NUM_THREADS"] = before
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == before
