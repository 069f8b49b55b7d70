"""PowerShell: a launch is reported with its line, since its quoting and line ends are another language's."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from migrate.catalog.images import recognise
from migrate.repository import Repository
from migrate.source import Source, Span
from migrate.touchpoints import Found, Mention

_LINE = re.compile(r"^(?![ \t]*#)(?P<text>[^\r\n]+)", re.MULTILINE)
_LAUNCH = re.compile(r"\b(?:docker|podman|nerdctl)(?:\.exe)?\s+(?:container\s+)?(?:run|create)\b")
_LAUNCHER = re.compile(r"(?:^|[\s&\"'/\\])text-generation-launcher\b")
_REFERENCE = re.compile(r"[\w.\-:/@]+")


def claims(path: str) -> bool:
    """Scripts and modules of PowerShell."""
    return PurePosixPath(path).suffix.lower() in (".ps1", ".psm1")


def read(source: Source, repo: Repository) -> Found:
    """One mention a launch, at the line on which it begins. Lines that end with a backquote go on."""
    mentions: list[Mention] = []
    at = 0
    for match in _LINE.finditer(source.text):
        if match.start() < at:
            continue
        at = _end(source.text, match.end())
        command = source.text[match.start() : at]
        if _starts(command, source.text):
            span = Span(match.start() + len(command) - len(command.lstrip()), match.end())
            mentions.append(Mention(source.path, "dialect", "PowerShell", span, command.strip()))
    return Found(mentions=tuple(mentions))


def _end(text: str, at: int) -> int:
    """Where the command ends: behind the first line that no backquote continues."""
    while text[:at].endswith("`") and (newline := text.find("\n", at)) >= 0:
        following = text.find("\n", newline + 1)
        at = len(text) if following < 0 else following
        at -= text[at - 1 : at] == "\r"
    return at


def _starts(command: str, script: str) -> bool:
    """Whether a command starts TGI; its image may stand in a variable of the script."""
    if _LAUNCHER.search(command):
        return not re.match(r"\s*(?:Write-\w+|echo)\b", command)
    if not _LAUNCH.search(command):
        return False
    if any(recognise(match[0]) for match in _REFERENCE.finditer(command)):
        return True
    values = re.findall(r"\$(\w+)\s*=\s*[\"']([^\"']+)[\"']", script)
    return any(recognise(value) and f"${name}" in command for name, value in values)
