"""What reading the clients of a repository gives."""

from __future__ import annotations

from dataclasses import dataclass, field

from migrate.findings import Finding, Skipped
from migrate.source import Span
from migrate.touchpoints import Launch


@dataclass(frozen=True)
class ClientName:
    """A name that a program sends as model. `address` is the base URL or host where it is known.

    `group` is that of the program's findings; `adapter`: the name of a LoRA adapter.
    """

    name: str
    path: str
    span: Span
    address: str | None = None
    group: str = ""
    adapter: bool = False


@dataclass(frozen=True)
class ClientNeed:
    """A feature that a program's server must switch on (`tool-call-parser`); the rest as of a name."""

    feature: str
    path: str
    span: Span
    address: str | None = None
    group: str = ""


@dataclass(frozen=True)
class Clients:
    """`names` must be served, and what is `asked` be switched on, by the launch that the clients talk to."""

    findings: tuple[Finding, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    names: tuple[ClientName, ...] = ()
    asked: tuple[ClientNeed, ...] = ()

    @property
    def needs(self) -> frozenset[str]:
        """The features that any program asks for."""
        return frozenset(one.feature for one in self.asked)


@dataclass
class Collected:
    """The same, while it is put together.

    `budget` is the token budget of the repository's launch, `launched` whether it has a launch, `protected` whether
    that asks for a key.
    """

    budget: str | None = None
    launched: bool = False
    protected: bool = False
    launches: tuple[Launch, ...] = ()
    beside: frozenset[str] = frozenset()  # hosts of other services in the files of the launches
    served: set[str] = field(default_factory=set)  # names that a server of the repository has already
    findings: list[Finding] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    names: list[ClientName] = field(default_factory=list)
    asked: list[ClientNeed] = field(default_factory=list)
    packages: list[tuple[str, str, str]] = field(default_factory=list)  # of scripts: old one, new one, group
    gone: set[tuple[str, str]] = field(default_factory=set)  # (path, library) that a program does not import any more
    kept: set[tuple[str, str]] = field(default_factory=set)
    new: set[tuple[str, str]] = field(default_factory=set)

    def done(self) -> Clients:
        return Clients(
            tuple(sorted(dict.fromkeys(self.findings), key=lambda one: (one.path, one.span, one.rule))),
            tuple(dict.fromkeys(self.skipped)), tuple(dict.fromkeys(self.names)), tuple(dict.fromkeys(self.asked)),
        )  # fmt: skip
