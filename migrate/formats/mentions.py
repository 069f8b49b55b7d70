"""The fallback: lines of every other kind of file that name TGI's image or start its launcher are shown to a person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import basename
from string import ascii_letters, digits

from migrate.catalog.images import recognise
from migrate.formats.metrics import metrics_in
from migrate.repository import Repository
from migrate.source import Fragment, Source
from migrate.touchpoints import Found, Mention

_REFERENCE = re.compile(
    r"(?:text-generation-inference|tgi-gaudi|tpu-tgi|neuronx-tgi|tgi-llamacpp|huggingface-pytorch-tgi-inference)"
    r"(?:[\w.:@/-]|\$\{?[\w.-]+\}?|\$\([\w.-]+\)|\{\{[^{}\n]*\}\})*"
)
_LAUNCHER = re.compile(r"text-generation-launcher(?![\w-])")
_PATH = frozenset(f"{ascii_letters}{digits}_./-")
_IN_FRONT = _PATH | frozenset(":${}#")  # registry, expression, pyxis' `#`
_LONGEST = 300  # characters in front of a name; a longer run of them is no reference
_PAGE = re.compile(
    r"\w+://|^(?:www\.)?(?:github\.com|gitlab\.com|huggingface\.co|hf\.co|pypi\.org)/|\.git$|\.md$|/blob/|/tree/"
)
_REGISTRY = re.compile(r"^(?:[\w-]+\.)+[\w-]+(?::\d+)?[/#]|^\$")
_TAG = re.compile(r"(?::[^/\s]+|@sha256:\w+)$")
_PROSE = re.compile(
    r"(?:.*\.(?:md|markdown|mdx|rst|txt|adoc|tex|po|pot|xlf|xliff|strings|resx|lock|sum|diff|patch|svg|css|scss|csv|tsv|log|map|min\.js)"
    r"|(?:change(?:s|log)|licen[cs]e|notice|readme|authors|contributors|copying|history|news)(?:\..*)?"
    r"|package-lock\.json|pnpm-lock\.yaml|npm-shrinkwrap\.json|composer\.lock|cspell\.json|\.cspell.*|\.codespell.*)",
    re.IGNORECASE,
)
_TRANSLATIONS = re.compile(r"(?:^|/)(?:locales?|i18n|translations?|lang)/")
_HASH = frozenset(
    {"py", "rb", "pl", "r", "jl", "toml", "hcl", "tf", "tfvars", "nix", "conf", "cfg", "ini", "properties", "env", "sh"}
    | {"mk", "yaml", "yml", "j2", "jinja", "tpl", "jsonnet", "http", "rest", "exs", "ex", "awk"}
)
_SLASHES = frozenset(
    {
        "js",
        "jsx",
        "ts",
        "tsx",
        "mjs",
        "cjs",
        "go",
        "java",
        "kt",
        "kts",
        "scala",
        "rs",
        "c",
        "cc",
        "cpp",
        "h",
        "hpp",
        "cs",
    }
    | {"swift", "dart", "php", "groovy", "hcl", "tf", "jsonc", "json5", "jsonnet", "proto"}
)
_SEMICOLON = frozenset({"ini", "cfg", "conf", "properties"})
_DASHES = frozenset({"sql", "lua", "hs"})
_CODE = _SLASHES - {"hcl", "tf", "jsonc", "json5", "jsonnet"} | {"py", "rb", "pl", "r", "jl", "ex", "exs"}


def claims(path: str, repo: Repository | None = None) -> bool:
    """Every file that is neither prose, a lock file nor a translation. Asked last, after the formats that are read."""
    return not _PROSE.fullmatch(basename(path)) and not _TRANSLATIONS.search(path)


def read(source: Source, repo: Repository) -> Found:
    """One mention for each line with an image or the launcher, and the metrics of dashboards and rules."""
    lines = read_lines(Fragment.whole(source)).mentions
    return Found((), (*lines, *metrics_in(source)))


def read_lines(fragment: Fragment) -> Found:
    """The lines of a text that name TGI's server, comments left out."""
    suffix = basename(fragment.source.path).rpartition(".")[2].lower()
    found: dict[int, Mention] = {}
    for start, end, value in sorted([*image_references(fragment.text), *launcher_commands(fragment.text)]):
        begin = fragment.text.rfind("\n", 0, start) + 1
        before = fragment.text[begin:start]
        if begin in found or _commented(before, suffix) or (suffix in _CODE and not _in_string(before)):
            continue
        line = fragment.text[begin : (fragment.text.find("\n", end) + 1 or len(fragment.text) + 1) - 1].strip()
        found[begin] = Mention(fragment.source.path, "unread-format", value, fragment.span(start, end), line)
    return Found((), tuple(found.values()))


def image_references(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, reference) of TGI's images in any text; addresses of web pages and bare project names are none."""
    for match in _REFERENCE.finditer(text):
        begin = _extended(text, match.start(), _IN_FRONT)
        whole = text[begin : match.end()]
        reference = whole.rstrip(".:/-").lstrip("/:.-#")
        start = begin + whole.index(reference)
        if _PAGE.search(reference.removeprefix("docker://").removeprefix("oci://")):
            continue
        if (_REGISTRY.search(reference) or _TAG.search(reference)) and recognise(reference):
            yield start, start + len(reference), reference


def launcher_commands(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, word) where the launcher is run: flags follow it, or it is a word of its own in quotes."""
    for match in _LAUNCHER.finditer(text):
        start = _extended(text, match.start(), _PATH)
        if start < match.start() and text[match.start() - 1] != "/":
            continue
        before, after = text[max(start - 1, 0) : start], text[match.end() : match.end() + 4]
        quoted = before in ("'", '"') and after[:1] == before
        if quoted or re.match(r"[ \t]+(?:-|\\|\$|\")", after) or (before in ("'", '"') and after[:1] == " "):
            yield start, match.end(), text[start : match.end()]


def _extended(text: str, at: int, allowed: frozenset[str]) -> int:
    """Where the run of allowed characters in front of a place begins."""
    start = at
    while start > max(at - _LONGEST, 0) and text[start - 1] in allowed:
        start -= 1
    return start


def _commented(before: str, suffix: str) -> bool:
    """Whether the text before a place on its line opens a comment in a language whose sign is known."""
    signs = [
        *(["#"] if suffix in _HASH else []),
        *(["//", "/*", "*"] if suffix in _SLASHES else []),
        *([";"] if suffix in _SEMICOLON else []),
        *(["--"] if suffix in _DASHES else []),
        *(["<!--"] if suffix in ("xml", "html", "htm", "vue", "svelte") else []),
        *(["{#"] if suffix in ("j2", "jinja", "jinja2", "html") else []),
    ]
    stripped = before.lstrip()
    return any(stripped.startswith(sign) or (sign != "*" and f" {sign} " in before) for sign in signs)


def _in_string(before: str) -> bool:
    return any(before.count(mark) % 2 for mark in "\"'`") or "docker run" in before
