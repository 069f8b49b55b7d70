"""Services over several places: merge keys, `extends`, override files."""

import pytest

from migrate.formats.compose import reader as compose
from migrate.formats.compose.companions import companions
from migrate.repository import Repository
from migrate.touchpoints import CannotWrite
from tests.formats.compose_plans import IMAGE, TARGET, launches, migrated, plan_for, service

BASE = f"services:\n  llm:\n    image: {IMAGE}\n    command: --model-id a/b\n"


def test_services_on_one_anchor_get_their_own_commands():
    text = (
        f"x-tgi: &tgi\n  image: {IMAGE}\n  environment: &env\n    HF_TOKEN: ${{T}}\n    MAX_TOTAL_TOKENS: 4096\n"
        "services:\n  one:\n    <<: *tgi\n    command: --model-id a/b\n  two:\n    <<: *tgi\n"
        "    command: --model-id c/d\n"
    )
    after = migrated({"compose.yaml": text})["compose.yaml"]
    assert service(after, "one") == {
        "image": TARGET,
        "environment": {"HF_TOKEN": "${T}"},
        "command": "a/b --max-model-len 4096 --port 80",
    }
    assert service(after, "two")["command"] == "c/d --max-model-len 4096 --port 80"
    assert "x-tgi: &tgi" in after
    assert after.count("<<: *tgi") == 2


def test_a_shared_command_is_written_once_where_all_say_the_same():
    text = f"x: &x\n  image: {IMAGE}\n  command: --model-id a/b\nservices:\n  one:\n    <<: *x\n  two:\n    <<: [*x]\n"
    after = migrated({"compose.yaml": text})["compose.yaml"]
    assert after == text.replace(IMAGE, TARGET).replace("--model-id a/b", "a/b --port 80")


def test_a_shared_command_stays_where_the_services_differ():
    text = (
        f"x: &x\n  image: {IMAGE}\n  command: --model-id ${{M}}\nservices:\n  one:\n    <<: *x\n"
        "  two:\n    <<: *x\n    environment: {MAX_TOTAL_TOKENS: 4096}\n"
    )
    after = migrated({"compose.yaml": text})["compose.yaml"]
    assert service(after, "one")["command"] == ["${M}", "--port", "80"]
    assert service(after, "two")["command"] == ["${M}", "--max-model-len", "4096", "--port", "80"]


def test_variables_that_another_service_shares_stay():
    text = (
        f"x: &env\n  MODEL_ID: a/b\nservices:\n  llm:\n    image: {IMAGE}\n    environment: *env\n"
        "    volumes: ['hf:/data']\n  web:\n    image: nginx\n    environment: *env\n"
    )
    after = migrated({"compose.yaml": text})["compose.yaml"]
    assert service(after, "web")["environment"] == {"MODEL_ID": "a/b"}
    assert service(after)["environment"] == {"MODEL_ID": "a/b", "HF_HOME": "/data"}
    assert service(after)["command"][0] == "a/b"


def test_an_anchored_environment_stays_when_it_is_empty():
    text = (
        f"services:\n  llm:\n    image: {IMAGE}\n    environment: &e\n      MODEL_ID: a/b\n  b:\n"
        f"    image: {IMAGE}\n    environment: *e\n"
    )
    after = migrated({"compose.yaml": text})["compose.yaml"]
    assert service(after)["environment"] == {} == service(after, "b")["environment"]


def test_extends_in_another_file():
    files = {
        "base.yaml": f'services:\n  base:\n    image: {IMAGE}\n    environment:\n      MAX_TOTAL_TOKENS: "8192"\n',
        "compose.yaml": "services:\n  llm:\n    extends:\n      file: base.yaml\n      service: base\n"
        "    command: --model-id a/b\n",
    }
    after = migrated(files)
    assert after["base.yaml"] == f"services:\n  base:\n    image: {TARGET}\n"
    assert service(after["compose.yaml"])["command"] == "a/b --max-model-len 8192 --port 80"
    assert [launch.template for launch in launches(files)] == [True, False]
    assert companions("base.yaml", Repository.of(files)) == ["compose.yaml"]


def test_extends_in_the_same_file():
    text = (
        f"services:\n  base:\n    image: {IMAGE}\n  llm:\n    extends: base\n    environment:\n      - MODEL_ID=a/b\n"
    )
    after = migrated({"compose.yaml": text})["compose.yaml"]
    assert service(after, "base") == {"image": TARGET}
    assert service(after)["command"] == ["a/b", "--port", "80"]


