"""How the image of a stage starts: the effective `ENTRYPOINT` and `CMD`, and where the launcher stands in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from posixpath import basename, join, normpath

from migrate.formats.dockerfile.exec import ExecList, parse_exec
from migrate.formats.dockerfile.parser import Instruction
from migrate.formats.dockerfile.stages import Stage
from migrate.repository import Repository

LAUNCHER = "text-generation-launcher"
# Entrypoints of TGI's own images: the scripts hand every argument to the launcher.
_OWN_ENTRYPOINTS = frozenset({"tgi-entrypoint.sh", "sagemaker-entrypoint.sh"})
_SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh"})


@dataclass(frozen=True)
class Start:
    """`entrypoint` and `command` as Docker combines them; None where the stage does not say."""

    entrypoint: Instruction | None
    command: Instruction | None

    @property
    def entrypoint_list(self) -> ExecList | None:
        return parse_exec(self.entrypoint.body) if self.entrypoint else None

    @property
    def command_list(self) -> ExecList | None:
        return parse_exec(self.command.body) if self.command else None

    @property
    def no_entrypoint(self) -> bool:
        """`ENTRYPOINT []` or `[""]`: the image's own entrypoint is switched off and `CMD` is the whole command."""
        listed = self.entrypoint_list
        return listed is not None and not any(item.value for item in listed.items)

    def is_shell(self, instruction: Instruction) -> bool:
        """Whether an instruction is a shell form that takes effect; behind an entrypoint, one of `CMD` does not."""
        if parse_exec(instruction.body) is not None:
            return False
        return instruction is self.entrypoint or self.no_entrypoint

    @property
    def lists(self) -> tuple[ExecList, ...]:
        """The exec forms that hold the words of the process, in order."""
        listed = [] if self.no_entrypoint else [self.entrypoint_list]
        return tuple(each for each in [*listed, self.command_list] if each is not None)


def start_of(stage: Stage) -> Start:
    """The effective start: the last of each; an `ENTRYPOINT` drops a `CMD` that an earlier stage set."""
    entrypoint: Instruction | None = None
    command: Instruction | None = None
    for each in stage.chain:
        own_command = False
        for item in each.items:
            if item.keyword == "CMD":
                command, own_command = item, True
            elif item.keyword == "ENTRYPOINT":
                entrypoint = item
                command = command if own_command else None
    return Start(entrypoint, command)


def is_launcher(word: str, copied: Mapping[str, str]) -> bool:
    """Whether a word runs TGI's launcher: by its name, or through the entrypoint script of TGI's image."""
    return basename(word) == LAUNCHER or (
        basename(word) in _OWN_ENTRYPOINTS and normpath(join("/", word)) not in copied
    )


def script_argument(words: list[str]) -> int | None:
    """The index of the script text in `sh -c TEXT`, or None."""
    for index, word in enumerate(words[:-1]):
        shell = basename(words[0]) in _SHELLS
        if shell and index > 0 and word.startswith("-") and not word.startswith("--") and word.endswith("c"):
            return index + 1
    return None


def copied_files(stage: Stage, repo: Repository) -> dict[str, str]:
    """Path in the image -> path in the repository, for single files that `COPY` or `ADD` bring from the build context.

    The context is taken to be the Dockerfile's folder or the repository's root, whichever holds the file.
    """
    found: dict[str, str] = {}
    folder = "/"
    for item in stage.instructions:
        folder = _folder(folder, item)
        if item.keyword not in ("COPY", "ADD") or item.flag("from") is not None or item.heredoc:
            continue
        listed = parse_exec(item.body)
        words = [each.value for each in listed.items] if listed else item.body.text.replace("\\\n", " ").split()
        for source in words[:-1]:
            for target, path in _targets(source, words[-1], len(words) > 2, item.body.source.path, repo):
                found[normpath(join(folder, target))] = path
    return found


def _folder(before: str, item: Instruction) -> str:
    return join(before, item.body.text.strip()) if item.keyword == "WORKDIR" else before


def working_folder(stage: Stage) -> str:
    """The folder that the stage's start is relative to, as far as the file says it."""
    folder = "/"
    for item in stage.instructions:
        folder = _folder(folder, item)
    return folder


def _targets(source: str, target: str, several: bool, dockerfile: str, repo: Repository) -> list[tuple[str, str]]:
    source = source.removeprefix("./").lstrip("/").rstrip("/") or "."
    file = repo.beside(dockerfile, source) or (source if source in repo else None)
    if file:
        if several or target.endswith("/") or target in (".", "./"):
            return [(join(target, basename(source)), file)]
        return [(target, file), (join(target, basename(source)), file)]
    parent = dockerfile.rpartition("/")[0]
    folders = {normpath(join(parent, source)), normpath(source)}
    prefixes = ["" if folder == "." else f"{folder}/" for folder in folders]
    return [
        (join(target, path.removeprefix(prefix)), path)
        for prefix in sorted(prefixes, key=len)
        for path in repo.paths
        if path.startswith(prefix)
    ]
