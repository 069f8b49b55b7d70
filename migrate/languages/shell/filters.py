"""What reads an answer in a shell: jq filters and one-line Python programs, with the paths that the rules know."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from migrate.languages.shell.texts import Text, jq_filter
from migrate.languages.shell.words import ShellWord, words
from migrate.rulebook.clients import MemberRule
from migrate.source import Edit, Source

RULE = "client/curl-generate"
_JQ = re.compile(r"(?<![\w./-])jq(?=[ \t])")
_PATH = r"(?<![\w\]\")])(?:{})(?![\w])"
_PYTHON = re.compile(r"\[(\\?[\"'])generated_text\1\]")
# Fields of TGI's answers and of its /info that no rule has moved.
_LOST = (
    r"generated_text|details|generated_tokens|\btokens\b|\.(?:model_dtype|model_device_type|model_sha|docker_label)\b"
    r"|\.(?:model_pipeline_tag|max_(?:concurrent_requests|input_(?:tokens|length)|best_of|stop_sequences)|router|sha)\b"
)
# Programs that only show what comes, or keep it.
SHOWS = frozenset({"cat", "tee", "less", "head", "tail", "wc", "json_pp"})


def paths(members: Mapping[tuple[str, str], MemberRule], kind: str) -> dict[str, MemberRule]:
    """The rules of jq paths by the path, longer ones first."""
    found = {member: rule for (of, member), rule in members.items() if of == kind}
    return dict(sorted(found.items(), key=lambda one: -len(one[0])))


def reader(command: Sequence[ShellWord]) -> str:
    """The program of a command, without its folder."""
    return command[0].value.rsplit("/", 1)[-1] if command else ""


def reads(source: Source, command: Sequence[ShellWord], known: Mapping[str, MemberRule]) -> list[Edit] | str:
    """The edits of a command that reads the answer; a text: why it cannot be rewritten."""
    program = reader(command)
    if program == "jq":
        word = jq_filter(command)
        return _edited(source, word, known) if word else []
    if program.startswith("python") and any("generated_text" in word.value for word in command):
        return _python(source, command)
    if program in SHOWS or (program.startswith("python") and command[-1].value == "json.tool"):
        return []
    return f"{program} reads TGI's answer, whose form changes (choices[0].text)"


def asking(source: Source, taken: Sequence[Sequence[ShellWord]], known: Mapping[str, MemberRule]) -> list[Edit] | str:
    """The edits of the jq filters of the text, behind no call, that read one of these paths."""
    read = (word for word in _filters(source.text, taken) if any(path in word.value for path in known))
    return _all(source, read, known)


def elsewhere(
    source: Source, taken: Sequence[Sequence[ShellWord]], bodies: Sequence[Text], known: Mapping[str, MemberRule]
) -> list[Edit] | str:
    """The edits of all jq filters of the text that stand behind no call; those that build `bodies` read nothing."""
    read = (one for one in _filters(source.text, taken) if not any(one.places[0] in body.places for body in bodies))
    return _all(source, read, known)


def _all(source: Source, read: Iterable[ShellWord], known: Mapping[str, MemberRule]) -> list[Edit] | str:
    """The edits of several filters; a text where one of them cannot be rewritten."""
    found: list[Edit] = []
    for word in read:
        edits = _edited(source, word, known)
        if isinstance(edits, str):
            return edits
        found += edits
    return found


def _filters(text: str, taken: Sequence[Sequence[ShellWord]]) -> Iterator[ShellWord]:
    starts = {command[0].start for command in taken if command}
    for match in _JQ.finditer(text):
        if match.start() not in starts and (word := jq_filter(words(text, match.start())[0])):
            yield word


def _edited(source: Source, word: ShellWord, known: Mapping[str, MemberRule]) -> list[Edit] | str:
    """The paths of one filter as the rules say."""
    value = word.value
    rest = value
    found = []
    for path, rule in known.items():
        for match in re.finditer(_PATH.format(re.escape(path)), value):
            if rest[match.start() : match.end()] != match[0]:
                continue
            rest = rest[: match.start()] + " " * len(match[0]) + rest[match.end() :]
            if rule.safety == "manual":
                return f"{path}: {rule.why}"
            new = rule.becomes.replace('"', '\\"') if word.quote == '"' else rule.becomes
            first, last = word.places[match.start()], word.places[match.end() - 1] + 1
            found.append(Edit(source.path, first, last, new, RULE))
    if re.search(_LOST, rest):
        return "this jq filter reads fields that have another place on vLLM"
    if found and word.quote == "":
        found += [Edit(source.path, place, place, "'", RULE) for place in (word.start, word.end)]
    return found


def _python(source: Source, command: Sequence[ShellWord]) -> list[Edit] | str:
    found = []
    for word in command:
        text = source.text[word.start : word.end]
        for match in _PYTHON.finditer(text):
            quote = match[1]
            new = f"[{quote}choices{quote}][0][{quote}text{quote}]"
            found.append(Edit(source.path, word.start + match.start(), word.start + match.end(), new, RULE))
        if "generated_text" in _PYTHON.sub("", text) or "details" in text:
            return "this program reads TGI's answer, whose form changes (choices[0].text)"
    return found
