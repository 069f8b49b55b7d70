"""Compose services: what is read, what is written, and what stays as it is."""

import pytest

from migrate.formats.compose import reader as compose
from migrate.formats.compose.companions import companions
from migrate.repository import Repository
from migrate.touchpoints import Gpus
from tests.formats.compose_plans import IMAGE, TARGET, launches, migrated, read, service

HEAD = f"services:\n  llm:\n    image: {IMAGE}\n"

COMMANDS = {
    "string": "    command: --model-id a/b --num-shard 2\n",
    "string with a comment": "    command: --model-id a/b --num-shard 2  # two GPUs\n",
    "double quotes": '    command: "--model-id a/b --num-shard 2"\n',
    "single quotes over lines": "    command: '--model-id a/b\n      --num-shard 2'\n",
    "plain over lines": "    command: --model-id a/b\n      --num-shard 2\n",
    "literal": "    command: |\n      --model-id a/b\n      --num-shard 2\n",
    "folded": "    command: >-\n      --model-id a/b\n      --num-shard 2\n",
    "block list": "    command:\n      - --model-id\n      - a/b # model\n      - --num-shard\n      - 2\n",
    "block list at the key": "    command:\n    - --model-id\n    - a/b\n    - --num-shard\n    - '2'\n",
    "flag and value in an item": "    command:\n      - --model-id a/b\n      - --num-shard 2\n",
    "flow list": '    command: ["--model-id", "a/b", "--num-shard", "2"]\n',
    "flow list over lines": '    command: ["--model-id", "a/b",\n              "--num-shard", "2"]\n',
    "variables in a map": "    environment:\n      MODEL_ID: a/b\n      NUM_SHARD: 2\n",
    "variables in a list": "    environment:\n      - MODEL_ID=a/b\n      - 'NUM_SHARD=2' # two\n",
    "variables in braces": "    environment: {MODEL_ID: a/b, NUM_SHARD: 2}\n",
    "variables in brackets": '    environment: [MODEL_ID=a/b, "NUM_SHARD=2"]\n',
}


def words(found: dict) -> list[str]:
    command = found["command"]
    return command.split() if isinstance(command, str) else [str(word) for word in command]


@pytest.mark.parametrize("form", COMMANDS.values(), ids=COMMANDS.keys())
@pytest.mark.parametrize("before", [True, False], ids=["more keys behind", "last key"])
@pytest.mark.parametrize("bytes_of", ["lf", "crlf", "bom", "no final newline", "emoji"])
def test_every_form_of_command_becomes_the_planned_one(form, before, bytes_of):
    text = HEAD + form + ("    ports: ['8080:80']\n" if before else "")
    text = {"no final newline": text.rstrip("\n"), "emoji": "# 🚀 prêt\n" + text}.get(bytes_of, text)
    data = text.replace("\n", "\r\n") if bytes_of == "crlf" else text
    after = migrated({"compose.yaml": ("\ufeff" if bytes_of == "bom" else "") + data})["compose.yaml"]
    found = service(after)
    assert words(found) == ["a/b", "--tensor-parallel-size", "2", "--port", "80"]
    assert found["image"] == TARGET
    assert "environment" not in found
    assert ("ports" in found) == before
    assert after.count("\r\n") == (after.count("\n") if bytes_of == "crlf" else 0)
    assert after.endswith("\n") == (bytes_of != "no final newline")
    assert not launches({"compose.yaml": after})


