"""The typer application: the commands and what they share."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from migrate import __version__
from migrate.cli.apply import apply
from migrate.cli.check import check
from migrate.cli.demo import demo
from migrate.cli.rules import rules
from migrate.cli.scan import scan

app = typer.Typer(
    name="migrate",
    help="Moves a repository from Text Generation Inference (TGI) to vLLM. Exit codes: docs/exit-codes.md.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command()(scan)
app.command()(apply)
app.command()(rules)
app.command()(check)
app.command()(demo)


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"migrate {__version__}\n")
        raise typer.Exit


@app.callback()
def _shared(
    version: Annotated[
        bool, typer.Option("--version", "-V", callback=_version, is_eager=True, help="Show the version and end.")
    ] = False,
) -> None:
    pass


def _parity(words: Sequence[str]) -> bool:
    """Add `migrate parity` where it is asked for or listed: its libraries are an extra, and slow to load.

    False: it is asked for and the extra is not installed.
    """
    if words and words[0] not in ("parity", "--help"):
        return True
    try:
        from migrate.parity.commands import parity
    except ModuleNotFoundError:
        return words[:1] != ["parity"]
    if not any(group.name == "parity" for group in app.registered_groups):
        app.add_typer(parity, name="parity")
    return True


def run(words: Sequence[str]) -> int:
    """Run one command line; wrong usage is told on stderr and is exit code 2."""
    if not _parity(words):
        sys.stderr.write("migrate: parity needs more packages: pip install 'tgi-to-vllm[parity]'\n")
        return 2
    try:
        typer.main.get_command(app)(args=list(words), prog_name="migrate")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    return 0
