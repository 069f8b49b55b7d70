"""Reads a whole vLLM command line as vLLM's own parser would, and says what it refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from migrate.catalog.options import Form
from migrate.catalog.surface import EXPRESSION, Refusal, catalog, normal
from migrate.catalog.targets import Target, covered_by, entrypoint
from migrate.catalog.versions import spans

Invocation = Literal["serve", "module", "image"]

_NUMBER = re.compile(r"-\d+|-\d*\.\d+")
_LEVEL = re.compile(r"-O=?(?P<level>[^=].*)")
_MODEL_REFUSED = spans("0.7.3..0.11.0")
_MODEL_REQUIRED = spans("0.7.3")
_POSITIONAL_REFUSED = spans("0.6.6.post1..0.9.2")
_NAME_NEEDS_MODEL = spans("0.17.0..")
_MODULE_CONFIG = spans("0.10.2..")
_DOTTED = spans("0.9.0.1..")
_MODEL_MOVED = spans("0.11.1..")
_NEEDS = {
    "data-parallel-multi-port-external-lb": "data-parallel-size",
    "enable-auto-tool-choice": "tool-call-parser",
    "enable-log-outputs": "enable-log-requests",
}


def check_command(words: Sequence[str], version: str | Target, *, invocation: Invocation = "serve") -> list[Refusal]:
    """What a vLLM version refuses, or silently ignores, in an argument list; empty where the server would start.

    `words` are what stands after `vllm serve` (`serve`), after `python -m vllm.entrypoints.openai.api_server`
    (`module`) or after the image (`image`, whose entrypoint depends on the version). Expressions (`$X`, `${X}`,
    `$(X)`, `{{ }}`) are taken as values, and alone as any words. The index of a refusal is the word's place in
    `words`.
    """
    started = list(words)
    skipped = 2 if started[:2] == ["vllm", "serve"] else 0
    if skipped and invocation == "image":
        return [Refusal("the image's entrypoint starts the server: `vllm serve` is not repeated", index=0)]
    mode = entrypoint(version) if invocation == "image" else invocation
    reader = _Reader(started, covered_by(version), mode, skipped)
    reader.read()
    return sorted(reader.refusals, key=lambda refusal: -1 if refusal.index is None else refusal.index)


@cache
def _spellings(known: str) -> dict[str, str]:
    """Every spelling that a version takes, with its option's name."""
    options = catalog().options.values()
    return {flag: option.name for option in options for flag in option.spellings(known)}


