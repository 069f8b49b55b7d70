"""Two recordings into a verdict: which passes are held against each other, and which measure an engine's own noise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from migrate.parity.accepted import NOTHING, Accepted
from migrate.parity.answer import Answer
from migrate.parity.decoding import Decoding, decoding
from migrate.parity.evidence import Evidence, Pair, Thresholds, pairs
from migrate.parity.exchange import Engine, Exchange
from migrate.parity.grammar import Grammar, grammar_of
from migrate.parity.latency.samples import Latency
from migrate.parity.probes import RUN as PROBES
from migrate.parity.protocols import read_answer
from migrate.parity.seen import Asked, Seen, see
from migrate.parity.stages.probed import probed
from migrate.parity.stages.shapes import Shaped, shapes
from migrate.parity.verdict import Verdict, judge


@dataclass(frozen=True, slots=True)
class Compared:
    """A verdict and the engines that it is about; `latency` where both were put under load.

    `seen` is what reports show of each prompt, `notes` what is to be told beside the verdict. `places` are the files
    that the engines' answers or commands come from, empty where there are none; `launched` is where a repository
    starts the second engine, as FILE:LINE. `allow_inconclusive`: who asked takes
    an inconclusive verdict for a pass.
    """

    first: Engine
    second: Engine
    verdict: Verdict
    prompts: int
    latency: Latency | None = None
    seen: tuple[Seen, ...] = ()
    notes: tuple[str, ...] = ()
    places: tuple[str, str] = ("", "")
    thresholds: Thresholds = field(default_factory=Thresholds)
    allow_inconclusive: bool = False
    launched: str = ""

    @property
    def exit_code(self) -> int:
        """As docs/parity.md has it: 0 or 1."""
        return self.verdict.exit_code(self.allow_inconclusive)


def compare_engines(
    first: tuple[Engine, Iterable[Exchange]],
    second: tuple[Engine, Iterable[Exchange]],
    thresholds: Thresholds | None = None,
    accepted: Accepted = NOTHING,
    places: tuple[str, str] = ("", ""),
) -> Compared:
    """Hold two engines' exchanges against each other.

    The first pass of each recording is compared; an engine's later passes over the same prompts, held against its own
    first one, are its noise. Prompts that are sampled are compared by all their answers together.
    """
    one, other = _Passes.of(first[1]), _Passes.of(second[1])
    decodings = {prompt: seen.decoding for prompt, seen in one.seen.items()}
    evidence = Evidence(
        pairs(one.answers, other.answers, decodings),
        one.noise(decodings),
        other.noise(decodings),
        one.samples(decodings),
        other.samples(decodings),
        thresholds or Thresholds(),
        {prompt: seen.rules for prompt, seen in other.seen.items() if seen.rules},
        frozenset(prompt for prompt, seen in other.seen.items() if seen.optional),
        {prompt: seen.grammar for prompt, seen in one.seen.items() if seen.grammar},
    )
    judged_elsewhere = shapes(one.shapes, other.shapes), probed(one.probes, other.probes)
    verdict = judge(evidence, *judged_elsewhere, accepted=accepted)
    return Compared(
        first[0],
        second[0],
        verdict,
        len(evidence.pairs),
        seen=tuple(see(pair, one.seen[pair.prompt].asked, _lines(pair, one, other)) for pair in evidence.pairs),
        notes=accepted.notes(verdict.stages),
        places=places,
        thresholds=evidence.thresholds,
    )


def _lines(pair: Pair, one: _Passes, other: _Passes) -> tuple[int, int]:
    return one.seen[pair.prompt].line, other.seen[pair.prompt].line


def own_noise(exchanges: Iterable[Exchange]) -> tuple[Pair, ...]:
    """An engine's later answers against its own first ones."""
    passes = _Passes.of(exchanges)
    return passes.noise({prompt: seen.decoding for prompt, seen in passes.seen.items()})


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is kept of the first exchange with a prompt: not what came over the wire. `line` is where it stands in its
    recording (the header is line 1)."""

    line: int
    asked: Asked
    decoding: Decoding
    shaped: Shaped
    rules: tuple[str, ...]
    optional: bool
    grammar: Grammar | None

    @classmethod
    def of(cls, line: int, exchange: Exchange) -> _Seen:
        request = exchange.request
        return cls(
            line,
            Asked.of(request),
            decoding(request),
            Shaped.of(exchange),
            exchange.rules,
            exchange.optional,
            grammar_of(request),
        )


@dataclass(frozen=True, slots=True)
class _Passes:
    """One engine's passes over the prompts, in the order they were recorded; `seen` is the first one."""

    seen: Mapping[str, _Seen]
    runs: tuple[Mapping[str, Answer], ...]
    probes: Mapping[str, Exchange]

    @classmethod
    def of(cls, exchanges: Iterable[Exchange]) -> _Passes:
        first: dict[str, _Seen] = {}
        runs: dict[str, dict[str, Answer]] = {}
        probes: dict[str, Exchange] = {}
        for line, exchange in enumerate(exchanges, start=2):
            if exchange.run == PROBES:
                probes[exchange.id] = exchange
                continue
            if exchange.id not in first:
                first[exchange.id] = _Seen.of(line, exchange)
            runs.setdefault(exchange.run, {})[exchange.id] = read_answer(exchange)
        return cls(first, tuple(runs.values()), probes)

    @property
    def answers(self) -> dict[str, Answer]:
        """Each prompt's first answer: a pass that was cut short is filled up by the next."""
        found: dict[str, Answer] = {}
        for run in self.runs:
            found = {**run, **found}
        return {prompt: found[prompt] for prompt in self.seen}

    @property
    def shapes(self) -> dict[str, Shaped]:
        return {prompt: seen.shaped for prompt, seen in self.seen.items()}

    def noise(self, decodings: Mapping[str, Decoding]) -> tuple[Pair, ...]:
        answers = self.answers
        later = [pair for run in self.runs for pair in pairs(answers, run, decodings)]
        return tuple(pair for pair in later if pair.first is not pair.second)

    def samples(self, decodings: Mapping[str, Decoding]) -> dict[str, list[str]]:
        """The texts of the sampled prompts, over all passes."""
        found: dict[str, list[str]] = {}
        for run in self.runs:
            for prompt, answer in run.items():
                if decodings.get(prompt) is Decoding.SAMPLED and answer.failure is None:
                    found.setdefault(prompt, []).append(answer.text)
        return found
