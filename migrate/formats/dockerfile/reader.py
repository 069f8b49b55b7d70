"""Dockerfiles: a stage that comes from TGI's image is a launch, or it starts a script of the repository that is one."""

from __future__ import annotations

import re
from posixpath import join, normpath

from migrate.formats.dockerfile.exec import ExecList, parse_exec
from migrate.formats.dockerfile.launch import ExecWriter
from migrate.formats.dockerfile.mentions import mentions_of
from migrate.formats.dockerfile.parser import Instruction
from migrate.formats.dockerfile.scripts import claims, exec_words
from migrate.formats.dockerfile.shell import in_shell, script_of, shell_launches
from migrate.formats.dockerfile.stages import Environment, Stage, environment, stages, used_by_another, volumes
from migrate.formats.dockerfile.start import LAUNCHER, Start, copied_files, is_launcher, start_of, working_folder
from migrate.formats.dockerfile.values import names_in
from migrate.repository import Repository
from migrate.source import Edit, Fragment, Source
from migrate.touchpoints import Found, Launch, Mention, Token

__all__ = ["claims", "read", "read_text"]

_SCRIPT = re.compile(r"\A[^\n]*\.(?:sh|bash|zsh|ksh)\n|\A[^\n]*\n#![^\n]*sh\b")
_MODEL_VARIABLES = frozenset({"MODEL_ID", "HF_MODEL_ID"})


def read(source: Source, repo: Repository) -> Found:
    """Everything of TGI in a Dockerfile."""
    return read_text(Fragment.whole(source), repo)


def read_text(fragment: Fragment, repo: Repository) -> Found:
    """The same for a Dockerfile inside another file, such as a fence in Markdown."""
    every = stages(fragment)
    launches: list[Launch] = []
    mentions: list[Mention] = mentions_of(every, repo)
    for stage in every:
        if stage.from_tgi and not used_by_another(stage, every):
            found = _stage(fragment, stage, every, repo)
            launches += found.launches
            mentions += found.mentions
    return Found(tuple(launches), tuple(mentions))


def _stage(fragment: Fragment, stage: Stage, every: list[Stage], repo: Repository) -> Found:
    start = start_of(stage)
    copied = copied_files(stage, repo)
    variables = environment(stage, lambda name, instruction: _expanded(name, instruction, every))
    if start.entrypoint is None:
        reason = _through_image(start, copied)
        listed = start.command_list
        lists = (listed,) if listed else ()
        return Found((_exec_launch(fragment, stage, lists, None, variables, reason),))
    words = [item.value for each in start.lists for item in each.items]
    places = [(number, item) for number, each in enumerate(start.lists) for item in range(len(each.items))]
    at = next((index for index, word in enumerate(words) if is_launcher(word, copied)), None)
    if at is not None and _only_exec(start):
        return Found((_exec_launch(fragment, stage, start.lists, places[at], variables, None),))
    inner = script_of(start)
    launches = shell_launches(fragment, inner, stage, variables, repo) if inner else []
    if launches:
        return Found(tuple(launches))
    started = any(path in copied for path in _paths(start, words, working_folder(stage)))
    if started or any(_is_start(repo.source(path)) for path in copied.values()):
        return Found((), (_image(stage),))
    reason = f"the image starts {' '.join(words[:3]) or 'nothing'}, which is not read: move it and the image together"
    return Found((_exec_launch(fragment, stage, (), None, variables, reason),))


def _is_start(source: Source | None) -> bool:
    """A shell script that runs the launcher is rewritten wherever it is called from, so the image has to follow."""
    return (
        source is not None and LAUNCHER in source.text and _SCRIPT.search(f"{source.path}\n{source.text}") is not None
    )


def _expanded(name: str, definition: Instruction, every: list[Stage]) -> bool:
    """Whether an instruction other than its definition expands a variable."""
    for stage in every:
        for item in stage.items:
            listed = parse_exec(item.body) if item.keyword in ("CMD", "ENTRYPOINT") else None
            if item.start != definition.start and listed is None and name in names_in(item.body.text):
                return True
    return False


def _through_image(start: Start, copied: dict[str, str]) -> str | None:
    """Why arguments never reach the launcher through the image's entrypoint, or None where they do."""
    listed = start.command_list
    if start.command is not None and listed is None:
        return "the shell form of CMD reaches the image's entrypoint as `/bin/sh -c ...`, not as its arguments"
    if listed and listed.items and is_launcher(listed.items[0].value, copied):
        return "CMD names the launcher, and the image's entrypoint is the launcher already"
    return None


def _only_exec(start: Start) -> bool:
    """Whether every word of the process stands in an exec form."""
    entrypoint = start.no_entrypoint or start.entrypoint_list is not None
    return entrypoint and (start.command is None or start.command_list is not None)


def _paths(start: Start, words: list[str], folder: str) -> list[str]:
    """Paths in the image that the start may name: the words of the exec or shell form."""
    shell = [each.body.text for each in (start.entrypoint, start.command) if each and parse_exec(each.body) is None]
    every = [*words, *(word.strip("\"'") for text in [*words, *shell] for word in text.split())]
    return [normpath(join(folder, word)) for word in every if word]


def _exec_launch(
    fragment: Fragment,
    stage: Stage,
    lists: tuple[ExecList, ...],
    program: tuple[int, int] | None,
    variables: Environment,
    reason: str | None,
) -> Launch:
    slots, arguments = exec_words(lists, program, variables)
    writer = ExecWriter(fragment, stage, lists, slots, program, variables)
    names = {variable.name for variable in variables.variables}
    return Launch(
        path=fragment.source.path,
        kind="dockerfile",
        place="image",
        anchor=stage.root.image.span,
        write=writer,
        text="\n".join([stage.root.image.value, *(listed.body.text for listed in lists)]),
        image=stage.root.image,
        through_entrypoint=program is None,
        arguments=arguments,
        environment=tuple(in_shell(each) if each.word.expression else each for each in variables.variables),
        mounts=volumes(stage),
        name=stage.name,
        template=not arguments and not names & _MODEL_VARIABLES,
        unsupported=reason,
    )


def _image(stage: Stage) -> Mention:
    image = stage.root.image

    def edit(new: str) -> Edit:
        return stage.root.image_edit(Token(new))

    return Mention(image.path, "image", image.known or image.value, image.span, image.value, edit)
