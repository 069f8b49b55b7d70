"""The options of `docker run`: where they end, and the GPUs that they ask for."""

from __future__ import annotations

import pytest

from migrate.formats.commandline import lex
from migrate.formats.docker.options import alone, gpus_of, read_options, visible


@pytest.mark.parametrize(
    ("text", "options"),
    [
        pytest.param("-d --rm I", [("detach", ""), ("rm", "")], id="switches"),
        pytest.param("-p 80:80 -v a:b I", [("publish", "80:80"), ("volume", "a:b")], id="values"),
        pytest.param(
            "-itp80:80 -eA=b I", [("interactive", ""), ("tty", ""), ("publish", "80:80"), ("env", "A=b")], id="cluster"
        ),
        pytest.param("-e=A=b --env=C=d I", [("env", "A=b"), ("env", "C=d")], id="equals"),
        pytest.param("--hostname tgi --net host I", [("hostname", "tgi"), ("net", "host")], id="names"),
        pytest.param("--rm=false --new-option x I", [("rm", "false"), ("new-option", "x")], id="unknown-with-value"),
        pytest.param("--new-switch I", [("new-switch", "")], id="unknown-switch"),
        pytest.param("--gpus '\"device=0,1\"' I", [("gpus", '"device=0,1"')], id="quoted"),
        pytest.param("$OPTS I", [], id="variable"),
    ],
)
def test_options(text: str, options: list[tuple[str, str]]) -> None:
    words = lex(text)
    found, image = read_options(words, 0, lambda at: words[at].value == "I")
    assert [(option.name, option.value(words)) for option in found] == options
    assert image is not None
    assert words[image].value == "I"


@pytest.mark.parametrize("text", ["", "--rm", "-e"])
def test_no_image(text: str) -> None:
    assert read_options(lex(text), 0, lambda at: False)[1] is None


def test_a_clustered_option_cannot_go_alone() -> None:
    words = lex("-de A=b -e C=d I")
    options, _ = read_options(words, 0, lambda at: words[at].value == "I")
    assert [bool(alone(option, words)) for option in options if option.name == "env"] == [False, True]


@pytest.mark.parametrize(
    ("value", "kind", "count"),
    [
        ("all", "all", 0),
        ("2", "list", 2),
        ("0", "none", 0),
        ("device=0,1,3", "list", 3),
        ('"device=GPU-1"', "list", 1),
        ("count=2,capabilities=gpu", "list", 2),
        ("$N", "all", 0),
    ],
)
def test_gpus(value: str, kind: str, count: int) -> None:
    assert (gpus_of(value).kind, gpus_of(value).count) == (kind, count)


@pytest.mark.parametrize(
    ("value", "kind", "count"), [("0,1", "list", 2), ("all", "all", 0), ("", "none", 0), ("$X", "all", 0)]
)
def test_visible(value: str, kind: str, count: int) -> None:
    assert (visible(value).kind, visible(value).count) == (kind, count)
