"""A verdict as one HTML page that needs nothing else: no network, no fonts, no library."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from migrate.markup.page import bar, cell, document, section, table
from migrate.markup.visible import visible
from migrate.parity.comparison import Compared
from migrate.parity.evidence import Difference, Outcome, Stage
from migrate.parity.exchange import Engine
from migrate.parity.latency.samples import Latency, Metric
from migrate.parity.reports.curves import divergence_charts, sweep_charts, timing_charts
from migrate.parity.reports.plots import Chart, svg
from migrate.parity.reports.prompts import prompts
from migrate.parity.reports.words import both, found, judged, measured, name, ratio

# Differences of one stage that the page lists; the JSON holds all.
SHOWN = 100
SIGNS = {
    Outcome.PASS: "✓",
    Outcome.FAIL: "✗",
    Outcome.INCONCLUSIVE: "?",
    Outcome.DIFFERS: "≠",
    Outcome.SKIPPED: "–",
}


def html(compared: Compared) -> str:
    """The page: verdict, stages, latency, plots, prompts."""
    title = f"{compared.verdict.outcome.name}: {name(compared.first)} → {name(compared.second)}"
    sections = [
        *section("Stages", "stages", _stages(compared)),
        *section("What was accepted, and notes", "accepted", _accepted(compared)),
        *section("Latency" if compared.latency else "Latency, as recorded", "latency", _latency(compared)),
        *section("Where answers part", "divergence", _plots(divergence_charts(compared))),
        *section("Prompts whose answers differ", "prompts", prompts(compared) if compared.seen else ()),
    ]
    return document(title, _header(compared), sections)


def _header(compared: Compared) -> Iterator[str]:
    outcome = compared.verdict.outcome
    yield bar("migrate parity")
    yield f"<h1>{escape(name(compared.first))} → {escape(name(compared.second))}</h1>"
    yield f'<div class="verdict {outcome.value}" role="status"><strong>{SIGNS[outcome]} {outcome.name}</strong>'
    yield from _line(compared)
    yield '</div><dl class="facts">'
    yield _fact("first engine", compared.first, compared.places[0])
    yield _fact("second engine", compared.second, compared.places[1])
    yield f"<div><dt>prompts</dt><dd>{compared.prompts}</dd></div></dl>"


def _line(compared: Compared) -> Iterator[str]:
    """What the verdict's line says, a stage a line where several decided."""
    outcome = compared.verdict.outcome
    decisive = [stage for stage in compared.verdict.stages if stage.outcome is outcome]
    if outcome is Outcome.PASS or not decisive:
        yield f"<span>{escape(visible(compared.verdict.line.partition(': ')[2]))}</span>"
        return
    yield "<ul>"
    yield from (f"<li><b>{escape(stage.name)}</b>: {escape(found(stage))}</li>" for stage in decisive)
    yield "</ul>"


def _fact(term: str, engine: Engine, place: str) -> str:
    model = f", {engine.model}" if engine.model else ""
    more = "".join(f"<code>{escape(visible(one))}</code>" for one in (" ".join(engine.arguments), place) if one)
    return f"<div><dt>{term}</dt><dd>{escape(name(engine) + visible(model))}{more}</dd></div>"


def _result(outcome: Outcome) -> str:
    return cell(f"{SIGNS[outcome]} {outcome.value}", kind=f"result {outcome.value}")


def _stages(compared: Compared) -> Iterator[str]:
    rows = (
        cell(escape(stage.name)) + _result(stage.outcome) + cell(escape(found(stage)) + _listed(stage))
        for stage in compared.verdict.stages
    )
    return table(("stage", "result", "found"), rows)


def _listed(stage: Stage) -> str:
    if not stage.differences:
        return ""
    items = "".join(
        f"<li><code>{escape(visible(one.prompt))}</code> {escape(visible(one.detail))}{_rules(one)}</li>"
        for one in stage.differences[:SHOWN]
    )
    count = len(stage.differences)
    more = f"<li>and {count - SHOWN} more</li>" if count > SHOWN else ""
    return f"<details><summary>{count} listed</summary><ul>{items}{more}</ul></details>"


def _rules(difference: Difference) -> str:
    """The rules that may have caused it: `migrate rules ID` explains each."""
    return f' <span class="soft">{escape(", ".join(difference.rules))}</span>' if difference.rules else ""


def _accepted(compared: Compared) -> Iterator[str]:
    allowed = [(stage.name, one) for stage in compared.verdict.stages for one in stage.accepted]
    rows = (
        cell(escape(stage))
        + cell(f"<code>{escape(visible(one.prompt))}</code> {escape(visible(one.detail))}")
        + cell(escape(visible(one.reason)), "reason")
        + cell(escape(one.until), "until")
        for stage, one in allowed[:SHOWN]
    )
    if allowed:
        yield from table(("stage", "difference", "reason", "until"), rows)
    if len(allowed) > SHOWN:
        yield f"<p>and {len(allowed) - SHOWN} more</p>"
    if compared.notes:
        notes = "".join(f"<li>{escape(visible(note))}</li>" for note in compared.notes[:SHOWN])
        yield f"<ul>{notes}</ul>"


def _latency(compared: Compared) -> Iterator[str]:
    latency = compared.latency
    if latency:
        yield from _metrics(compared, latency)
    charts = [*timing_charts(compared), *sweep_charts(compared)]
    if charts and not latency:
        yield "<p>Times of the streams of the recordings, not measured under the same load: shown, not judged.</p>"
    yield from _plots(charts)


def _metrics(compared: Compared, latency: Latency) -> Iterator[str]:
    first, second = map(escape, both(compared.first, compared.second))
    heads = ("metric", "result", first, second, "ratio")
    yield from table(heads, (_metric(one, heads) for one in latency.metrics))
    yield from (f'<p class="soft">{escape(visible(note))}</p>' for note in latency.notes)


def _metric(one: Metric, heads: tuple[str, ...]) -> str:
    return (
        cell(escape(f"{one.name} {one.statistic}"))
        + (cell(judged(one), kind="soft") if one.outcome is Outcome.DIFFERS else _result(one.outcome))
        + cell(escape(measured(one.first, one.unit)), heads[2], "figures")
        + cell(escape(measured(one.second, one.unit)), heads[3], "figures")
        + cell(escape(ratio(one)), "ratio", "figures")
    )


def _plots(charts: Iterable[Chart]) -> Iterator[str]:
    drawn = [
        f"<figure><h3>{escape(one.title)}</h3>{svg(one)}<figcaption>{escape(one.told)}</figcaption></figure>"
        for one in charts
    ]
    if drawn:
        yield f'<div class="plots">{"".join(drawn)}</div>'
