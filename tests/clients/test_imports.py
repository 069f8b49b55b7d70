"""Imports follow in the block that they stand in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

CALL = 'Client("http://tgi").generate(p, max_new_tokens=5).generated_text'


def test_a_function_that_imports_keeps_importing(moved: Callable[..., Any]) -> None:
    text = (
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from text_generation import Client\n\n\n"
        'def made() -> "Client":\n    from text_generation import Client\n\n    return Client("http://tgi")\n\n\n'
        "def ask(p):\n    return made().generate(p, max_new_tokens=5).generated_text\n"
    )
    done = moved(text).main
    assert done.count("    from openai import OpenAI\n") == 2
    assert "text_generation" not in done


def test_the_only_statement_of_a_block(moved: Callable[..., Any]) -> None:
    text = (
        "from text_generation import Client\n\n\ndef load():\n    from text_generation import Client\n\n\n"
        f"def ask(p):\n    return {CALL}\n"
    )
    done = moved(text).main
    assert done.startswith("from openai import OpenAI\n\n\ndef load():\n    pass\n")


def test_an_import_that_goes_takes_its_indentation(moved: Callable[..., Any]) -> None:
    text = (
        "from text_generation import Client\n\n\ndef ask(p):\n    from text_generation import Client\n"
        f"    return {CALL}\n"
    )
    assert "def ask(p):\n    return OpenAI(" in moved(text).main


def test_exceptions_join_the_import_at_the_top(moved: Callable[..., Any]) -> None:
    text = (
        "import a\nfrom text_generation import Client\nfrom text_generation.errors import ValidationError\n\n"
        f"try:\n    print({CALL.replace('(p', '(a')})\nexcept ValidationError:\n    pass\n"
    )
    assert moved(text).main.startswith("import a\nfrom openai import BadRequestError, OpenAI\n\ntry:")


def test_an_optional_library(moved: Callable[..., Any]) -> None:
    text = (
        "try:\n    from text_generation import Client\nexcept ImportError:\n    Client = None\n\n\n"
        f"def ask(p):\n    if Client is None or not Client:\n        raise RuntimeError\n    return {CALL}\n"
    )
    done = moved(text).main
    assert done.startswith("try:\n    from openai import OpenAI\nexcept ImportError:\n    OpenAI = None\n")
    assert "if OpenAI is None or not OpenAI:" in done


def test_another_class_under_the_same_name_is_none_of_it(moved: Callable[..., Any]) -> None:
    text = (
        "try:\n    from text_generation import Client\nexcept ImportError:\n    Client = object\n\n\n"
        f"def ask(p):\n    return {CALL}\n"
    )
    assert moved(text).main == text


@pytest.mark.parametrize(
    "other",
    ["class OpenAI:\n    pass\n", "OpenAI = None\n", "from langchain_openai import OpenAI\n"],
    ids=["class", "value", "import"],
)
def test_a_name_that_means_another_thing(other: str, moved: Callable[..., Any]) -> None:
    text = f"from text_generation import Client\n{other}\nprint({CALL.replace('(p', '(1')}, OpenAI)\n"
    done = moved(text)
    assert done.main == text
    assert "OpenAI means another thing in this module" in done.says("manual")


def test_the_name_is_imported_already(moved: Callable[..., Any]) -> None:
    text = f"from openai import OpenAI\nfrom text_generation import Client\n\nprint({CALL.replace('(p', '(1')})\n"
    assert moved(text).main.startswith("from openai import OpenAI\n\nprint(OpenAI(")


def test_a_comment_stays_with_its_import(moved: Callable[..., Any]) -> None:
    text = (
        f"from text_generation import Client, InferenceAPIClient  # noqa: F401\n\nprint({CALL.replace('(p', '(1')})\n"
    )
    lines = "from text_generation import InferenceAPIClient  # noqa: F401\nfrom openai import OpenAI\n\n"
    assert moved(text).main.startswith(lines)
