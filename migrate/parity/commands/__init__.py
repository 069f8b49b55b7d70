"""`migrate parity`: the commands."""

import typer

from migrate.parity.commands.compare import compare
from migrate.parity.commands.ending import told
from migrate.parity.commands.latency import load
from migrate.parity.commands.record import record
from migrate.parity.commands.replay import replay
from migrate.parity.commands.run import run
from migrate.parity.commands.score import score

parity = typer.Typer(
    no_args_is_help=True,
    help="Both engines, the same prompts: whether the move is safe.",
    pretty_exceptions_enable=False,
)
for command in (run, record, compare, score, load, replay):
    parity.command()(told()(command))
