"""Places that name TGI without starting it: the same rules over their kind and value, or over the image they name."""

from __future__ import annotations

from migrate.catalog import vllm_images
from migrate.findings import Finding, Safety
from migrate.launch.facts import Facts, Setting, read_facts
from migrate.launch.translate import decide
from migrate.launch.values import Scene, render, words_of
from migrate.rulebook import Rulebook
from migrate.rulebook.model import Case, Rule
from migrate.source import Edit
from migrate.touchpoints import Launch, Mention, Plan, Word


def convert_mention(mention: Mention, setting: Setting, rulebook: Rulebook, group: str) -> list[Finding]:
    """The findings of one mention; none where no rule says anything about it."""
    facts = read_facts(_scene_of(mention), setting, rulebook)
    word = Word(mention.value, mention.path, mention.span)
    key, name = ("image", facts.variant) if mention.kind == "image" else ("mention", mention.kind)
    found = []
    for rule in rulebook.matching(key, name):
        scene = Scene(facts, word, texts=_texts(mention, facts))
        case = decide(rule, facts, word=word)
        if case is not None and not case.quiet:
            found.append(_finding(mention, rule, case, scene, group))
    return found if mention.edit or mention.kind != "image" else found[:1]


def _scene_of(mention: Mention) -> Launch:
    """A launch that consists of the mention alone, so that rules may ask for its image and whether it can be edited."""
    image = Word(mention.value, mention.path, mention.span) if mention.kind == "image" else None
    unsupported = None if mention.edit else "report only"
    return Launch(
        mention.path, mention.kind, "container", mention.span, _no_edits, mention.text, image, unsupported=unsupported
    )


def _no_edits(plan: Plan) -> list[Edit]:
    return []


def _texts(mention: Mention, facts: Facts) -> dict[str, str]:
    if mention.kind == "image" and facts.image:
        return {"replacement": vllm_images.replacement(facts.image, mention.value, facts.setting.target) or ""}
    if mention.kind == "health":
        return {"replacement": mention.value.replace("/info", "/health")}
    if mention.kind == "download-weights":
        return {"replacement": _download(mention.value)}
    return {}


def _download(command: str) -> str:
    """`text-generation-server download-weights MODEL ...` as `hf download MODEL ...`: only the revision is shared."""
    words = command.split()
    start = words.index("download-weights") + 1 if "download-weights" in words else 0
    model: list[str] = []
    revision: list[str] = []
    rest = iter(words[start:])
    for word in rest:
        if word.startswith("--revision"):
            revision = [word] if "=" in word else [word, next(rest, "")]
        elif not word.startswith("-") and not model:
            model = [word]
    return " ".join(["hf", "download", *model, *revision])


def _finding(mention: Mention, rule: Rule, case: Case, scene: Scene, group: str) -> Finding:
    edits: tuple[Edit, ...] = ()
    if mention.edit and case.becomes and not case.blocks:
        result = case.becomes[0]
        new = (
            render(result.text, scene)
            if result.text
            else "".join(word.value for word in words_of(result, scene, rule.id))
        )
        edits = (mention.edit(new),) if new and new != mention.value else ()
    message, safety = render(case.say or case.why or rule.summary, scene), Safety(case.safety)
    replaced = mention.kind == "image" and bool(case.becomes)
    if replaced and mention.edit is None:
        message, safety = (
            f"{mention.value} is not rewritten here; vLLM's image is {scene.text('replacement')}",
            Safety.MANUAL,
        )
    elif replaced:
        message = f"{mention.value} becomes {scene.text('replacement')}: {message}"
    if mention.kind == "image" and mention.edit is None and safety in (Safety.SAFE, Safety.REVIEW):
        safety = Safety.MANUAL
        message = f"{mention.value} is named here and not rewritten; {scene.text('replacement')} takes its place"
    return Finding(
        rule.id, mention.path, mention.span, mention.kind, safety, message, mention.text or mention.value, group, edits
    )