@pytest.mark.parametrize(
    ("text", "program", "rest"),
    [
        ("    entrypoint: text-generation-launcher --model-id a/b\n", "vllm serve a/b --port 80", None),
        (
            '    entrypoint: ["text-generation-launcher"]\n    command: --model-id a/b\n',
            ["vllm", "serve"],
            "a/b --port 80",
        ),
        (
            "    entrypoint:\n      - text-generation-launcher\n      - --model-id\n      - a/b\n",
            ["vllm", "serve", "a/b", "--port", "80"],
            None,
        ),
        (
            "    entrypoint: [/usr/local/bin/text-generation-launcher]\n    environment: {MODEL_ID: a/b}\n",
            ["vllm", "serve", "a/b", "--port", "80"],
            None,
        ),
        ("    command: text-generation-launcher --model-id a/b\n", None, "a/b --port 80"),
        ('    command: ["text-generation-launcher", "--model-id", "a/b"]\n', None, ["a/b", "--port", "80"]),
        (
            (
                '    entrypoint: ["/bin/sh", "-c"]\n    command:\n      - |\n        set -e\n'
                "        text-generation-launcher --model-id a/b\n"
            ),
            ["/bin/sh", "-c"],
            ["set -e\nvllm serve a/b --port 80\n"],
        ),
        (
            '    entrypoint: ["sh", "-c", "text-generation-launcher --model-id $$M && echo"]\n',
            ["sh", "-c", "vllm serve $$M --port 80 && echo"],
            None,
        ),
        (
            "    entrypoint: /bin/bash\n    command:\n      - -c\n      - text-generation-launcher --model-id a/b\n",
            "/bin/bash",
            ["-c", "vllm serve a/b --port 80"],
        ),
    ],
    ids=[
        "string",
        "list and string",
        "block list",
        "no words",
        "repeated",
        "repeated list",
        "script",
        "script in a list",
        "shell and its flag apart",
    ],
)
def test_a_named_launcher_becomes_vllm(text, program, rest):
    found = service(migrated({"compose.yaml": HEAD + text})["compose.yaml"])
    assert (found.get("entrypoint"), found.get("command")) == (program, rest)
    assert "environment" not in found


def test_only_what_must_change_changes():
    text = (
        "# models\nservices:\n  web:\n    image: nginx   # proxy\n    depends_on: [llm]\n\n  llm:\n"
        f"    image: '{IMAGE}' # pinned\n    environment:\n      # the token\n      - HF_TOKEN\n"
        f"      - MODEL_ID=a/b # model\n"
        "      # shards\n      - NUM_SHARD=${N:-2}\n    labels: {a: b}\n"
    )
    after = migrated({"compose.yaml": text})["compose.yaml"]
    assert after == text.replace(
        f"'{IMAGE}' # pinned\n",
        f"'{TARGET}' # pinned\n    command:\n      - a/b\n      - --tensor-parallel-size\n      - ${{N:-2}}\n"
        '      - --port\n      - "80"\n',
    ).replace("      - MODEL_ID=a/b # model\n", "").replace("      - NUM_SHARD=${N:-2}\n", "")


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("    environment:\n      A: b\n", "    environment:\n      A: b\n      HF_HOME: /data\n"),
        ("    environment:\n    - A=b\n", "    environment:\n    - A=b\n    - HF_HOME=/data\n"),
        ('    environment:\n      - "A=b"\n', '    environment:\n      - "A=b"\n      - "HF_HOME=/data"\n'),
        ("    environment: {A: b}\n", "    environment: {A: b, HF_HOME: /data}\n"),
        (
            "    environment:\n      HUGGING_FACE_HUB_TOKEN: ${T}\n",
            "    environment:\n      HF_TOKEN: ${T}\n      HF_HOME: /data\n",
        ),
        (
            "    environment:\n      - HUGGING_FACE_HUB_TOKEN=x\n",
            "    environment:\n      - HF_TOKEN=x\n      - HF_HOME=/data\n",
        ),
        ("    environment:\n      MODEL_ID: a/b\n", "    environment:\n      HF_HOME: /data\n"),
    ],
    ids=["map", "list", "quoted list", "braces", "renamed in a map", "renamed in a list", "in place of the last"],
)
def test_variables_come_in_the_form_of_the_others(text, after):
    volumes = "    volumes: ['./d:/data']\n"
    assert after + volumes in migrated({"compose.yaml": HEAD + text + volumes})["compose.yaml"]


