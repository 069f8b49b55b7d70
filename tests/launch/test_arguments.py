"""TGI's command line, as its launcher read it."""

import shlex

import pytest

from migrate.launch.arguments import CommandLine, read_arguments, read_environment
from migrate.source import Span
from migrate.touchpoints import Variable, Word


def line_of(text: str) -> CommandLine:
    return read_arguments([Word(word, "f", Span(0, 0), word, "shell", "$" in word) for word in shlex.split(text)])


def options_of(text: str) -> list[tuple[str, str | None]]:
    return [(one.option, one.value.value if one.value else None) for one in line_of(text).given]


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("--model-id a/b", [("model-id", "a/b")]),
        ("--model-id=a/b --port=80", [("model-id", "a/b"), ("port", "80")]),
        ("-p 8000", [("port", "8000")]),
        ("-g 30", [("graceful-termination-timeout", "30")]),
        ("--trust-remote-code --num-shard 2", [("trust-remote-code", None), ("num-shard", "2")]),
        ("--sharded false", [("sharded", "false")]),
        ("--cors-allow-origin a --cors-allow-origin b", [("cors-allow-origin", "a"), ("cors-allow-origin", "b")]),
        ("--num-shard $N", [("num-shard", "$N")]),
    ],
)
def test_options(text: str, options: list[tuple[str, str | None]]) -> None:
    line = line_of(text)
    assert [(one.option, one.value.value if one.value else None) for one in line.given] == options
    assert line.remarks == []


@pytest.mark.parametrize(
    ("text", "kind", "nearest"),
    [
        ("--num_shard 2", "unknown-option", "--num-shard"),
        ("--max-total-token 9", "unknown-option", "--max-total-tokens"),
        ("serve", "positional", ""),
        ("--num-shard", "no-value", ""),
        ("--num-shard --port 80", "no-value", ""),
        ("--trust-remote-code true", "value-of-switch", ""),
        ("--trust-remote-code=true", "value-of-switch", ""),
    ],
)
def test_what_tgi_refused(text: str, kind: str, nearest: str) -> None:
    remark = line_of(text).remarks[0]
    assert (remark.kind, remark.nearest) == (kind, nearest)


def test_a_mistake_takes_its_value_along_and_nothing_else() -> None:
    line = line_of("--num_shard 2 --port 80")
    assert (line.remarks[0].first, line.remarks[0].last) == (0, 2)
    assert [one.option for one in line.given] == ["port"]


@pytest.mark.parametrize("text", ["$@", "$EXTRA_ARGS", "${ARGS[@]}"])
def test_words_from_elsewhere(text: str) -> None:
    line = line_of(f"--model-id a/b {shlex.quote(text)}")
    assert line.foreign == [2]
    assert line.remarks == []


def test_an_unknown_switch_does_not_swallow_words_from_elsewhere() -> None:
    line = line_of("--no-such '$EXTRA_ARGS'")
    assert line.foreign == [1]


@pytest.mark.parametrize(
    ("name", "value", "result"),
    [
        ("MODEL_ID", "a/b", "model-id"),
        ("TRUST_REMOTE_CODE", "true", "trust-remote-code"),
        ("TRUST_REMOTE_CODE", "false", "false-variable"),
        ("TRUST_REMOTE_CODE", "1", "boolean-variable"),
        ("SHARDED", "true", "sharded"),
    ],
)
def test_variables(name: str, value: str, result: str) -> None:
    variable = Variable(name, Word(value, "f", Span(0, 0), value), Span(0, 0))
    (entry,) = read_environment([variable], [])
    assert getattr(entry, "option", None) == result or getattr(entry, "kind", None) == result


@pytest.mark.parametrize("name", ["HF_TOKEN", "model_id", "port", "TZ", "--port"])
def test_variables_that_are_no_options(name: str) -> None:
    assert list(read_environment([Variable(name, Word("1", "f", Span(0, 0)), Span(0, 0))], [])) == []
