"""Options that a script gives besides the command: translated where they stand, with the launch or not at all."""

from __future__ import annotations

import pytest

from migrate.findings import Safety
from migrate.formats.shell import reader as shell
from tests.formats.laying import IMAGE, found_in
from tests.test_pipeline import findings, rewritten

RUN = f"docker run {IMAGE} --model-id a/b"
LAUNCHER = "text-generation-launcher --model-id a/b"


def after(text: str) -> str:
    return rewritten({"s.sh": text})["s.sh"]


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("${N:+--num-shard $N}", "${N:+--tensor-parallel-size $N}"),
        ('${N:+--num-shard "$N"}', '${N:+--tensor-parallel-size "$N"}'),
        ("${N+--num-shard ${N}}", "${N+--tensor-parallel-size ${N}}"),
        ("${T:+--max-total-tokens=$T --sharded true}", "${T:+--max-model-len $T}"),
        ("${R:+--revision $R}", "${R:+--revision $R}"),
    ],
    ids=["plain", "quoted", "set", "two options", "known to vLLM"],
)
@pytest.mark.parametrize("command", [RUN, LAUNCHER], ids=["docker", "launcher"])
def test_options_of_an_expansion(command: str, before: str, expected: str) -> None:
    text = after(f"{command} {before}\n")
    assert text.endswith(f" {expected}\n")
    assert [one for one in findings({"s.sh": f"{command} {before}\n"}) if "elsewhere" in one.rule] == []


def test_expansion_of_which_nothing_is_left_goes() -> None:
    text = after(f"{RUN} \\\n  ${{M:+--max-input-length $M}} \\\n  --port 80\n")
    assert "${M" not in text
    assert text.endswith(" \\\n  --port 80\n")


def test_expansion_at_the_end_stays_empty() -> None:
    assert after(f"{RUN} ${{M:+--max-input-length $M}}\n").endswith(" ${M:+}\n")


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ('CMD="$CMD --num-shard $N"', 'CMD="$CMD --tensor-parallel-size $N"'),
        (
            'if x; then\n  CMD+=" --num-shard 2 --sharded true"\nfi',
            'if x; then\n  CMD+=" --tensor-parallel-size 2"\nfi',
        ),
        ('CMD="$CMD --port 80"', 'CMD="$CMD --port 80"'),
        ('OTHER="--num-shard 2"', 'OTHER="--num-shard 2"'),
    ],
    ids=["repeated", "appended", "known to vLLM", "another variable"],
)
def test_added_to_the_command(before: str, expected: str) -> None:
    text = after(f'CMD="{LAUNCHER}"\n{before}\neval $CMD\n')
    assert text.split("\n", 1)[1] == f"{expected}\neval $CMD\n"


def test_command_set_in_two_ways_is_two_launches() -> None:
    text = f'if x; then CMD="{LAUNCHER} --num-shard 2"; else CMD="{LAUNCHER}"; fi\nCMD="$CMD --num-shard 4"\n$CMD\n'
    assert [one for one in findings({"s.sh": text}) if one.safety is Safety.MANUAL] == []
    assert after(text).count("vllm serve a/b") == 2


@pytest.mark.parametrize("command", [RUN, LAUNCHER], ids=["docker", "launcher"])
def test_every_way_of_a_variable(command: str) -> None:
    text = (
        f'case $1 in\n a) X="--num-shard 4" ;;\n b) X=\'--max-total-tokens 99\' ;;\n *) X="" ;;\nesac\n{command} $X\n'
    )
    written = after(text)
    assert 'X="--tensor-parallel-size 4"' in written
    assert "X='--max-model-len 99'" in written
    assert written.endswith(" $X\n")


def test_arguments_of_a_function() -> None:
    text = f'run() {{\n  {RUN[:-4]} "$1" "${{@:2}}"\n}}\nrun a/b --num-shard 2\nother --num-shard 2\n'
    assert after(text).endswith("run a/b --tensor-parallel-size 2\nother --num-shard 2\n")


