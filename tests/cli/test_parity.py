"""`migrate parity` is there when it is asked for, and not loaded when it is not."""

from __future__ import annotations

import builtins
import sys
from typing import Any

import pytest

from migrate.cli.app import run


def test_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["parity", "--help"]) == 0
    assert "compare" in capsys.readouterr().out


def test_the_overview_lists_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    assert "parity" in capsys.readouterr().out


def test_without_its_packages(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "migrate.parity.commands":
            raise ModuleNotFoundError(name)
        return real(name, *args, **kwargs)

    monkeypatch.delitem(sys.modules, "migrate.parity.commands", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    assert run(["parity", "compare", "a", "b"]) == 2
    assert "tgi-to-vllm[parity]" in capsys.readouterr().err
    assert run(["--help"]) == 0
