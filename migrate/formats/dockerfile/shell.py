"""A stage that starts through a shell: the shell form of `CMD` and `ENTRYPOINT`, and `sh -c` in an exec form."""

from __future__ import annotations

from dataclasses import dataclass, replace

from migrate.formats.dockerfile.launch import environment_edits, image_edits
from migrate.formats.dockerfile.stages import Environment, Stage, volumes
from migrate.formats.dockerfile.start import LAUNCHER, Start, script_argument
from migrate.formats.shell.reader import ScriptContext, read_script
from migrate.repository import Repository
from migrate.source import Edit, Fragment
from migrate.touchpoints import Launch, Plan, Variable


@dataclass(frozen=True)
class _Writer:
    """The script's own edits, with those of the image and of `ENV` around it."""

    inner: Launch
    fragment: Fragment
    stage: Stage
    environment: Environment

    def __call__(self, plan: Plan) -> list[Edit]:
        count = len(self.environment.places)
        own = replace(
            plan,
            removed=tuple(index for index in plan.removed if index < count),
            settings=tuple(each for each in plan.settings if each.replaces is None or each.replaces < count),
        )
        edits = image_edits(self.stage, plan) + environment_edits(self.fragment, self.stage, self.environment, own)
        return edits + self.inner.write(replace(plan, image=None))


def script_of(start: Start) -> Fragment | None:
    """The shell text that starts the server, where there is one that names the launcher."""
    for instruction in (start.entrypoint, start.command):
        if instruction is not None and start.is_shell(instruction) and LAUNCHER in instruction.body.text:
            return instruction.body
    lists = start.lists
    places = [(each, item) for each in lists for item in range(len(each.items))]
    at = script_argument([each.items[item].value for each, item in places])
    if at is None or LAUNCHER not in places[at][0].items[places[at][1]].value:
        return None
    listed, item = places[at]
    return listed.inside(item)


def shell_launches(
    fragment: Fragment, script: Fragment, stage: Stage, environment: Environment, repo: Repository
) -> list[Launch]:
    """The launches of a script that is part of the Dockerfile."""
    variables = tuple(map(in_shell, environment.variables))
    image = stage.root.image
    context = ScriptContext(
        kind="dockerfile", runs_in=image, environment=variables, single_line=True, inline_settings=False
    )
    found = read_script(script, repo, context).launches
    return [
        replace(
            launch,
            place="image",
            anchor=image.span,
            image=image,
            runs_in=None,
            mounts=volumes(stage),
            name=stage.name,
            write=_Writer(launch, fragment, stage, environment),
        )
        for launch in found
        if not launch.through_entrypoint
    ]


def in_shell(variable: Variable) -> Variable:
    """What the script sees: of a value that comes from a build argument, only the variable can be written there."""
    if not variable.word.expression:
        return replace(variable, private=False)
    value = f"${variable.name}"
    word = replace(variable.word, value=value, raw=f'"{value}"', dialect="shell")
    return replace(variable, word=word, shared=True, private=False)