@pytest.mark.parametrize(
    ("text", "gpus"),
    [
        ("gpus: all", Gpus("all")),
        ("gpus: 2", Gpus("list", 2)),
        ("deploy: {resources: {reservations: {devices: [{capabilities: [gpu]}]}}}", Gpus("all")),
        ("deploy: {resources: {reservations: {devices: [{capabilities: [gpu], count: 4}]}}}", Gpus("list", 4)),
        ("deploy: {resources: {reservations: {devices: [{capabilities: [gpu], count: all}]}}}", Gpus("all")),
        ("deploy: {resources: {reservations: {devices: [{driver: nvidia, device_ids: ['0', '3']}]}}}", Gpus("list", 2)),
        ("deploy: {resources: {limits: {memory: 4g}}}", Gpus()),
        ("runtime: nvidia", Gpus("all")),
        ("runtime: nvidia\n    environment: [NVIDIA_VISIBLE_DEVICES=0]", Gpus("list", 1)),
        ("runtime: runc", Gpus()),
        ("ipc: host", Gpus()),
    ],
)
def test_gpus(text, gpus):
    assert launches({"compose.yaml": f"{HEAD}    {text}\n"})[0].gpus == gpus


@pytest.mark.parametrize(
    ("volume", "mount"),
    [
        ("./d:/data", ("./d", "/data")),
        ("models:/models:ro", ("models", "/models")),
        ("${D:-./d}:/data", ("${D:-./d}", "/data")),
        ("'C:\\d:/data'", ("C:\\d", "/data")),
        ("{type: bind, source: /srv, target: /data}", ("/srv", "/data")),
    ],
)
def test_mounts(volume, mount):
    found = launches({"compose.yaml": f"{HEAD}    volumes:\n      - {volume}\n"})[0].mounts
    assert [(one.source, one.target) for one in found] == [mount]


def test_the_env_file_loses_what_becomes_an_argument():
    files = {
        "compose.yaml": HEAD + "    env_file:\n      - path: ./tgi.env\n        required: false\n",
        "tgi.env": "# settings\nMODEL_ID=a/b\nHF_TOKEN=secret\n",
    }
    after = migrated(files)
    assert after["tgi.env"] == "# settings\nHF_TOKEN=secret\n"
    assert words(service(after["compose.yaml"]))[0] == "a/b"
    assert "secret" not in after["compose.yaml"]


def test_an_env_file_that_another_service_reads_keeps_its_lines():
    files = {
        "compose.yaml": HEAD + "    env_file: tgi.env\n  other:\n    image: nginx\n    env_file: [tgi.env]\n",
        "tgi.env": "MODEL_ID=a/b\nHUGGING_FACE_HUB_TOKEN=secret\n",
    }
    after = migrated(files)
    assert after["tgi.env"] == files["tgi.env"] + "HF_TOKEN=secret\n"
    assert "secret" not in after["compose.yaml"]


def test_the_image_variable_is_changed_where_it_is_defined():
    files = {
        ".env": f"A=b\nTGI={IMAGE}\n",
        "compose.yaml": "services:\n  llm:\n    image: ${TGI}\n    command: --model-id ${M}\n",
    }
    after = migrated(files)
    assert after[".env"] == f"A=b\nTGI={TARGET}\n"
    assert service(after["compose.yaml"]) == {"image": "${TGI}", "command": "${M} --port 80"}


def test_a_default_behind_a_definition_is_changed_too():
    files = {".env": f"TGI='{IMAGE}'\n", "compose.yaml": f"services:\n  llm:\n    image: ${{TGI:-{IMAGE}}}\n"}
    after = migrated(files)
    assert after[".env"] == f"TGI='{TARGET}'\n"
    assert service(after["compose.yaml"])["image"] == f"${{TGI:-{TARGET}}}"


def test_a_default_without_a_definition_gives_way():
    after = migrated({"compose.yaml": f"services:\n  llm:\n    image: ${{TGI:-{IMAGE}}}\n"})
    assert service(after["compose.yaml"])["image"] == TARGET


