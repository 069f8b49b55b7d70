"""A small stand-in for the translation: enough of a plan to see how a format writes one back."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from migrate.repository import Repository
from migrate.source import Source, apply_edits
from migrate.touchpoints import Change, Found, Launch, Plan, Setting, Token

Read = Callable[[Source, Repository], Found]

IMAGE = "ghcr.io/huggingface/text-generation-inference:3.3.5"
NEW = "vllm/vllm-openai:v1"
_GONE = ("MODEL_ID", "NUM_SHARD", "MAX_TOTAL_TOKENS")


def plan_of(launch: Launch) -> Plan:
    """The model first, `--num-shard` renamed, `--json-output` gone, `--x y` behind the rest, variables removed."""
    words = launch.arguments
    head: list[Token] = []
    changes: list[Change] = []
    for at, word in enumerate(words):
        if word.value == "--model-id":
            head = [Token.of(words[at + 1])]
            changes.append(Change(at, at + 2))
        elif word.value == "--num-shard":
            changes.append(Change(at, at + 2, (Token("--tensor-parallel-size"), Token.of(words[at + 1]))))
        elif word.value == "--json-output":
            changes.append(Change(at, at + 1))
    removed = tuple(i for i, item in enumerate(launch.environment) if item.name in _GONE and not item.shared)
    for item in launch.environment:
        if item.name == "MODEL_ID" and not head:
            head = [Token.of(item.word)]
    settings = [
        Setting("HF_TOKEN", Token.of(item.word), at)
        for at, item in enumerate(launch.environment)
        if item.name == "HUGGING_FACE_HUB_TOKEN"
    ]
    if any(mount.target == "/data" for mount in launch.mounts):
        settings.append(Setting("HF_HOME", Token("/data")))
    last = next((at for at, word in enumerate(words) if word.value == "$@"), None)
    return Plan(
        image=Token(NEW) if launch.image else None,
        changes=tuple(changes),
        head=tuple(head),
        tail=(Token("--x"), Token("y")),
        tail_before=last,
        removed=removed,
        settings=tuple(settings),
    )


def rewritten(read: Read, files: Mapping[str, str], path: str) -> dict[str, str]:
    """All files after the launches and mentions of `path` are written."""
    repo = Repository.of({name: text.encode() for name, text in files.items()})
    source = repo.source(path)
    assert source is not None
    found = read(source, repo)
    edits = [edit for launch in found.launches for edit in launch.write(plan_of(launch))]
    edits += [mention.edit("NEW") for mention in found.mentions if mention.edit]
    return {name: apply_edits(text, [edit for edit in edits if edit.path == name]) for name, text in files.items()}


def found_in(read: Read, text: str, path: str, files: Mapping[str, str] | None = None) -> Found:
    """What a reader says of one file."""
    repo = Repository.of({path: text, **(files or {})})
    source = repo.source(path)
    assert source is not None
    return read(source, repo)
