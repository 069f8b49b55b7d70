"""Launches that run in one image which the repository builds: all are written, or none."""

from __future__ import annotations

from collections.abc import Sequence

from migrate.findings import Finding, Safety
from migrate.launch.convert import UNWRITABLE, stays
from migrate.touchpoints import Launch

Converted = tuple[Launch, list[Finding] | None]


def together(converted: Sequence[Converted]) -> list[Converted]:
    """The launches with their findings; where one of an image stays, all the others of that image stay as well."""
    left = {_image(launch): launch for launch, found in converted if stays(found)}
    return [(launch, _held(launch, found, left.get(_image(launch)))) for launch, found in converted]


def _image(launch: Launch) -> str:
    """The file that builds the image; a launch in another image is alone."""
    if launch.runs_in is not None:
        return launch.runs_in.path
    return launch.path if launch.place == "image" else f"{launch.path}#{launch.anchor.start}"


def _held(launch: Launch, found: list[Finding] | None, other: Launch | None) -> list[Finding] | None:
    if other is None or found is None or stays(found):
        return found
    message = f"this stays as it is, as what starts in the same image in {other.path} does; change both by hand"
    group = found[0].group if found else ""
    return [Finding(UNWRITABLE, launch.path, launch.anchor, launch.kind, Safety.MANUAL, message, launch.text, group)]
