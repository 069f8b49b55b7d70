"""Images of TGI in commands that start nothing: pulled, looked for, or part of a variable."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from migrate.catalog.images import recognise
from migrate.formats.definitions import default_of
from migrate.formats.mentions import launcher_commands
from migrate.formats.shell.context import Reading
from migrate.formats.shell.script import Command
from migrate.formats.shell.words import Lexed
from migrate.source import Edit, Fragment
from migrate.touchpoints import Mention

_REFERENCE = re.compile(r"[\w.\-:/@#$%{}]+")
_ENGINE = re.compile(r"(?:^|/)vllm(?:/vllm-openai[\w.-]*(?:[:@].*)?)?$")
ASKS = frozenset(("--help", "-h", "--version", "-V"))
_PLACE = re.compile(r"://|^(?:[/.~]|\$\{?(?:HOME|PWD|TMPDIR)\b)")
_OPTION = re.compile(r"-{0,2}[A-Za-z][\w-]*=")
_DEFINED = re.compile(r"([A-Za-z_]\w*)=")
_IMAGE_TOOLS = frozenset(
    ["docker", "podman", "nerdctl", "skopeo", "crictl", "ctr", "kind", "minikube", "k3d", "buildah"]
)
_FOLDERS = frozenset(
    ("cd", "pushd", "mkdir", "rm", "ls", "cp", "mv", "tar", "unzip", "find", "chmod", "ln")
) | frozenset(
    ("git", "gh", "pip", "pip3", "cargo", "make", "wget", "curl", "open")
)  # programs of folders and addresses, which may be called like the image
PRINTERS = frozenset(["echo", "printf", "logger", "log", "info", "warn", "error", "die"])


@dataclass(frozen=True)
class Replace:
    """Builds the edit of a place in a fragment."""

    fragment: Fragment
    start: int
    end: int

    def __call__(self, text: str) -> Edit:
        return self.fragment.edit(self.start, self.end, text)


def mention(
    reading: Reading, kind: str, start: int, end: int, edit: bool = False, text: str = "", launch: str | None = None
) -> Mention:
    fragment = reading.fragment
    builder: Callable[[str], Edit] | None = Replace(fragment, start, end) if edit else None
    value = fragment.text[start:end]
    return Mention(reading.path, kind, value, fragment.span(start, end), text or value, builder, launch)


def images(reading: Reading, command: Command) -> list[Mention]:
    """Images of TGI in a command; only where the command does no more than name an image it may be changed alone."""
    if command.name in PRINTERS | _FOLDERS:
        return []
    names = [word.value.rpartition("/")[2] for word in command.words]
    starts = {"run", "create", "build", "exec"} & set(names[1:4]) and not ASKS & set(names[-1:])
    edit = any(name in _IMAGE_TOOLS for name in names[:3]) and not starts
    found: list[Mention] = []
    for word in command.words:
        for start, end in references(word):
            span = reading.fragment.span(start, end)
            if any(used.start <= span.start < used.end for used in reading.used):
                continue
            editable = edit or _only_pulled(reading, word) or _on_another_way(reading, word)
            kind = "unused-image" if _put_together(reading, word) else "image"
            found.append(mention(reading, kind, start, end, editable and kind == "image"))
        composed = _composed(reading, word) if edit and not references(word) else None
        if composed:
            start, end = word.places[composed[0]], word.places[len(word.value) - 1] + 1
            found.append(replace(mention(reading, "image", start, end, True), value=composed[1]))
    return found


def _composed(reading: Reading, word: Lexed) -> tuple[int, str] | None:
    """Where an image such as `$IMAGE:$TAG` begins in a word, and what it is; None where one variable is all of it,
    which is rewritten itself."""
    option = _OPTION.match(word.value)
    start = option.end() if option else 0
    text = word.value[start:]
    if not word.expression or reading.definitions.pure(text) or default_of(text):
        return None
    known = reading.definitions.resolve(text, defaults=True)
    return (start, known) if known and recognise(known) else None


def _put_together(reading: Reading, word: Lexed) -> bool:
    """Whether the word defines a variable that stands in nothing but images which are replaced as a whole."""
    match = _DEFINED.match(word.value)
    users = _users(reading, match[1]) if match else []
    return bool(users) and all(_composed(reading, item) for _, item in users)


def documents(reading: Reading, command: Command) -> list[Mention]:
    """Images, and commands of the launcher, in here-documents of other languages, which a person changes."""
    found: list[Mention] = []
    text = reading.fragment.text
    for start, end in command.documents:
        matches = _REFERENCE.finditer(text, start, end)
        images = [mention(reading, "image", *match.span()) for match in matches if recognise(match[0])]
        found += images
        if not images and not _printed(command, text, start):
            places = launcher_commands(text[start:end])
            found += [mention(reading, "unread-format", start + first, start + last) for first, last, _ in places]
    return found


def _printed(command: Command, text: str, start: int) -> bool:
    """Whether a here-document is only shown, as a script's help is."""
    line = text[text.rfind("\n", 0, max(start - 1, 0)) + 1 : start]
    return command.name == "cat" and not re.search(r">|\|", line)


def references(word: Lexed) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for match in _REFERENCE.finditer(word.value):
        start = match.start() + len(re.match(r"(?:docker://|docker-daemon:)?", match[0])[0])  # type: ignore[index]
        text = word.value[start : match.end()]
        image = recognise(text) if text and not _PLACE.search(text) else None
        if image and image.variant != "sif":
            place = word.places[start]
            if not any(first <= place < last for first, last in word.inside):
                found.append((place, word.places[match.end() - 1] + 1))
    return found


def _only_pulled(reading: Reading, word: Lexed) -> bool:
    """Whether the word defines a variable that only commands about images use."""
    match = _DEFINED.match(word.value)
    users = [command for command, _ in _users(reading, match[1])] if match else []
    return bool(users) and all(
        command.name in _IMAGE_TOOLS
        and len(command.words) > 1
        and command.words[1].value in ("pull", "save", "tag", "rmi")
        for command in users
    )


def _on_another_way(reading: Reading, word: Lexed) -> bool:
    """Whether the word gives another image to a variable that a launch takes its image from."""
    match = _DEFINED.match(word.value)
    return any(one.span in reading.used for one in reading.definitions.of(match[1])) if match else False


def _users(reading: Reading, name: str) -> list[tuple[Command, Lexed]]:
    """The words that use a variable."""
    pattern = re.compile(rf"\$\{{?{name}\b")
    return [(command, item) for command in reading.commands for item in command.words if pattern.search(item.value)]


def files(reading: Reading, command: Command) -> list[Mention]:
    """Image files of a cluster (Singularity, Apptainer, enroot)."""
    if command.name in PRINTERS:
        return []
    return [
        mention(reading, "sif", word.start, word.end)
        for word in command.words
        if (image := recognise(word.value)) and image.variant == "sif"
    ]


def other_engine(reading: Reading, command: Command) -> list[Mention]:
    """vLLM's own server, where a command starts it beside a launch of TGI."""
    found = [word for word in command.words if _ENGINE.search(word.value) and not re.search(r"\s", word.value)]
    starts = {"run", "create", "serve"} & {word.value for word in command.words[:4]}
    return [mention(reading, "both-engines", word.start, word.end) for word in found[:1] if starts]


def foreign_images(command: Command) -> bool:
    """Whether a word of the command names an image of TGI: a program of a cluster that starts it (`--image=...`)."""
    return any(references(word) for word in command.words if not re.search(r"\s", word.value))
