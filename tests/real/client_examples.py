"""The programs of the client rules' examples, the environments that they run in, and what they print."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from migrate.rulebook import load
from migrate.rulebook.client_rule import ClientRule
from tests.clients.conftest import move
from tests.real.excerpts import javascript, path, program

REQUIREMENTS = Path(__file__).parent / "requirements"
VARIABLE = "MIGRATE_CLIENTS"
ADDRESS = re.compile(r"https?://(?![\w.-]*(?:huggingface\.co|openai\.com))[\w.-]+(?::\d+)?")
MODEL = re.compile(r"""["']?model["']?\s*[=:]\s*["']([^"']*)["']""")
# No proxy, and nothing that asks for what is outside.
QUIET = {
    "NO_PROXY": "*",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "PYTHONWARNINGS": "ignore",
    "LC_ALL": "C.UTF-8",
}
PROVIDERS = ("hosted_vllm/", "openai/", "huggingface/")


@dataclass(frozen=True, slots=True)
class Example:
    """A rule's example as programs: `after` is None where the rule leaves it to a person. `file` says the language."""

    rule: ClientRule
    number: int
    before: str
    after: str | None
    file: str = "main.py"

    @property
    def name(self) -> str:
        return f"{self.rule.id}-{self.number}" + ("-javascript" if self.translated else "")

    @property
    def translated(self) -> bool:
        """Whether a Python example is tried in JavaScript."""
        return self.file == "main.mjs" and self.rule.form == "parameter"

    @property
    def programs(self) -> tuple[str, ...]:
        return (self.before,) if self.after is None else (self.before, self.after)

    @property
    def imports(self) -> set[tuple[str, str]]:
        """What its programs import: (module, name in it or nothing)."""
        return {one for text in self.programs for one in imports(text)} if self.file == "main.py" else set()


@dataclass(frozen=True, slots=True)
class Environment:
    """A Python with one set of libraries."""

    name: str
    python: Path


@dataclass(frozen=True, slots=True)
class Ran:
    """What a program did: its exit status, what it printed."""

    status: int
    stdout: str
    stderr: str


def examples() -> Iterator[Example]:
    """Every example of every client rule; an excerpt is put into a program around it, which is then migrated.

    Programs that only look alike have nothing to do with either engine and are left out.

    Parameters are the same in every language, so their examples are tried in JavaScript as well.
    """
    for rule in load().clients.values():
        for number, example in enumerate(rule.examples, 1):
            if example.before is not None:
                yield Example(rule, number, example.before, example.after, path(rule))
                continue
            if example.alone is not None:
                continue
            excerpt = example.unchanged if example.tgi is None else example.tgi
            if excerpt is None:
                continue
            kept = example.unchanged is not None
            yield _migrated(rule, number, program(rule, excerpt) or excerpt, path(rule), kept)
            if rule.form == "parameter":
                yield _migrated(rule, number, javascript(excerpt), "main.mjs", kept)


def _migrated(rule: ClientRule, number: int, before: str, file: str, kept: bool) -> Example:
    """The program and what it becomes; `kept`: nothing, since a person must see to it."""
    after = move({file: before}).files[file]
    return Example(rule, number, before, None if kept else after, file)


def served_names(found: Iterable[Example]) -> list[str]:
    """The names of models that programs send, besides the usual one."""
    names = [name for example in found for name in MODEL.findall(example.after or "")]
    for provider in PROVIDERS:
        names = [name.removeprefix(provider) for name in names]
    return list(dict.fromkeys(["tgi", *(name for name in names if name)]))


def environments(folder: Path) -> list[Environment]:
    """The environments that scripts/install-clients.py made there, in the order of their names."""
    found = []
    for listed in sorted(REQUIREMENTS.glob("*.txt")):
        home = folder / f"clients-{listed.stem}-{digest(listed)}"
        if (home / ".complete").exists():
            found.append(Environment(listed.stem, home / "bin" / "python"))
    return found


def digest(requirements: Path) -> str:
    """Names what is to be installed: another list is another environment."""
    return hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]


def imports(text: str) -> list[tuple[str, str]]:
    """What a Python program imports: (module, name in it or nothing)."""
    found: list[tuple[str, str]] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found += [(one.name, "") for one in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [(node.module, one.name) for one in node.names]
    return found


PROBE = """
import contextlib, importlib, io, json, sys, warnings
warnings.simplefilter("ignore")
def there(module, name):
    try:
        found = importlib.import_module(module)
        return not name or hasattr(found, name) or importlib.import_module(f"{module}.{name}") is not None
    except Exception:
        return False
with contextlib.redirect_stdout(io.StringIO()):
    verdict = [there(*one) for one in json.load(sys.stdin)]
print(json.dumps(verdict))
"""


@cache
def probed(environment: Environment, wanted: frozenset[tuple[str, str]]) -> Mapping[tuple[str, str], bool]:
    """Which of these imports work in an environment."""
    given = sorted(wanted)
    done = subprocess.run(
        [str(environment.python), "-c", PROBE], input=json.dumps(given), capture_output=True, text=True, check=True
    )
    return dict(zip(given, json.loads(done.stdout), strict=True))


def placed(text: str, url: str) -> str:
    """The program with the server's address in place of the one that it names, also where the port stands apart."""
    port = url.rpartition(":")[2]
    apart, count = re.subn(r"(?<=\bport=)\d+", port, text)
    return ADDRESS.sub("http://127.0.0.1" if count else url, apart)


def execute(text: str, words: Sequence[str], path: Path) -> Ran:
    """Runs a program that is written there, in its folder, without the caller's settings."""
    path.write_text(text)
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    settings = {**kept, **QUIET, "HOME": str(path.parent)}
    try:
        done = subprocess.run(
            [*words, path.name], cwd=path.parent, env=settings, capture_output=True, text=True, timeout=180, check=False
        )
    except subprocess.TimeoutExpired as error:
        return Ran(-1, "", f"no end after {error.timeout} s")
    return Ran(done.returncode, done.stdout, done.stderr)


ENUM = re.compile(r"FinishReason\.(\w+)")
REASONS = {"Length": "length", "EndOfSequenceToken": "eos_token", "StopSequence": "stop_sequence"}
NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")


def alike(one: str, other: str) -> bool:
    """The same text; numbers with a point, such as log-probabilities, may differ by a hundredth.

    A finish reason that is a member of an enumeration is its value.
    """
    one, other = (ENUM.sub(lambda found: REASONS[found[1]], text) for text in (one, other))
    numbers = zip(NUMBER.findall(one), NUMBER.findall(other), strict=False)
    return NUMBER.sub("#", one) == NUMBER.sub("#", other) and all(abs(float(a) - float(b)) < 0.01 for a, b in numbers)


def kind(printed: str) -> Any:
    """What was printed by its kind: Python's values by their types, other text as text, repeated lines once."""
    kinds: list[Any] = []
    for line in printed.splitlines() or [""]:
        try:
            found = _types(ast.literal_eval(line))
        except (ValueError, SyntaxError):
            found = "text"
        if found not in kinds:
            kinds.append(found)
    return "text" if "text" in kinds else kinds


def _types(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [type(value).__name__, *dict.fromkeys(json.dumps(_types(one)) for one in value)]
    if isinstance(value, dict):
        return {key: _types(one) for key, one in value.items()}
    return type(value).__name__
