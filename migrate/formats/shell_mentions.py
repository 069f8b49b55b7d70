"""What a script says about TGI besides starting it: images, programs, the log line that it waits for, health probes."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from migrate.catalog.images import recognise
from migrate.formats.docker_run import LAUNCHER
from migrate.formats.probes import asked, is_read
from migrate.formats.shell_commands import is_fork, name_of
from migrate.formats.shell_context import Reading
from migrate.formats.shell_script import Command
from migrate.formats.shell_words import Lexed
from migrate.source import Edit, Fragment
from migrate.touchpoints import Launch, Mention

_REFERENCE = re.compile(r"[\w.\-:/@#$%{}]+")
_PROGRAMS = re.compile(r"text-generation-(?:server|router|benchmark)(?:-v2|-trtllm)?$")
_IMAGE_TOOLS = frozenset(
    ["docker", "podman", "nerdctl", "skopeo", "crictl", "ctr", "kind", "minikube", "k3d", "buildah"]
)
_FILTERS = ("grep", "egrep", "rg", "awk", "sed")
_PRINTERS = frozenset(["echo", "printf", "logger", "log", "info", "warn", "error", "die"])
_RUNNERS = frozenset(("docker", "podman", "nerdctl", "kubectl", "oc", "pkill", "killall", "pgrep"))
_JQ = re.compile(r"[^|;&\n]*\|\s*jq\b")
_ENVIRONMENTS = ("/usr/src/.venv/", "/opt/conda/")


@dataclass(frozen=True)
class Replace:
    """Builds the edit of a place in a fragment."""

    fragment: Fragment
    start: int
    end: int

    def __call__(self, text: str) -> Edit:
        return self.fragment.edit(self.start, self.end, text)


def read_mentions(reading: Reading, commands: Sequence[Command], launches: Sequence[Launch]) -> list[Mention]:
    """The mentions in the commands that start nothing; `launches` are those of the same text."""
    found: list[Mention] = []
    for index, command in enumerate(commands):
        if not command.words:
            continue
        previous = commands[index - 1] if index else None
        program = _program(reading, command)
        found += [program] if program else _images(reading, command)
        found += _documents(reading, command)
        found += _files(reading, command)
        found += _log_line(reading, command, previous, launches)
        if launches:
            found += _environment(reading, command)
            found += _health(reading, command, launches)
    return found


def _mention(
    reading: Reading, kind: str, start: int, end: int, edit: bool = False, text: str = "", launch: str | None = None
) -> Mention:
    fragment = reading.fragment
    builder: Callable[[str], Edit] | None = Replace(fragment, start, end) if edit else None
    value = fragment.text[start:end]
    return Mention(reading.path, kind, value, fragment.span(start, end), text or value, builder, launch)


def _program(reading: Reading, command: Command) -> Mention | None:
    """A program of TGI besides the launcher; downloading weights has a namesake, so that one can be edited.

    The launcher itself is one where the command runs it in another image, asks it something, or ends it.
    """
    if command.name in _PRINTERS:
        return None
    at = next((index for index, word in enumerate(command.words) if name_of(word) == LAUNCHER), None)
    if at is not None and is_fork(command.words[at + 1 :]):
        return _mention(reading, "fork", command.words[at].start, command.words[at].end)
    if at is not None and (at == 0 or command.name in _RUNNERS):
        return _mention(reading, "program", command.words[at].start, command.words[-1].end)
    for at, word in enumerate(command.words[:4]):
        if _PROGRAMS.match(word.value.rpartition("/")[2]):
            following = command.words[at + 1 : at + 2]
            edit = bool(following) and following[0].value == "download-weights"
            kind = "download-weights" if edit else "program"
            return _mention(reading, kind, word.start, command.words[-1].end, edit)
    return None


def _images(reading: Reading, command: Command) -> list[Mention]:
    """Images of TGI in a command; only where the command does no more than name an image it may be changed alone."""
    if command.name in _PRINTERS:
        return []
    names = [word.value.rpartition("/")[2] for word in command.words]
    edit = any(name in _IMAGE_TOOLS for name in names[:3]) and not {"run", "create", "build", "exec"} & set(names[1:4])
    found: list[Mention] = []
    for word in command.words:
        for start, end in _references(word):
            span = reading.fragment.span(start, end)
            if any(used.start <= span.start < used.end for used in reading.used):
                continue
            editable = edit or _only_pulled(reading, word)
            found.append(_mention(reading, "image", start, end, editable))
    return found


def _documents(reading: Reading, command: Command) -> list[Mention]:
    """Images in here-documents of other languages, which a person changes."""
    found: list[Mention] = []
    for start, end in command.documents:
        matches = _REFERENCE.finditer(reading.fragment.text, start, end)
        found += [_mention(reading, "image", *match.span()) for match in matches if recognise(match[0])]
    return found


def _references(word: Lexed) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for match in _REFERENCE.finditer(word.value):
        start = match.start() + len(re.match(r"(?:docker://|docker-daemon:)?", match[0])[0])  # type: ignore[index]
        image = recognise(word.value[start : match.end()]) if start < match.end() else None
        if image and image.variant != "sif":
            place = word.places[start]
            if not any(first <= place < last for first, last in word.inside):
                found.append((place, word.places[match.end() - 1] + 1))
    return found


def _only_pulled(reading: Reading, word: Lexed) -> bool:
    """Whether the word defines a variable that only commands about images use."""
    match = re.match(r"([A-Za-z_]\w*)=", word.value)
    if not match:
        return False
    users = [
        command
        for command in reading.commands
        if any(re.search(rf"\$\{{?{match[1]}\b", item.value) for item in command.words)
    ]
    return bool(users) and all(
        command.name in _IMAGE_TOOLS
        and len(command.words) > 1
        and command.words[1].value in ("pull", "save", "tag", "rmi")
        for command in users
    )


def _files(reading: Reading, command: Command) -> list[Mention]:
    """Image files of a cluster (Singularity, Apptainer, enroot)."""
    if command.name in _PRINTERS:
        return []
    return [
        _mention(reading, "sif", word.start, word.end)
        for word in command.words
        if (image := recognise(word.value)) and image.variant == "sif"
    ]


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
    known = {launch.name for launch in launches if launch.name}
    own = logs and bool(known & {reading.definitions.resolve(name) or name for name in names})
    found: list[Mention] = []
    for word in command.words[1:]:
        at = word.value.find("Connected")
        if at >= 0:
            start, end = word.places[at], word.places[at + len("Connected") - 1] + 1
            found.append(_mention(reading, "log-line", start, end, own))
    return found


def _environment(reading: Reading, command: Command) -> list[Mention]:
    """The activation of the virtual environment of TGI's image."""
    if command.name not in ("source", "."):
        return []
    words = [word for word in command.words[1:] if word.value.startswith(_ENVIRONMENTS)]
    return [_mention(reading, "virtual-environment", word.start, word.end) for word in words]


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
                found.append(_mention(reading, "health", *places, edit))
    return found