def test_variables_that_a_shell_in_the_container_reads_are_shared():
    text = HEAD + "    environment:\n      MODEL_ID: a/b\n      PORT: 80\n    healthcheck: {test: 'curl x:$$PORT'}\n"
    found = launches({"compose.yaml": text})[0]
    assert {variable.name: variable.shared for variable in found.environment} == {"MODEL_ID": False, "PORT": True}


def test_an_env_file_that_is_not_there_hides_the_model():
    assert launches({"compose.yaml": HEAD + "    env_file: .env\n"})[0].unsupported
    assert not launches({"compose.yaml": HEAD + "    env_file: .env\n    command: --model-id a/b\n"})[0].unsupported


def test_env_files_that_fill_the_compose_file_keep_what_it_uses():
    files = {
        ".env": "MODEL_ID=a/b\nMAX_TOTAL_TOKENS=4096\n",
        "compose.yaml": HEAD + "    env_file: .env\n    command: --model-id ${MODEL_ID}\n",
    }
    assert migrated(files)[".env"] == "MODEL_ID=a/b\n"


def test_a_dockerfile_leads_to_who_builds_it():
    files = {
        "compose.yaml": "services:\n  llm:\n    build: {dockerfile: tgi.Dockerfile}\n",
        "other.yaml": "services:\n  web:\n    build: .\n",
        "tgi.Dockerfile": f"FROM {IMAGE}\n",
        "Dockerfile": "FROM nginx\n",
    }
    repo = Repository.of(files)
    assert companions("tgi.Dockerfile", repo) == ["compose.yaml"]
    assert companions("Dockerfile", repo) == []


def test_the_definition_stays_where_another_service_uses_it():
    other = '  other:\n    image: nginx\n    labels: ["${TGI}"]\n'
    files = {".env": f"TGI={IMAGE}\n", "compose.yaml": f"services:\n  llm:\n    image: ${{TGI}}\n{other}"}
    after = migrated(files)
    assert after[".env"] == files[".env"]
    assert service(after["compose.yaml"])["image"] == TARGET


LEFT_ALONE = {
    "another image": "services:\n  llm:\n    image: nginx\n    command: --model-id a/b\n",
    "embeddings": "services:\n  llm:\n    image: ghcr.io/huggingface/text-embeddings-inference:1.5\n"
    "    command: --model-id a\n",
    "another engine": "services:\n  tgi:\n    image: lmsysorg/sglang:latest\n    command: --model-path a/b\n",
    "a fork": "services:\n  tgis:\n    image: x\n    command: text-generation-launcher --model-name a --grpc-port 1\n",
    "no services": f"jobs:\n  a:\n    services:\n      llm:\n        image: {IMAGE}\n",
    "services as a list": f"image: x\nservices:\n  - {IMAGE}\n",
    "vllm alone": "services:\n  tgi:\n    image: vllm/vllm-openai:v0.20.2\n    command: a/b\n",
    "a comment": f"services:\n  web:\n    image: nginx # was {IMAGE}\n",
}


@pytest.mark.parametrize("text", LEFT_ALONE.values(), ids=LEFT_ALONE.keys())
def test_left_alone(text):
    found = read({"compose.yaml": text})
    assert not found.launches
    assert not found.mentions
    assert not found.problems


def test_neighbours_of_a_launch_keep_their_bytes():
    other = LEFT_ALONE["embeddings"].replace("services:\n  llm", "  embed")
    after = migrated({"compose.yaml": HEAD + "    command: --model-id a/b\n" + other})["compose.yaml"]
    assert after.endswith(other)


def test_broken_yaml_is_a_problem_with_its_line():
    found = read({"compose.yaml": HEAD + "    command: [--model-id, a/b\n    ports: ['1:80']\n"})
    assert [(problem.line > 1, problem.path) for problem in found.problems] == [(True, "compose.yaml")]
    assert not found.launches


