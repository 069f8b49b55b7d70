"""Launches in shell scripts, in every nesting, and what is left alone."""

from __future__ import annotations

import pytest

from migrate.formats.shell import reader as shell
from tests.formats.laying import IMAGE, NEW, found_in, rewritten

RUN = f"docker run {IMAGE} --model-id m"
RAN = f"docker run {NEW} m --x y"
HOST = "text-generation-launcher --model-id m"
SERVED = "vllm serve m --x y"


def after(text: str, **files: str) -> str:
    return rewritten(shell.read, {"s.sh": text, **files}, "s.sh")["s.sh"]


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param("{}", id="no-final-newline"),
        pytest.param("{}\n", id="line"),
        pytest.param("if true; then\n  {}\nfi\n", id="if"),
        pytest.param("for i in 0 1; do {}; done\n", id="loop"),
        pytest.param("f() {{ {}; }}\n", id="function"),
        pytest.param("case $1 in\n  a) {} ;;\nesac\n", id="case"),
        pytest.param("( {} )\n", id="subshell"),
        pytest.param("id=$({})\n", id="substitution"),
        pytest.param("id=`{}`\n", id="backquotes"),
        pytest.param('echo "$({})"\n', id="quoted-substitution"),
        pytest.param("cd x && {} || exit 1\n", id="and-or"),
        pytest.param("{} > log 2>&1 &  # note\n", id="redirected"),
        pytest.param("! {} | tee log\n", id="pipe"),
        pytest.param("time nohup {} &\n", id="prefixes"),
        pytest.param("sudo -E {}\n", id="sudo"),
        pytest.param("runuser -u llm -- {}\n", id="runuser"),
        pytest.param("exec tini -- {}\n", id="init"),
        pytest.param("function f {{ {}; }}\n", id="function-keyword"),
        pytest.param("ssh box '{}'\n", id="ssh"),
        pytest.param('bash -c "{}"\n', id="bash-c"),
        pytest.param('sbatch --wrap="{}"\n', id="option-value"),
        pytest.param("ssh box <<EOF\n{}\nEOF\n", id="here-document"),
        pytest.param("cat > run.sh <<'EOF'\n{}\nEOF\n", id="written-script"),
        pytest.param('CMD="{}"\neval $CMD\n', id="command-variable"),
        pytest.param("# é 🚀\n\t{}\t# ñ\n", id="multi-byte"),
        pytest.param("echo a\r\n{}\r\necho b\r\n", id="crlf"),
        pytest.param("$ {}\n", id="prompt"),
        pytest.param("cat <<< x; {}\n", id="here-string"),
    ],
)
@pytest.mark.parametrize(("before", "expected"), [(RUN, RAN), (HOST, SERVED)], ids=["docker", "launcher"])
def test_nesting(frame: str, before: str, expected: str) -> None:
    assert after(frame.format(before)) == frame.format(expected)
    assert after(frame.format(expected)) == frame.format(expected)


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        pytest.param(
            f"docker run -e MODEL_ID=m \\\n  -e NUM_SHARD=2 \\\n  -v c:/data \\\n  {IMAGE}\n",
            f"docker run \\\n  -v c:/data \\\n  -e HF_HOME=/data \\\n  {NEW} \\\n  m \\\n  --x y\n",
            id="variables-go-setting-comes",
        ),
        pytest.param(
            f'docker run -e "MODEL_ID=$M" -e "HUGGING_FACE_HUB_TOKEN=$T" {IMAGE}\n',
            f'docker run -e HF_TOKEN="$T" {NEW} "$M" --x y\n',
            id="quoted-whole",
        ),
        pytest.param(
            f"docker run -eMODEL_ID=m --env=NUM_SHARD=2 {IMAGE}\n", f"docker run {NEW} m --x y\n", id="short-and-equals"
        ),
        pytest.param(
            f"docker run -e HUGGING_FACE_HUB_TOKEN {IMAGE}\n",
            f'docker run -e HF_TOKEN="$HUGGING_FACE_HUB_TOKEN" {NEW} --x y\n',
            id="passed-through",
        ),
        pytest.param(
            f"docker run --entrypoint=text-generation-launcher {IMAGE} --model-id m\n",
            f"docker run --entrypoint=vllm {NEW} serve m --x y\n",
            id="entrypoint",
        ),
        pytest.param(
            f"docker run --entrypoint sh {IMAGE} -c 'exec text-generation-launcher --model-id \"$M\" > log'\n",
            f"docker run --entrypoint sh {NEW} -c 'exec vllm serve \"$M\" --x y > log'\n",
            id="entrypoint-shell",
        ),
        pytest.param(f"$DOCKER run {IMAGE}\n", f"$DOCKER run {NEW} --x y\n", id="engine-variable"),
        pytest.param(
            f'OPTS="--gpus all"\ndocker run $OPTS {IMAGE}\n',
            f'OPTS="--gpus all"\ndocker run $OPTS {NEW} --x y\n',
            id="option-variable",
        ),
        pytest.param(f'I={IMAGE}\ndocker run "$I"\n', f'I={NEW}\ndocker run "$I" --x y\n', id="image-variable"),
        pytest.param(
            f"I=${{I:-{IMAGE}}}\ndocker run $I\n", f"I=${{I:-{NEW}}}\ndocker run $I --x y\n", id="image-default"
        ),
        pytest.param(f"docker run ${{I:-{IMAGE}}}\n", f"docker run ${{I:-{NEW}}} --x y\n", id="inline-default"),
        pytest.param(f': "${{I:={IMAGE}}}"\ndocker run $I\n', f': "${{I:={NEW}}}"\ndocker run $I --x y\n', id="colon"),
        pytest.param(
            "V=3.0\ndocker run huggingface/text-generation-inference:$V\n",
            f"V=3.0\ndocker run {NEW} --x y\n",
            id="tag-variable",
        ),
        pytest.param(
            'A="--model-id m --num-shard 2"\ntext-generation-launcher $A\n',
            'A="m --tensor-parallel-size 2 --x y"\nvllm serve $A\n',
            id="only-a-variable",
        ),
        pytest.param(
            'A="--num-shard 2"\ntext-generation-launcher --model-id m $A "$@"\n',
            'A="--tensor-parallel-size 2"\nvllm serve m $A --x y "$@"\n',
            id="variable-and-own",
        ),
        pytest.param(
            'A=(\n  --model-id m\n  --num-shard 2\n)\nA+=(--json-output --v "$V")\n'
            'text-generation-launcher "${A[@]}"\n',
            'A=(\n  m\n  --tensor-parallel-size 2\n  --x y\n)\nA+=(--v "$V")\nvllm serve "${A[@]}"\n',
            id="array",
        ),
        pytest.param(
            "A=1 MODEL_ID=m NUM_SHARD=2 text-generation-launcher --json-output\n",
            "A=1 vllm serve m --x y\n",
            id="inline",
        ),
        pytest.param(
            "export MODEL_ID=m NUM_SHARD=2 K=v  # settings\nexport HUGGING_FACE_HUB_TOKEN=$T\n"
            "exec text-generation-launcher\n",
            "export K=v  # settings\nexport HF_TOKEN=$T\nexec vllm serve m --x y\n",
            id="exported",
        ),
        pytest.param(
            'export MODEL_ID=m\necho "$MODEL_ID"\ntext-generation-launcher\n',
            'export MODEL_ID=m\necho "$MODEL_ID"\nvllm serve m --x y\n',
            id="exported-and-read-elsewhere",
        ),
        pytest.param(
            f"docker pull {IMAGE}\ndocker ps --filter ancestor={IMAGE}\n",
            "docker pull NEW\ndocker ps --filter ancestor=NEW\n",
            id="named-images",
        ),
        pytest.param(
            f"docker run --name a {IMAGE}\nuntil docker logs a | grep -q Connected; do :; done\n",
            f"docker run --name a {NEW} --x y\nuntil docker logs a | grep -q NEW; do :; done\n",
            id="log-line",
        ),
        pytest.param("text-generation-server download-weights m\n", "NEW\n", id="download"),
        pytest.param(
            "srun --container-image=ghcr.io#huggingface/text-generation-inference:3.0 "
            "text-generation-launcher --json-output\n",
            f"srun --container-image={NEW} vllm serve --x y\n",
            id="cluster-image",
        ),
        pytest.param(
            f"docker run -p 8080:80 {IMAGE}\ncurl http://localhost:8080/info\n",
            f"docker run -p 8080:80 {NEW} --x y\ncurl NEW\n",
            id="health",
        ),
    ],
)
def test_rewritten(before: str, expected: str) -> None:
    assert after(before) == expected


