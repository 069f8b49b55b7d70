"""What reads an answer in a shell: jq filters and one-line Python programs, with the paths that the rules know."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from migrate.languages.shell.words import ShellWord, words
from migrate.rulebook.clients import MemberRule
from migrate.source import Edit, Source

RULE = "client/curl-generate"
_JQ = re.compile(r"(?<![\w./-])jq(?=[ \t])")
_PATH = r"(?<![\w\]\")])(?:{})(?![\w])"
_PYTHON = re.compile(r"\[(\\?[\"'])generated_text\1\]")
_VALUED = frozenset({"--arg", "--argjson", "--slurpfile", "--rawfile", "--indent", "-L", "-f", "--from-file"})


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
        word = _filter(command)
        return _edited(source, word, known) if word else []
    if program.startswith("python") and any("generated_text" in word.value for word in command):
        return _python(source, command)
    return f"{program} reads TGI's answer, whose form changes (choices[0].text)"


def elsewhere(
    source: Source, taken: Sequence[Sequence[ShellWord]], known: Mapping[str, MemberRule]
) -> list[Edit] | str:
    """The edits of all jq filters of the text that stand behind no call."""
    starts = {command[0].start for command in taken if command}
    found: list[Edit] = []
    for word in _filters(source.text, starts):
        edits = _edited(source, word, known)
        if isinstance(edits, str):
            return edits
        found += edits
    return found


def _filters(text: str, taken: set[int]) -> Iterator[ShellWord]:
    for match in _JQ.finditer(text):
        if match.start() not in taken and (word := _filter([None, *words(text, match.end())[0]])):
            yield word


def _filter(command: Sequence[ShellWord | None]) -> ShellWord | None:
    """The filter of a jq command: its first word that is no option."""
    skip = 0
    for word in command[1:]:
        if word is None:
            continue
        if skip:
            skip -= 1
        elif word.value.startswith("-"):
            skip = 2 if word.value in ("--arg", "--argjson", "--slurpfile", "--rawfile") else word.value in _VALUED
        else:
            return word
    return None


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
    if re.search(r"generated_text|details|generated_tokens|\btokens\b", rest):
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