def test_services_that_extend_each_other_end():
    text = f"services:\n  a:\n    extends: b\n    image: {IMAGE}\n  b:\n    extends: a\n"
    assert {launch.name for launch in launches({"compose.yaml": text})} == {"a", "b"}


@pytest.mark.parametrize(
    ("override", "command"),
    [
        ("    command: --model-id c/d\n", "c/d --port 80"),
        ("    command: [--model-id, c/d]\n", ["c/d", "--port", "80"]),
        ("    environment:\n      MAX_TOTAL_TOKENS: 4096\n", ["a/b", "--max-model-len", "4096", "--port", "80"]),
        ("    environment: [MODEL_ID=c/d, A=b]\n", ["c/d", "--port", "80"]),
        ("    gpus: 2\n", ["a/b", "--port", "80"]),
        (f"    image: {IMAGE}-rocm\n", ["a/b", "--port", "80"]),
    ],
    ids=["command", "list", "variables", "variables in brackets", "GPUs", "image"],
)
def test_an_override_that_changes_the_start_is_written(override, command):
    files = {"compose.yaml": BASE, "compose.override.yaml": "services:\n  llm:\n" + override}
    after = migrated(files)
    assert service(after["compose.yaml"]) == {"image": TARGET, "command": "a/b --port 80"}
    assert service(after["compose.override.yaml"])["command"] == command
    assert companions("compose.yaml", Repository.of(files)) == ["compose.override.yaml"]


@pytest.mark.parametrize(
    "override",
    [
        "  llm:\n    ports: ['1:80']\n",
        "  llm:\n    deploy: {resources: {reservations: {devices: [{capabilities: [gpu], count: 1}]}}}\n",
        "  llm:\n    environment:\n      http_proxy: x\n",
        "  other:\n    command: --model-id a/b\n",
        "  llm:\n    restart: always\n    labels: [a]\n",
    ],
    ids=["ports", "one GPU", "other variables", "another service", "labels"],
)
def test_an_override_that_does_not_change_the_start_is_left_alone(override):
    files = {"compose.yaml": BASE, "compose.gpu.yaml": "services:\n" + override}
    assert migrated(files)["compose.gpu.yaml"] == files["compose.gpu.yaml"]
    assert [launch.path for launch in launches(files)] == ["compose.yaml"]


def test_files_of_another_folder_are_no_companions():
    files = {"a/compose.yaml": BASE, "b/compose.override.yaml": "services:\n  llm:\n    command: --model-id c/d\n"}
    assert companions("a/compose.yaml", Repository.of(files)) == []
    assert len(launches(files)) == 1


def test_an_aliased_command_gives_way_to_words_of_its_own():
    text = (
        f"x: &cmd\n  - --model-id\n  - ${{M}}\nservices:\n  one:\n    image: {IMAGE}\n    command: *cmd\n"
        f"  two:\n    image: {IMAGE}\n    command: *cmd\n    environment: {{MAX_TOTAL_TOKENS: 1}}\n"
    )
    after = migrated({"compose.yaml": text})["compose.yaml"]
    assert service(after, "one")["command"] == ["${M}", "--port", "80"]
    assert service(after, "two")["command"] == ["${M}", "--max-model-len", "1", "--port", "80"]


def test_a_script_below_an_override_cannot_be_written():
    script = "    entrypoint: [sh, -c, 'text-generation-launcher --model-id a/b']\n"
    files = {
        "compose.yaml": f"services:\n  llm:\n    image: {IMAGE}\n{script}",
        "compose.big.yaml": "services:\n  llm:\n    environment:\n      MAX_TOTAL_TOKENS: 4096\n",
    }
    override = next(launch for launch in launches(files) if launch.path == "compose.big.yaml")
    with pytest.raises(CannotWrite, match="script"):
        override.write(plan_for(override))


def test_a_list_shared_with_another_service_cannot_take_more():
    text = (
        f"x: &e\n  - A=b\nservices:\n  llm:\n    image: {IMAGE}\n    command: --model-id a/b\n    environment: *e\n"
        "    volumes: ['hf:/data']\n  web:\n    image: nginx\n    environment: *e\n"
    )
    found = launches({"compose.yaml": text})[0]
    with pytest.raises(CannotWrite, match="shared"):
        found.write(plan_for(found))