def test_templates_are_kept():
    text = (
        HEAD.replace(IMAGE, f'"{IMAGE}"')
        + '    command: --model-id {{ model }} --num-shard 2\n    {% if x %}\n    restart: "{{ r }}"\n'
    )
    after = migrated({"compose.yaml": text})["compose.yaml"]
    assert "command: {{ model }} --tensor-parallel-size 2" in after
    assert '    {% if x %}\n    restart: "{{ r }}"\n' in after


def test_duplicate_keys_and_tags_are_tolerated():
    text = (
        HEAD + "    ports: !reset []\n    environment: !override\n      MODEL_ID: a/b\n    restart: a\n    restart: b\n"
    )
    assert words(service(migrated({"compose.yaml": text})["compose.yaml"]))[0] == "a/b"


def test_a_program_of_its_own_is_not_written():
    found = launches({"compose.yaml": HEAD + "    entrypoint: /app/start\n    command: --model-id a/b\n"})
    assert [bool(launch.unsupported) for launch in found] == [True]


def test_a_script_of_the_repository_leaves_the_image():
    files = {
        "compose.yaml": HEAD + "    entrypoint: /app/start.sh\n    volumes: ['./start.sh:/app/start.sh']\n",
        "start.sh": "text-generation-launcher --model-id a/b\n",
    }
    found = read(files)
    assert not found.launches
    assert [(mention.kind, mention.value) for mention in found.mentions] == [("image", IMAGE)]
    assert found.mentions[0].edit is not None
    assert found.mentions[0].edit(TARGET).replacement == TARGET


def test_an_image_of_its_own_is_not_written():
    text = "services:\n  llm:\n    image: own/llm:1\n    command: text-generation-launcher --model-id a/b\n"
    assert launches({"compose.yaml": text})[0].unsupported


@pytest.mark.parametrize("build", ["./tgi", "{context: tgi}", "{context: ., dockerfile: tgi/Dockerfile}"])
def test_a_built_image_keeps_its_build(build):
    files = {
        "compose.yaml": f"services:\n  llm:\n    build: {build}\n    command: --model-id a/b\n",
        "tgi/Dockerfile": f"FROM {IMAGE}\nRUN true\n",
    }
    found = launches(files)[0]
    assert found.image is None
    assert found.runs_in
    assert found.runs_in.value == IMAGE
    assert "command: a/b --port 80" in migrated(files)["compose.yaml"]


@pytest.mark.parametrize("dockerfile", ["FROM nginx\n", ""])
def test_another_built_image_is_left_alone(dockerfile):
    files = {"compose.yaml": "services:\n  llm:\n    build: .\n    command: --model-id a/b\n", "Dockerfile": dockerfile}
    assert not launches(files)


@pytest.mark.parametrize(
    ("test", "value", "editable"),
    [
        ("curl -sf http://localhost/info || exit 1", "http://localhost/info", True),
        ('["CMD", "curl", "-f", "http://127.0.0.1:80/info"]', "http://127.0.0.1:80/info", True),
        ('["CMD-SHELL", "curl -X POST localhost:80/generate"]', "/generate", False),
    ],
)
def test_health_checks_that_vllm_does_not_answer(test, value, editable):
    mentions = read({"compose.yaml": f"{HEAD}    healthcheck:\n      test: {test}\n"}).mentions
    assert [(mention.kind, mention.value, mention.edit is not None) for mention in mentions] == [
        ("health", value, editable)
    ]


@pytest.mark.parametrize(
    "test", ["curl http://localhost/health", "curl http://api/info", "curl http://localhost/information"]
)
def test_other_health_checks_are_left_alone(test):
    assert not read({"compose.yaml": f"{HEAD}    healthcheck:\n      test: {test}\n"}).mentions


def test_vllm_beside_tgi_is_said():
    mentions = read({"compose.yaml": f"{HEAD}  v:\n    image: vllm/vllm-openai:v0.20.2\n"}).mentions
    assert [(mention.kind, mention.value) for mention in mentions] == [("both-engines", "vllm/vllm-openai:v0.20.2")]


