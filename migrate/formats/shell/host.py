"""The bare `text-generation-launcher`: arguments, the variables that reach it, and a plan written back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from migrate.formats.commandline import lay_arguments, quote
from migrate.formats.definitions import Definition
from migrate.formats.image_edits import image_edit
from migrate.formats.shell.arguments import Arguments
from migrate.formats.shell.context import Reading
from migrate.formats.shell.environment import Origin, gpus_of, read_environment
from migrate.formats.shell.quote import literal
from migrate.formats.shell.words import Lexed
from migrate.source import Edit, Span
from migrate.touchpoints import CannotWrite, Change, Launch, Mount, Plan, Setting, Token, Variable, Word

_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=")
_TAKES_ASSIGNMENTS = ("env", "sudo", "doas", "ssh")


@dataclass
class Host:
    """A launcher as a program of the script; `at` is the index of its word."""

    reading: Reading
    words: Sequence[Lexed]
    at: int
    arguments: Arguments
    environment: list[tuple[Variable, Origin]] = field(default_factory=list)
    image: Word | None = None
    image_at: int = 0

    def launch(self) -> Launch:
        """The launch; a cluster's command that names an image (`srun --container-image=...`) runs a container."""
        context, fragment = self.reading.context, self.reading.fragment
        self.environment = read_environment(self.reading, self.words, self.at)
        variables = tuple(variable for variable, _ in self.environment)
        return Launch(
            path=self.reading.path,
            kind=context.kind,
            place="container" if self.image else "host",
            anchor=fragment.span(self.words[self.at].start, self.words[self.at].end),
            write=self.write,
            text=fragment.text[self.words[0].start : self.words[-1].end],
            image=self.image,
            runs_in=context.runs_in,
            arguments=tuple(self.arguments.words),
            defined=self.arguments.defined,
            environment=variables,
            mounts=tuple(_mounts(self)) if self.image else (),
            gpus=gpus_of(variables),
        )

    def write(self, plan: Plan) -> list[Edit]:
        """The plan as edits of the command and of exported variables; variables of the surrounding are left to their
        owner.

        Raises:
            CannotWrite: an argument cannot be written where it must stand.
        """
        if plan == Plan():
            return []
        edits: list[Edit] = []
        changes = [Change(self.at, self.at + 1, self._program(plan.rule), plan.rule)]
        for index in plan.removed:
            _, origin = self.environment[index]
            if isinstance(origin, int):
                changes.append(Change(origin, origin + 1, (), plan.rule))
        edits += self._undefined(plan)
        edits += self._image(plan, changes)
        added: list[Token] = []
        for setting in plan.settings:
            origin = self.environment[setting.replaces][1] if setting.replaces is not None else None
            if isinstance(origin, int):
                token = self._assignment(setting, self.environment[setting.replaces or 0][0])
                changes.append(Change(origin, origin + 1, (token,), setting.rule))
            elif origin is not None:
                edits += _redefined(origin, setting)
            elif setting.replaces is None and self.reading.context.inline_settings and setting.value:
                added.append(self._assignment(setting, None))
        if added:
            place = self._place(changes)
            changes.append(Change(place, place, tuple(added), plan.rule))
        return edits + self._lay(changes, plan.rule) + self.arguments.write(plan)

    def _undefined(self, plan: Plan) -> list[Edit]:
        """Definitions that go; with the last one of a statement its `export` goes, which alone would print them all."""
        gone = [one for one in (self.environment[index][1] for index in plan.removed) if isinstance(one, Definition)]
        spans: dict[tuple[str, Span], None] = {}
        for one in gone:
            together = [other for other in gone if other.whole == one.whole and other.text.source is one.text.source]
            whole = one.whole if one.whole and len(together) == one.shares else one.line
            spans[one.text.source.path, whole] = None
        return [Edit(path, span.start, span.end, "", plan.rule) for path, span in spans]

    def _image(self, plan: Plan, changes: list[Change]) -> list[Edit]:
        """The image's own change, or the edits of the definition that holds it."""
        if not plan.image or not self.image:
            return []
        word = self.words[self.image_at]
        edits = image_edit(self.reading, self.image, word, plan.image, plan.rule)
        if edits is None:
            prefix = word.value[: len(word.value) - len(self.image.value)]
            new = replace(plan.image, value=prefix + plan.image.value, raw=None)
            changes.append(Change(self.image_at, self.image_at + 1, (new,), plan.image.rule or plan.rule))
        return edits or []

    def _lay(self, changes: list[Change], rule: str) -> list[Edit]:
        words = [self.reading.word(word) for word in self.words[: self.at + 1]]
        dialect = self.reading.context.dialect
        plan = Plan(changes=tuple(sorted(changes, key=lambda c: (c.first, c.last))), rule=rule)
        start = self.words[0].start
        return lay_arguments(self.reading.fragment, words, plan, start, dialect=dialect, single_line=True)

    def _program(self, rule: str) -> tuple[Token, ...]:
        """`vllm serve`. A path names TGI's own installation and goes, except a system's folder in a unit: old systemd
        takes only absolute paths."""
        folder = self.words[self.at].value.rpartition("/")[0]
        keep = self.reading.context.dialect == "systemd" and folder in ("/usr/local/bin", "/usr/bin")
        return Token(f"{folder}/vllm" if keep else "vllm", rule=rule), Token("serve", rule=rule)

    def _assignment(self, setting: Setting, old: Variable | None) -> Token:
        dialect = self.reading.context.dialect
        value = setting.value or (Token.of(old.word) if old else Token(""))
        text = f"{setting.name}={quote(value, dialect)}"
        return Token(text, text, dialect, value.expression, setting.rule)

    def _place(self, changes: Sequence[Change]) -> int:
        """Where an assignment may stand: before the program that `env` or `sudo` starts, else in front of the
        command."""
        names = [word.value.rpartition("/")[2] for word in self.words[: self.at]]
        for name in _TAKES_ASSIGNMENTS:
            if name in names:
                after = names.index(name) + 1
                later = [i for i in range(after, self.at) if names[i] in ("nohup", "exec", "time", "nice", "stdbuf")]
                return later[0] if later else self.at
        return next((i for i, word in enumerate(self.words) if not _ASSIGNMENT.match(word.value)), self.at)


