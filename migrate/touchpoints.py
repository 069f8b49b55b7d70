"""Places that depend on TGI, engine-neutral, each fact with its place; and the plan that a format writes back.

A format reads files into `Launch`es and `Mention`s and knows no rule; the translation turns them into a `Plan` and
knows no file format; `Launch.write` lays the plan into the file again.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from migrate.source import Edit, Span

_DEFAULT = re.compile(r"\$\{\w+:?-")


@dataclass(frozen=True, slots=True)
class Word:
    """One argument or value as the process sees it.

    `value` has its quotes removed and its expansions unresolved (`$X`, `${X:-d}`, `$(X)`); `raw` is the text in the
    file; `dialect` names the syntax of `raw` (shell, make, yaml, dockerfile, env); `expression` says that `value` holds
    an expansion; `resolved` is the literal that the expansion stands for where the repository tells it.
    """

    value: str
    path: str
    span: Span
    raw: str = ""
    dialect: str = "shell"
    expression: bool = False
    resolved: str | None = None

    @property
    def known(self) -> str | None:
        """The literal value, or None while it depends on something that the repository does not tell."""
        return self.resolved if self.expression else self.value

    @property
    def certain(self) -> str | None:
        """The known value, unless it is only a default (`${X:-d}`) that whoever starts the process may replace."""
        return None if self.expression and _DEFAULT.search(self.value) else self.known


@dataclass(frozen=True, slots=True)
class Variable:
    """An environment variable that the server process sees; `word.span` covers the value, `span` the whole entry.

    `shared`: something else reads it too (another command, another service), so it stays when it becomes an argument.
    `private`: only the container can read it (an env file, a literal): an argument needs the value itself, and where
    the place allows no expansion a reference is no use.
    `passed`: named without a value (`-e HF_TOKEN`), so its value comes from outside.
    `image`: an image's own ENV rather than the user's word.
    """

    name: str
    word: Word
    span: Span
    shared: bool = False
    private: bool = False
    passed: bool = False
    image: bool = False


@dataclass(frozen=True, slots=True)
class Mount:
    """A volume or bind mount: host path or volume name, and the absolute path in the container."""

    source: str
    target: str
    span: Span


@dataclass(frozen=True, slots=True)
class Gpus:
    """The GPUs that the process sees: `list` with their count, `all` (number unknown), or `none` said."""

    kind: Literal["none", "all", "list"] = "none"
    count: int = 0


@dataclass(frozen=True, slots=True)
class Token:
    """A new word. `raw` may be used as it is where the dialect is the same; else `value` is quoted for the place.

    `expression` keeps expansions alive when quoting. `rule` is the id of the rule that wrote it.
    """

    value: str
    raw: str | None = None
    dialect: str | None = None
    expression: bool = False
    rule: str = ""

    @classmethod
    def of(cls, word: Word, rule: str = "") -> Token:
        """A word of the original, carried over."""
        return cls(word.value, word.raw, word.dialect, word.expression, rule)


@dataclass(frozen=True, slots=True)
class Change:
    """Arguments `first:last` (indices into `Launch.arguments`, half-open) become `words`; none: they go."""

    first: int
    last: int
    words: tuple[Token, ...] = ()
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """A variable of the plan: added, or in place of an old one (`replaces`, an index into `Launch.environment`)."""

    name: str
    value: Token | None
    replaces: int | None = None
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a launch becomes. Indices refer to the launch it was made for.

    `image`: the new image reference, or None where it stays. Where the launch names TGI's launcher, the writer puts
    `vllm serve` in its place; a launch through the image's own entrypoint has no such word.
    `head` goes before the first argument, `tail` behind the last, or before argument `tail_before`: words such as
    `"$@"` must not follow an option that takes several values, so `tail` always ends with a one-value option.
    `removed` are indices of variables that go.
    """

    image: Token | None = None
    changes: tuple[Change, ...] = ()
    head: tuple[Token, ...] = ()
    tail: tuple[Token, ...] = ()
    tail_before: int | None = None
    removed: tuple[int, ...] = ()
    settings: tuple[Setting, ...] = ()
    rule: str = ""

    @property
    def gone(self) -> set[int]:
        """The variables that go or are replaced."""
        return {*self.removed, *(one.replaces for one in self.settings if one.replaces is not None)}


class CannotWrite(Exception):
    """The format cannot lay this plan into the file; the message says what a person does."""


@dataclass(frozen=True)
class Launch:
    """One start of TGI.

    `place`: `container` (an image is run), `image` (a Dockerfile derives one) or `host` (the bare launcher).
    `through_entrypoint`: arguments go to the image's entrypoint; else the launcher itself is named and becomes
    `vllm serve`. `image` has the reference as written, `image.known` resolved; for a launcher inside an image of the
    repository (an entrypoint script) `runs_in` is that image.
    `arguments` are the words after the launcher or image; `defined` are the indices of those that stand in a variable's
    definition apart from the command. `environment` what the process sees, later entries win and
    only the winning ones are listed. `anchor` is what a finding about the whole launch points at.
    `template`: a service that others extend and that names no model: it is not started itself, only its image and
    variables are translated.
    `additions` are words that the launch gets besides, on a condition or later (`${N:+--num-shard $N}`, `CMD+=" ..."`):
    each a template with arguments of its own, written in place and with this launch or not at all.
    `unsupported`: why the format can read but not write this place (a workflow's service container): everything
    becomes manual with this reason.
    """

    path: str
    kind: str
    place: Literal["container", "image", "host"]
    anchor: Span
    write: Callable[[Plan], list[Edit]] = field(compare=False, repr=False)
    text: str = ""
    image: Word | None = None
    runs_in: Word | None = None
    through_entrypoint: bool = False
    arguments: tuple[Word, ...] = ()
    defined: tuple[int, ...] = ()
    environment: tuple[Variable, ...] = ()
    mounts: tuple[Mount, ...] = ()
    gpus: Gpus = Gpus()
    name: str | None = None
    template: bool = False
    additions: tuple[Launch, ...] = ()
    unsupported: str | None = None


@dataclass(frozen=True)
class Mention:
    """A place that names something of TGI without starting it: an image in `docker pull`, a log line, a health path.

    `kind` and `value` are what rules match: image, log-line, health, program, virtual-environment, copy-from-image,
    dialect (a launch in a syntax that is only reported), metric ... `edit` builds the edit that replaces the value;
    None: report only. `launch` is the name of the launch that the place belongs to, so both are written or neither;
    None: the launches of its file.
    """

    path: str
    kind: str
    value: str
    span: Span
    text: str = ""
    edit: Callable[[str], Edit] | None = field(default=None, compare=False, repr=False)
    launch: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A file, or a place in it, that holds TGI and cannot be understood (line from 1, 0: the file)."""

    path: str
    line: int
    reason: str


@dataclass(frozen=True)
class Found:
    """Everything that a format read from one file."""

    launches: tuple[Launch, ...] = ()
    mentions: tuple[Mention, ...] = ()
    problems: tuple[Problem, ...] = ()
