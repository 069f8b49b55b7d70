"""A package that goes where the new one is there already, and one that stays beside the new one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

GONE = 'from text_generation import Client\n\nprint(Client("http://tgi").generate("x").generated_text)\n'
STAYS = (
    'from text_generation import Client\n\nprint(Client("http://tgi").generate("x", watermark=True).generated_text)\n'
)
NEW = "openai>=1.50,<3"


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("requirements.txt", "a\nopenai\ntext-generation\n", "a\nopenai\n"),
        (
            "pyproject.toml",
            'dependencies = ["openai", "text-generation>=0.6", "a"]\n',
            'dependencies = ["openai", "a"]\n',
        ),
        (
            "pyproject.toml",
            'dependencies = [\n  "openai",\n  "text-generation",\n  "a",\n]\n',
            'dependencies = [\n  "openai",\n  "a",\n]\n',
        ),
        ("Pipfile", '[packages]\nopenai = "*"\ntext-generation = "*"\n', '[packages]\nopenai = "*"\n'),
        ("setup.py", "setup(install_requires=['text-generation'])\n", f"setup(install_requires=['{NEW}'])\n"),
        ("requirements.txt", "text-generation\ntext-generation\n", f"{NEW}\n"),
    ],
    ids=["line", "list", "list-of-lines", "keyed", "setup", "named-twice"],
)
def test_gone(path: str, before: str, after: str, moved: Callable[..., Any]) -> None:
    assert moved({path: before, "main.py": GONE}).files[path] == after


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("requirements.txt", "text-generation==0.7\na\n", f"text-generation==0.7\n{NEW}\na\n"),
        ("requirements.txt", "text-generation", f"text-generation\n{NEW}"),
        ("environment.yml", "  - text-generation\n", f"  - text-generation\n  - {NEW}\n"),
        ("Pipfile", 'text-generation = "*"\n', 'text-generation = "*"\nopenai = ">=1.50,<3"\n'),
        ("requirements.txt", "text-generation\nopenai\n", "text-generation\nopenai\n"),
    ],
    ids=["line", "last-line", "list", "keyed", "there-already"],
)
def test_stays(path: str, before: str, after: str, moved: Callable[..., Any]) -> None:
    assert moved({path: before, "main.py": GONE, "other.py": STAYS}).files[path] == after


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        (
            "Dockerfile",
            "FROM a\nRUN pip install text-generation==0.7 rich\n",
            f"FROM a\nRUN pip install '{NEW}' rich\n",
        ),
        (
            "Dockerfile",
            "FROM a\nRUN pip install --no-cache-dir \\\n    rich \\\n    text-generation && rm -r x\n",
            f"FROM a\nRUN pip install --no-cache-dir \\\n    rich \\\n    '{NEW}' && rm -r x\n",
        ),
        ("ci.yml", "- run: python -m pip install text_generation\n", f"- run: python -m pip install '{NEW}'\n"),
        ("setup.sh", 'uv pip install "text-generation[a]>=0.6"\n', f'uv pip install "{NEW}"\n'),
        ("run.sh", "sh -c 'pip install text-generation'\n", f"sh -c 'pip install \"{NEW}\"'\n"),
        ("dev-requirements.txt", "text-generation\n", f"{NEW}\n"),
        (
            "requirements.txt",
            'text-generation[a]>=0.6 ; python_version >= "3.9"\n',
            f'{NEW} ; python_version >= "3.9"\n',
        ),
        (
            "pyproject.toml",
            '[dependency-groups]\nllm = ["text-generation"]\n',
            f'[dependency-groups]\nllm = ["{NEW}"]\n',
        ),
        (
            "pyproject.toml",
            '[project]\ndependencies = ["text-generation"]\n\n[tool.uv.sources]\ntext-generation = { path = "x" }\n',
            f'[project]\ndependencies = ["{NEW}"]\n\n[tool.uv.sources]\n',
        ),
    ],
    ids=[
        *("image", "continued", "workflow", "uv", "quoted command", "prefix", "marker", "groups", "sources"),
    ],
)
def test_homes(path: str, before: str, after: str, moved: Callable[..., Any]) -> None:
    assert moved({path: before, "main.py": GONE}).files[path] == after


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "Dockerfile",
            "FROM a\nRUN pip install text-generation-server ./text-generation git+https://x/text-generation\n",
        ),
        ("Dockerfile", "FROM a\nLABEL name=text-generation\nRUN pip install rich\n"),
        ("notes.txt", "pip install text-generation\n"),
        ("CHANGELOG.md", "- `pip install text-generation` works\n"),
    ],
    ids=["other packages", "no command", "another file", "history"],
)
def test_look_alikes(path: str, text: str, moved: Callable[..., Any]) -> None:
    assert moved({path: text, "main.py": GONE}).files[path] == text


def test_a_command_keeps_its_last_package(moved: Callable[..., Any]) -> None:
    text = "FROM a\nRUN pip install openai\nRUN pip install text-generation\n"
    done = moved({"Dockerfile": text, "main.py": GONE}).files["Dockerfile"]
    assert done == f"FROM a\nRUN pip install openai\nRUN pip install '{NEW}'\n"


def test_included_files(moved: Callable[..., Any]) -> None:
    files = {
        "requirements.txt": "-r deps/llm.txt\n",
        "deps/llm.txt": "-r more.txt\nrich\n",
        "deps/more.txt": "text-generation\n",
    }
    assert moved({**files, "main.py": GONE}).files["deps/more.txt"] == f"{NEW}\n"


def test_hashes_are_left_to_the_tool_that_made_them(moved: Callable[..., Any]) -> None:
    text = "text-generation==0.7.0 \\\n    --hash=sha256:abc\nrich==1 --hash=sha256:def\n"
    done = moved({"requirements.txt": text, "main.py": GONE})
    assert done.files["requirements.txt"] == text
    assert "pinned by hashes" in done.says("manual")


@pytest.mark.parametrize(
    ("path", "text", "command"),
    [
        ("uv.lock", '[[package]]\nname = "text-generation"\n', "uv lock"),
        ("poetry.lock", '[[package]]\nname = "text_generation"\n', "poetry lock"),
        ("Pipfile.lock", '{"default": {"text-generation": {}}}\n', "pipenv lock"),
    ],
    ids=["uv", "poetry", "pipenv"],
)
def test_lock_files_are_written_anew_by_their_tool(
    path: str, text: str, command: str, moved: Callable[..., Any]
) -> None:
    done = moved({path: text, "main.py": GONE})
    assert done.files[path] == text
    assert f"run `{command}`" in done.says("review")
    assert "run `" not in moved({path: text.replace("text", "next"), "main.py": GONE}).says("review")


TWO = {"a.py": GONE, "b.py": GONE}
HUB = (
    "from huggingface_hub import InferenceClient\n\n"
    'print(InferenceClient("http://tgi").text_generation("x", max_new_tokens=5, return_full_text=False))\n'
)


def test_two_programs_ask_for_one_change(moved: Callable[..., Any]) -> None:
    done = moved({"requirements.txt": "text-generation\na\n", **TWO})
    assert done.files["requirements.txt"] == f"{NEW}\na\n"
    groups = {one.group for one in done.found.findings if one.path == "requirements.txt"}
    assert groups == {one.group for one in done.found.findings if one.path in TWO}


def test_each_service_has_its_own_file(moved: Callable[..., Any]) -> None:
    files = {
        "a/requirements.txt": "text-generation\n",
        "a/main.py": GONE,
        "b/requirements.txt": "text-generation\n",
        "b/main.py": STAYS,
        "deploy/Dockerfile": "FROM x\nRUN pip install text-generation\n",
        "requirements.txt": "text-generation\n",
    }
    done = moved(files).files
    assert done["a/requirements.txt"] == f"{NEW}\n"
    assert done["b/requirements.txt"] == "text-generation\n"
    assert done["deploy/Dockerfile"] == f"FROM x\nRUN pip install text-generation '{NEW}'\n"
    assert done["requirements.txt"] == f"text-generation\n{NEW}\n"


def test_a_folder_of_requirements_counts_for_the_folder_above(moved: Callable[..., Any]) -> None:
    files = {"a/requirements/base.txt": "text-generation\n", "a/main.py": GONE, "b/main.py": STAYS}
    assert moved(files).files["a/requirements/base.txt"] == f"{NEW}\n"


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("requirements.txt", "transformers\nrich", f"transformers\nrich\n{NEW}"),
        ("requirements.txt", "transformers\r\n\r\n", f"transformers\r\n{NEW}\r\n\r\n"),
        ("requirements.txt", "", f"{NEW}\n"),
        (
            "pyproject.toml",
            "[project]\nname = 'x'\ndependencies = [\n  'a[b]>=1',  # c\n  'd'  # e\n]\n",
            f"[project]\nname = 'x'\ndependencies = [\n  'a[b]>=1',  # c\n  'd',\n  '{NEW}'  # e\n]\n",
        ),
        (
            "pyproject.toml",
            '[project]\ndependencies = [\n  "a",\n]\n',
            f'[project]\ndependencies = [\n  "a",\n  "{NEW}",\n]\n',
        ),
        ("pyproject.toml", '[project]\ndependencies = ["a"]\n', f'[project]\ndependencies = ["a", "{NEW}"]\n'),
        ("pyproject.toml", "[project]\ndependencies = []\n", f'[project]\ndependencies = ["{NEW}"]\n'),
        ("pyproject.toml", '[tool.x]\ndependencies = ["a"]\n', '[tool.x]\ndependencies = ["a"]\n'),
        ("docs/requirements.txt", "sphinx\n", "sphinx\n"),
        ("requirements.txt", "-r more.txt\n", "-r more.txt\n"),
    ],
    ids=[
        *("last line", "blank lines", "empty", "list with comments", "list of lines", "one line", "empty list"),
        *("another table", "another folder", "named in another file"),
    ],
)
def test_a_package_that_came_with_another_one(path: str, before: str, after: str, moved: Callable[..., Any]) -> None:
    assert moved({path: before, "more.txt": "openai\n", "src/main.py": HUB}).files[path] == after


def test_pinned_files_get_no_package_without_hashes(moved: Callable[..., Any]) -> None:
    text = "rich==1 --hash=sha256:abc\n"
    done = moved({"requirements.txt": text, "main.py": HUB})
    assert done.files["requirements.txt"] == text
    assert f"{NEW} is used now" in done.says("manual")


@pytest.mark.parametrize(
    ("entry", "older"),
    [
        *(("openai==0.28.1", True), ("openai<1", True), ("openai>=0.27,<1.0", True), ("openai~=0.28", True)),
        *(("openai", False), ("openai>=0.27", False), ("openai==1.40.0", False), ("openai<2", False)),
    ],
)
def test_an_older_version_of_the_new_package_is_told(entry: str, older: bool, moved: Callable[..., Any]) -> None:
    done = moved({"requirements.txt": f"{entry}\ntext-generation\n", "main.py": GONE})
    assert done.files["requirements.txt"] == f"{entry}\n"
    assert ("is older: raise it" in done.says("manual")) is older


@pytest.mark.parametrize(
    ("files", "stays"),
    [
        ({}, False),
        ({"b.py": "import huggingface_hub\n"}, True),
        ({"run.sh": "huggingface-cli download a/b\n"}, True),
        ({"Dockerfile": "FROM a\nRUN hf download a/b\n"}, True),
    ],
    ids=["no other use", "import", "command", "short command"],
)
def test_the_hub_goes_where_nothing_else_uses_it(files: dict[str, str], stays: bool, moved: Callable[..., Any]) -> None:
    done = moved({**files, "requirements.txt": "huggingface_hub==0.36\n", "main.py": HUB}).files["requirements.txt"]
    assert done == (f"huggingface_hub==0.36\n{NEW}\n" if stays else f"{NEW}\n")
