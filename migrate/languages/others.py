"""Languages whose calls are found and left to a person: Go, Java, Kotlin, Rust, Ruby, C#, PHP, and request files."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from migrate.clients.outcome import Collected
from migrate.findings import Finding, Safety
from migrate.languages.server import sure
from migrate.source import Source, Span

LANGUAGES = {
    ".go": "Go",
    ".java": "Java",
    ".kt": "Kotlin",
    ".rs": "Rust",
    ".rb": "Ruby",
    ".cs": "C#",
    ".php": "PHP",
    ".swift": "Swift",
    ".scala": "Scala",
    ".http": "request file",
    ".rest": "request file",
}
PATH = re.compile(
    r"""(?P<base>https?://[^\s/"'`]+|[^\w/.]|^)/(?P<route>generate_stream|generate)(?=["'`\s/?]|$)""", re.MULTILINE
)
SHAPE = re.compile(r"""\binputs\b""", re.IGNORECASE)


def read_other(source: Source, collected: Collected) -> None:
    """One manual finding at each path of TGI in a file that also has the field of its body."""
    if not SHAPE.search(source.text) or not re.search(r"generated_text|max_new_tokens|GeneratedText", source.text):
        return
    language = LANGUAGES[PurePosixPath(source.path).suffix]
    for match in PATH.finditer(source.text):
        line = source.text[source.text.rfind("\n", 0, match.start()) + 1 : match.start()].lstrip()
        if (
            line.startswith(("//", "#", "*"))
            or sure(match["base"] if match["base"].startswith("http") else "", source.text, collected.launched) is False
        ):
            continue
        span = Span(match.start("route") - 1, match.end("route"))
        text = (
            f"/{match['route']} ({language}) is not on vLLM: POST /v1/completions with prompt, max_tokens and "
            "temperature 0 (greedy), the text is in choices[0].text"
        )
        collected.findings.append(
            Finding(
                "client/other-language",
                source.path,
                span,
                "endpoint",
                Safety.MANUAL,
                text,
                source.text[span.start : span.end],
            )
        )
