"""What an engine's log says of its end: the first error, which is the cause, and the last lines."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import BinaryIO

from migrate.parity.redact import told

LAST_LINES = 15
# What is read of a log's end: enough for a start that failed, however long the log is.
TAIL_BYTES = 256 * 1024

# An exception's own line in a traceback, also behind what the engines write before each line: vLLM
# `(EngineCore pid=19) ERROR 11-29 01:48:12 [core.py:1510] `, TGI `2025-12-01T10:00:00.000000Z ERROR shard-manager: `.
_VLLM = r"(?:\([\w -]+ pid=\d+\) )?(?:ERROR [\d:. -]+\[[\w.]+:\d+\] )?"
_TGI = r"\S+Z +ERROR [\w:{}=. -]*: "
_ERROR = re.compile(rf"^(?:{_TGI}|{_VLLM})(?P<error>(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Interrupt): .+)$")


def fresh(log: Path) -> BinaryIO:
    """An empty log that nobody else may read: what an engine says first are its arguments, keys among them.

    Raises:
        OSError: it cannot be made.
    """
    log.unlink(missing_ok=True)
    return os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def clean(log: Path) -> None:
    """Take the secrets out of a log that nobody writes to any more.

    Raises:
        OSError: it cannot be written again; then it stays as it was.
    """
    if not log.is_file():
        return
    staged = log.with_name(f".{log.name}.clean")
    try:
        with log.open("rb") as old, fresh(staged) as new:
            for line in old:
                new.write(told(line.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape"))
        staged.replace(log)
    finally:
        staged.unlink(missing_ok=True)


def tail(log: Path) -> str:
    """The end of a log, its first error where that stands before, and its path; secrets are redacted.

    Nothing where there is no log.
    """
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - TAIL_BYTES))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return ""
    if not lines:
        return f"it wrote nothing to its log ({log})"
    first = next((found["error"] for line in lines[:-LAST_LINES] if (found := _ERROR.match(line))), "")
    cause = [f"its first error is {first}"] if first else []
    return told("\n".join(["; ".join([*cause, f"its log ends with ({log}):"]), *lines[-LAST_LINES:]]))
