from __future__ import annotations

import pytest

from migrate.redaction import redact


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("HF_TOKEN=hf_abcdefghijkl", "HF_TOKEN=[redacted]"),
        ("HUGGING_FACE_HUB_TOKEN: secretvalue", "HUGGING_FACE_HUB_TOKEN: [redacted]"),
        ('"API_KEY": "abcd1234"', '"API_KEY": "[redacted]"'),
        ("--api-key s3cr3tvalue --port 80", "--api-key [redacted] --port 80"),
        ("--api-key=s3cr3tvalue", "--api-key=[redacted]"),
        ("DB_PASSWORD='pass word'", "DB_PASSWORD='[redacted]'"),
        ("https://user:pass@host/x", "https://user:[redacted]@host/x"),
        ("Authorization: Bearer abcdefgh12", "Authorization: Bearer [redacted]"),
        ("bare hf_abcdefghijkl here", "bare [redacted] here"),
        ("sk-abcdefghijklmnop1234", "[redacted]"),
    ],
)
def test_secrets_are_hidden(text, shown):
    assert redact(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "MAX_TOTAL_TOKENS=4096",
        "--max-input-tokens 1024",
        "--tokenizer-config-path /data/tokenizer.json",
        "HF_TOKEN=$HF_TOKEN",
        "HF_TOKEN=${HF_TOKEN:-}",
        "HF_TOKEN: <your token>",
        "HF_HUB_ENABLE_HF_TRANSFER=1",
        "the token is read from HF_TOKEN as before",
        "The key that requests must bring.",
        "http://localhost:8080/generate",
        "hf_transfer is gone",
        'OpenAI(api_key="EMPTY")',
    ],
)
def test_other_text_stays(text):
    assert redact(text) == text
