"""What a person did wrong, said in one line."""

from __future__ import annotations


class UsageProblem(Exception):
    """A usage or configuration error: the message names what is wrong and what to do; the run ends with exit code 2."""


class WriteProblem(Exception):
    """A file could not be written; whatever was written before it has been put back. Ends with exit code 3."""
