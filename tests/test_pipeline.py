"""A repository in memory goes through the whole translation: what is rewritten, and what is left alone."""

from __future__ import annotations

import pytest

from migrate.findings import Finding, Reading, Safety
from migrate.pipeline import scan
from migrate.repository import Repository
from migrate.settings import Settings
from migrate.source import apply_edits

TGI = "ghcr.io/huggingface/text-generation-inference:3.3.5"
VLLM = "vllm/vllm-openai:v0.32.0"


def read(files: dict[str, str], **settings: object) -> tuple[Repository, Reading]:
    repo = Repository.of(files)
    return repo, scan(repo, repo.paths, Settings(**settings))  # type: ignore[arg-type]


def rewritten(files: dict[str, str], **settings: object) -> dict[str, str]:
    """The files after all edits; a second run over them finds no edit."""
    repo, reading = read(files, **settings)
    edits = {edit for finding in reading.findings for edit in finding.edits}
    texts = {}
    for path, text in files.items():
        source = repo.source(path)
        own = [edit for edit in edits if edit.path == path]
        texts[path] = apply_edits(source.text, own) if source and own else text
    _, again = read(texts, **settings)
    assert [one for one in again.findings if one.edits] == []
    return texts


def findings(files: dict[str, str], **settings: object) -> tuple[Finding, ...]:
    return read(files, **settings)[1].findings


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ("--model-id a/b --max-total-tokens 4096", ["a/b", "--max-model-len 4096"]),
        ("--model-id a/b --num-shard 2", ["--tensor-parallel-size 2"]),
        ("--model-id=a/b --port=8080", ["--port"]),
    ],
    ids=["length", "shards", "equals signs"],
)
def test_docker_run(words: str, parts: list[str]) -> None:
    text = rewritten({"run.sh": f"docker run --gpus all {TGI} {words}\n"})["run.sh"]
    assert VLLM in text
    assert TGI not in text
    assert [part for part in parts if part not in text] == []


@pytest.mark.parametrize(
    ("words", "follows"), [("", True), (" --quantize eetq", False)], ids=["launch written", "launch left"]
)
def test_mentioned_image_follows_the_launch(words: str, follows: bool) -> None:
    files = {"run.sh": f"docker run {TGI} --model-id a/b{words}\n", "pull.sh": f"docker pull {TGI}\n"}
    texts = rewritten(files)
    assert (VLLM in texts["run.sh"]) is follows
    assert (VLLM in texts["pull.sh"]) is follows


@pytest.mark.parametrize(
    "files",
    [
        {"run.sh": "docker run nginx:1.27 --model-id a/b\n"},
        {"run.sh": f"docker run {VLLM} --model a/b\n"},
        {"compose.yaml": "services:\n  web:\n    image: nginx\n"},
        {"app.py": "print('text')\n"},
        {"notes.bin": "\0\1"},
        {},
    ],
    ids=["another image", "vllm", "compose", "python", "binary", "nothing"],
)
def test_left_alone(files: dict[str, str]) -> None:
    assert [one for one in findings(files) if one.edits] == []
    assert rewritten(files) == files


def test_findings_are_in_order_and_each_once() -> None:
    found = findings({"b.sh": f"docker run {TGI} --model-id a/b\n", "a.sh": f"docker run {TGI} --model-id a/b\n"})
    places = [(one.path, one.span.start, one.span.end, one.rule, one.message) for one in found]
    assert places == sorted(places)
    assert len(set(found)) == len(found)
    assert {one.path for one in found} == {"a.sh", "b.sh"}


def test_each_launch_is_a_group_of_its_own() -> None:
    found = findings({"a.sh": f"docker run {TGI} --model-id a/b\ndocker run {TGI} --model-id c/d\n"})
    assert {one.group for one in found if one.edits} == {"a.sh#1", "a.sh#2"}


@pytest.mark.parametrize(
    ("keep", "word"),
    [("dtype", "--dtype"), ("limit", "128"), ("cors", "--allowed-origins")],
    ids=["dtype", "limit", "cors"],
)
def test_kept_default_is_written_only_when_asked_for(keep: str, word: str) -> None:
    files = {"run.sh": f"docker run --gpus all {TGI} --model-id mistralai/Mistral-7B-v0.1\n"}
    assert word not in rewritten(files)["run.sh"]
    assert word in rewritten(files, keep=frozenset({keep}))["run.sh"]


def test_unreadable_compose_is_skipped_with_its_line() -> None:
    _, reading = read({"compose.yaml": f"services:\n  llm:\n    image: {TGI}\n   command: [\n"})
    assert [one.path for one in reading.skipped] == ["compose.yaml"]
    assert reading.skipped[0].reason.startswith("line ")
    assert [one for one in reading.findings if one.edits] == []


