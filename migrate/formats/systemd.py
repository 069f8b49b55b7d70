"""Units of systemd that run the launcher or a container, and Quadlet's `.container` files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from migrate.catalog.images import recognise
from migrate.formats import env_file
from migrate.formats.commandline import lay_arguments, lex, quote, split
from migrate.formats.definitions import Definition, Definitions, find_file
from migrate.formats.docker_options import visible
from migrate.formats.shell import ScriptContext, read_script
from migrate.formats.shell_words import Lexed, Unclosed
from migrate.repository import Repository
from migrate.source import Edit, Fragment, Source, Span
from migrate.touchpoints import Found, Gpus, Launch, Mention, Mount, Plan, Problem, Setting, Token, Variable, Word

_ENTRY = re.compile(
    r"^(?P<key>[A-Za-z]\w*)[ \t]*=[ \t]*(?P<value>(?:[^\\\r\n]|\\\r?\n(?:[ \t]*[#;][^\n]*\n)*|\\[^\r\n])*)",
    re.MULTILINE,
)
_COMMENT = re.compile(r"(?<=\n)[ \t]*[#;][^\n]*\n")
_PREFIX = re.compile(r"[@\-:+!|]*")
_EXEC = ("ExecStart", "ExecStartPre", "ExecStartPost", "ExecStop", "ExecReload", "ExecStopPost", "ExecCondition")


@dataclass(frozen=True)
class Entry:
    """`key=value`; `value` is a fragment of the file, `span` the whole entry with its line end."""

    key: str
    value: Fragment
    span: Span
    end: int


@dataclass(frozen=True)
class Assignment:
    """One variable of an `Environment=` line or an environment file. `words` is how many the line holds."""

    variable: Variable
    entry: Entry | None
    lexed: Lexed | None
    words: int
    file: Source | None = None


def claims(path: str) -> bool:
    """Service units, their drop-ins, and Quadlet containers."""
    return PurePosixPath(path).suffix in (".service", ".container") or ".service.d/" in path


def read(source: Source, repo: Repository) -> Found:
    """The launches of a unit with the variables that its `Environment` lines and files give them."""
    entries = _entries(source)
    try:
        assignments = _assignments(entries, source, repo)
        if PurePosixPath(source.path).suffix == ".container":
            return _quadlet(source, entries, assignments)
        return _service(source, repo, entries, assignments)
    except Unclosed:
        line = next((source.position(e.span.start)[0] for e in entries if "text-generation" in e.value.text), 0)
        reason = "a quote is never closed"
        return Found(problems=(Problem(source.path, line, reason),)) if line else Found()


def _entries(source: Source) -> list[Entry]:
    whole = Fragment.whole(source)
    entries: list[Entry] = []
    for match in _ENTRY.finditer(source.text):
        start, end = match.span("value")
        value = _without_comments(whole, start, end)
        line_end = source.text.find("\n", end)
        stop = len(source.text) if line_end < 0 else line_end + 1
        entries.append(Entry(match["key"], value, Span(match.start(), stop), end))
    return entries


def _without_comments(whole: Fragment, start: int, end: int) -> Fragment:
    """Comment lines between continued lines are no part of the value; they stay in the file."""
    places = list(range(start, end))
    for match in reversed(list(_COMMENT.finditer(whole.text, start, end))):
        del places[match.start() - start : match.end() - start]
    return whole.inner("".join(whole.text[place] for place in places), [*places, end], str)


def _assignments(entries: Sequence[Entry], source: Source, repo: Repository) -> list[Assignment]:
    """Later ones win; `Environment` lines and files count in their order."""
    found: dict[str, Assignment] = {}
    for entry in entries:
        if entry.key == "Environment":
            if not entry.value.text.strip():
                found = {name: item for name, item in found.items() if item.file}
            words = lex(entry.value.text, "systemd")
            for lexed in words:
                name, equals, value = lexed.value.partition("=")
                if equals:
                    found[name] = Assignment(_variable(entry, lexed, name, value), entry, lexed, len(words))
        elif entry.key == "EnvironmentFile":
            path = find_file(repo, source.path, entry.value.text.strip().removeprefix("-"))
            path = path or _by_name(repo, entry.value.text.strip())
            file = repo.source(path) if path else None
            for variable in env_file.variables(file, private=False) if file else ():
                found[variable.name] = Assignment(variable, None, None, 1, file)
    return list(found.values())


def _by_name(repo: Repository, path: str) -> str | None:
    """A file that is installed elsewhere (`/etc/default/tgi`): the only file of the repository whose path ends like
    it."""
    name = PurePosixPath(path.removeprefix("-")).name
    found = [known for known in repo.paths if name and PurePosixPath(known).name == name]
    return found[0] if len(found) == 1 else None


def _variable(entry: Entry, lexed: Lexed, name: str, value: str) -> Variable:
    fragment = entry.value
    start = len(name) + 1
    place = fragment.span(lexed.places[start], max(lexed.places[-1], lexed.places[start]))
    raw = quote(Token(value, expression=lexed.expression), "systemd")
    word = Word(value, fragment.source.path, place, raw, "systemd", lexed.expression)
    return Variable(name, word, fragment.span(lexed.start, lexed.end))


def _service(source: Source, repo: Repository, entries: Sequence[Entry], assignments: Sequence[Assignment]) -> Found:
    launches: list[Launch] = []
    mentions: list[Mention] = []
    problems: list[Problem] = []
    definitions = _definitions(assignments)
    variables = [_shared(item, entries) for item in assignments]
    context = ScriptContext(
        "systemd", "systemd", environment=tuple(variables), inline_settings=False, definitions=definitions
    )
    for entry in entries:
        if entry.key not in _EXEC:
            continue
        skip = len((_PREFIX.match(entry.value.text) or [""])[0])
        command = entry.value.part(skip, len(entry.value.text))
        found = read_script(command, repo, context)
        launches += [_owned(launch, entry, assignments) for launch in found.launches]
        mentions += found.mentions
        problems += found.problems
    return Found(tuple(launches), tuple(mentions), tuple(problems))


def _definitions(assignments: Sequence[Assignment]) -> Definitions:
    """What `${X}` in a command stands for."""
    definitions = Definitions()
    for item in assignments:
        if item.entry and item.lexed:
            lexed, start = item.lexed, len(item.variable.name) + 1
            text = item.entry.value.inner(item.variable.word.value, lexed.places[start:], str)
            span = item.variable.span
            definitions.add(
                Definition(
                    item.variable.name,
                    item.variable.word.value,
                    text,
                    span,
                    span,
                    lexed.quote,
                    lexed.expression,
                    dialect="systemd",
                )
            )
    return definitions


def _shared(item: Assignment, entries: Sequence[Entry]) -> Variable:
    """Whether a command of the unit names the variable."""
    pattern = re.compile(rf"\$\{{?{item.variable.name}\b")
    used = any(pattern.search(entry.value.text) for entry in entries if entry.key in _EXEC)
    return replace(item.variable, shared=used)


def _owned(launch: Launch, entry: Entry, assignments: Sequence[Assignment]) -> Launch:
    """The launch with a writer that also changes the unit's `Environment` lines."""
    if launch.place != "host":
        return launch
    return replace(launch, write=_Writer(launch, entry, tuple(assignments)))