def health_commands(reading: Reading, command: Command) -> list[Mention]:
    """What `--health-cmd` of a container that starts TGI asks."""
    found: list[Mention] = []
    for before, word in itertools.pairwise(command.words):
        if before.value != "--health-cmd" and not word.value.startswith("--health-cmd="):
            continue
        for one in asked(word.value):
            places = word.places[one.start], word.places[one.end - 1] + 1
            found.append(_mention(reading, "health", *places, one.replaceable))
    return found


def foreign_images(command: Command) -> bool:
    """Whether a word of the command names an image of TGI: a program of a cluster that starts it (`--image=...`)."""
    return any(_references(word) for word in command.words if not re.search(r"\s", word.value))


def _ports(launch: Launch) -> list[str]:
    port = r"((?:\$\{[^}]*\}|[^\s:\"'])+)"
    published = re.findall(rf"(?:-p|--publish)[ =]?[\"']?(?:[\d.]+:)?{port}:\d+", launch.text)
    values = [word.value for word in launch.arguments]
    given = [following for name, following in itertools.pairwise(values) if name in ("--port", "-p")]
    return list(map(_bare, published if launch.place == "container" else given or ["3000"]))


def _bare(value: str) -> str:
    """One spelling for `$X` and `${X}`."""
    return re.sub(r"\$\{(\w+)\}", r"$\1", value)