def test_model_whose_architecture_is_not_served_stays() -> None:
    run = f"docker run -v ./weights:/data/weights {TGI} --model-id /data/weights\n"
    unknown = {"run.sh": run, "weights/config.json": '{"architectures": ["MPTForCausalLM"]}'}
    served = {"run.sh": run, "weights/config.json": '{"architectures": ["LlamaForCausalLM"]}'}
    assert any(one.safety is Safety.MANUAL for one in findings(unknown))
    assert VLLM in rewritten(served)["run.sh"]


RUN = f"docker run -p 8080:80 --name chat {TGI} --model-id Qwen/Qwen2.5-7B-Instruct"
ASK = """\
from openai import OpenAI

client = OpenAI(base_url="http://localhost:8080/v1", api_key="-")
client.chat.completions.create(model="tgi", messages=[], tools=[{}], tool_choice="weather")
"""
ADAPTER = """\
import requests

body = {"inputs": "Hi", "parameters": {"max_new_tokens": 9, "adapter_id": "sql"}}
print(requests.post("http://localhost:8080/generate", json=body).json()["generated_text"])
"""


def test_a_program_and_the_launch_that_it_asks_are_one_group() -> None:
    files = {"run.sh": RUN + "\n", "ask.py": ASK}
    assert {one.group for one in findings(files) if one.edits} == {"run.sh#1"}
    texts = rewritten(files)
    assert "--enable-auto-tool-choice --tool-call-parser hermes" in " ".join(texts["run.sh"].split())
    assert '"function": {"name": "weather"}' in texts["ask.py"]


def test_a_program_that_asks_nothing_is_a_group_of_its_own() -> None:
    files = {"run.sh": RUN + "\n", "ask.py": ADAPTER.replace(', "adapter_id": "sql"', "")}
    assert {one.group.partition("#")[0] for one in findings(files) if one.edits} == {
        "run.sh",
        f"client:ask.py:{files['ask.py'].index('requests.post')}",
    }
    assert "tool-call-parser" not in rewritten(files)["run.sh"]


def test_an_adapter_is_loaded_and_not_served_as_a_name() -> None:
    files = {"run.sh": RUN + " --lora-adapters sql=/adapters/sql\n", "ask.py": ADAPTER}
    text = " ".join(rewritten(files)["run.sh"].split())
    assert "--enable-lora --lora-modules sql=/adapters/sql" in text
    assert "--served-model-name Qwen/Qwen2.5-7B-Instruct tgi" in text
    assert {one.group for one in findings(files) if one.edits} == {"run.sh#1"}


def test_an_adapter_that_the_launch_does_not_load_is_said() -> None:
    found = [one for one in findings({"run.sh": RUN + "\n", "ask.py": ADAPTER}) if one.rule == "launch/adapters-asked"]
    assert [one.safety for one in found] == [Safety.MANUAL]
    assert "sql" in found[0].message


def test_a_program_stays_where_the_launch_that_it_asks_stays() -> None:
    files = {"run.sh": RUN + " --quantize eetq\n", "ask.py": ASK}
    assert rewritten(files) == files
    assert [one.safety for one in findings(files) if one.path == "ask.py" and "stays with" in one.message] == ["manual"]


def test_of_two_launches_the_one_that_is_addressed() -> None:
    other = RUN.replace("8080", "8081").replace("--name chat", "--name other")
    files = {"run.sh": RUN + "\n", "other.sh": other + "\n", "ask.py": ASK}
    texts = rewritten(files)
    assert "--tool-call-parser" in texts["run.sh"]
    assert "--tool-call-parser" not in texts["other.sh"]


def test_of_two_launches_an_unknown_one_is_told_what_it_needs() -> None:
    other = RUN.replace("8080", "8081").replace("--name chat", "--name other")
    ask = ASK.replace('"http://localhost:8080/v1"', "os.environ['LLM']").replace(
        "from openai", "import os\n\nfrom openai"
    )
    files = {"run.sh": RUN + "\n", "other.sh": other + "\n", "ask.py": ask}
    said = [one for one in findings(files) if one.rule == "client/server-needs"]
    assert [(one.path, one.safety) for one in said] == [("ask.py", Safety.REVIEW)]
    assert "--tool-call-parser" not in rewritten(files)["run.sh"]


