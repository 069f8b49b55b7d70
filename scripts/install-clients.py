"""The client libraries that tests/real/test_client_examples.py runs, one environment for each list of requirements.

    scripts/install-clients.py FOLDER

Makes FOLDER/clients-NAME-HASH from tests/real/requirements/NAME.txt where it is not there yet, two at a time, and
prints FOLDER. A list names all that is installed. A changed list is a new environment, and the older one is removed.
Some of these libraries have no release for Python 3.14: an older one is taken where there is one.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parents[1] / "tests" / "real" / "requirements"


def home(folder: Path, requirements: Path) -> Path:
    """Where the environment of a list of requirements is."""
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]
    return folder / f"clients-{requirements.stem}-{digest}"


def python() -> str:
    """A Python that all the libraries were released for; the running one where no other is found."""
    for name in ("python3.13", "python3.12", "python3.11"):
        found = shutil.which(name)
        if (
            found
            and not subprocess.run([found, "-c", "import ensurepip, venv"], capture_output=True, check=False).returncode
        ):
            return found
    return sys.executable


def install(folder: Path, requirements: Path) -> None:
    """Makes one environment, or leaves it as it is.

    Raises:
        subprocess.CalledProcessError: pip could not install the list; what it said is on stderr.
    """
    target = home(folder, requirements)
    if (target / ".complete").exists():
        return
    for old in folder.glob(f"clients-{requirements.stem}-*"):
        shutil.rmtree(old)
    subprocess.run([python(), "-m", "venv", str(target)], check=True)
    options = ["--quiet", "--disable-pip-version-check", "--no-input", "--no-compile", "--no-deps"]
    pip = [str(target / "bin" / "python"), "-m", "pip", "install", *options, "-r", str(requirements)]
    subprocess.run(pip, check=True, stdout=sys.stderr)
    (target / ".complete").touch()


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda path: install(folder, path), sorted(REQUIREMENTS.glob("*.txt"))))
    print(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