def cluster_image(reading: Reading, words: Sequence[Lexed], at: int) -> tuple[Word, int] | None:
    """The image that a cluster's command before the launcher names, and the index of its word."""
    for index, lexed in enumerate(words[:at]):
        name, equals, value = lexed.value.partition("=")
        if name != "--container-image":
            continue
        if not equals:
            found = reading.image(words[index + 1]) if index + 1 < at else None
            return (found, index + 1) if found else None
        start = len(name) + 1
        part = replace(lexed, start=lexed.places[start], value=value, places=lexed.places[start:], quote="")
        found = reading.image(part)
        return (found, index) if found else None
    return None


def _mounts(host: Host) -> Iterator[Mount]:
    """`--container-mounts=FROM:TO[:FLAGS],...` of a cluster's command."""
    words = [word.value for word in host.words[: host.at]]
    for index, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name == "--container-mounts":
            for entry in (value if equals else words[index + 1]).split(","):
                source, _, target = entry.partition(":")
                place = host.reading.fragment.span(host.words[index].start, host.words[index].end)
                yield Mount(source, target.partition(":")[0] or source, place)


def _redefined(definition: Definition, setting: Setting) -> list[Edit]:
    """An exported variable that gets another name or value where it is defined."""
    edits: list[Edit] = []
    path = definition.text.source.path
    if setting.name != definition.name:
        written = definition.text.source.text[definition.span.start : definition.span.end]
        start = definition.span.start + written.index(definition.name)
        edits.append(Edit(path, start, start + len(definition.name), setting.name, setting.rule))
    if setting.value and setting.value.value != definition.value:
        if definition.array:
            raise CannotWrite(f"{definition.name} is an array")
        value = setting.value.value
        value = value if definition.mark or setting.value.expression else literal(value)
        edits.append(definition.text.edit(0, len(definition.text.text), value, setting.rule))
    return edits