def test_files_beside_the_script() -> None:
    files = {
        "run.sh": f"set -a; source ./flags.env\ndocker run --env-file tgi.env {IMAGE} $FLAGS\n",
        "flags.env": 'FLAGS="--num-shard 2 --model-id m"\n',
        "tgi.env": "# kept\nMAX_TOTAL_TOKENS=5\nHUGGING_FACE_HUB_TOKEN='t'\n",
    }
    assert rewritten(shell.read, files, "run.sh") == {
        "run.sh": f"set -a; source ./flags.env\ndocker run --env-file tgi.env {NEW} $FLAGS\n",
        "flags.env": 'FLAGS="m --tensor-parallel-size 2 --x y"\n',
        "tgi.env": "# kept\nHF_TOKEN='t'\n",
    }


def test_facts_of_a_container() -> None:
    text = f"docker run --name n --gpus '\"device=0,1\"' -v ${{W:-/w}}:/data:ro --mount type=bind,src=a,dst=/b {IMAGE}"
    launch = found_in(shell.read, text, "s.sh").launches[0]
    assert (launch.place, launch.name, launch.through_entrypoint) == ("container", "n", True)
    assert (launch.gpus.kind, launch.gpus.count) == ("list", 2)
    assert [(mount.source, mount.target) for mount in launch.mounts] == [("${W:-/w}", "/data"), ("a", "/b")]


