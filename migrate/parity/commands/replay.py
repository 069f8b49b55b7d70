"""`migrate parity replay`."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Annotated

import typer

from migrate.parity.commands.ending import finish, told
from migrate.parity.commands.options import number
from migrate.parity.recording import Recording
from migrate.parity.replay import Replay, serve


def replay(
    recording: Annotated[Path, typer.Argument(help="The recording to serve.")],
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on; 0 takes a free one.")] = 8000,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    speed: Annotated[
        float, typer.Option(min=0, help="1 keeps the recorded times, 0 answers at once.", callback=number)
    ] = 1.0,
) -> None:
    """Serve a recording as the engine that it came from, until interrupted.

    Ends with 3 where the recording cannot be read, 4 where the port is taken, 130 when interrupted.
    """
    with told():
        recorded = Recording.open(recording)
        finish(_serve(Replay.of(recorded, speed, recorded.engine), host, port))


async def _serve(answers: Replay, host: str, port: int) -> None:
    try:
        server = await serve(answers, host, port)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
        raise OSError(f"{host}:{port}: cannot be listened on: {reason}") from error
    typer.echo(f"listening on http://{host}:{server.sockets[0].getsockname()[1]}", err=True)
    try:
        await asyncio.Event().wait()
    finally:
        server.close()  # nobody is waited for: an answer with its recorded timing may take minutes
