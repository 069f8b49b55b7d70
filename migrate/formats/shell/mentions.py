"""What a script says about TGI besides starting it: images, programs, the log line that it waits for, health probes."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from migrate.formats.docker.run import LAUNCHER
from migrate.formats.mentions import image_references
from migrate.formats.probes import asked, is_read
from migrate.formats.shell.commands import is_fork, name_of
from migrate.formats.shell.context import Reading
from migrate.formats.shell.images import PRINTERS, documents, files, images, mention, other_engine
from migrate.formats.shell.script import Command
from migrate.repository import Repository
from migrate.source import Edit, Fragment
from migrate.touchpoints import Launch, Mention

_PROGRAMS = re.compile(r"text-generation-(?:server|router|benchmark)(?:-v2|-trtllm)?$")
_FILTERS = ("grep", "egrep", "rg", "awk", "sed")
_RUNNERS = frozenset(("docker", "podman", "nerdctl", "kubectl", "oc", "pkill", "killall", "pgrep"))
_NEAR = 1000  # characters between the name of a container and its image
_JQ = re.compile(r"[^|;&\n]*\|\s*jq\b")
_ENVIRONMENTS = ("/usr/src/.venv/", "/opt/conda/")


def read_mentions(reading: Reading, commands: Sequence[Command], launches: Sequence[Launch]) -> list[Mention]:
    """The mentions in the commands that start nothing; `launches` are those of the same text."""
    found: list[Mention] = []
    for index, command in enumerate(commands):
        if not command.words:
            continue
        previous = commands[index - 1] if index else None
        program = _program(reading, command)
        found += [program] if program else images(reading, command)
        found += documents(reading, command)
        found += files(reading, command)
        found += _log_line(reading, command, previous, launches)
        if launches:
            found += other_engine(reading, command)
            found += _environment(reading, command)
            found += _health(reading, command, launches)
    return found


def _program(reading: Reading, command: Command) -> Mention | None:
    """A program of TGI besides the launcher; downloading weights has a namesake, so that one can be edited.

    The launcher itself is one where the command runs it in another image, asks it something, or ends it.
    """
    if command.name in PRINTERS:
        return None
    at = next((index for index, word in enumerate(command.words) if name_of(word) == LAUNCHER), None)
    if at is not None and is_fork(command.words[at + 1 :]):
        return mention(reading, "fork", command.words[at].start, command.words[at].end)
    given = at is not None and any(word.value.startswith("-") for word in command.words[at + 1 :])
    if at is not None and (at == 0 or command.name in _RUNNERS or (given and command.name not in _FILTERS)):
        return mention(reading, "program", command.words[at].start, command.words[-1].end)
    for at, word in enumerate(command.words[:4]):
        if _PROGRAMS.match(word.value.rpartition("/")[2]):
            following = command.words[at + 1 : at + 2]
            edit = bool(following) and following[0].value == "download-weights"
            kind = "download-weights" if edit else "program"
            return mention(reading, kind, word.start, command.words[-1].end, edit)
    return None


def _log_line(
    reading: Reading, command: Command, previous: Command | None, launches: Sequence[Launch]
) -> list[Mention]:
    """A filter that waits for TGI's last line of the start in a container's log."""
    if command.name not in _FILTERS or not previous:
        return []
    names = [word.value for word in previous.words]
    logs = "logs" in names[1:4] and previous.name in ("docker", "podman", "nerdctl", "kubectl", "sudo")
    if not logs and not (launches and "tail" in names[:1]):
        return []
    known = {launch.name for launch in launches if launch.name} | reading.repo.once("shell.containers", _containers)
    asked = {reading.definitions.resolve(name) or name for name in names}
    name = next(iter(known & asked), None) if logs else None
    if logs and known and not name and not any("$" in one for one in asked):
        return []
    found: list[Mention] = []
    for word in command.words[1:]:
        at = word.value.find("Connected")
        if at >= 0:
            start, end = word.places[at], word.places[at + len("Connected") - 1] + 1
            line = replace(mention(reading, "log-line", start, end), launch=name)
            found.append(replace(line, edit=_Quoted(reading.fragment, word.start, start, end)) if name else line)
    return found


@dataclass(frozen=True)
class _Quoted:
    """Replaces a part of a word; new blanks are quoted where the old text is not."""

    fragment: Fragment
    word: int
    start: int
    end: int

    def __call__(self, text: str) -> Edit:
        before = self.fragment.text[self.word : self.start]
        mark = "" if before.count('"') % 2 or before.count("'") % 2 or " " not in text else '"'
        return self.fragment.edit(self.start, self.end, f"{mark}{text}{mark}")


def _containers(repo: Repository) -> frozenset[str]:
    """The names of the containers that commands anywhere in the repository start from TGI's images."""
    found: set[str] = set()
    for path in repo.holding("text-generation-inference", repo.holding("--name")):
        source = repo.source(path)
        for start, _, _ in image_references(source.text) if source else ():
            before = source.text[max(0, start - _NEAR) : start] if source else ""
            options = re.split(r"\b(?:run|create)\b", before)
            found.update(re.findall(r"--name[ =][\"']?([\w.-]+)", options[-1]) if len(options) > 1 else ())
    return frozenset(found)


def _environment(reading: Reading, command: Command) -> list[Mention]:
    """The activation of the virtual environment of TGI's image."""
    if command.name not in ("source", "."):
        return []
    words = [word for word in command.words[1:] if word.value.startswith(_ENVIRONMENTS)]
    return [mention(reading, "virtual-environment", word.start, word.end) for word in words]


def _health(reading: Reading, command: Command, launches: Sequence[Launch]) -> list[Mention]:
    """A probe of `/info`, which vLLM does not have, on a port that a launch of the script publishes.

    What jq reads of it is a client's business.
    """
    if "curl" not in [word.value for word in command.words[:4]] and command.name != "wget":
        return []
    ports = {port for launch in launches for port in _ports(launch)}
    found: list[Mention] = []
    for word in command.words[1:]:
        match = re.match(r"(?:https?://)?[\w.\-]+:([^/\s]+)/info/?$", word.value)
        if match and _bare(match[1]) in ports:
            edit = not is_read(reading.fragment.text, word.start, word.end)
            if edit or not _JQ.match(reading.fragment.text, word.end):
                places = word.places[0], word.places[len(word.value) - 1] + 1
                found.append(mention(reading, "health", *places, edit))
    return found


def health_commands(reading: Reading, command: Command) -> list[Mention]:
    """What `--health-cmd` of a container that starts TGI asks."""
    found: list[Mention] = []
    for before, word in itertools.pairwise(command.words):
        if before.value != "--health-cmd" and not word.value.startswith("--health-cmd="):
            continue
        for one in asked(word.value):
            places = word.places[one.start], word.places[one.end - 1] + 1
            found.append(mention(reading, "health", *places, one.replaceable))
    return found


def _ports(launch: Launch) -> list[str]:
    port = r"((?:\$\{[^}]*\}|[^\s:\"'])+)"
    published = re.findall(rf"(?:-p|--publish)[ =]?[\"']?(?:[\d.]+:)?{port}:\d+", launch.text)
    values = [word.value for word in launch.arguments]
    given = [following for name, following in itertools.pairwise(values) if name in ("--port", "-p")]
    return list(map(_bare, published if launch.place == "container" else given or ["3000"]))


def _bare(value: str) -> str:
    """One spelling for `$X` and `${X}`."""
    return re.sub(r"\$\{(\w+)\}", r"$\1", value)
