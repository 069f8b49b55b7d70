"""A verdict as one HTML page that needs nothing else: no network, no fonts, no library."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from migrate import __version__
from migrate.parity.comparison import Compared
from migrate.parity.evidence import Difference, Outcome, Stage
from migrate.parity.exchange import Engine
from migrate.parity.latency.samples import Latency, Metric
from migrate.parity.reports.curves import divergence_charts, sweep_charts, timing_charts
from migrate.parity.reports.plots import Chart, svg
from migrate.parity.reports.prompts import prompts
from migrate.parity.reports.theme import script, style
from migrate.parity.reports.words import found, judged, measured, name, ratio, visible

# Differences of one stage that the page lists; the JSON holds all.
SHOWN = 100
SIGNS = {
    Outcome.PASS: "✓",
    Outcome.FAIL: "✗",
    Outcome.INCONCLUSIVE: "?",
    Outcome.DIFFERS: "≠",
    Outcome.SKIPPED: "–",
}
# Nothing is loaded, whatever a model may have said.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"


def html(compared: Compared) -> str:
    """The page: verdict, stages, latency, plots, prompts."""
    title = f"{compared.verdict.outcome.name}: {name(compared.first)} → {name(compared.second)}"
    sections = [
        *_section("Stages", "stages", _stages(compared)),
        *_section("What was accepted, and notes", "accepted", _accepted(compared)),
        *_section("Latency" if compared.latency else "Latency, as recorded", "latency", _latency(compared)),
        *_section("Where answers part", "divergence", _plots(divergence_charts(compared))),
        *_section("Prompts whose answers differ", "prompts", prompts(compared) if compared.seen else ()),
    ]
    return "".join(
        [
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
            f'<link rel="icon" href="data:,"><title>{escape(title)}</title><style>{style()}</style></head>\n<body>',
            *_header(compared),
            "<main>",
            *sections,
            "</main>",
            f"<footer>Made by migrate {escape(__version__)}. This page loads nothing.</footer>",
            f"<script>{script()}</script></body></html>\n",
        ]
    )


def _section(title: str, anchor: str, parts: Iterable[str]) -> Iterator[str]:
    body = "".join(parts)
    if body:
        yield f'\n<section aria-labelledby="{anchor}"><h2 id="{anchor}">{title}</h2>{body}</section>'


def _header(compared: Compared) -> Iterator[str]:
    outcome = compared.verdict.outcome
    yield '<header><div class="bar"><span>migrate parity</span><button id="theme" type="button" hidden></button></div>'
    yield f"<h1>{escape(name(compared.first))} → {escape(name(compared.second))}</h1>"
    yield f'<div class="verdict {outcome.value}" role="status"><strong>{SIGNS[outcome]} {outcome.name}</strong>'
    yield from _line(compared)
    yield '</div><dl class="facts">'
    yield _fact("first engine", compared.first, compared.places[0])
    yield _fact("second engine", compared.second, compared.places[1])
    yield f"<div><dt>prompts</dt><dd>{compared.prompts}</dd></div></dl></header>"


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


def _table(heads: Iterable[str], rows: Iterable[str]) -> Iterator[str]:
    """A table whose rows are blocks on a phone; roles, because a block is no row to a screen reader."""
    cells = "".join(f'<th scope="col" role="columnheader">{head}</th>' for head in heads)
    yield f'<table class="stack" role="table"><thead role="rowgroup"><tr role="row">{cells}</tr></thead>'
    yield '<tbody role="rowgroup">'
    yield from (f'<tr role="row">{row}</tr>' for row in rows)
    yield "</tbody></table>"


def _cell(content: str, label: str = "", kind: str = "") -> str:
    named = f' data-label="{label}"' if label else ""
    styled = f' class="{kind}"' if kind else ""
    return f'<td role="cell"{named}{styled}>{content}</td>'


def _result(outcome: Outcome) -> str:
    return _cell(f"{SIGNS[outcome]} {outcome.value}", kind=f"result {outcome.value}")


def _stages(compared: Compared) -> Iterator[str]:
    rows = (
        _cell(escape(stage.name)) + _result(stage.outcome) + _cell(escape(found(stage)) + _listed(stage))
        for stage in compared.verdict.stages
    )
    return _table(("stage", "result", "found"), rows)


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
        _cell(escape(stage))
        + _cell(f"<code>{escape(visible(one.prompt))}</code> {escape(visible(one.detail))}")
        + _cell(escape(visible(one.reason)), "reason")
        + _cell(escape(one.until), "until")
        for stage, one in allowed[:SHOWN]
    )
    if allowed:
        yield from _table(("stage", "difference", "reason", "until"), rows)
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
    names = [escape(name(engine)) for engine in (compared.first, compared.second)]
    first, second = names if names[0] != names[1] else (f"first {names[0]}", f"second {names[1]}")
    heads = ("metric", "result", first, second, "ratio")
    yield from _table(heads, (_metric(one, heads) for one in latency.metrics))
    yield from (f'<p class="soft">{escape(visible(note))}</p>' for note in latency.notes)


def _metric(one: Metric, heads: tuple[str, ...]) -> str:
    return (
        _cell(escape(f"{one.name} {one.statistic}"))
        + (_cell(judged(one), kind="result soft") if one.outcome is Outcome.DIFFERS else _result(one.outcome))
        + _cell(escape(measured(one.first, one.unit)), heads[2], "figures")
        + _cell(escape(measured(one.second, one.unit)), heads[3], "figures")
        + _cell(escape(ratio(one)), "ratio", "figures")
    )


def _plots(charts: Iterable[Chart]) -> Iterator[str]:
    drawn = [
        f"<figure><h3>{escape(one.title)}</h3>{svg(one)}<figcaption>{escape(one.told)}</figcaption></figure>"
        for one in charts
    ]
    if drawn:
        yield f'<div class="plots">{"".join(drawn)}</div>'
