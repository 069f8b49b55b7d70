from __future__ import annotations

from pathlib import Path

import pytest

from migrate.parity.launchers import UnusableEngine
from migrate.parity.launchers.compose_service import names_of, read_service
from migrate.parity.launchers.container import Container
from migrate.repository import Repository

TGI = "ghcr.io/huggingface/text-generation-inference:3.3.5"


def repository(files: dict[str, str]) -> Repository:
    found = Repository.of(files)
    found.root = Path("/home/me/My App")
    return found


def service(text: str, name: str = "llm", environment: dict[str, str] | None = None, **files: str) -> Container:
    named = {path.replace("__", "."): content for path, content in files.items()}
    return read_service(repository({"compose.yaml": text, **named}), "compose.yaml", name, environment or {})


WHOLE = f"""
services:
  llm:
    image: {TGI}
    command: --model-id ${{MODEL}} --max-total-tokens "4096"
    environment:
      HF_TOKEN:
      ABSENT:
      PORT: 3000
      COST: 5$$
    env_file: [llm.env]
    ports: ["8080:80", {{target: 9000, published: 9000}}]
    shm_size: 1gb
    ipc: host
    volumes:
      - models:/data
      - ./conf:/conf:ro
      - {{type: bind, source: ~/x, target: /x, read_only: true}}
      - /anonymous
    deploy:
      resources:
        reservations:
          devices:
            - {{driver: nvidia, device_ids: ["0", "2"], capabilities: [gpu]}}
    ulimits: {{memlock: -1, stack: {{soft: 1, hard: 2}}}}
    cap_add: [SYS_PTRACE]
    devices: [/dev/kfd]
    extra_hosts: {{db: 10.0.0.1}}
    restart: always
    depends_on: [db]
    healthcheck: {{test: curl}}
  db: {{image: postgres}}
volumes:
  models:
"""


def test_a_whole_service() -> None:
    found = service(WHOLE, environment={"HF_TOKEN": "secret"}, __env="MODEL=org/model\n", llm__env="A=1\nPORT=1\n")
    assert (found.image, found.entrypoint) == (TGI, None)
    assert found.arguments == ("--model-id", "org/model", "--max-total-tokens", "4096")
    assert found.environment == {"HF_TOKEN": "secret", "PORT": "3000", "COST": "5$", "A": "1"}
    assert sorted(found.options) == sorted(
        [
            ("publish", "8080:80"),
            ("publish", "9000"),
            ("shm-size", "1gb"),
            ("ipc", "host"),
            ("volume", "myapp_models:/data"),
            ("volume", "/home/me/My App/conf:/conf:ro"),
            ("volume", f"{Path.home()}/x:/x:ro"),
            ("volume", "/anonymous"),
            ("gpus", "device=0,2"),
            ("ulimit", "memlock=-1:-1"),
            ("ulimit", "stack=1:2"),
            ("cap-add", "SYS_PTRACE"),
            ("device", "/dev/kfd"),
            ("add-host", "db:10.0.0.1"),
        ]
    )
    made = found.arguments_to_create("name")
    assert list(made["ports"]) == ["3000/tcp"]
    assert "restart_policy" not in made


def test_a_small_service() -> None:
    found = service("services: {llm: {image: a}}")
    assert found == Container("a", folder=Path("/home/me/My App"))


def test_the_environment_goes_before_the_env_file() -> None:
    text = "services: {llm: {image: 'a:${TAG:-1}'}}"
    assert service(text).image == "a:1"
    assert service(text, __env="TAG=2").image == "a:2"
    assert service(text, environment={"TAG": "3$"}, __env="TAG=2").image == "a:3$"
    assert service(text, environment={"TAG": ""}, __env="TAG=2").image == "a:1"


def test_the_words_of_an_entrypoint() -> None:
    found = service("services: {llm: {image: a, entrypoint: [vllm, serve], command: [m, '--x', 'a b']}}")
    assert (found.entrypoint, found.arguments) == (("vllm", "serve"), ("m", "--x", "a b"))


def test_a_folded_command() -> None:
    found = service("services:\n  llm:\n    image: a\n    command: >\n      --a 'b c'\n      --d $$HOME\n")
    assert found.arguments == ("--a", "b c", "--d", "$HOME")


@pytest.mark.parametrize(
    ("devices", "gpus"),
    [
        ("gpus: all", ["all"]),
        ("gpus: [{count: 2}]", ["2"]),
        ("gpus: [{driver: nvidia}]", ["all"]),
        ("deploy: {resources: {reservations: {devices: [{count: 1, capabilities: [gpu]}]}}}", ["1"]),
        ("deploy: {resources: {limits: {memory: 1g}}}", []),
    ],
)
def test_gpus(devices: str, gpus: list[str]) -> None:
    found = service(f"services: {{llm: {{image: a, {devices}}}}}")
    assert [value for name, value in found.options if name == "gpus"] == gpus


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ("name: other\nvolumes: {m: }", "other_m"),
        ("volumes: {m: {external: true}}", "m"),
        ("volumes: {m: {name: shared}}", "shared"),
        ("", "myapp_m"),
    ],
)
def test_the_names_of_volumes(more: str, name: str) -> None:
    found = service(f"services: {{llm: {{image: a, volumes: ['m:/data']}}}}\n{more}")
    assert found.options == (("volume", f"{name}:/data"),)


