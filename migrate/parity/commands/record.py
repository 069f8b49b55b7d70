"""`migrate parity record`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import httpx
import typer

from migrate.parity.commands.options import INTERRUPTED, TROUBLE, UNREADABLE, USAGE, Key, Prompts, Timeout, end, say
from migrate.parity.prompts import SUITE, Prompt, PromptError, load
from migrate.parity.record import identify, record_engine
from migrate.parity.recording import RecordingError, Writer
from migrate.parity.redact import Redactor


def record(
    url: Annotated[str, typer.Argument(help="Where the engine listens, such as http://localhost:8080.")],
    recording: Annotated[Path, typer.Argument(help="The file to record to; one that exists is continued.")],
    prompts: Prompts = None,
    api_key: Key = "",
    timeout: Timeout = 300,
) -> None:
    """Ask an engine every prompt three times and record what it answers.

    Ends with 0 when all was answered, 1 when some requests got no whole answer, 2 for unusable prompts, 3 where the
    file is a recording of something else, 4 where no engine answers or the disk is full, 130 when interrupted.
    """
    try:
        chosen = SUITE if prompts is None else load(prompts)
        failed = asyncio.run(record_url(url, recording, chosen, api_key, timeout))
    except PromptError as error:
        raise end(USAGE, error) from error
    except RecordingError as error:
        raise end(UNREADABLE, error) from error
    except OSError as error:
        raise end(TROUBLE, error) from error
    except KeyboardInterrupt as error:
        raise typer.Exit(INTERRUPTED) from error
    if failed:
        raise end(1, ValueError(f"{failed} requests got no whole answer"))


async def record_url(url: str, recording: Path, prompts: tuple[Prompt, ...], api_key: str, patience: float) -> int:
    """Record the engine at a URL; how many requests got no whole answer."""
    headers = {"authorization": f"Bearer {api_key}"} if api_key else {}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=patience) as client:
        engine, protocol = await identify(client)
        with Writer(recording, engine, Redactor((api_key,))) as writer:
            return await record_engine(client, writer, prompts, protocol, say)