def test_claims_needs_services():
    repo = Repository.of({"a.yaml": HEAD, "b.yaml": "image: x\n", "c.txt": HEAD, "d.yml": "services: [a]\n"})
    assert [path for path in repo.paths if compose.claims(path, repo)] == ["a.yaml"]


def test_a_service_in_braces_gets_its_keys_inside():
    text = f"services:\n  llm: {{image: '{IMAGE}', volumes: ['hf:/data'], environment: {{MODEL_ID: a/b}}}}\n"
    assert service(migrated({"compose.yaml": text})["compose.yaml"]) == {
        "image": TARGET,
        "command": ["a/b", "--port", "80"],
        "volumes": ["hf:/data"],
        "environment": {"HF_HOME": "/data"},
    }


def test_new_lists_stand_like_the_others():
    text = HEAD + "    ports:\n    - '1:80'\n    environment:\n    - MODEL_ID=a/b\n"
    assert "    command:\n    - a/b\n" in migrated({"compose.yaml": text})["compose.yaml"]


@pytest.mark.parametrize("empty", ["''", "[]", "", "~"])
def test_an_empty_command_is_filled(empty):
    text = HEAD + "    environment:\n      MODEL_ID: a/b\n    command: " + empty + "\n"
    found = service(migrated({"compose.yaml": text})["compose.yaml"])
    assert words(found) == ["a/b", "--port", "80"]


@pytest.mark.parametrize(
    "null", ["HUGGING_FACE_HUB_TOKEN:", "HUGGING_FACE_HUB_TOKEN: ~", "HUGGING_FACE_HUB_TOKEN: null"]
)
def test_a_passed_variable_keeps_its_value_under_a_new_name(null):
    text = HEAD + f"    command: --model-id a/b\n    environment:\n      {null}\n"
    found = service(migrated({"compose.yaml": text})["compose.yaml"])
    assert found["environment"] == {"HF_TOKEN": "${HUGGING_FACE_HUB_TOKEN}"}


def test_every_document_is_read():
    text = "---\nx: y\n---\n" + HEAD + "    command: --model-id a/b\n---\nz: 1\n"
    after = migrated({"stack.yml": text})["stack.yml"]
    assert after == text.replace(IMAGE, TARGET).replace("--model-id a/b", "a/b --port 80")


def test_a_literal_dollar_stays_literal():
    text = HEAD + "    command: --model-id a/b --api-key 'x$$y'\n    environment:\n      MAX_TOTAL_TOKENS: 1\n"
    found = launches({"compose.yaml": text})[0]
    assert [(word.value, word.expression) for word in found.arguments[2:]] == [("--api-key", False), ("x$y", False)]
    assert "--api-key 'x$$y'" in migrated({"compose.yaml": text})["compose.yaml"]


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("${A}", "from .env"),
        ("${A:-b}", "from .env"),
        ("${B:-b}", "b"),
        ("${B-b}", "b"),
        ("${B:-${A}}", "from .env"),
        ("$A/x", "from .env/x"),
        ("${E:-b}", "b"),
        ("${B}", None),
        ("${B:?missing}", None),
    ],
)
def test_expressions_are_resolved_where_the_repository_tells(text, known):
    files = {".env": "A=from .env\nE=\n", "compose.yaml": HEAD + f"    environment:\n      MODEL_ID: {text}\n"}
    word = launches(files)[0].environment[0].word
    assert (word.value, word.expression, word.known) == (text, True, known)


@pytest.mark.parametrize(
    "command",
    ['bash -c "text-generation-launcher --model-id a/b"', '[sh, -c, "text-generation-launcher --model-id a/b"]'],
)
def test_a_shell_in_the_command_takes_the_image_s_entrypoint_away(command):
    found = service(migrated({"compose.yaml": HEAD + f"    command: {command}\n"})["compose.yaml"])
    assert found["entrypoint"] == []
    assert "vllm serve a/b --port 80" in str(found["command"])