def test_what_expressions_stand_for() -> None:
    text = 'M=a/b\nN=$M-c\nX=1\nX=2\ntext-generation-launcher --model-id "$N" --x $X --y ${Y:-d} --z $1\n'
    words = found_in(shell.read, text, "s.sh").launches[0].arguments
    assert [word.known for word in words[1::2]] == ["a/b-c", None, None, None]


def test_places_of_a_nested_word() -> None:
    text = 'bash -c "text-generation-launcher --model-id \\"é m\\""'
    word = found_in(shell.read, text, "s.sh").launches[0].arguments[1]
    assert word.value == "é m"
    assert text[word.span.start : word.span.end] == '\\"é m\\"'


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("docker run --name tgi --network tgi-net nginx\n", id="names"),
        pytest.param(f"# {RUN}\n", id="comment"),
        pytest.param(f'echo "start it with: {RUN}"\n', id="echo"),
        pytest.param(f"printf '%s' '{HOST}'\n", id="printf"),
        pytest.param("text-generation-launcher --model-name m --grpc-port 8033\n", id="fork"),
        pytest.param("docker run vllm/vllm-openai:v0.9.0 --model m\n", id="other-engine"),
        pytest.param("docker run ghcr.io/huggingface/text-embeddings-inference:1.6 --model-id m\n", id="embeddings"),
        pytest.param("ps -o tgid; pip install tgi\n", id="words"),
        pytest.param("cat <<EOF\nStart: text-generation-launcher --model-id m\nEOF\n", id="help"),
        pytest.param("", id="empty"),
        pytest.param("docker logs web | grep Connected\n", id="other-log"),
        pytest.param("docker run\n", id="no-image"),
        pytest.param("command -v text-generation-launcher || exit 1\n", id="looked-for"),
        pytest.param("which text-generation-launcher\n", id="which"),
        pytest.param("x=(\n", id="open-bracket-without-tgi"),
        pytest.param("curl localhost:9/info\n", id="other-info"),
    ],
)
def test_left_alone(text: str) -> None:
    found = found_in(shell.read, text, "s.sh")
    assert not found.launches
    assert not [mention for mention in found.mentions if mention.edit]
    assert not found.problems
    assert after(text) == text


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param(f"docker run -it --entrypoint bash {IMAGE}\n", "image", id="another-entrypoint"),
        pytest.param(f"kubectl set image deploy/x x={IMAGE}\n", "image", id="cluster-command"),
        pytest.param(f"singularity run --nv docker://{IMAGE} --model-id m\n", "image", id="singularity"),
        pytest.param(f"cat > c.yaml <<EOF\nimage: {IMAGE}\nEOF\n", "image", id="here-document-of-another-language"),
        pytest.param(
            "cat > t.service <<EOF\n[Service]\nExecStart=/opt/text-generation-launcher --port 1\nEOF\n",
            "unread-format",
            id="unit",
        ),
        pytest.param("srun apptainer run tgi_3.sif --model-id m\n", "sif", id="image-file"),
        pytest.param("text-generation-benchmark --tokenizer-name m\n", "program", id="benchmark"),
        pytest.param("docker exec x text-generation-server serve m\n", "program", id="server"),
        pytest.param("docker run mine text-generation-launcher --model-id m\n", "program", id="own-image"),
        pytest.param("text-generation-launcher --version\n", "program", id="version"),
        pytest.param("pkill -f text-generation-launcher\n", "program", id="ended"),
        pytest.param("text-generation-launcher --model-name m --grpc-port 1\n", "fork", id="fork"),
    ],
)
def test_reported_only(text: str, kind: str) -> None:
    found = found_in(shell.read, text, "s.sh")
    assert not found.launches
    assert [(mention.kind, mention.edit) for mention in found.mentions] == [(kind, None)]


