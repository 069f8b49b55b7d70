"""`--to` and `--from`: engine versions as a person writes them, held against the catalog."""

from __future__ import annotations

from difflib import get_close_matches

from migrate.catalog import targets, tgi
from migrate.problems import UsageProblem


def target_version(text: str | None) -> str:
    """The vLLM version that `vllm@VERSION` or `VERSION` names; None: the catalog's default.

    Raises:
        UsageProblem: the catalog does not know it; the message names the versions that it knows.
    """
    try:
        return targets.target(text).version
    except targets.UnknownVersion as error:
        raise UsageProblem(f"--to: {error}") from error


def source_version(text: str | None) -> str | None:
    """The TGI version that `tgi@VERSION` or `VERSION` names, a leading v dropped.

    Raises:
        UsageProblem: another engine is named, or no version of TGI; the message names the nearest ones.
    """
    if text is None:
        return None
    name, at, version = text.rpartition("@")
    if (at and name != "tgi") or not version.lstrip("v")[:1].isdigit():
        raise UsageProblem(f"--from {text}: give it as tgi@VERSION, for example tgi@3.3.5")
    return _known(text, version.removeprefix("v"))


def _known(text: str, version: str) -> str:
    """The version where a tag of TGI begins with it (`2.4` is any 2.4.x), else a problem that names the nearest."""
    tags = tgi.versions()
    plain = version.partition("-")[0]
    if any(f"{tag}.".startswith(f"{plain}.") for tag in tags):
        return version
    near = get_close_matches(plain, tags, n=3, cutoff=0.3) or tags[-1:]
    raise UsageProblem(f"--from {text}: TGI has no such version; the nearest are {', '.join(near)}")
