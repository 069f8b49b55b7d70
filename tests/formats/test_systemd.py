"""Units of systemd and Quadlet containers."""

from __future__ import annotations

import pytest

from migrate.formats.systemd import reader as systemd
from tests.formats.laying import IMAGE, NEW, found_in, rewritten


@pytest.mark.parametrize(
    ("path", "before", "expected"),
    [
        pytest.param(
            "a.service",
            f"[Service]\nExecStart=-/usr/bin/docker run \\\n  # note\n  {IMAGE} \\\n"
            "  --model-id ${M}\nRestart=always\n",
            f"[Service]\nExecStart=-/usr/bin/docker run \\\n  # note\n  {NEW} \\\n"
            "  ${M} \\\n  --x y\nRestart=always\n",
            id="docker",
        ),
        pytest.param(
            "a.service",
            'Environment="MODEL_ID=m" NUM_SHARD=2\nExecStart=/usr/bin/text-generation-launcher\n',
            "ExecStart=/usr/bin/vllm serve m --x y\n",
            id="whole-line-goes",
        ),
        pytest.param(
            "a.service",
            "Environment=MODEL_ID=m K=v 'NUM_SHARD=2'\nExecStart=/opt/t/text-generation-launcher --json-output\n",
            "Environment=K=v\nExecStart=vllm serve m --x y\n",
            id="some-of-a-line-go",
        ),
        pytest.param(
            "a.service",
            'Environment="HUGGING_FACE_HUB_TOKEN=a b"\nExecStart=/usr/bin/text-generation-launcher\n',
            "Environment='HF_TOKEN=a b'\nExecStart=/usr/bin/vllm serve --x y\n",
            id="renamed",
        ),
        pytest.param(
            "a.service",
            "Environment=MODEL_ID=m\nExecStartPre=/bin/echo ${MODEL_ID}\nExecStart=/usr/bin/text-generation-launcher\n",
            "Environment=MODEL_ID=m\nExecStartPre=/bin/echo ${MODEL_ID}\nExecStart=/usr/bin/vllm serve m --x y\n",
            id="read-elsewhere",
        ),
        pytest.param(
            "a.service",
            f"ExecStart=/bin/sh -c 'exec docker run {IMAGE} --model-id \"$M\"'\n",
            f"ExecStart=/bin/sh -c 'exec docker run {NEW} \"$M\" --x y'\n",
            id="shell",
        ),
        pytest.param(
            "t.container",
            f"[Container]\nImage={IMAGE}\nEntrypoint=/usr/local/bin/text-generation-launcher\nExec=--model-id m\n",
            f"[Container]\nImage={NEW}\nExec=m --x y\n",
            id="quadlet-entrypoint",
        ),
        pytest.param(
            "t.container",
            f"[Container]\nImage={IMAGE}\nExec=--model-id m --num-shard 2\n"
            "Volume=c:/data\nEnvironment=MAX_TOTAL_TOKENS=5\n",
            f"[Container]\nImage={NEW}\nExec=m --tensor-parallel-size 2 --x y\n"
            "Volume=c:/data\nEnvironment=HF_HOME=/data\n",
            id="quadlet",
        ),
        pytest.param(
            "t.container",
            f"[Container]\nEnvironment=MODEL_ID=m\nImage={IMAGE}",
            f"[Container]\nImage={NEW}\nExec=m --x y",
            id="quadlet-without-exec-or-final-newline",
        ),
    ],
)
def test_rewritten(path: str, before: str, expected: str) -> None:
    assert rewritten(systemd.read, {path: before}, path) == {path: expected}


def test_environment_file() -> None:
    files = {
        "a.service": "EnvironmentFile=-/etc/default/tgi.env\nExecStart=/usr/bin/text-generation-launcher\n",
        "deploy/tgi.env": "MODEL_ID=m\nK=v\n",
    }
    after = rewritten(systemd.read, files, "a.service")
    assert after["deploy/tgi.env"] == "K=v\n"
    assert after["a.service"].endswith("ExecStart=/usr/bin/vllm serve m --x y\n")


def test_facts_of_a_quadlet() -> None:
    text = f"Image={IMAGE}\nContainerName=t\nAddDevice=nvidia.com/gpu=all\nVolume=/h:/data:Z\n"
    launch = found_in(systemd.read, text, "t.container").launches[0]
    assert (launch.name, launch.gpus.kind, launch.through_entrypoint) == ("t", "all", True)
    assert [(mount.source, mount.target) for mount in launch.mounts] == [("/h", "/data")]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("tgi.service", "Description=tgi\nExecStart=/usr/bin/docker run nginx\n", id="other-image"),
        pytest.param("tgi.service", f"# ExecStart=/usr/bin/docker run {IMAGE}\n", id="comment"),
        pytest.param("tgi.container", "Image=docker.io/library/nginx\nContainerName=tgi\n", id="quadlet"),
        pytest.param("tgi.service", "ExecStart=/usr/bin/docker rm -f tgi\n", id="remove"),
    ],
)
def test_left_alone(path: str, text: str) -> None:
    found = found_in(systemd.read, text, path)
    assert not found.launches
    assert not found.mentions


def test_an_open_quote_is_a_problem() -> None:
    text = f'Environment="A=b\nExecStart=/usr/bin/docker run {IMAGE}\n'
    found = found_in(systemd.read, text, "a.service")
    assert [problem.line for problem in found.problems] == [2]


def test_entrypoint_of_its_own_in_a_container() -> None:
    text = f"[Container]\nImage={IMAGE}\nEntrypoint=/start.sh\nEnvironment=MODEL_ID=m\n"
    (launch,) = found_in(systemd.read, text, "t.container").launches
    assert launch.unsupported is not None
    assert "start.sh" in launch.unsupported
