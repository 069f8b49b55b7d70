"""The part of the page that shows prompts: both answers side by side, marked from where they differ."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from migrate.markup.visible import visible
from migrate.parity.comparison import Compared
from migrate.parity.reports.words import both
from migrate.parity.seen import Said, Seen

# Bytes for all prompts, so that the page stays below 2 MB however many there are and whatever they say.
ROOM = 1_300_000
_ASKED, _TEXT, _BEFORE = 400, 700, 160
_NAMES = 12_000


def prompts(compared: Compared) -> Iterator[str]:
    """Those whose answers differ, each folded up; the others by their names."""
    differing = [one for one in compared.seen if not one.same]
    yield f"<p>{len(compared.seen) - len(differing)} of {len(compared.seen)} prompts got the same text from both. "
    yield "Equal text is no verdict: where two tokens are about equally likely, rounding decides.</p>"
    room, shown = ROOM, 0
    for one in differing:
        block = _prompt(one, *both(compared.first, compared.second))
        room -= len(block.encode("utf-8", "backslashreplace"))
        if room < 0:
            break
        shown += 1
        yield block
    if shown < len(differing):
        yield f"<p>and {len(differing) - shown} more that differ: the JSON report holds them.</p>"
    yield from _same([one.prompt for one in compared.seen if one.same])


def _same(names: list[str]) -> Iterator[str]:
    if names:
        listed = _cut(", ".join(map(visible, names)), _NAMES)
        yield f'<details class="prompt"><summary>The same text: {len(names)} prompts</summary>'
        yield f'<p class="names">{escape(listed)}</p></details>'


def _prompt(one: Seen, first: str, second: str) -> str:
    return (
        f'<details class="prompt"><summary><code>{escape(_cut(visible(one.prompt), 120))}</code> '
        f"<span>{escape(_told(one))}</span></summary>"
        f'<pre aria-label="prompt" dir="auto">{escape(_cut(visible(one.asked), _ASKED))}</pre>'
        f'<div class="pair">{_answer(first, one.first, one.shared)}{_answer(second, one.second, one.shared)}</div>'
        "</details>"
    )


def _told(one: Seen) -> str:
    if one.first.failure or one.second.failure:
        return "answered by one engine only" if bool(one.first.failure) != bool(one.second.failure) else "refused"
    if one.parted is None:
        return f"differs from character {one.shared + 1}"
    margin = "margin unknown" if one.parted.margin is None else f"margin {one.parted.margin:.3f} nats"
    return f"parts at token {one.parted.position}, {margin}"


def _answer(engine: str, said: Said, shared: int) -> str:
    facts = ", ".join(filter(None, (said.finish, f"{said.tokens} tokens" if said.tokens else "")))
    title = f'<h3>{escape(engine)} <span class="soft">{escape(visible(facts))}</span></h3>'
    if said.failure:
        return f"<div>{title}<pre>{escape(_cut(visible(said.failure), _TEXT))}</pre></div>"
    start = max(0, shared - _BEFORE) if len(said.text) > _TEXT else 0
    before = ("…" if start else "") + said.text[start:shared]
    after = _cut(said.text[shared:], _TEXT - len(before))
    rest = f"<mark>{escape(visible(after))}</mark>" if after else ""
    return f'<div>{title}<pre dir="auto">{escape(visible(before))}{rest}</pre></div>'


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else text[: room - 1] + "…"
