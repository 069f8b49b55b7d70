"""How every command ends: one line and a documented exit code, whatever happens and whenever it is interrupted."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, TypeVar

import typer

from migrate.parity.commands.options import INTERRUPTED, TROUBLE, UNREADABLE, USAGE, end
from migrate.parity.launchers import UnusableEngine
from migrate.parity.prompts import PromptError
from migrate.parity.recording import RecordingError
from migrate.parity.score import CannotScore
from migrate.parity.settings_file import SettingsInvalid

T = TypeVar("T")

# What ends a program besides Ctrl-C: a supervisor, a CI job that is cancelled, a terminal that closes.
SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextmanager
def told(interrupted: str = "") -> Iterator[None]:
    """Whatever is wrong becomes one line and an exit code; `interrupted` says what is kept then.

    The signals that end a program do so as Ctrl-C does: what was started is stopped first.

    Raises:
        typer.Exit: with the code.
    """
    before = {number: signal.signal(number, _interrupt) for number in SIGNALS}
    try:
        yield
    except (PromptError, UnusableEngine, SettingsInvalid, CannotScore) as error:
        raise end(USAGE, error) from error
    except RecordingError as error:
        raise end(UNREADABLE, error) from error
    except OSError as error:
        said = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        raise end(TROUBLE, said) from error
    except (KeyboardInterrupt, asyncio.CancelledError) as error:
        typer.echo(f"interrupted{interrupted and ': '}{interrupted}", err=True)
        raise typer.Exit(INTERRUPTED) from error
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def finish(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end; a signal cancels the work, and what it started is stopped before this returns."""
    return asyncio.run(interruptible(work))


async def interruptible(work: Coroutine[Any, Any, T]) -> T:
    """The work, cancelled by a signal."""
    task = asyncio.current_task()
    assert task is not None
    loop = asyncio.get_running_loop()
    with suppress(NotImplementedError):  # Windows' loop takes no handlers
        for number in SIGNALS:
            loop.add_signal_handler(number, task.cancel)
    try:
        return await work
    finally:
        with suppress(NotImplementedError):
            for number in SIGNALS:
                loop.remove_signal_handler(number)
                signal.signal(number, _interrupt)
