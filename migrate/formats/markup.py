"""Documentation: what people copy out of its code blocks is migrated like a file of that kind, and so is a whole
command in backquotes; other prose never changes."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib import import_module

from migrate.formats.dockerfile import reader as dockerfile
from migrate.formats.fences import Block, blocks, spans
from migrate.formats.mentions import image_references, launcher_commands, read_lines
from migrate.formats.nested import read_nested
from migrate.formats.shell.reader import ScriptContext, read_script
from migrate.repository import Repository
from migrate.source import Fragment, Source
from migrate.touchpoints import Found, Mention

_SUFFIXES = (".md", ".markdown", ".mdx", ".rst", ".rest", ".qmd", ".rmd", ".adoc", ".asciidoc")
_HISTORY = re.compile(r"(?:change(?:s|log)?|history|news|release(?:s|[-_ ]?notes)?)\b", re.IGNORECASE)
_SHELL = frozenset(
    {"", "bash", "sh", "shell", "zsh", "ksh", "shellscript", "text", "plaintext", "plain", "bash-session"}
)
_CONSOLE = frozenset({"console", "shell-session", "shellsession", "terminal", "sh-session", "term"})
_POWERSHELL = frozenset({"powershell", "pwsh", "ps1", "ps", "posh"})
_BATCH = frozenset({"bat", "batch", "cmd", "dos"})
_YAML = frozenset({"yaml", "yml", "docker-compose", "compose"})
_DOCKERFILE = frozenset({"dockerfile", "docker", "containerfile"})
_SETTINGS = frozenset({"env", "dotenv", "ini", "systemd", "service", "properties", "conf"})
_OTHERS = frozenset(
    {"python", "py", "python3", "pycon", "ipython", "js", "javascript", "ts", "typescript", "tsx", "jsx"}
)
_PROMPT = re.compile(r"[ \t]*(?:\([\w.-]+\)[ \t]*)?(?:[\w.-]+@[\w.-]+[^$#%\n]*[$#%]|[$%])[ \t]+")
_COMMAND = re.compile(
    r"[ \t]*(?:\$ )?(?:sudo |export |[A-Za-z_]\w*=)?\S*\b(?:docker|podman|text-generation-launcher)\b ?"
)
_WHOLE = re.compile(
    r"(?:sudo )?(?:docker|podman|nerdctl) pull .*text-generation-inference:"
    r"|(?:sudo )?(?:docker|podman|nerdctl) (?:container )?run .*(?:--model-id|MODEL_ID)\b"
    r"|(?:sudo )?\S*text-generation-launcher .*--model-id\b"
)
_COMPOSE = re.compile(r"^services:[ \t]*$", re.MULTILINE)


def claims(path: str, repo: Repository | None = None) -> bool:
    """Markdown, reStructuredText, AsciiDoc."""
    return path.lower().endswith(_SUFFIXES)


def read(source: Source, repo: Repository) -> Found:
    """Everything in the code blocks, and commands in backquotes; a changelog is history and is not read."""
    if _HISTORY.match(source.path.rpartition("/")[2]):
        return Found()
    found = [_block(block, repo) for block in blocks(source) if _holds_tgi(block.fragment.text)]
    context = ScriptContext(kind="markdown", single_line=True)
    found += [read_script(text, repo, context) for text in spans(source) if _WHOLE.match(text.text)]
    return Found(
        tuple(launch for each in found for launch in each.launches),
        tuple(mention for each in found for mention in each.mentions),
        tuple(problem for each in found for problem in each.problems),
    )


def _holds_tgi(text: str) -> bool:
    return "text-generation" in text or "tgi" in text.lower()


def _block(block: Block, repo: Repository) -> Found:
    fragment, language = block.fragment, block.language
    if block.indented and not _COMMAND.match(fragment.text):
        return Found()
    if language in _DOCKERFILE or (language == "" and re.match(r"\s*(?:ARG \S+\s+)?FROM \S+", fragment.text)):
        return dockerfile.read_text(fragment, repo)
    if language in _YAML or (language == "" and _COMPOSE.search(fragment.text)):
        return _nested(fragment, "compose.reader" if _COMPOSE.search(fragment.text) else "workflow", repo)
    if language in _SHELL or language in _CONSOLE:
        return read_script(commands(fragment), repo, ScriptContext(kind="markdown"))
    if language in _POWERSHELL or language in _BATCH:
        return Found((), tuple(_dialect(fragment, "PowerShell" if language in _POWERSHELL else "cmd")))
    if language in ("make", "makefile"):
        return _nested(fragment, "makefile", repo)
    if language in _SETTINGS:
        return _nested(fragment, "systemd.reader" if "ExecStart" in fragment.text else "env_file", repo)
    return Found() if language in _OTHERS else read_lines(fragment)


def _nested(fragment: Fragment, name: str, repo: Repository) -> Found:
    """The block read by the module of its format, which is imported only where a block needs it."""
    return read_nested(fragment, import_module(f"migrate.formats.{name}").read, repo)


def _dialect(fragment: Fragment, name: str) -> list[Mention]:
    places = [*image_references(fragment.text), *launcher_commands(fragment.text)]
    path = fragment.source.path
    return [Mention(path, "dialect", name, fragment.span(start, end), text) for start, end, text in sorted(places)]


def commands(fragment: Fragment) -> Fragment:
    """The commands of a terminal session: lines behind a prompt and their continuations, prompts and output blanked.

    A text without any prompt is returned as it is.
    """
    masked: list[str] = []
    prompted = continued = False
    for line in fragment.text.splitlines(keepends=True):
        prompt = _PROMPT.match(line)
        if continued:
            masked.append(f"  {line[2:]}" if line.startswith("> ") else line)
        elif prompt:
            masked.append(" " * prompt.end() + line[prompt.end() :])
            prompted = True
        else:
            masked.append(re.sub(r"[^\r\n]", " ", line))
        continued = (continued or prompt is not None) and line.rstrip("\r\n").endswith("\\")
    return replace(fragment, text="".join(masked)) if prompted else fragment
