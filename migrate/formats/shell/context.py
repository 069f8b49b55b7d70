"""What the parts of the shell reader share: the script that is read and what surrounds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from migrate.catalog.images import recognise
from migrate.formats.commandline import word as plain_word
from migrate.formats.definitions import Definition, Definitions, default_of
from migrate.formats.shell.script import Command
from migrate.formats.shell.words import Lexed
from migrate.repository import Repository
from migrate.source import Fragment, Span
from migrate.touchpoints import Variable, Word


@dataclass(frozen=True)
class ScriptContext:
    """Where a script stands.

    `kind` becomes the launches' kind. `dialect` is one of commandline's. `runs_in`: the image that the script is part
    of. `environment`: what the surrounding thing (a Dockerfile, a service, a unit) gives the script; these variables
    are listed first in `Launch.environment`, and whoever gave them removes or replaces them. `single_line`: no new
    lines. `inline_settings`: added variables become assignments before the launcher; else the surrounding writes
    them. `definitions`: variables that are defined around the script (make variables).
    """

    kind: str
    dialect: str = "shell"
    runs_in: Word | None = None
    environment: tuple[Variable, ...] = ()
    single_line: bool = False
    inline_settings: bool = True
    definitions: Definitions | None = None


@dataclass
class Reading:
    """A script while it is read."""

    fragment: Fragment
    repo: Repository
    context: ScriptContext
    definitions: Definitions
    commands: Sequence[Command]

    @property
    def path(self) -> str:
        return self.fragment.source.path

    @property
    def used(self) -> set[Span]:
        """The places of definitions that a launch writes."""
        return self.definitions.used

    def word(self, lexed: Lexed) -> Word:
        """A word with the literal that its expansions stand for, where the script tells it."""
        word = plain_word(self.fragment, lexed, self.context.dialect)
        return replace(word, resolved=self.definitions.resolve(lexed.value)) if lexed.expression else word

    def image(self, lexed: Lexed) -> Word | None:
        """The word as a reference of one of TGI's images, None where it is not one."""
        word = plain_word(self.fragment, lexed, self.context.dialect)
        if not lexed.expression:
            return word if recognise(word.value) else None
        known = self.definitions.resolve(lexed.value, defaults=True)
        for guess in (known, lexed.value):
            if guess and recognise(guess):
                return replace(word, resolved=guess)
        return None

    def image_definitions(self, word: Word) -> list[Definition]:
        """The definitions that hold the image where the word is nothing but a variable, else none."""
        default = default_of(word.value)
        name = self.definitions.pure(word.value) or (default[0] if default else None)
        found: list[Definition] = []
        for definition in self.definitions.of(name) if name else ():
            if definition.expression and (inner := self.definitions.pure(definition.value)) and inner != name:
                found += self.image_definitions(replace(word, value=f"${inner}"))
            elif self.definitions.resolve(definition.value, defaults=True) == word.resolved or (
                not definition.expression and definition.value == word.resolved
            ):
                found.append(definition)
        return found