def test_a_project_name_of_the_environment() -> None:
    text = "services: {llm: {image: a, volumes: ['m:/data']}}"
    assert service(text, environment={"COMPOSE_PROJECT_NAME": "p"}).options == (("volume", "p_m:/data"),)


def test_the_override_file_beside_it() -> None:
    base = "services: {llm: {image: a, command: --x, volumes: ['/a:/data'], environment: {A: 1, B: 1}}}"
    over = "services: {llm: {command: --y, volumes: ['/b:/data'], environment: [B=2]}}"
    found = service(base, compose__override__yaml=over)
    assert (found.image, found.arguments, found.environment) == ("a", ("--y",), {"A": "1", "B": "2"})
    assert found.options == (("volume", "/b:/data"),)


def test_an_extended_service() -> None:
    text = "services:\n  base: {image: a, shm_size: 1g}\n  llm: {extends: base, command: --x}\n"
    found = service(text)
    assert (found.image, found.arguments, found.options) == ("a", ("--x",), (("shm-size", "1g"),))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("services: {llm: {image: '${IMAGE}'}}", r"compose.yaml:1: \$\{IMAGE\}: neither the environment nor \.env"),
        ("services:\n  llm:\n    image: a\n    command: --m ${M:?set it}\n", r"compose.yaml:4: "),
        ("services:\n  llm:\n    image: a\n    environment:\n      A: ${B}\n", r"compose.yaml:5: \$\{B\}"),
        ("services: {llm: {build: .}}", "llm names no image: build it"),
        ("services: {llm: {image: a, env_file: none.env}}", "env file none.env is missing"),
        ("services: {llm: {image: a, network_mode: 'service:vpn'}}", "needs the other container"),
        ('services: {llm: {image: a, command: "\'x"}}', "compose.yaml:1: command: No closing quotation"),
        ("services: {tgi: {image: a}}", "has no service llm; there are tgi"),
        ("services: {}", "there are none"),
        ("services: [", "compose.yaml:"),
    ],
)
def test_a_service_that_cannot_be_started(text: str, message: str) -> None:
    with pytest.raises(UnusableEngine, match=message):
        service(text)


def test_no_such_file() -> None:
    with pytest.raises(UnusableEngine, match="there is no such file"):
        read_service(repository({}), "compose.yaml", "llm")


def test_the_names_of_the_services() -> None:
    assert names_of(repository({"compose.yaml": WHOLE}), "compose.yaml") == ["llm", "db"]


def mounted(folder: Path, text: str, **files: str) -> Container:
    repo = Repository.of({"compose.yaml": text, **{name.replace("__", "."): more for name, more in files.items()}})
    repo.root = folder
    return read_service(repo, "compose.yaml", "llm", {"WHERE": "."})


def test_secrets_and_configs_that_are_files(tmp_path: Path) -> None:
    for name in ("token.txt", "key", "chat.jinja"):
        (tmp_path / name).write_text("x")
    found = mounted(
        tmp_path,
        "services: {llm: {image: a, secrets: [hub, {source: key, target: /k/key, mode: 0400}], configs: [template]}}\n"
        "secrets: {hub: {file: '${WHERE}/token.txt'}, key: {file: ./key}, other: {environment: OTHER}}\n"
        "configs: {template: {file: chat.jinja}}\n",
    )
    assert [value for name, value in found.options if name == "volume"] == [
        f"{tmp_path}/token.txt:/run/secrets/hub:ro",
        f"{tmp_path}/key:/k/key:ro",
        f"{tmp_path}/chat.jinja:/template:ro",
    ]


def test_an_override_names_a_secret_of_the_first_file(tmp_path: Path) -> None:
    (tmp_path / "token.txt").write_text("x")
    base = "services: {llm: {image: a}}\nsecrets: {hub: {file: token.txt}}\n"
    found = mounted(tmp_path, base, compose__override__yaml="services: {llm: {secrets: [hub]}}")
    assert found.options == (("volume", f"{tmp_path}/token.txt:/run/secrets/hub:ro"),)


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ("{hub: {environment: HF_TOKEN}}", "compose.yaml: secrets: hub is no file of this host"),
        ("{hub: {external: true}}", "compose.yaml: secrets: hub is no file of this host"),
        ("{}", "compose.yaml: secrets: hub is no file of this host"),
        ("{hub: {file: ./token.txt}}", "compose.yaml: secrets: hub: .*token.txt: there is no such file"),
    ],
)
def test_secrets_that_are_no_files(tmp_path: Path, stated: str, message: str) -> None:
    with pytest.raises(UnusableEngine, match=message):
        mounted(tmp_path, f"services: {{llm: {{image: a, secrets: [hub]}}}}\nsecrets: {stated}\n")