@pytest.mark.parametrize(
    ("flags", "becomes"),
    [
        ("--num-shard 2", "--tensor-parallel-size 2"),
        ("--quantize eetq", None),
        ("--model-id a/b", None),
        ("--usage-stats off", None),
    ],
    ids=["written", "blocked", "model", "becomes a variable"],
)
def test_options_in_a_variable_of_compose_are_written_with_the_launch(flags: str, becomes: str | None) -> None:
    text = f"services:\n  llm:\n    image: {TGI}\n    command: --model-id x/y ${{MORE}}\n"
    files = rewritten({"compose.yaml": text, ".env": f"MORE={flags}\n"})
    assert files[".env"] == f"MORE={becomes or flags}\n"
    assert (files["compose.yaml"] != text) == bool(becomes)


def test_lines_of_env_files_that_others_override_go_too() -> None:
    files = {
        "run.sh": f"docker run --env-file a.env --env-file b.env -e MAX_TOTAL_TOKENS=9 {TGI} --model-id a/b\n",
        "a.env": "MAX_TOTAL_TOKENS=7\nNUM_SHARD=2\nTZ=UTC\n",
        "b.env": "NUM_SHARD=4\nHF_TOKEN=x\n",
        "compose.yaml": f"services:\n  a:\n    image: {TGI}\n    env_file: c.env\n    environment: {{MODEL_ID: a/b}}\n"
        "  b:\n    image: x/y\n    env_file: d.env\n"
        f"  c:\n    image: {TGI}\n    env_file: [c.env, d.env]\n    environment: {{MODEL_ID: c/d, NUM_SHARD: 8}}\n",
        "c.env": "MODEL_ID=x/y\nTZ=UTC\n",
        "d.env": "NUM_SHARD=2\n",
    }
    after = rewritten(files)
    assert [after[name] for name in ("a.env", "b.env", "c.env")] == ["TZ=UTC\n", "HF_TOKEN=x\n", "TZ=UTC\n"]
    assert after["d.env"] == files["d.env"]  # another service reads it


@pytest.mark.parametrize("template", [".env.example", ".env.sample", "env.template", "example.env"])
@pytest.mark.parametrize("beside", [True, False], ids=["beside .env", "alone"])
def test_image_in_the_template_of_an_env_file(template: str, beside: bool) -> None:
    compose = "services:\n  llm:\n    image: ${IMAGE}\n    command: --model-id ${MODEL}\n"
    files = {"compose.yaml": compose, template: f"IMAGE={TGI}\nMODEL=a/b\n"}
    if beside:
        files[".env"] = f"IMAGE={TGI}\nMODEL=c/d\n"
    after = rewritten(files)
    assert after[template] == f"IMAGE={VLLM}\nMODEL=a/b\n"
    assert after.get(".env", f"IMAGE={VLLM}\nMODEL=c/d\n") == f"IMAGE={VLLM}\nMODEL=c/d\n"
    assert "image: ${IMAGE}" in after["compose.yaml"]


def test_other_values_of_a_template_stay() -> None:
    compose = "services:\n  llm:\n    image: ${IMAGE}\n    command: --model-id a/b\n"
    files = {"compose.yaml": compose, ".env": f"IMAGE={TGI}\n", ".env.example": "IMAGE=your-image\n"}
    assert rewritten(files)[".env.example"] == "IMAGE=your-image\n"


NAMED = f"docker run -d --name llm {TGI} --model-id a/b"
READY = "Application startup complete"


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("docker logs llm | grep -q Connected", f'docker logs llm | grep -q "{READY}"'),
        ("docker logs llm | grep -qE 'Connected|Error'", f"docker logs llm | grep -qE '{READY}|Error'"),
        (
            "bash -c 'until docker logs llm | grep -q Connected; do :; done'",
            f"bash -c 'until docker logs llm | grep -q \"{READY}\"; do :; done'",
        ),
        (
            'bash -c "until docker logs llm | grep -q Connected; do :; done"',
            f'bash -c "until docker logs llm | grep -q \\"{READY}\\"; do :; done"',
        ),
        ("docker logs db | grep Connected", "docker logs db | grep Connected"),
        ('docker logs "$1" | grep Connected', 'docker logs "$1" | grep Connected'),
    ],
    ids=["bare", "pattern", "single quotes around", "double quotes around", "another container", "unknown container"],
)
@pytest.mark.parametrize("path", ["run.sh", "wait.sh"], ids=["the same script", "another script"])
def test_line_of_the_log_is_waited_for(path: str, before: str, expected: str) -> None:
    files = {"run.sh": f"{NAMED}\n", "wait.sh": "", path: f"{NAMED if path == 'run.sh' else '#'}\n{before}\n"}
    assert rewritten(files)[path].endswith(f"\n{expected}\n")