def test_an_open_quote_is_a_problem_with_its_line_and_the_rest_is_read() -> None:
    text = f'{RUN}\ndocker run {IMAGE} --model-id "m\n{HOST}\n'
    found = found_in(shell.read, text, "s.sh")
    assert [(problem.path, problem.line) for problem in found.problems] == [("s.sh", 2)]
    assert [launch.place for launch in found.launches] == ["container", "host"]


@pytest.mark.parametrize(
    ("path", "text", "launches"),
    [
        pytest.param("start", f"#!/usr/bin/env bash\n{RUN}\n", 1, id="first-line"),
        pytest.param("start", f"{RUN}\n", 0, id="no-first-line"),
        pytest.param("job.slurm", f"{RUN}\n", 1, id="slurm"),
    ],
)
def test_files_without_suffix(path: str, text: str, launches: int) -> None:
    assert shell.claims(path)
    assert len(found_in(shell.read, text, path).launches) == launches


def test_long_scripts_are_read_in_linear_time() -> None:
    text = "echo 'a' \"$(b)\" # c\n" * 5000 + RUN
    assert len(found_in(shell.read, text, "s.sh").launches) == 1


def test_new_lines_stand_where_flags_do() -> None:
    text = f"docker run \\\n  {IMAGE} \\\n  --model-id m \\\n  --num-shard \\\n      2\n"
    expected = f"docker run \\\n  {NEW} \\\n  m \\\n  --tensor-parallel-size \\\n      2 \\\n  --x y\n"
    assert after(text) == expected


@pytest.mark.parametrize("program", ["conda run -n tgi", "poetry run", "uv run", "numactl -N 0"])
def test_launcher_behind_another_program(program: str) -> None:
    assert after(f"{program} {HOST}\n") == f"{program} {SERVED}\n"


def test_env_file_that_is_sourced_keeps_what_is_read() -> None:
    files = {"s.sh": f"docker run --env-file t.env {IMAGE}\n", "t.env": "MODEL_ID=m\nNUM_SHARD=2\n"}
    changed = rewritten(shell.read, {**files, "u.sh": ". ./t.env\necho $MODEL_ID\n"}, "s.sh")
    assert changed["t.env"] == "MODEL_ID=m\n"


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (f"tmux new -d 'CUDA_VISIBLE_DEVICES=0,1 {HOST}'\n", f"tmux new -d 'CUDA_VISIBLE_DEVICES=0,1 {SERVED}'\n"),
        (
            "export MODEL_ID=m NUM_SHARD=2\ntext-generation-launcher --port 1\n",
            "vllm serve m --port 1 --x y\n",
        ),
        (
            "export MODEL_ID=m KEEP=1\ntext-generation-launcher --port 1\n",
            "export KEEP=1\nvllm serve m --port 1 --x y\n",
        ),
        (
            'echo "$MODEL_ID"\ntext-generation-launcher --port 1\n',
            'echo "$MODEL_ID"\nvllm serve "$MODEL_ID" --port 1 --x y\n',
        ),
        (
            f"srun --container-image={IMAGE} --container-mounts=/a:/b:ro,/c:/data {HOST}\n",
            f"HF_HOME=/data srun --container-image={NEW} --container-mounts=/a:/b:ro,/c:/data {SERVED}\n",
        ),
    ],
    ids=["quoted assignment", "statement goes", "statement stays", "model of the environment", "mounts of a cluster"],
)
def test_what_surrounds_a_launcher(before: str, expected: str) -> None:
    assert after(before) == expected


def test_a_fallback_of_the_script_is_no_value() -> None:
    text = 'if [ -z "$NUM_SHARD" ]; then\n  export NUM_SHARD=2\nfi\n' + HOST + "\n"
    (launch,) = found_in(shell.read, text, "s.sh").launches
    (variable,) = launch.environment
    assert (variable.name, variable.word.value, variable.word.known, variable.shared) == (
        *("NUM_SHARD", "$NUM_SHARD", None, True),
    )


