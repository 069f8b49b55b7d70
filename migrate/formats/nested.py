"""Reads a text inside a file with the reader of whole files: spans and edits are carried back to the file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from migrate.repository import Repository
from migrate.source import Edit, Fragment, Source, Span
from migrate.touchpoints import Found, Launch, Mention, Plan, Problem, Variable, Word

Reader = Callable[[Source, Repository], Found]


def read_nested(fragment: Fragment, read: Reader, repo: Repository) -> Found:
    """What `read` finds in the fragment's text, with places in the file that holds it."""
    inner = Source(fragment.source.path, fragment.text, fragment.source.encoding)
    back = _Back(fragment, inner)
    found = read(inner, repo)
    return Found(
        tuple(back.launch(launch) for launch in found.launches),
        tuple(back.mention(mention) for mention in found.mentions),
        tuple(back.problem(problem) for problem in found.problems),
    )


class _Back:
    """Carries places of the inner text to the outer one; places in other files stay."""

    def __init__(self, fragment: Fragment, inner: Source) -> None:
        self.fragment = fragment
        self.inner = inner
        self.path = fragment.source.path

    def span(self, span: Span) -> Span:
        return self.fragment.span(span.start, span.end)

    def edit(self, edit: Edit) -> Edit:
        if edit.path != self.path:
            return edit
        return self.fragment.edit(edit.start, edit.end, edit.replacement.replace("\r\n", "\n"), edit.rule)

    def word(self, word: Word | None) -> Word | None:
        return self.given(word) if word else None

    def given(self, word: Word) -> Word:
        return replace(word, span=self.span(word.span)) if word.path == self.path else word

    def variable(self, variable: Variable) -> Variable:
        if variable.word.path != self.path:
            return variable
        return replace(variable, word=self.given(variable.word), span=self.span(variable.span))

    def launch(self, launch: Launch) -> Launch:
        write = launch.write

        def written(plan: Plan) -> list[Edit]:
            return [self.edit(edit) for edit in write(plan)]

        return replace(
            launch,
            anchor=self.span(launch.anchor),
            write=written,
            image=self.word(launch.image),
            runs_in=self.word(launch.runs_in),
            arguments=tuple(self.given(word) for word in launch.arguments),
            environment=tuple(self.variable(variable) for variable in launch.environment),
            mounts=tuple(replace(mount, span=self.span(mount.span)) for mount in launch.mounts),
        )

    def mention(self, mention: Mention) -> Mention:
        if mention.path != self.path:
            return mention
        edit = mention.edit
        return replace(mention, span=self.span(mention.span), edit=(lambda new: self.edit(edit(new))) if edit else None)

    def problem(self, problem: Problem) -> Problem:
        if problem.path != self.path or problem.line < 1:
            return problem
        starts = self.inner.line_starts
        place = self.fragment.offsets[starts[min(problem.line, len(starts)) - 1]]
        return replace(problem, line=self.fragment.source.position(place)[0])
