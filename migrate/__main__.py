"""The process boundary: `migrate` and `python -m migrate`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from migrate import __version__

USAGE, UNREAD, BUG, INTERRUPTED = 2, 3, 70, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code; docs/exit-codes.md lists them.

    The version is answered before anything else is imported.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words in (["--version"], ["-V"]):
        sys.stdout.write(f"migrate {__version__}\n")
        return 0
    return _guarded(words)


def _guarded(words: list[str]) -> int:
    """The only handler of the process: whatever happens ends in one line and an exit code, never in a traceback."""
    from migrate.problems import UsageProblem, WriteProblem

    try:
        from migrate.cli.app import run

        return run(words)
    except UsageProblem as problem:
        return _say(str(problem), USAGE)
    except WriteProblem as problem:
        return _say(str(problem), UNREAD)
    except KeyboardInterrupt:
        return _say("interrupted", INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except Exception as error:
        if os.environ.get("MIGRATE_DEBUG"):
            raise
        return _say(f"a fault in migrate itself: {type(error).__name__}: {error} (MIGRATE_DEBUG=1 shows where)", BUG)


def _say(message: str, code: int) -> int:
    sys.stderr.write("migrate: " + message.encode("utf-8", "backslashreplace").decode() + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
