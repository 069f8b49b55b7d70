"""From a repository's files to findings about its clients."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from posixpath import splitext

from migrate.clients.notebook import notebook
from migrate.clients.outcome import Clients, Collected
from migrate.clients.python.code.configured import Configured, Outside
from migrate.clients.python.code.module import Module, dotted
from migrate.clients.python.code.neighbours import neighbours
from migrate.clients.python.code.project import Project
from migrate.clients.python.edits.report import report, settle, unite
from migrate.clients.python.http.fakes import fakes
from migrate.clients.python.http.programs import Http
from migrate.clients.python.libraries.sdk import Libraries
from migrate.clients.python.openai.programs import OpenAi
from migrate.clients.python.openai.reasons import apart
from migrate.clients.rules import Book, book
from migrate.clients.surroundings import surroundings
from migrate.clients.variables import Variables
from migrate.dependencies import Need, follow, follow_packages
from migrate.faults import contained
from migrate.findings import Skipped
from migrate.languages import (
    JavaScript,
    others,
    read_blocks,
    read_cells,
    read_other,
    read_pipeline,
    read_proxy,
    read_shell,
)
from migrate.repository import Repository
from migrate.source import Source
from migrate.touchpoints import Launch
from migrate.triggers import holds

# Substrings first, as in migrate.triggers; a pattern only where one of its words is there. Classes come from the rules.
LITERALS = (
    *(b"generated_text", b"generate_stream", b"max_new_tokens", b"text_generation", b"finish_reason"),
    *(b"from openai", b"import openai", b"chat/completions"),
)
WORDS = (b"/generate", b"/info", b"/tokenize", b"tgi")
WORD = re.compile(rb"/(?:generate|info|tokenize)\b|\btgi\b")
OTHER_LITERALS = (
    *LITERALS,
    b"litellm_params",
    b"init_parameters",
    b"textGeneration",
    b"HfInference",
    b"huggingface/",
    b'"openai"',
    b"'openai'",
)
OTHER_WORDS = (*WORDS, b"inputs")
OTHER_WORD = re.compile(rb"\binputs\b|" + WORD.pattern)
OWN_ROUTES = (b".post(", b".route(", b".api_route(", b".all(")
OWN_ROUTE = re.compile(
    rb"""(?:@\w+\.(?:post|route|api_route)|\b(?:app|router|server)\.(?:post|all))\(\s*f?["'`](/\w*)["'`]"""
)
PROGRAMS = (".py", ".pyi", ".ipynb")
LANGUAGES = {
    **dict.fromkeys((".sh", ".bash", ".zsh", ".ksh", ".md", ".mdx", ".rst", ".mk"), "shell"),
    **dict.fromkeys((".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx"), "javascript"),
    **dict.fromkeys((".yaml", ".yml"), "yaml"),
    **dict.fromkeys(others.LANGUAGES, "other"),
}


def read(
    repository: Repository,
    source: str | None = None,
    rules: tuple[Path, ...] = (),
    launches: tuple[Launch, ...] = (),
) -> Clients:
    """Everything about clients in a repository.

    `source` is TGI's version where it is told; `rules` are folders with rules of the user's own; `launches` are those
    of TGI in the repository, where they are read already.

    Raises:
        RulesInvalid: a rule file has mistakes.
    """
    known = book(rules)
    collected = surroundings(repository, source, launches)
    paths = _programs(repository)
    hot = [path for path in paths if _triggered(repository.read(path), known)]
    project = _project(repository, hot, paths, known, collected)
    routed = [data for path in paths if holds(data := repository.read(path), OWN_ROUTES)]
    own = frozenset(match[1].decode() for data in routed for match in OWN_ROUTE.finditer(data))
    with contained(hot, collected.skipped):
        _python(repository, project, known, own, collected)
    _languages(repository, known, collected)
    needs = [Need(old, new, group, stays=True) for old, new, group in collected.packages]
    collected.findings += follow_packages(repository, needs)
    return collected.done()


def _triggered(data: bytes, known: Book) -> bool:
    if holds(data, LITERALS) or (holds(data, WORDS) and WORD.search(data) is not None):
        return True
    return any(package in data and holds(data, names) for package, names in known.triggers)


def _other_triggered(data: bytes) -> bool:
    return holds(data, OTHER_LITERALS) or (holds(data, OTHER_WORDS) and OTHER_WORD.search(data) is not None)


def _programs(repository: Repository) -> list[str]:
    return [path for path in repository.paths if path.endswith(PROGRAMS)]


def _project(repository: Repository, hot: list[str], paths: list[str], known: Book, collected: Collected) -> Project:
    """The modules that may hold clients, and those of the same repository that import them or that they import."""
    wanted = {*hot, *neighbours(hot, paths, repository.read)}
    modules = []
    for path in sorted(wanted):
        source = repository.source(path)
        if source is None:
            continue
        try:
            if path.endswith(".ipynb"):
                modules += _cells(source, known, collected)
            else:
                modules.append(Module.of(source, repository))
        except SyntaxError as error:
            if path in hot:
                collected.skipped.append(Skipped(path, f"line {error.lineno or 1}: no Python 3: {error.msg}"))
    outside = Outside(repository, repository.once("variables", Variables))
    return Project(modules, frozenset(repository.paths), known.wrappers, outside)


def _cells(source: Source, known: Book, collected: Collected) -> list[Module]:
    """The Python of a notebook, and that of the files that its cells write; cells that are none are left out."""
    found = notebook(source)
    if found is None:
        collected.skipped.append(Skipped(source.path, "no notebook that can be read"))
        return []
    for one in found.broken:
        if _triggered(one.text.encode("utf-8", "replace"), known):
            reason = f"cell {one.cell}, line {one.line}: no Python 3: {one.reason}"
            collected.skipped.append(Skipped(source.path, reason))
    modules = [Module.parse(found.code, dotted(source.path))]
    for file in found.written:
        with suppress(SyntaxError):  # a template, or code of another Python
            modules += [Module.parse(file.fragment, dotted(file.name))] if file.name.endswith(".py") else []
    return modules


def _languages(repository: Repository, book: Book, collected: Collected) -> None:
    scripts = JavaScript(repository, book, collected)
    for path in repository.paths:
        reader = LANGUAGES.get(splitext(path)[1]) or ("shell" if _recipes(path) else None)
        reader = "notebook" if path.endswith(".ipynb") else reader
        source = repository.source(path) if reader and _other_triggered(repository.read(path)) else None
        if source is None:
            continue
        faults = len(collected.skipped)
        with contained((path,), collected.skipped):
            scripts.read(source) if reader == "javascript" else _language(reader, source, book, collected, repository)
        if len(collected.skipped) > faults:
            collected.findings = [one for one in collected.findings if one.path != path]
    with contained(scripts.paths, collected.skipped):
        scripts.report()


def _language(reader: str | None, source: Source, book: Book, collected: Collected, repository: Repository) -> None:
    if reader == "yaml":
        read_proxy(source, collected)
        read_pipeline(source, book, collected)
        read_blocks(source, book, collected)
    elif reader == "notebook":
        read_cells(source, book, collected)
    elif reader == "shell":
        read_shell(source, book, collected, repository)
    else:
        read_other(source, collected)


def _recipes(path: str) -> bool:
    """Whether a file without an extension of its own holds shell lines."""
    return path.rpartition("/")[2] in ("Makefile", "makefile", "GNUmakefile", "justfile", "Justfile")


def _python(repository: Repository, project: Project, book: Book, own: frozenset[str], collected: Collected) -> None:
    groups = Http(project, book, collected.budget, own, collected.launched).groups(project.modules)
    libraries = Libraries(project, book, collected, repository.once("variables", Variables))
    groups += libraries.groups(project.modules)
    spoken = OpenAi(project, book, collected, Configured(project)).groups(project.modules)
    groups += spoken
    apart(project.modules, groups, spoken)
    unite(groups)
    settle(groups)
    libraries.imports()
    tests = libraries.tests()
    report([*groups, *tests], collected)
    collected.findings += fakes(project, groups, own, [group.at for group in tests])
    collected.findings += follow(repository, libraries.needs(repository))