@dataclass(frozen=True)
class _Writer:
    launch: Launch
    entry: Entry
    assignments: tuple[Assignment, ...]

    def __call__(self, plan: Plan) -> list[Edit]:
        if plan == Plan():
            return []
        return [*self.launch.write(plan), *environment_edits(self.launch, plan, self.assignments, self.entry)]


def environment_edits(launch: Launch, plan: Plan, assignments: Sequence[Assignment], before: Entry) -> list[Edit]:
    """The edits of `Environment` lines and files; an added variable gets a line of its own before the command."""
    by_name = {item.variable.name: item for item in assignments}
    edits: list[Edit] = []
    gone: dict[int, list[Assignment]] = {}
    for index in plan.removed:
        item = by_name.get(launch.environment[index].name)
        if item and item.file:
            edits += env_file.remove(item.file, [item.variable.name], plan.rule)
        elif item and item.entry:
            gone.setdefault(item.entry.span.start, []).append(item)
    for items in gone.values():
        edits += _removed(items, plan.rule)
    for setting in plan.settings:
        item = by_name.get(launch.environment[setting.replaces].name) if setting.replaces is not None else None
        if item:
            edits += _replaced(item, setting)
        elif setting.replaces is None and setting.value:
            edits.append(_added(before, setting))
    return edits


def _removed(items: Sequence[Assignment], rule: str) -> list[Edit]:
    """The whole line where all of its assignments go, else each with the blank beside it."""
    entry = items[0].entry
    assert entry is not None
    path = entry.value.source.path
    if len(items) == items[0].words:
        return [Edit(path, entry.span.start, entry.span.end, "", rule)]
    text = entry.value.text
    edits: list[Edit] = []
    for item in items:
        assert item.lexed is not None
        start, end = item.lexed.start, item.lexed.end
        behind = re.compile(r"[ \t]*").match(text, end)
        if behind and behind.end() > end and behind.end() < len(text):
            end = behind.end()
        else:
            start = len(text[:start].rstrip(" \t"))
        edits.append(entry.value.edit(start, end, "", rule))
    return edits


