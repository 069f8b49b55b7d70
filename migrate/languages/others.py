"""Languages whose calls are found and left to a person: Go, Java, Kotlin, Rust, Ruby, C#, PHP, and request files."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from migrate.clients.outcome import ClientName, Collected
from migrate.findings import Finding, Safety
from migrate.languages.server import SERVE, names_tgi, sure
from migrate.source import Source, Span

LANGUAGES = {
    ".go": "Go",
    ".java": "Java",
    ".kt": "Kotlin",
    ".kts": "Kotlin",
    ".rs": "Rust",
    ".rb": "Ruby",
    ".cs": "C#",
    ".fs": "F#",
    ".php": "PHP",
    ".swift": "Swift",
    ".scala": "Scala",
    ".dart": "Dart",
    ".ex": "Elixir",
    ".exs": "Elixir",
    ".lua": "Lua",
    ".pl": "Perl",
    ".r": "R",
    ".R": "R",
    ".jl": "Julia",
    ".cpp": "C++",
    ".cc": "C++",
    ".ps1": "PowerShell",
    ".bat": "batch file",
    ".vue": "Vue component",
    ".svelte": "Svelte component",
    ".jmx": "JMeter plan",
    ".http": "request file",
    ".rest": "request file",
}
PATH = re.compile(
    r"""(?P<base>https?://[^\s/"'`<]+|\$\w+|[^\w/.]|^)/(?P<route>generate_stream|generate)(?=["'`\s/?<&\\]|$)""",
    re.MULTILINE,
)
# A path below the address that a client was made with: `PostAsJsonAsync("generate", ...)`.
BELOW = re.compile(r"""(?:[Pp]ost|[Rr]equest|[Ss]end|[Uu]ri|URI)\w*\(\s*["'](?P<route>generate_stream|generate)["']""")
# The program's own routes.
OWN = re.compile(
    r"@\w*(?:Mapping|Path|Post|Route)\b|\bHandle(?:Func)?\(|\b(?:MapPost|Http(?:Post|Get))\b|\b(?:app|router?|mux|routes?)\b"
    r"(?:\.|::)(?:post|route|any|POST|Post)\b|Route::|\.route\(|^(?:post|get) ['\"]|#\[(?:post|get)\("
)
SHAPE = re.compile(r"""\binputs\b""", re.IGNORECASE)
FIELDS = re.compile(r"generated_?text|max_?new_?tokens", re.IGNORECASE)
MODEL = re.compile(r"""(?i)\bmodel(?:Name)?\\?["']?\s*(?:\(|:|=>?|,)\s*\\?["'](?P<name>tgi)\\?["']""")
COMMENTS = ("//", "#", "*", "--", "<!--", "REM ")
TOLD = (
    "/{route} ({language}) is not on vLLM: POST /v1/completions with prompt, max_tokens and temperature 0 (greedy), "
    "the text is in choices[0].text"
)
STREAMED = "; with stream true, and the last line is data: [DONE]"


def read_other(source: Source, collected: Collected) -> None:
    """One manual finding at each path of TGI in a file that also has the field of its body, or says TGI's name."""
    _names(source, collected)
    text = source.text
    if not (SHAPE.search(text) and FIELDS.search(text)) and not names_tgi(text):
        return
    for match in sorted([*PATH.finditer(text), *BELOW.finditer(text)], key=lambda one: one.start("route")):
        start = text.rfind("\n", 0, match.start("route")) + 1
        line = text[start : match.start("route")].lstrip()
        base = match.groupdict().get("base") or ""
        known = sure(base if base.startswith("http") else "", text, collected.launched)
        if line.startswith(COMMENTS) or OWN.search(line) or known is False:
            continue
        slash = text[match.start("route") - 1] == "/"
        span = Span(match.start("route") - slash, match.end("route"))
        said = TOLD.format(route=match["route"], language=LANGUAGES[PurePosixPath(source.path).suffix])
        said += STREAMED if match["route"] == "generate_stream" else ""
        collected.findings.append(_finding(source, span, "client/other-language", Safety.MANUAL, said))


def _names(source: Source, collected: Collected) -> None:
    """A call in OpenAI's format that names the model as TGI's examples do."""
    if "chat/completions" not in source.text and "openai" not in source.text.lower():
        return
    for match in MODEL.finditer(source.text):
        line = source.text[source.text.rfind("\n", 0, match.start()) + 1 : match.start()].lstrip()
        if match["name"] in collected.served or line.startswith(COMMENTS):
            continue
        span = Span(match.start("name"), match.end("name"))
        group = f"client:{source.path}:{span.start}"
        collected.names.append(ClientName(match["name"], source.path, span, None, group))
        if not collected.launched:
            collected.findings.append(_finding(source, span, "client/model-name", Safety.REVIEW, SERVE))


def _finding(source: Source, span: Span, rule: str, safety: Safety, text: str) -> Finding:
    kind = "model-name" if rule == "client/model-name" else "endpoint"
    return Finding(rule, source.path, span, kind, safety, text, source.text[span.start : span.end])
