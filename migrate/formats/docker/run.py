"""`docker run IMAGE arguments` (podman, nerdctl): read into a launch, and a plan written back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from migrate.formats import env_file
from migrate.formats.built_images import Built, built_images
from migrate.formats.commandline import lay_arguments, quote
from migrate.formats.docker.environment import Environment, known, last_of, read_environment, read_gpus, read_mounts
from migrate.formats.docker.options import Option, alone, read_options
from migrate.formats.image_edits import image_edit
from migrate.formats.shell.arguments import Arguments
from migrate.formats.shell.context import Reading
from migrate.formats.shell.words import Lexed
from migrate.source import Edit, Source
from migrate.touchpoints import CannotWrite, Change, Launch, Plan, Setting, Token, Variable, Word

LAUNCHER = "text-generation-launcher"


@dataclass
class Container:
    """A `docker run` of one of TGI's images. `first` is the index of the word behind `run`, `image_at` of the image,
    `built` what the repository builds it from."""

    reading: Reading
    words: Sequence[Lexed]
    first: int
    options: list[Option]
    image_at: int
    image: Word
    arguments: Arguments = field(default_factory=lambda: Arguments([], []))
    launcher: tuple[Reading, Lexed] | None = None
    environment: Environment = field(default_factory=Environment)
    built: Built | None = None

    def entrypoint(self) -> str | None:
        """The program that replaces the image's entrypoint, None where it stays."""
        option = last_of(self.options, "entrypoint")
        return option.value(self.words) if option else None

    def launch(self, start: int) -> Launch:
        """The launch; `start` is the index of the word that names docker."""
        own = self.reading, self.words, self.options
        self.environment = read_environment(*own, self.built)
        fragment, variables = self.reading.fragment, self.environment.variables
        name = last_of(self.options, "name")
        return Launch(
            path=self.reading.path,
            kind=self.reading.context.kind,
            place="container",
            anchor=fragment.span(self.words[start].start, self.words[self.first - 1].end),
            write=self.write,
            text=fragment.text[self.words[start].start : self.words[-1].end],
            image=None if self.built else self.image,
            runs_in=self.built.base if self.built else None,
            through_entrypoint=self.launcher is None and not self._launcher_is_entrypoint(),
            arguments=tuple(self.arguments.words),
            defined=self.arguments.defined,
            environment=variables,
            mounts=tuple(read_mounts(*own)),
            gpus=read_gpus(*own, variables),
            name=known(self.reading, self.words, name) if name else None,
            unsupported=self._unsupported(),
        )

    def _unsupported(self) -> str | None:
        if self.built and self.built.command and not self.arguments.words:
            return "the image's CMD and these variables both say how the server starts: move the variables by hand"
        if self.built is None or not self.built.program:
            return None
        return f"the image starts {self.built.program} in place of TGI's entrypoint: change what it is given by hand"

    def _launcher_is_entrypoint(self) -> bool:
        return (self.entrypoint() or "").rpartition("/")[2] == LAUNCHER

    def write(self, plan: Plan) -> list[Edit]:
        """The plan as edits of the command, its definitions and its env files.

        Raises:
            CannotWrite: a variable stands in a cluster of options, or an argument cannot be written where it must
            stand.
        """
        if plan == Plan():
            return []
        changes, added, edits = self._variables(plan)
        head = plan.head
        if self._launcher_is_entrypoint():
            changes.append(self._entrypoint_change(plan.rule))
            head = (Token("serve", rule=plan.rule), *head)
        elif self.launcher:
            reading, word = self.launcher
            edits.append(reading.fragment.edit(word.start, word.end, "vllm serve", plan.rule))
        if plan.image:
            image_edits = image_edit(self.reading, self.image, self.words[self.image_at], plan.image, plan.rule)
            if image_edits is None:
                at = self.image_at - self.first
                changes.append(Change(at, at + 1, (plan.image,), plan.image.rule or plan.rule))
            edits += image_edits or []
        edits += self._lay_options(changes, added, plan.rule)
        return edits + self.arguments.write(replace(plan, head=head))

    def _lay_options(self, changes: list[Change], added: list[Token], rule: str) -> list[Edit]:
        context = self.reading.context
        words = [self.reading.word(word) for word in self.words[self.first : self.image_at + 1]]
        own = Plan(changes=tuple(changes), tail=tuple(added), tail_before=len(words) - 1, rule=rule)
        return lay_arguments(
            self.reading.fragment,
            words,
            own,
            self.words[self.first - 1].end,
            dialect=context.dialect,
            single_line=context.single_line,
        )

    def _entrypoint_change(self, rule: str) -> Change:
        option = last_of(self.options, "entrypoint")
        assert option is not None
        at = option.at - self.first
        value = self.words[option.at].value[: option.offset] + "vllm"
        return Change(at, at + 1, (Token(value),), rule)

    def _variables(self, plan: Plan) -> tuple[list[Change], list[Token], list[Edit]]:
        changes: list[Change] = []
        added: list[Token] = []
        edits: list[Edit] = []
        for index in plan.removed:
            variable, origin = self.environment.entry(index)
            if isinstance(origin, Source):
                edits += env_file.remove(origin, [variable.name], plan.rule)
            elif origin is not None:
                changes.append(self._option_change(origin, (), plan.rule))
            for lower, source in self.environment.overridden:
                if lower.name == variable.name and not lower.shared:
                    edits += env_file.remove(source, [lower.name], plan.rule)
        for setting in plan.settings:
            if setting.replaces is None:
                added += [Token("-e", rule=setting.rule), self._assignment(setting, "")]
                continue
            variable, origin = self.environment.entry(setting.replaces)
            if isinstance(origin, Source):
                value = setting.value.value if setting.value else variable.word.value
                edits += env_file.assign(origin, variable.name, setting.name, value, setting.rule)
            elif origin is not None:
                changes.append(self._replacement(origin, setting, variable))
        return changes, added, edits

    def _option_change(self, option: Option, tokens: tuple[Token, ...], rule: str) -> Change:
        if not alone(option, self.words):
            raise CannotWrite(f"{self.words[option.first].value} holds several options; write -e on its own first")
        return Change(option.first - self.first, option.last - self.first, tokens, rule)

    def _replacement(self, option: Option, setting: Setting, variable: Variable) -> Change:
        if not setting.value and not variable.passed:
            setting = replace(setting, value=Token.of(variable.word))
        prefix = self.words[option.at].value[: option.offset]
        at = option.at - self.first
        return Change(at, at + 1, (self._assignment(setting, prefix),), setting.rule)

    def _assignment(self, setting: Setting, prefix: str) -> Token:
        """`NAME=value` as one word, or the bare name where the value comes from outside."""
        dialect = self.reading.context.dialect
        if not setting.value:
            return Token(prefix + setting.name, rule=setting.rule)
        value = setting.value
        text = f"{prefix}{setting.name}={quote(value, dialect)}"
        return Token(f"{prefix}{setting.name}={value.value}", text, dialect, value.expression, setting.rule)


def find_container(reading: Reading, words: Sequence[Lexed], first: int) -> Container | None:
    """The container that `docker run` starts from word `first` on, None where its image is not one of TGI's, nor one
    that the repository builds from those."""
    options, image_at = read_options(words, first, lambda at: _is_image(reading, words[at]))
    if image_at is None:
        return None
    image, built = reading.image(words[image_at]), _built(reading, words[image_at])
    if image is None:
        return (
            Container(reading, words, first, options, image_at, reading.word(words[image_at]), built=built)
            if built
            else None
        )
    reading.used.update(definition.span for definition in reading.image_definitions(image))
    return Container(reading, words, first, options, image_at, image)


def _is_image(reading: Reading, lexed: Lexed) -> bool:
    return reading.image(lexed) is not None or _built(reading, lexed) is not None


def _built(reading: Reading, lexed: Lexed) -> Built | None:
    """The image of the repository that a word names: as the command says that builds it, or by a name of its own."""
    known = reading.definitions.resolve(lexed.value) if lexed.expression else lexed.value
    for image in built_images(reading.repo):
        if "$" in image.name and (image.path, image.name) == (reading.path, lexed.value):
            return image
        if "$" not in image.name and known == image.name:
            return image
    return None