@pytest.mark.parametrize(
    "files",
    [
        {"run.sh": f"{NAMED} --quantize eetq\ndocker logs llm | grep -q Connected\ncurl localhost:80/info\n"},
        {"run.sh": f"{NAMED} --quantize eetq\n", "wait.sh": "docker logs llm | grep -q Connected\n"},
        {
            "compose.yaml": f"services:\n  a:\n    image: {TGI}\n    command: --model-id a/b --quantize eetq\n"
            "    healthcheck: {test: curl -f localhost/info}\n"
        },
        {
            "Dockerfile": f'FROM {TGI}\nRUN text-generation-server download-weights a/b\nCMD ["--quantize", "exl2"]\n'
            "HEALTHCHECK CMD curl localhost/info\n"
        },
    ],
    ids=["script", "another script", "compose", "image"],
)
def test_what_belongs_to_a_launch_that_stays_is_left_too(files: dict[str, str]) -> None:
    assert rewritten(files) == files


def test_checks_follow_their_own_service() -> None:
    service = f"    image: {TGI}\n    healthcheck: {{test: curl -f localhost/info}}\n    command: --model-id a/b"
    text = f"services:\n  a:\n{service} --quantize eetq\n  b:\n{service}\n"
    written = rewritten({"compose.yaml": text})["compose.yaml"]
    assert written.split("  b:")[0] == text.split("  b:", maxsplit=1)[0]
    assert "localhost/health" in written.split("  b:")[1]


def test_image_and_version_in_the_environment_of_a_workflow() -> None:
    first, second = "docker run ${{ env.IMG }} --model-id a/b", "docker run X:${{env.TAG}} --model-id a/b"
    steps = f"jobs: {{a: {{steps: [{{run: '{first}'}}, {{run: '{second}'}}]}}}}\n"
    text = f"env:\n  IMG: {TGI}\n  TAG: 2.4.0\n{steps.replace('X:', TGI.rpartition(':')[0] + ':')}"
    written = rewritten({".github/workflows/a.yml": text})[".github/workflows/a.yml"]
    assert f"IMG: {VLLM}\n" in written
    assert "docker run ${{ env.IMG }} a/b" in written
    assert f"docker run {VLLM} a/b --served-model-name a/b tgi --max-model-len 4096" in written


@pytest.mark.parametrize("default", [": ${MODEL_ID:=a/b}", ': "${MODEL_ID:=a/b}"', ": ${MODEL_ID=a/b}"])
def test_default_of_an_exported_variable_is_not_its_value(default: str) -> None:
    text = f"{default}\nexport MODEL_ID\ntext-generation-launcher\n"
    written = rewritten({"s.sh": text})["s.sh"]
    assert written.startswith(
        f'{default}\nexport MODEL_ID\nvllm serve "$MODEL_ID" --served-model-name "$MODEL_ID" tgi '
    )


@pytest.mark.parametrize(
    ("line", "port"),
    [
        pytest.param("CMD text-generation-launcher --model-id a/b --port $PORT", "${PORT:-80}", id="of the image"),
        pytest.param("CMD text-generation-launcher --model-id a/b --port ${P:-8}", "${P:-8}", id="default of its own"),
        pytest.param("CMD text-generation-launcher --model-id a/b --port $P", "$P", id="another variable"),
        pytest.param("CMD PORT=1 && text-generation-launcher --model-id a/b --port $PORT", "$PORT", id="set before"),
    ],
)
def test_variable_that_only_the_old_image_sets_gets_its_value_as_default(line: str, port: str) -> None:
    text = rewritten({"Dockerfile": f"FROM {TGI}\nENTRYPOINT []\n{line}\n"})["Dockerfile"]
    assert port in text.replace('"', "").split()


def test_variable_of_the_one_who_starts_the_image_stays() -> None:
    text = rewritten({"run.sh": f"docker run {TGI} --model-id a/b --port $PORT\n"})["run.sh"]
    assert "--port $PORT " in text


@pytest.mark.parametrize(
    ("volume", "kept"),
    [
        pytest.param("VOLUME /data", True, id="plain"),
        pytest.param('VOLUME ["/models", "/data/"]', True, id="exec form"),
        pytest.param("VOLUME /models /logs", False, id="other folders"),
        pytest.param("RUN mkdir /data", False, id="no volume"),
    ],
)
@pytest.mark.parametrize("shell", [False, True], ids=["entrypoint", "shell"])
def test_volume_of_a_dockerfile_keeps_serving(volume: str, kept: bool, shell: bool) -> None:
    start = "ENTRYPOINT text-generation-launcher --model-id a/b" if shell else 'CMD ["--model-id", "a/b"]'
    text = rewritten({"Dockerfile": f"FROM {TGI}\n{volume}\n{start}\n"})["Dockerfile"]
    assert ("ENV HF_HOME=/data\n" in text) is kept