def test_variables_of_an_extended_service_are_added_where_the_launch_is():
    text = (
        f"services:\n  base:\n    image: {IMAGE}\n    environment:\n      - MAX_TOTAL_TOKENS=4096\n"
        "    volumes: ['./w:/data']\n  llm:\n    extends: base\n    command: --model-id a/b\n"
    )
    after = migrated({"compose.yaml": text})["compose.yaml"]
    assert service(after)["environment"] == {"HF_HOME": "/data"}
    assert "MAX_TOTAL_TOKENS" not in after


def test_a_file_that_only_names_another_image_is_laid_over_the_standard_file():
    other = f"services:\n  llm:\n    image: {IMAGE}-rocm\n    devices: [/dev/kfd]\n"
    files = {"compose.yaml": BASE, "compose.amd.yaml": other}
    launch = next(one for one in launches(files) if one.path == "compose.amd.yaml")
    assert [word.value for word in launch.arguments] == ["--model-id", "a/b"]


def test_a_complete_service_of_the_same_name_stands_alone():
    other = f"services:\n  llm:\n    image: {IMAGE}\n    command: --model-id c/d\n"
    files = {"compose.yaml": BASE.replace("a/b", "a/b --num-shard 2"), "tgi.yaml": other}
    launch = next(one for one in launches(files) if one.path == "tgi.yaml")
    assert [word.value for word in launch.arguments] == ["--model-id", "c/d"]


def test_what_the_dockerfile_sets_counts_under_a_command_of_the_service():
    files = {
        "compose.yaml": "services:\n  llm:\n    build: .\n    command: --model-id a/b\n    environment: {PORT: 1}\n",
        "Dockerfile": f"FROM {IMAGE}\nARG N\nENV NUM_SHARD=2 PORT=8080 DTYPE=$N\n",
    }
    launch = next(one for one in launches(files) if one.path == "compose.yaml")
    assert [(one.name, one.word.value) for one in launch.environment] == [("PORT", "1"), ("NUM_SHARD", "2")]
    after = migrated(files)["compose.yaml"]
    assert service(after)["command"] == "a/b --tensor-parallel-size 2 --port 80"


def test_a_dockerfile_inside_the_file_is_named():
    text = f"services:\n  llm:\n    build:\n      dockerfile_inline: |\n        FROM {IMAGE}\n"
    found = compose.read(Repository.of({"compose.yaml": text}).source("compose.yaml"), Repository.of({}))
    assert [(one.kind, one.value) for one in found.mentions] == [("unread-format", IMAGE)]


@pytest.mark.parametrize(
    ("path", "override", "found"),
    [
        ("deploy/prod.yaml", "services:\n  llm:\n    command: --model-id c/d\n", True),
        ("prod.yaml", "services:\n  llm:\n    command: --model-id c/d\n", True),
        ("deploy/prod.yaml", "services:\n  other:\n    command: --model-id c/d\n", False),
        ("deploy/prod.yaml", "services:\n  llm:\n    build: .\n    command: [python, x.py]\n", False),
    ],
    ids=["below", "beside the root", "another service", "a service of its own"],
)
def test_an_override_in_another_folder_is_tied_to_its_base(path, override, found):
    base = "compose.yaml" if path.startswith("deploy") else "base/compose.yaml"
    files = {base: BASE, path: override}
    after = migrated(files)
    assert companions(base, Repository.of(files)) == ([path] if found else [])
    assert after[path] == (override.replace("--model-id c/d", "c/d --port 80") if found else override)


@pytest.mark.parametrize(
    ("command", "entry", "added"),
    [
        ("--model-id a/b ${MORE}", "MORE=--num-shard 2 --dtype $D", ["--num-shard", "2", "--dtype", "$D"]),
        ("--model-id a/b $MORE", "MORE='--num-shard 2'", ["--num-shard", "2"]),
        ("--model-id a/b ${MORE}", "MORE=x", None),
        ("--model-id a/b ${MORE}", "OTHER=--num-shard 2", None),
        ('["--model-id", "a/b", "${MORE}"]', "MORE=--num-shard 2", None),
    ],
    ids=["words", "quoted", "no options", "another variable", "one word of a list"],
)
def test_flags_in_a_variable_of_the_env_file_are_additions(command, entry, added):
    text = f"services:\n  llm:\n    image: {IMAGE}\n    command: {command}\n"
    (launch,) = launches({"compose.yaml": text, ".env": f"{entry}\n"})
    assert [[word.value for word in one.arguments] for one in launch.additions] == ([added] if added else [])
    assert {one.path for one in launch.additions} <= {".env"}
