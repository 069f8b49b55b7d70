"""A hand-made plan for compose tests: enough of a translation to see where each word goes."""

from __future__ import annotations

import yaml

from migrate.formats.compose import reader as compose
from migrate.repository import Repository
from migrate.source import Edit, apply_edits
from migrate.touchpoints import Change, Launch, Plan, Setting, Token

IMAGE = "ghcr.io/huggingface/text-generation-inference:3.3.5"
TARGET = "vllm/vllm-openai:v0.32.0"
TAIL = ("--port", "80")
_RENAMED = {"--num-shard": "--tensor-parallel-size", "--max-total-tokens": "--max-model-len"}
_VARIABLES = {"MAX_TOTAL_TOKENS": "--max-model-len", "NUM_SHARD": "--tensor-parallel-size"}


class AnyTag(yaml.SafeLoader):
    """Takes compose's own tags."""


AnyTag.add_multi_constructor("!", lambda loader, suffix, node: None if suffix == "reset" else _plain(loader, node))


def _plain(loader, node):
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    return loader.construct_sequence(node) if isinstance(node, yaml.SequenceNode) else node.value


def plan_for(launch: Launch) -> Plan:
    """The model first, renamed options in place, TGI's variables as options, the port last."""
    words, changes, model, at = launch.arguments, [], Token("none"), 0
    while at < len(words):
        if words[at].value == "--model-id":
            model = Token.of(words[at + 1])
            changes.append(Change(at, at + 2))
            at += 1
        elif words[at].value in _RENAMED:
            changes.append(Change(at, at + 1, (Token(_RENAMED[words[at].value]),)))
        at += 1
    removed, extra, settings = [], [], []
    for index, variable in enumerate(launch.environment):
        if variable.name == "MODEL_ID":
            model = Token.of(variable.word)
        elif variable.name in _VARIABLES:
            extra += [Token(_VARIABLES[variable.name]), Token.of(variable.word)]
        elif variable.name == "HUGGING_FACE_HUB_TOKEN":
            replaces = None if variable.shared else index
            settings.append(Setting("HF_TOKEN", Token.of(variable.word), replaces))
            continue
        else:
            continue
        if not variable.shared:
            removed.append(index)
    if any(mount.target == "/data" for mount in launch.mounts):
        settings.append(Setting("HF_HOME", Token("/data")))
    image = Token(TARGET) if launch.image else None
    if launch.template:
        return Plan(image=image, removed=tuple(removed), settings=tuple(settings))
    tail = (*extra, *(Token(word) for word in TAIL))
    return Plan(image, tuple(changes), (model,), tail, None, tuple(removed), tuple(settings))


def launches(files: dict[str, str | bytes]) -> list[Launch]:
    repo = Repository.of(files)
    return [launch for path in files if compose.claims(path, repo) for launch in read(files, path).launches]


def read(files: dict[str, str | bytes], path: str = "compose.yaml"):
    repo = Repository.of(files)
    source = repo.source(path)
    assert source is not None
    return compose.read(source, repo)


def migrated(files: dict[str, str | bytes]) -> dict[str, str]:
    """The files after every launch was written with its plan."""
    repo = Repository.of(files)
    edits: dict[str, list[Edit]] = {}
    for launch in launches(files):
        written = launch.write(plan_for(launch))
        assert len({(edit.path, edit.start, edit.end) for edit in written}) == len(written)
        for edit in written:
            edits.setdefault(edit.path, []).append(edit)
    sources = {path: repo.source(path) for path in files}
    return {path: apply_edits(source.text, edits.get(path, [])) for path, source in sources.items() if source}


def service(text: str, name: str = "llm"):
    return yaml.load(text, AnyTag)["services"][name]
