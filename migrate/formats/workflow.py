"""YAML that is no compose file: commands in CI jobs and playbooks are shell in YAML; manifests are only shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from migrate.catalog.images import recognise
from migrate.formats.definitions import Definition, Definitions
from migrate.formats.dockerfile.values import names_in
from migrate.formats.mentions import image_references, launcher_commands, read_lines
from migrate.formats.metrics import metrics_in
from migrate.formats.shell.reader import ScriptContext, read_script
from migrate.formats.yaml.scalar import fragment, settle
from migrate.formats.yaml.tree import BrokenYaml, child, documents, span
from migrate.repository import Repository
from migrate.source import Edit, Fragment, Source
from migrate.touchpoints import Found, Launch, Mention, Plan, Problem

_PROSE_KEYS = frozenset(
    {"name", "description", "title", "summary", "message", "msg", "comment", "notes", "doc", "help"}
)
_VARIABLES = frozenset({"env", "variables", "environment"})
_COMMAND = re.compile(
    r"\b(?:docker|podman|nerdctl|singularity|apptainer|srun|enroot)\b|text-generation-(?:launcher|server)\s"
)


@dataclass(frozen=True)
class _Place:
    """A scalar with the keys that lead to it (a list's items have the list's key)."""

    keys: tuple[str, ...]
    node: ScalarNode


def claims(path: str, repo: Repository | None = None) -> bool:
    """Every YAML file; asked after compose."""
    return path.lower().endswith((".yml", ".yaml", ".yml.j2", ".yaml.j2", ".yaml.tpl", ".yml.tpl", ".yaml.tmpl"))


def read(source: Source, repo: Repository) -> Found:
    """Launches in shell scalars, and a mention of every other place that names TGI's image or launcher."""
    metrics = metrics_in(source)
    if not _holds_server(source.text):
        return Found((), metrics)
    try:
        roots = documents(source)
    except BrokenYaml as broken:
        lines = _lines(source)
        if not lines or "{{" not in source.text:
            return Found((), metrics, (Problem(source.path, broken.line, broken.reason),) if lines else ())
        return Found((), (*lines, *metrics))
    found = [_document(source, root, repo) for root in roots]
    return Found(
        tuple(launch for each in found for launch in each.launches),
        (*(mention for each in found for mention in each.mentions), *metrics),
        tuple(problem for each in found for problem in each.problems),
    )


def _holds_server(text: str) -> bool:
    return any(image_references(text)) or "text-generation-" in text or "tgi" in text


def _lines(source: Source) -> list[Mention]:
    return [replace(mention, kind="manifest") for mention in read_lines(Fragment.whole(source)).mentions]


def _document(source: Source, root: Node, repo: Repository) -> Found:
    manifest = child(root, "apiVersion") is not None and child(root, "kind") is not None
    launches: list[Launch] = []
    mentions: list[Mention] = []
    problems: list[Problem] = []
    places = list(_places(root, (), set()))
    definitions = _definitions(source, places)
    for place in places:
        if len(place.keys) > 1 and place.keys[-1] in _PROSE_KEYS and place.keys[-2] not in ("services", "image"):
            continue
        if not manifest and _is_script(place):
            found = _script(source, place.node, repo, definitions)
            launches += found.launches
            mentions += found.mentions
            problems += found.problems
        else:
            mentions += _named(source, place)
    written = {name for launch in launches if launch.image for name in names_in(launch.image.value)}
    if any(mention.kind == "manifest" and recognise(mention.text) for mention in mentions):
        launches = [_beside_image(launch) for launch in launches]
    values = {span(source, place.node) for place in places if _is_variable(place) and place.keys[-1] in written}
    return Found(tuple(launches), tuple(each for each in mentions if each.span not in values), tuple(problems))


def _beside_image(launch: Launch) -> Launch:
    """A bare launcher in a file that names TGI's image apart from it: it runs in that image, which is left as it is."""
    if launch.place != "host" or launch.image is not None:
        return launch
    return replace(launch, unsupported="the image that this runs in is not rewritten here: change both by hand")


def _is_variable(place: _Place) -> bool:
    return len(place.keys) > 1 and place.keys[-2] in _VARIABLES


def _definitions(source: Source, places: list[_Place]) -> Definitions:
    """The variables that the file gives its commands: an image or flags in one are written where they are defined."""
    definitions = Definitions()
    for place in filter(_is_variable, places):
        text, at = fragment(source, place.node), span(source, place.node)
        definitions.add(Definition(place.keys[-1], text.text, text, at, at, expression="$" in text.text))
    return definitions


def _places(node: Node, keys: tuple[str, ...], seen: set[int]) -> Iterator[_Place]:
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, ScalarNode):
        yield _Place(keys, node)
    elif isinstance(node, SequenceNode):
        for item in node.value:
            yield from _places(item, keys, seen)
    elif isinstance(node, MappingNode):
        for key, value in node.value:
            yield from _places(value, (*keys, str(key.value)), seen)


def _is_script(place: _Place) -> bool:
    """Whether a scalar is shell: it runs a container tool or the launcher with more words behind it."""
    text = place.node.value
    return " " in text.strip() and _COMMAND.search(text) is not None


def _script(source: Source, node: ScalarNode, repo: Repository, definitions: Definitions) -> Found:
    single = node.style != "|"
    context = ScriptContext(kind="workflow", single_line=single, definitions=definitions)
    found = read_script(fragment(source, node), repo, context)
    return replace(
        found,
        launches=tuple(_settled(source, node, launch) for launch in found.launches),
        mentions=tuple(_settled_mention(source, node, mention) for mention in found.mentions),
    )


def _settled(source: Source, node: ScalarNode, launch: Launch) -> Launch:
    write, place = launch.write, span(source, node)

    def written(plan: Plan) -> list[Edit]:
        edits = write(plan)
        own = [edit for edit in edits if edit.path == source.path and place.start <= edit.start <= place.end]
        return [*settle(source, node, own), *(edit for edit in edits if edit not in own)]

    return replace(launch, write=written)


def _settled_mention(source: Source, node: ScalarNode, mention: Mention) -> Mention:
    edit = mention.edit
    return replace(mention, edit=lambda new: settle(source, node, [edit(new)])[0]) if edit else mention


def _named(source: Source, place: _Place) -> list[Mention]:
    """A scalar that is an image or the launcher, or holds one."""
    text = place.node.value
    at = next(iter([*image_references(text), *launcher_commands(f'"{text}"')]), None)
    if at is None or (len(text.split()) > 1 and not _is_script(place)):
        return []
    service = "services" in place.keys and "jobs" in place.keys and place.keys[-1] == "image"
    kind = "service-container" if service else "manifest"
    return [Mention(source.path, kind, at[2], span(source, place.node), text)]