@pytest.mark.parametrize(
    "text",
    [
        f"{LAUNCHER} ${{Q:+--quantize $Q}}\n",
        f"{LAUNCHER} ${{Q:+--usage-stats off}}\n",
        f'CMD="{LAUNCHER}"\nCMD="$CMD --quantize $Q"\n$CMD\n',
    ],
    ids=["unknown method", "becomes a variable", "appended"],
)
def test_launch_stays_with_options_that_cannot_be_written(text: str) -> None:
    assert after(text) == text
    assert any(one.safety is Safety.MANUAL for one in findings({"s.sh": text}))


def test_call_that_gives_the_model_is_named() -> None:
    text = f'run() {{\n  docker run {IMAGE} --port 80 "$@"\n}}\nrun --model-id a/b\n'
    assert after(text) == text


def test_unclosed_quote_adds_nothing() -> None:
    (launch,) = found_in(shell.read, f"X=\"it's --num-shard 2\"\nX='--sharded'\n{RUN} $X\n", "s.sh").launches
    assert [one.text for one in launch.additions] == ["--sharded"]


def test_image_of_two_variables_is_replaced_wherever_it_is_named() -> None:
    image, _, tag = IMAGE.rpartition(":")
    script = 'docker pull "$I:$T"\ndocker run $I:$T --model-id a/b\ndocker ps --filter ancestor=$I:$T\n'
    text = f"I={image}\nT={tag}\n{script}"
    written = after(text)
    assert "$I" not in written
    assert 'docker pull "vllm/vllm-openai:' in written
    assert "ancestor=vllm/vllm-openai:" in written
    (unused,) = [one for one in findings({"s.sh": text}) if one.rule == "mention/unused-image"]
    assert unused.safety is Safety.REVIEW


@pytest.mark.parametrize("more", ["echo $I\n", "docker run $I:$T --model-id a/b --quantize eetq\n"])
def test_variable_of_an_image_that_is_used_is_not_called_unused(more: str) -> None:
    image, _, tag = IMAGE.rpartition(":")
    files = {"s.sh": f"I={image}\nT={tag}\ndocker run $I:$T --model-id a/b --quantize eetq\n{more}"}
    assert [one for one in findings(files) if one.rule == "mention/unused-image"] == []


@pytest.mark.parametrize("more", ["", " --quantize eetq"], ids=["written", "left"])
def test_images_of_both_ways_follow_the_launch(more: str) -> None:
    text = f"if x; then I={IMAGE}-rocm; else I={IMAGE}; fi\ndocker run $I --model-id a/b{more}\n"
    written = after(text)
    assert ("vllm/vllm-openai-rocm:" in written) == (not more)
    assert (IMAGE in written) == bool(more)


@pytest.mark.parametrize("question", ["--help", "--version", "-h"])
def test_question_to_the_image_starts_nothing(question: str) -> None:
    written = after(f"docker run --rm {IMAGE} {question}\n")
    assert written.startswith("docker run --rm vllm/vllm-openai:")
    assert written.endswith(f" {question}\n")
    assert "bloom" not in written


@pytest.mark.parametrize("command", [RUN, LAUNCHER], ids=["docker", "launcher"])
def test_command_in_an_array(command: str) -> None:
    text = f'cmd=({command})\n[ -n "$N" ] && cmd+=(--num-shard "$N")\nexec "${{cmd[@]}}" --max-total-tokens 99\n'
    first, second, third = after(text).splitlines()
    assert first.startswith(("cmd=(docker run vllm/", "cmd=(vllm serve a/b"))
    assert first.endswith("--port 80)" if command is RUN else "--port 3000)")
    assert second == '[ -n "$N" ] && cmd+=(--tensor-parallel-size "$N")'
    assert third == 'exec "${cmd[@]}" --max-model-len 99'


def test_array_over_lines() -> None:
    written = after(f'cmd=(\n  docker run\n  {IMAGE}  # image\n  --model-id a/b\n)\n"${{cmd[@]}}"\n')
    assert "  a/b\n  --served-model-name a/b tgi\n" in written
    assert written.endswith('  --port 80\n)\n"${cmd[@]}"\n')


def test_arrays_that_are_no_commands() -> None:
    text = "names=(tgi text-generation-inference)\nparts=(docker run --gpus all)\n"
    assert found_in(shell.read, text, "s.sh").launches == ()
