"""PowerShell is reported, never written."""

from __future__ import annotations

import pytest

from migrate.formats import powershell
from tests.formats.laying import IMAGE, found_in


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param(f"$m = 1\ndocker run {IMAGE} --model-id $m\n", 2, id="one-line"),
        pytest.param(f"docker run `\r\n  --gpus all `\r\n  {IMAGE}\r\n", 1, id="continued"),
        pytest.param(f'$image = "{IMAGE}"\ndocker.exe run $image\n', 2, id="variable"),
        pytest.param("& text-generation-launcher --model-id m", 1, id="launcher"),
    ],
)
def test_reported_at_its_line(text: str, line: int) -> None:
    mentions = found_in(powershell.read, text, "s.ps1").mentions
    assert [(m.kind, m.value, m.edit, text[: m.span.start].count("\n") + 1) for m in mentions] == [
        ("dialect", "PowerShell", None, line)
    ]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"# docker run {IMAGE}\n", id="comment"),
        pytest.param("docker run nginx\n", id="other-image"),
        pytest.param('Write-Host "text-generation-launcher"\n', id="printed"),
        pytest.param("", id="empty"),
    ],
)
def test_left_alone(text: str) -> None:
    assert not found_in(powershell.read, text, "s.ps1").mentions
