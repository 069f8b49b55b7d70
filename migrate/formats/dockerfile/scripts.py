"""Scripts of the repository that run inside an image made from TGI's: what a Dockerfile gives them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from migrate.formats.dockerfile.exec import ExecList
from migrate.formats.dockerfile.launch import ExecWriter, Slot
from migrate.formats.dockerfile.stages import Environment, Stage, environment, stages, used_by_another
from migrate.formats.dockerfile.start import copied_files, start_of
from migrate.formats.dockerfile.values import pure_variable
from migrate.repository import Repository
from migrate.source import Edit, Fragment
from migrate.touchpoints import CannotWrite, Launch, Plan, Variable, Word

_NAME = re.compile(
    r"(?:.+[._-])?(?:dockerfile|containerfile)(?:[._-](?!md$|rst$|txt$|py$|dockerignore$)[^/]+)?", re.IGNORECASE
)
_EVERYTHING = frozenset({"$@", "$*"})


def claims(path: str, repo: Repository | None = None) -> bool:
    """Dockerfile, Dockerfile.tgi, tgi.dockerfile, Containerfile ..."""
    return _NAME.fullmatch(path.rpartition("/")[2]) is not None


@dataclass(frozen=True)
class Host:
    """The image that a script runs in. `environment` is what `ENV` gives it; the variables stay where they are.

    `command`: the exec form of `CMD` that becomes the script's `"$@"`.
    """

    fragment: Fragment
    stage: Stage
    environment: tuple[Variable, ...]
    command: ExecList | None = None

    @property
    def image(self) -> Word:
        return self.stage.root.image


def hosts(repo: Repository) -> dict[str, Host]:
    """Path of a script -> the image that a Dockerfile copies it into, for images made from TGI's."""
    return repo.once("dockerfile.hosts", _hosts)


def scripts_in_images(repo: Repository) -> dict[str, Word]:
    """Path of a script -> the reference of TGI's image that it runs in."""
    return {path: host.image for path, host in hosts(repo).items()}


def _hosts(repo: Repository) -> dict[str, Host]:
    found: dict[str, Host] = {}
    for path in repo.holding("FROM", [path for path in repo.paths if claims(path)]):
        source = repo.source(path)
        fragment = Fragment.whole(source) if source else None
        every = stages(fragment) if fragment else []
        for stage in every:
            if fragment and stage.from_tgi and not used_by_another(stage, every):
                for file, host in _copied(fragment, stage, repo).items():
                    found.setdefault(file, host)
    return found


def _copied(fragment: Fragment, stage: Stage, repo: Repository) -> dict[str, Host]:
    start = start_of(stage)
    command = start.command_list if start.entrypoint is not None and not start.no_entrypoint else None
    variables = tuple(_reference(variable) for variable in environment(stage, lambda *_: True).variables)
    named = start.entrypoint.body.text if start.entrypoint else ""
    return {
        file: Host(fragment, stage, variables, command if path.rpartition("/")[2] in named else None)
        for path, file in copied_files(stage, repo).items()
    }


def _reference(variable: Variable) -> Variable:
    """What the script sees: `$NAME`, whose value may be another one when the container is started."""
    value, known = f"${variable.name}", variable.word.known
    word = replace(variable.word, value=value, raw=f'"{value}"', dialect="shell", expression=True, resolved=known)
    return replace(variable, word=word, shared=True, private=False)


def exec_words(
    lists: tuple[ExecList, ...], program: tuple[int, int] | None, variables: Environment
) -> tuple[tuple[Slot, ...], tuple[Word, ...]]:
    """The arguments in exec forms, behind the program where one is named; with their places in the lists."""
    slots: list[Slot] = []
    arguments: list[Word] = []
    for number, listed in enumerate(lists):
        for item in range(len(listed.items)):
            if program is not None and (number, item) <= program:
                continue
            word = _resolved(listed.word(item), variables)
            split = word.value.split() if program is None and word.value.startswith("-") else [word.value]
            slots += [Slot(number, item, part) for part in split]
            arguments += [word] if split == [word.value] else [replace(word, value=part, raw="") for part in split]
    return tuple(slots), tuple(arguments)


def _resolved(word: Word, variables: Environment) -> Word:
    """`$X` in an exec form: Docker hands it on as text; where `ENV` sets X, its value is what was meant."""
    name = pure_variable(word.value)
    known = next((each.word.known for each in variables.variables if each.name == name), None)
    return word if known is None else replace(word, expression=True, resolved=known)


def with_command(launch: Launch, host: Host) -> Launch:
    """The launch of an entrypoint script with the words of `CMD` in place of its `"$@"`; both files are written."""
    words = [word.value for word in launch.arguments]
    if host.command is None or not words or words[-1] not in _EVERYTHING or not host.command.items:
        return launch
    nothing = Environment((), ())
    slots, arguments = exec_words((host.command,), None, nothing)
    writer = _Writer(
        launch, len(words) - 1, ExecWriter(host.fragment, host.stage, (host.command,), slots, None, nothing)
    )
    return replace(launch, arguments=launch.arguments[:-1] + arguments, write=writer)


@dataclass(frozen=True)
class _Writer:
    """Arguments before `count` stand in the script, the others in the Dockerfile."""

    launch: Launch
    count: int
    command: ExecWriter

    def __call__(self, plan: Plan) -> list[Edit]:
        if any(change.first < self.count < change.last for change in plan.changes):
            raise CannotWrite(
                'an option stands before "$@" in the script and its value in CMD: write both in one place'
            )
        inner = tuple(change for change in plan.changes if change.first < self.count)
        outer = tuple(change for change in plan.changes if change.first >= self.count)
        moved = tuple(replace(each, first=each.first - self.count, last=each.last - self.count) for each in outer)
        literal = not self.count and not any(token.expression for token in plan.head)
        head = () if literal else plan.head
        before = self.count if plan.tail else None
        rule = plan.rule or next((token.rule for token in (*plan.head, *plan.tail)), "") or "launch/entrypoint"
        script = replace(plan, changes=inner, head=head, tail_before=before, rule=rule)
        command = Plan(changes=moved, head=plan.head if literal else (), rule=plan.rule)
        return [*self.launch.write(script), *self.command(command)]