@pytest.mark.parametrize(
    ("options", "new"),
    [
        ('--health-cmd "curl localhost/info"', '--health-cmd "curl NEW"'),
        ("--health-cmd='curl localhost/info || exit 1'", "--health-cmd='curl NEW || exit 1'"),
        ("--health-cmd 'curl localhost/health'", "--health-cmd 'curl localhost/health'"),
        ("--health-cmd 'curl localhost/generate'", "--health-cmd 'curl localhost/generate'"),
    ],
    ids=["info", "equals sign", "health", "generation"],
)
def test_health_command_of_a_container(options: str, new: str) -> None:
    assert after(f"docker run {options} {IMAGE} --model-id m\n") == f"docker run {new} {NEW} m --x y\n"


def test_info_whose_answer_is_read_is_reported_only() -> None:
    text = f"docker run -p ${{P:-1}}:80 {IMAGE} --model-id m\nx=$(curl -s localhost:${{P:-1}}/info | grep model)\n"
    assert [(one.kind, one.edit) for one in found_in(shell.read, text, "s.sh").mentions] == [("health", None)]
    plain = text.replace("x=$(", "").replace(" | grep model)", "")
    assert after(plain).endswith("\ncurl -s NEW\n")


def test_a_launcher_whose_command_names_its_image_stays_with_it() -> None:
    text = f'arena serve custom --image={IMAGE} "{HOST}"\n'
    found = found_in(shell.read, text, "s.sh")
    assert [one.unsupported is not None for one in found.launches] == [True]
    assert [(one.kind, one.edit) for one in found.mentions] == [("image", None)]


def test_service_of_a_swarm() -> None:
    command = f"docker service create --name llm --with-registry-auth --replicas 2 -e A=b {IMAGE} --model-id m\n"
    new = f"docker service create --name llm --with-registry-auth --replicas 2 -e A=b {NEW} m --x y\n"
    assert after(command) == new


def test_other_service_commands_start_nothing() -> None:
    assert found_in(shell.read, f"docker service ls {IMAGE}\ndocker service scale a=2\n", "s.sh").launches == ()


def test_pull_inside_a_quoted_command() -> None:
    assert after(f"bash -c 'docker pull {IMAGE}'\n") == "bash -c 'docker pull NEW'\n"


@pytest.mark.parametrize(
    "command",
    [
        "git clone https://github.com/huggingface/text-generation-inference",
        "git clone git@github.com:huggingface/text-generation-inference.git",
        "cd text-generation-inference && make install",
        "xdg-open https://github.com/huggingface/text-generation-inference:3.0",
        "export SOURCES=$HOME/src/text-generation-inference",
        "rm -rf huggingface/text-generation-inference",
    ],
)
def test_folders_and_pages_are_no_images(command: str) -> None:
    assert found_in(shell.read, f"{command}\n", "s.sh").mentions == ()


@pytest.mark.parametrize("other", ["docker run vllm/vllm-openai:v0.20.2 --model m", "vllm serve m"])
def test_other_engine_beside_a_launch(other: str) -> None:
    found = found_in(shell.read, f"if x; then\n  {other}\nelse\n  {RUN}\nfi\n", "s.sh")
    assert [one.kind for one in found.mentions] == ["both-engines"]
    assert found_in(shell.read, f"{other}\ndocker pull {IMAGE}\n", "s.sh").mentions[0].kind == "image"


def test_other_engine_that_is_only_named() -> None:
    found = found_in(shell.read, f"docker pull vllm/vllm-openai:v0.20.2\npip install vllm\n{RUN}\n", "s.sh")
    assert found.mentions == ()


@pytest.mark.parametrize(
    "command",
    [
        "start-stop-daemon --start --exec /usr/bin/text-generation-launcher -- --model-id m",
        "unknown-runner text-generation-launcher --model-id m",
    ],
)
def test_launcher_behind_an_unknown_program_is_said(command: str) -> None:
    found = found_in(shell.read, f"{command}\n", "s.sh")
    assert found.launches == ()
    assert [one.kind for one in found.mentions] == ["program"]


@pytest.mark.parametrize("command", ["grep -r text-generation-launcher -n .", "which text-generation-launcher"])
def test_launcher_that_is_looked_for(command: str) -> None:
    assert found_in(shell.read, f"{command}\n", "s.sh").mentions == ()


def test_shell_behind_the_image_never_started() -> None:
    (launch,) = found_in(shell.read, f'docker run {IMAGE} bash -c "{HOST}"\n', "s.sh").launches
    assert launch.unsupported is not None
    assert "--entrypoint" in launch.unsupported
