"""The demonstration shows what the commands themselves say, and writes nothing where it should not."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from migrate.__main__ import main
from migrate.demo import material, run

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "fixtures" / "example"


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path, float]:
    """One run from an empty folder in which the packages of the extra cannot be imported."""
    folder = tmp_path_factory.mktemp("elsewhere")
    blocked = "import sys; sys.modules.update(dict.fromkeys(('httpx', 'docker', 'httptools', 'uvloop')));"
    program = f"{blocked} sys.path.insert(0, {str(ROOT)!r}); from migrate.__main__ import main; sys.exit(main())"
    began = time.monotonic()
    command = [sys.executable, "-c", program, "demo", "--output", "shown"]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return ended, folder / "shown", time.monotonic() - began


def test_it_ends_well_without_the_extra(shown: tuple[subprocess.CompletedProcess[str], Path, float]) -> None:
    ended, _, seconds = shown
    assert (ended.returncode, ended.stderr) == (0, "")
    assert seconds < 20


@pytest.mark.parametrize(
    "line",
    [
        "  compose.yaml:4                       launch    review  7 changes, 2 to look at",
        "  -    image: ghcr.io/huggingface/text-generation-inference:3.3.5",
        "  +    image: vllm/vllm-openai:v0.32.0",
        "  and 3 more files: README.md, scripts/serve.sh, scripts/tgi.env",
        "PASS: 7 stages, no difference beyond the noise, 2 noted differences",
        "tgi 3.3.7 against vllm 0.32.0, 32 prompts",
    ],
)
def test_it_shows(line: str, shown: tuple[subprocess.CompletedProcess[str], Path, float]) -> None:
    assert line in shown[0].stdout.splitlines()


def test_it_fits_two_screens(shown: tuple[subprocess.CompletedProcess[str], Path, float]) -> None:
    assert len(shown[0].stdout.splitlines()) < 100


def test_the_diff_that_it_writes_is_that_of_a_dry_run_and_fits_the_example_that_it_writes(
    shown: tuple[subprocess.CompletedProcess[str], Path, float], capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    folder = shown[1]
    main(["apply", str(folder / "example"), "--dry-run"])
    assert (folder / "changes.diff").read_bytes() == capfdbinary.readouterr().out
    apply = ["git", "apply", "--check", "../changes.diff"]
    assert subprocess.run(apply, cwd=folder / "example", check=False).returncode == 0


def test_the_example_is_the_one_of_the_fixtures() -> None:
    files = {path.relative_to(EXAMPLE).as_posix(): path.read_bytes() for path in EXAMPLE.rglob("*") if path.is_file()}
    assert material.example() == files


def test_it_reads_the_packaged_folders_where_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("_example", "_recordings"):
        (tmp_path / folder).mkdir()
    (tmp_path / "_example" / "a.txt").write_bytes(b"x")
    monkeypatch.setattr(material, "_PACKAGE", tmp_path)
    assert material.example() == {"a.txt": b"x"}
    assert material.recordings()[0] == tmp_path / "_recordings" / "tgi-parity.jsonl.gz"


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine").write_text("x")
    assert main(["demo", "--output", str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"migrate: --output {tmp_path} is not empty; name a new folder\n"
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("x")
    assert main(["demo", "--output", str(tmp_path / "file" / "below")]) == 2
    assert capsys.readouterr().err == f"migrate: --output {tmp_path / 'file' / 'below'}: Not a directory\n"


def test_a_folder_that_cannot_be_written_to_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(run, "write", full)
    assert main(["demo", "--output", str(tmp_path / "new")]) == 2
    assert capsys.readouterr().err == f"migrate: --output {tmp_path / 'new'}: No space left on device\n"


def test_without_a_folder_it_takes_a_temporary_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert main(["demo"]) == 0
    (folder,) = tmp_path.iterdir()
    assert f"{folder}\n" in capsys.readouterr().out
    assert "<title>PASS: tgi 3.3.7 → vllm 0.32.0</title>" in (folder / "report.html").read_text("utf-8")
