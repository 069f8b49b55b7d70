"""The options that several commands share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"
    JUNIT = "junit"
    MARKDOWN = "markdown"
    HTML = "html"


class Keep(StrEnum):
    DTYPE = "dtype"
    LIMIT = "limit"
    SHUTDOWN = "shutdown"
    CORS = "cors"


Root = Annotated[Path, typer.Argument(help="The folder of the repository.", show_default=True)]
FormatOption = Annotated[Format, typer.Option("--format", help="What goes to stdout.")]
To = Annotated[str | None, typer.Option("--to", metavar="vllm@VERSION", help="The vLLM version to move to.")]
From = Annotated[
    str | None,
    typer.Option("--from", metavar="tgi@VERSION", help="The TGI version where no image tag states it."),
]
KeepOption = Annotated[list[Keep] | None, typer.Option("--keep", help="Write this default of TGI out (repeatable).")]
Rules = Annotated[
    list[str] | None, typer.Option("--rule", metavar="ID", help="Only this rule, or a pattern (repeatable).")
]
RuleFolders = Annotated[
    list[Path] | None,
    typer.Option("--rules", metavar="DIR", help="Rules of your own, besides the configured ones (repeatable)."),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option("--exclude", metavar="GLOB", help="Leave these files out; .gitignore syntax (repeatable)."),
]
Config = Annotated[Path | None, typer.Option("--config", metavar="FILE", help="Read this configuration file.")]


@dataclass(frozen=True, slots=True)
class Choices:
    """What the command line says, before the configuration file is read."""

    root: Path
    to: str | None = None
    source: str | None = None
    keep: tuple[str, ...] = ()
    only_rules: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    config: Path | None = None
    rules: tuple[Path, ...] = ()
