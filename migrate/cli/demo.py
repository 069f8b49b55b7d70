"""`migrate demo`: a migration from scan to verdict, on what is shipped: no GPU, no network, no repository needed."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from migrate.cli import console
from migrate.problems import UsageProblem


def demo(
    output: Annotated[
        Path | None, typer.Option("--output", metavar="DIR", help="Where the files go; a new temporary folder without.")
    ] = None,
) -> None:
    """Show scan, dry run and parity report on an example, with recordings of both real engines."""
    from migrate.demo import material, run, show
    from migrate.parity.reports import Format, render, text

    folder = _folder(output)
    paint = console.paint(sys.stdout)
    files = material.example()
    report = run.scanned(files)
    changed = run.rewritten(report)
    _title(f"1. What depends on TGI: migrate scan {report.root}")
    console.show(show.places(report, paint))
    _title(f"2. What becomes of it on vLLM {report.target}: migrate apply {report.root} --dry-run")
    console.show(show.changes(changed, paint))
    _title("3. Whether the move is safe: migrate parity compare tgi.jsonl.gz vllm.jsonl.gz")
    console.show("Recordings of both real engines on a CPU, with the model SmolLM2-135M-Instruct.\n")
    compared = run.compared(material.recordings())
    console.show(text(compared))
    try:
        run.write(folder, files, changed, render(compared, Format.HTML))
    except OSError as error:
        raise UsageProblem(f"--output {folder}: {error.strerror or error}") from error
    console.show(
        f"\nThe report, for a browser: {folder / run.REPORT}\nThe whole diff and the example to try it on: {folder}\n"
        "Your repository: migrate scan DIR\n"
    )


def _folder(output: Path | None) -> Path:
    """An empty folder.

    Raises:
        UsageProblem: there is something in it, which is never overwritten, or it cannot be made.
    """
    if output is None:
        return Path(tempfile.mkdtemp(prefix="migrate-demo-"))
    try:
        output.mkdir(parents=True, exist_ok=True)
        if any(output.iterdir()):
            raise UsageProblem(f"--output {output} is not empty; name a new folder")
    except OSError as error:
        raise UsageProblem(f"--output {output}: {error.strerror or error}") from error
    return output


def _title(text: str) -> None:
    console.show(f"\n{console.paint(sys.stdout).strong(text)}\n")
