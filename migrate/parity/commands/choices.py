"""What a command is asked to do: the command line laid over `parity.yaml`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from migrate.parity.asking import Protocol
from migrate.parity.exchange import Engine
from migrate.parity.launchers import Launcher, UnusableEngine
from migrate.parity.launchers.named import FORMS, launcher_of
from migrate.parity.prompts import SUITE, Prompt, load
from migrate.parity.record import Pass, passes
from migrate.parity.settings import Load, Settings, find
from migrate.parity.settings_file import SettingsInvalid, read

if TYPE_CHECKING:
    from migrate.parity.latency.arrivals import Load as Arrivals
    from migrate.parity.latency.plan import Plan


@dataclass(frozen=True, slots=True)
class Asking:
    """How one engine is asked: what, how often and with how much patience. Times in seconds."""

    prompts: tuple[Prompt, ...] = SUITE
    passes: tuple[Pass, ...] = passes((1, 1, 8))
    probes: bool = True
    overload: bool = False
    budget: int | None = None
    api_key: str = ""
    timeout: float = 300.0
    ready_within: float = 600.0
    protocol: Protocol | None = None

    def like(self, first: Engine) -> Asking:
        """How the engine to move to is asked: where nothing else is set, with the first one's limit of tokens."""
        return replace(self, budget=self.budget or first.budget)


@dataclass(frozen=True, slots=True)
class Given:
    """The settings and the folder where their relative paths start."""

    settings: Settings
    base: Path

    @classmethod
    def of(cls, config: Path | None) -> Given:
        """The settings of `--config`, else those of the current folder, else none.

        Raises:
            SettingsInvalid: they have mistakes.
        """
        path = config or find(Path())
        return cls(Settings(), Path()) if path is None else cls(read(path), path.parent)

    def asking(
        self,
        prompts: Path | None = None,
        api_key: str = "",
        timeout: float | None = None,
        ready: float | None = None,
        probes: bool | None = None,
    ) -> Asking:
        """How the engines are asked.

        Raises:
            PromptError: prompts that cannot be used.
        """
        settings = self.settings
        file = prompts or (self.base / settings.prompts.file if settings.prompts.file else None)
        return Asking(
            SUITE if file is None else load(file),
            passes(settings.prompts.passes),
            settings.prompts.probes if probes is None else probes,
            settings.prompts.overload,
            settings.prompts.budget,
            api_key,
            timeout or settings.timeout,
            ready or settings.ready_within,
        )

    def plan(self, timeout: float) -> Plan:
        """The load that both engines get: the usual one where the settings have none.

        Raises:
            SettingsInvalid: a trace that cannot be read.
        """
        load, slo = self.settings.load or Load(), self.settings.slo
        from migrate.parity.latency.judging import Criteria
        from migrate.parity.latency.measures import Slo
        from migrate.parity.latency.plan import Plan

        limits = {name: limit for name in slo.__struct_fields__ if (limit := getattr(slo, name))}
        return Plan(
            self._shape(load.shape),
            load.blocks,
            load.size,
            load.warm_up,
            timeout,
            Slo(**limits),
            Criteria(load.tolerance / 100, load.confidence),
            tuple(map(self._shape, load.sweep)),
            load.calibrate,
        )

    def _shape(self, text: str) -> Arrivals:
        """
        Raises:
            SettingsInvalid: a trace that cannot be read.
        """
        from migrate.parity.latency.arrivals import BadLoad, parse_load

        kind, _, file = text.partition(":")
        try:
            return parse_load(f"trace:{self.base / file}" if kind == "trace" else text)
        except BadLoad as error:
            raise SettingsInvalid(str(error)) from error

    def folder(self, named: Path | None) -> Path:
        """Where recordings and logs go; it is there afterwards.

        Raises:
            OSError: it cannot be made.
        """
        folder = named or self.base / self.settings.folder
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def engines(self, first: str | None, second: str | None, service: str | None) -> tuple[Launcher, Launcher]:
        """Both engines; what the command line names goes before the settings.

        Raises:
            UnusableEngine: one is missing, or cannot be started as it is named.
            RecordingError: a recording that is to stand for an engine cannot be read.
        """
        if service and (first or second):
            raise UnusableEngine("--from stands for both engines: name no others")
        if service or first or second:
            return _both(first, second, service, Path())
        return _both(*self._named, self.base)

    @property
    def _named(self) -> tuple[str | None, str | None, str | None]:
        engines = self.settings.engines
        return engines.first, engines.second, engines.service


def _both(first: str | None, second: str | None, service: str | None, base: Path) -> tuple[Launcher, Launcher]:
    if service:
        first, second = f"before:{service}", f"after:{service}"
    if not first or not second:
        raise UnusableEngine(f"two engines are needed, each {FORMS}; or --from FILE:SERVICE; or a parity.yaml")
    return launcher_of(first, base), launcher_of(second, base)
