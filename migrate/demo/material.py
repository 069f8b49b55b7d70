"""What the demonstration runs on: package data in a wheel, fixtures/ in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
_RECORDINGS = ("tgi-parity.jsonl.gz", "vllm-parity.jsonl.gz")


def recordings() -> tuple[Path, Path]:
    """The same 32 prompts on the real TGI 3.3.7 and the real vLLM 0.32.0."""
    first, second = (_folder("recordings") / name for name in _RECORDINGS)
    return first, second


def example() -> dict[str, bytes]:
    """The example application: bytes by path, with `/`."""
    root = _folder("example")
    files = (path for path in sorted(root.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def _folder(name: str) -> Path:
    packaged = _PACKAGE / f"_{name}"
    return packaged if packaged.is_dir() else _PACKAGE.parent / "fixtures" / name