@dataclass
class _Reader:
    """Walks the words once: options with their values, free words, expressions that may be anything."""

    words: list[str]
    known: str
    mode: str
    at: int
    refusals: list[Refusal] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    model: bool = False
    open_ended: bool = False

    def read(self) -> None:
        first = self.at
        self.model = self._model_moves()
        while self.at < len(self.words):
            word = self.words[self.at]
            if word == "--":
                self.at += 1
            elif self._is_option(word):
                self._option(word)
            else:
                self._free(word)
        self._whole(first)

    def _model_moves(self) -> bool:
        """Whether `--model X` is taken for the first word, so that no other word can be the model."""
        named = any(word == "--model" or word.startswith("--model=") for word in self.words)
        return named and self.mode == "serve" and _MODEL_MOVED.holds(self.known)

    def _refuse(self, message: str, index: int | None, option: str | None = None) -> None:
        self.refusals.append(Refusal(message, option, index))

    def _is_option(self, word: str) -> bool:
        """Whether the parser takes a word for an option: it starts with a dash, is no negative number, has no blank."""
        if not word.startswith("-") or word == "-":
            return False
        name = word.split("=", 1)[0]
        if EXPRESSION.search(name):
            return False
        return not _NUMBER.fullmatch(word) and (" " not in name or normal(name) in _spellings(self.known))

    def _free(self, word: str) -> None:
        """A word that is no option and no value: the model, an expression, or one too many."""
        index, self.at = self.at, self.at + 1
        if self.mode == "module":
            self._free_module(word, index)
        elif not self.model:
            self.model = True
            self.open_ended |= bool(EXPRESSION.search(word))
        elif EXPRESSION.search(word):
            self.open_ended = True
        else:
            self._refuse(f"unrecognized argument {word!r}", index)

    def _free_module(self, word: str, index: int) -> None:
        if EXPRESSION.match(word):
            self.open_ended = True
        elif _POSITIONAL_REFUSED.holds(self.known):
            self._refuse(f"unrecognized argument {word!r}: the model is `--model {word}`", index, "model")
        else:
            self._refuse(
                f"{word!r} is ignored and another model is served: the model is `--model {word}`", index, "model"
            )

    def _option(self, word: str) -> None:
        index, self.at = self.at, self.at + 1
        name, equals, inline = self._level(word) if word.startswith("-O") else word.partition("=")
        if normal(name) in ("--help", "-h"):
            self.open_ended = True
            return
        spelling = self._spelling(name, index)
        if spelling is None:
            self._skip_values(equals)
            return
        option = _spellings(self.known)[spelling]
        if not catalog().options[option].negated(spelling):
            self.seen.add(option)
        form = catalog().form(option, self.known)
        if form is None:
            return
        values = self._dotted(inline, equals) if "." in name else self._values(form, inline, equals)
        self._judge(spelling, option, name, values, index, equals)

    def _level(self, word: str) -> tuple[str, str, str]:
        """`-O3`, `-O=3` and `-O 3` as the option that they stand for: it changed its name in 0.12.0."""
        name = "-O" if "-O" in _spellings(self.known) else "--optimization-level"
        match = _LEVEL.fullmatch(word)
        return (name, "=", match["level"]) if match else (name, "", "")

    def _spelling(self, name: str, index: int) -> str | None:
        """The full spelling of an option as written, also when it is abbreviated."""
        asked = normal(name)
        known = _spellings(self.known)
        if "." in name and not _DOTTED.holds(self.known):
            self._refuse(f"vLLM {self.known} reads no keys behind a dot: {name}", index, name)
            return None
        if asked in known:
            return asked
        found = sorted(flag for flag in known if asked.startswith("--") and "." not in name and flag.startswith(asked))
        if len(found) == 1:
            return found[0]
        if found:
            self._refuse(f"{name} is ambiguous: {', '.join(found)}", index, name)
        else:
            refusal = catalog().accepts(name, (), self.known)
            self._refuse(refusal.message if refusal else f"no option {name}", index, name)
        return None

    def _skip_values(self, equals: str) -> None:
        """Words behind an unknown option belong to it as far as one can tell; they are not reported again."""
        if not equals and self.at < len(self.words) and not self._is_option(self.words[self.at]):
            self.at += 1

    def _dotted(self, inline: str, equals: str) -> list[str]:
        if equals:
            return [inline]
        taken = self.words[self.at : self.at + 1]
        self.at += len(taken)
        return taken

    def _values(self, form: Form, inline: str, equals: str) -> list[str]:
        if equals:
            return [inline]
        if not form.takes_value:
            return []
        following = list(self._following())
        taken = following if form.nargs == "+" else following[:1]
        self.at += len(taken)
        return taken

    def _following(self) -> Iterator[str]:
        for word in self.words[self.at :]:
            if word == "--" or self._is_option(word):
                return
            yield word

    def _judge(self, spelling: str, option: str, name: str, values: list[str], index: int, equals: str) -> None:
        if option == "config" and equals:
            self._refuse("--config=FILE is ignored: write --config FILE", index, option)
        elif option == "config" and self.mode == "module" and not _MODULE_CONFIG.holds(self.known):
            self._refuse(f"the API server module of vLLM {self.known} reads no --config", index, option)
        elif option == "model" and self.mode == "serve" and _MODEL_REFUSED.holds(self.known):
            self._refuse(f"`vllm serve` of vLLM {self.known} takes the model as its first word", index, option)
        elif not (spelling == "-O" and values and values[0].isdigit()):
            refusal = catalog().accepts(name if "." in name else spelling, values, self.known)
            if refusal:
                self._refuse(refusal.message, index, option)
        self.model |= option in ("model", "config")

    def _whole(self, first: int) -> None:
        """What only the whole line shows."""
        if self.open_ended:
            return
        if self.mode == "serve":
            self._without_model(first)
        for option, needed in _NEEDS.items():
            if option in self.seen and needed not in self.seen:
                self._refuse(f"--{option} needs --{needed}", None, option)

    def _without_model(self, first: int) -> None:
        named = "served-model-name" in self.seen
        if not self.model and _MODEL_REQUIRED.holds(self.known):
            self._refuse("the model is missing", None, "model")
        elif not self.model and named:
            self._refuse("no model before --served-model-name: another model is served under that name", None, "model")
        elif named and self._model_comes_late(first):
            self._refuse("with --served-model-name the model comes first", None, "model")

    def _model_comes_late(self, first: int) -> bool:
        """Whether a version that insists on the model as first word finds an option there."""
        if not _NAME_NEEDS_MODEL.holds(self.known) or {"model", "config"} & self.seen:
            return False
        return any(self._is_option(word) for word in self.words[first : first + 1])
