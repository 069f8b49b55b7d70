"""Keeps secrets out of what is printed: values whose name or shape says that they are one.

Messages pass through here. A diff and the replacements of edits cannot: git has to find the very lines of the file.
"""

from __future__ import annotations

import re
from functools import lru_cache

SHOWN = "[redacted]"

# The name ends in one of the words, so that MAX_TOTAL_TOKENS or tokenizer-config-path are no secrets. The engines' logs
# begin with their arguments: TGI's `api_key: Some("...")`, vLLM's `'api_key': ['...', '...']`.
_NAMED = re.compile(
    r"""(?ix)
    (?P<name> (?<![a-z0-9]) (?:[a-z0-9]+[_-])* [a-z0-9]* (?:token|key|secret|password|passwd|credential) ["']? )
    (?P<sign> \s*[:=]\s* (?:Some\()? | \s+(?=["']?[^\s"']{8,}) )
    (?: (?P<quote> ["'] ) (?P<text> [^"'\n]{4,} ) | (?P<list> \[ ["'] [^]\n]+ ] ) | (?P<word> [^\s"'`,;]{4,} ) )
    """
)
# Shapes: Hugging Face, OpenAI-style, GitHub, GitLab, AWS, Slack, a bearer token, JSON web tokens.
_SHAPES = re.compile(
    r"\b(?:hf_[A-Za-z0-9]{12,}|api_org_[A-Za-z0-9]{8,}|sk-[A-Za-z0-9_-]{16,}|gh[pousr]_[A-Za-z0-9]{16,}"
    r"|github_pat_\w{16,}|glpat-[\w-]{16,}|AKIA[0-9A-Z]{16}|xox[abprs]-[\w-]{10,}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*)"
)
_BEARER = re.compile(r"(?i)\b(bearer\s+)([A-Za-z0-9._~+/=-]{8,})")
_LOGIN = re.compile(r"(?<=://)([^\s/:@]+):([^\s/?#]+)@")
_EXPRESSION = re.compile(r"[$<{(]|\*+$|(?:true|false|none|null|empty)$", re.IGNORECASE)


@lru_cache(maxsize=1024)  # the findings of many launches say the same
def redact(text: str) -> str:
    """The text with secrets replaced by `[redacted]`; expressions such as `$HF_TOKEN` tell nothing and stay."""
    return _NAMED.sub(_hide, redact_shapes(text))


def redact_shapes(text: str) -> str:
    """Only what is a secret by its own form: for texts that are full of names such as `token`."""
    text = _SHAPES.sub(SHOWN, text)
    text = _LOGIN.sub(rf"\1:{SHOWN}@", text)
    return _BEARER.sub(rf"\1{SHOWN}", text)


def _hide(match: re.Match[str]) -> str:
    """Between a name and a value that merely follows it, only a flag (`--api-key abc`) says that it is the value."""
    spoken = match["sign"].isspace()
    flag = match.string[: match.start()].endswith("-")
    value = match["text"] or match["list"] or match["word"]
    if _EXPRESSION.match(value) or value == SHOWN or (spoken and not flag):
        return match[0]
    return f"{match['name']}{match['sign']}{match['quote'] or ''}{SHOWN}"
