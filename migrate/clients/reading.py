"""From a repository's files to findings about its clients."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from migrate.clients.notebook import cells
from migrate.clients.outcome import Clients, Collected
from migrate.clients.python.http import Http
from migrate.clients.python.module import Module
from migrate.clients.python.openai import OpenAi
from migrate.clients.python.project import Project
from migrate.clients.python.report import report, settle
from migrate.clients.python.sdk import Libraries
from migrate.clients.rules import Book, built_in
from migrate.dependencies import follow
from migrate.findings import Skipped
from migrate.languages import others, read_javascript, read_other, read_proxy, read_shell
from migrate.repository import Repository
from migrate.source import Fragment

TRIGGER = re.compile(
    rb"generated_text|generate_stream|/generate\b|max_new_tokens|text_generation|InferenceClient|HuggingFace|HFClientTGI|"
    rb"TextGenerationInference|\btgi\b|huggingface/|get_huggingface_llm_image_uri|/info\b|/tokenize\b|"
    rb"HfInference|finish_reason|from openai|import openai|ChatOpenAI|chat/completions"
)
OTHER_TRIGGER = re.compile(rb"\binputs\b|litellm_params|" + TRIGGER.pattern)
OWN_ROUTE = re.compile(
    rb"""(?:@\w+\.(?:post|route|api_route)|\b(?:app|router|server)\.(?:post|all))\(\s*f?["'`](/\w*)["'`]"""
)
LAUNCHED = re.compile(rb"text-generation-inference|text-generation-launcher|huggingface-pytorch-tgi|tgi-gaudi")
BUDGET = re.compile(rb"(?:--max-total-tokens|MAX_TOTAL_TOKENS)[\"']?\s*[=:,]?\s*[\"']?(?:value:\s*[\"']?)?(\d+)")
SERVED = re.compile(rb"served[-_]model[-_]name[^\n]*(?:\n[ \t]*-[ \t]+\w[^\n]*)*")
ALIAS = re.compile(rb"\b(tgi|dummy)\b")
VERSION = re.compile(rb"text-generation-inference:(\d+)\.(\d+)")
PROGRAMS = (".py", ".pyi", ".ipynb")
LANGUAGES = {
    "shell": {".sh", ".bash", ".zsh", ".ksh", ".md"},
    "javascript": {".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx"},
    "proxy": {".yaml", ".yml"},
    "other": set(others.LANGUAGES),
}
LAUNCH_SUFFIXES = (".yaml", ".yml", ".sh", ".env", ".tf", ".toml", ".json", ".service", ".mk", ".py")


def read(repository: Repository, candidates: Sequence[str], target: str, source: str | None) -> Clients:
    """Everything about clients in a repository.

    `candidates` are the files that may matter; `source` is TGI's version where it is told.
    """
    book = built_in()
    collected = Collected()
    paths = _programs(repository)
    texts = {path: repository.read(path) for path in repository.paths if _launchable(path)}
    collected.launched = any(LAUNCHED.search(data) for data in texts.values())
    collected.served = _served(texts)
    collected.budget = _budget(texts, source)
    project = _project(repository, [path for path in paths if TRIGGER.search(repository.read(path))], paths, collected)
    own = frozenset(match[1].decode() for path in paths for match in OWN_ROUTE.finditer(repository.read(path)))
    _python(repository, project, book, own, collected)
    _languages(repository, book, collected)
    return collected.done()


def _programs(repository: Repository) -> list[str]:
    return [path for path in repository.paths if path.endswith(PROGRAMS)]


def _launchable(path: str) -> bool:
    name = PurePosixPath(path).name
    return path.endswith(LAUNCH_SUFFIXES) or name.startswith((".env", "Dockerfile", "Makefile", "Containerfile"))


def _served(texts: dict[str, bytes]) -> set[str]:
    """TGI's aliases that a server of the repository serves already."""
    lines = [match[0] for data in texts.values() for match in SERVED.finditer(data)]
    return {match[1].decode() for line in lines for match in ALIAS.finditer(line)}


def _budget(texts: dict[str, bytes], source: str | None) -> str | None:
    """How many tokens TGI gives where a request names no limit.

    The launch's budget from 3.0 on, 100 from 1.3.3 to 2.4, 20 up to 1.1.0.
    """
    versions = {(int(match[1]), int(match[2])) for data in texts.values() for match in VERSION.finditer(data)}
    if source and (match := re.match(r"v?(\d+)\.(\d+)", source)):
        versions = {(int(match[1]), int(match[2]))}
    if versions and max(versions) < (3, 0):
        if min(versions) >= (1, 4):
            return "100"
        if max(versions) < (1, 1):
            return "20"
        return None
    budgets = {match[1].decode() for data in texts.values() for match in BUDGET.finditer(data)}
    return budgets.pop() if len(budgets) == 1 else None


def _project(repository: Repository, hot: list[str], paths: list[str], collected: Collected) -> Project:
    """The modules that may hold clients, and those of the same repository that import them or that they import."""
    stems = {PurePosixPath(path).stem.encode() for path in hot}
    wanted = set(hot)
    imported = set()
    for path in hot:
        imported |= set(re.findall(rb"^[ \t]*(?:from|import)[ \t]+([\w.]+)", repository.read(path), re.MULTILINE))
    names = {name.split(b".")[-1].decode() for name in imported}
    for path in paths if hot else ():
        data = repository.read(path)
        if PurePosixPath(path).stem in names or any(b"import" in data and stem in data for stem in stems):
            wanted.add(path)
    modules = []
    for path in sorted(wanted):
        source = repository.source(path)
        if source is None:
            continue
        fragment = cells(source) if path.endswith(".ipynb") else Fragment.whole(source)
        if fragment is None:
            collected.skipped.append(Skipped(path, "no notebook that can be read"))
            continue
        try:
            modules.append(Module.parse(fragment, _dotted(path)))
        except SyntaxError as error:
            if path in hot:
                collected.skipped.append(Skipped(path, f"line {error.lineno or 1}: no Python 3: {error.msg}"))
    return Project(modules, frozenset(repository.paths))


def _languages(repository: Repository, book: Book, collected: Collected) -> None:
    for path in repository.paths:
        suffix = PurePosixPath(path).suffix
        reader = next((reader for reader, suffixes in LANGUAGES.items() if suffix in suffixes), None)
        source = repository.source(path) if reader and OTHER_TRIGGER.search(repository.read(path)) else None
        if source is None:
            continue
        if reader == "proxy":
            read_proxy(source, collected)
        elif reader == "shell":
            read_shell(source, book, collected)
        elif reader == "javascript":
            read_javascript(source, book, collected)
        else:
            read_other(source, collected)


def _dotted(path: str) -> str:
    parts = PurePosixPath(path).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def _python(repository: Repository, project: Project, book: Book, own: frozenset[str], collected: Collected) -> None:
    groups = Http(project, book, collected.budget, own, collected.launched).groups(project.modules)
    libraries = Libraries(project, book, collected)
    groups += libraries.groups(project.modules)
    groups += OpenAi(project, book, collected).groups(project.modules)
    settle(groups)
    libraries.imports()
    report(groups, collected)
    collected.findings += follow(repository, libraries.needs(repository))