def _replaced(item: Assignment, setting: Setting) -> list[Edit]:
    value = setting.value.value if setting.value else item.variable.word.value
    if item.file:
        return env_file.assign(item.file, item.variable.name, setting.name, value, setting.rule)
    assert item.entry is not None
    assert item.lexed is not None
    token = setting.value or Token.of(item.variable.word)
    return [item.entry.value.edit(item.lexed.start, item.lexed.end, _assignment(setting.name, token), setting.rule)]


def _assignment(name: str, token: Token) -> str:
    """`NAME=value`, quoted as a whole where the value needs quotes."""
    text = quote(token, "systemd")
    return (
        quote(Token(f"{name}={token.value}", expression=token.expression), "systemd")
        if text[:1] in "'\""
        else f"{name}={text}"
    )


def _added(before: Entry, setting: Setting) -> Edit:
    assert setting.value is not None
    source = before.value.source
    text = f"Environment={_assignment(setting.name, setting.value)}{source.newline}"
    return Edit(source.path, before.span.start, before.span.start, text, setting.rule)


@dataclass(frozen=True)
class _Quadlet:
    """Writes a plan into `Image=`, `Exec=` and `Environment=`."""

    image: Entry
    command: Entry | None
    words: tuple[Word, ...]
    assignments: tuple[Assignment, ...]

    def __call__(self, plan: Plan, launch: Launch) -> list[Edit]:
        if plan == Plan():
            return []
        edits = environment_edits(launch, plan, self.assignments, self.image)
        if plan.image:
            value = self.image.value
            edits.append(value.edit(0, len(value.text.rstrip()), plan.image.value, plan.image.rule or plan.rule))
        if self.command:
            return edits + lay_arguments(self.command.value, self.words, plan, 0, dialect="systemd")
        tokens = (*plan.head, *plan.tail)
        if tokens:
            source = self.image.value.source
            line = "Exec=" + " ".join(quote(token, "systemd") for token in tokens)
            ended = source.text[: self.image.span.end].endswith("\n")
            text = line + source.newline if ended else source.newline + line
            edits.append(Edit(source.path, self.image.span.end, self.image.span.end, text, plan.rule))
        return edits


def _quadlet(source: Source, entries: Sequence[Entry], assignments: Sequence[Assignment]) -> Found:
    image = next((entry for entry in entries if entry.key == "Image"), None)
    if image is None or not recognise(image.value.text.strip()):
        return Found()
    command = next((entry for entry in entries if entry.key == "Exec"), None)
    words = tuple(split(command.value, "systemd")) if command else ()
    reference = image.value.text.strip()
    span = image.value.span(0, len(reference))
    variables = tuple(replace(item.variable, private=True) for item in assignments)
    writer = _Quadlet(image, command, words, tuple(assignments))
    name = next((entry.value.text.strip() for entry in entries if entry.key == "ContainerName"), None)
    launch = Launch(
        path=source.path,
        kind="quadlet",
        place="container",
        anchor=span,
        write=lambda plan: writer(plan, launch),
        text=reference,
        image=Word(reference, source.path, span, reference, "systemd", "$" in reference or "%" in reference),
        through_entrypoint=True,
        arguments=words,
        environment=variables,
        mounts=tuple(_mounts(entries)),
        gpus=_gpus(entries, variables),
        name=name,
    )
    return Found((launch,))


def _mounts(entries: Sequence[Entry]) -> list[Mount]:
    mounts: list[Mount] = []
    for entry in entries:
        parts = entry.value.text.strip().split(":")
        if entry.key == "Volume" and len(parts) > 1:
            mounts.append(Mount(parts[0], parts[1], entry.value.span(0, len(entry.value.text))))
    return mounts


def _gpus(entries: Sequence[Entry], variables: Sequence[Variable]) -> Gpus:
    for variable in variables:
        if variable.name == "CUDA_VISIBLE_DEVICES":
            return visible(variable.word.value)
    devices = [entry.value.text.strip() for entry in entries if entry.key == "AddDevice"]
    named = [device.partition("=")[2] for device in devices if device.startswith("nvidia.com/gpu=")]
    if not named:
        return Gpus()
    return Gpus("all") if "all" in named else Gpus("list", len(named))
