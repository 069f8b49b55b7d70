from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from migrate.parity.launchers import UnusableEngine
from migrate.parity.launchers.container_options import arguments_of, published

HERE = Path("/repo")
ALL = {"Driver": "", "Count": -1, "DeviceIDs": [], "Capabilities": [["gpu"]], "Options": {}}


def made(*options: tuple[str, str]) -> dict[str, Any]:
    return arguments_of(options, HERE)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("all", {}),
        ("count=all", {}),
        ("2", {"Count": 2}),
        ("count=2", {"Count": 2}),
        ("device=0,1", {"Count": 0, "DeviceIDs": ["0", "1"]}),
        ('"device=GPU-3a,GPU-4b"', {"Count": 0, "DeviceIDs": ["GPU-3a", "GPU-4b"]}),
    ],
)
def test_gpus(value: str, expected: dict[str, Any]) -> None:
    assert made(("gpus", value))["device_requests"] == [{**ALL, **expected}]


def test_no_gpus() -> None:
    assert made(("gpus", "0")) == {}


def test_devices() -> None:
    found = made(("device", "/dev/kfd"), ("device", "/dev/dri:/dev/dri"), ("device", "/a:/b:r"))
    assert found["devices"] == ["/dev/kfd:/dev/kfd:rwm", "/dev/dri:/dev/dri:rwm", "/a:/b:r"]
    named = made(("device", "nvidia.com/gpu=0"))["device_requests"][0]
    assert (named["Driver"], named["DeviceIDs"]) == ("cdi", ["nvidia.com/gpu=0"])


@pytest.mark.parametrize(
    ("volume", "expected"),
    [
        ("./data:/data", "/repo/data:/data"),
        ("../data:/data:ro", "/data:/data:ro"),
        ("/models:/data", "/models:/data"),
        ("models:/data", "models:/data"),
        ("/data", "/data"),
        ("~/x:/data", f"{Path.home()}/x:/data"),
    ],
)
def test_volumes(volume: str, expected: str) -> None:
    assert made(("volume", volume))["volumes"] == [expected]


def test_mounts() -> None:
    bind, volume, memory = made(
        ("mount", "type=bind,src=./x,dst=/x,readonly"),
        ("mount", "source=models,target=/data"),
        ("mount", "type=tmpfs,destination=/t"),
    )["mounts"]
    assert (bind["Type"], bind["Source"], bind["Target"], bind["ReadOnly"]) == ("bind", "/repo/x", "/x", True)
    assert (volume["Type"], volume["Source"], volume["Target"]) == ("volume", "models", "/data")
    assert (memory["Type"], memory["Target"]) == ("tmpfs", "/t")


def test_options_that_are_handed_on() -> None:
    assert made(
        ("shm-size", "1g"),
        ("ipc", "private"),
        ("ipc", "host"),
        ("network", "host"),
        ("cap-add", "SYS_PTRACE"),
        ("cap-add", "NET_ADMIN"),
        ("privileged", ""),
        ("init", "false"),
        ("cpus", "1.5"),
        ("add-host", "db:10.0.0.1"),
        ("tmpfs", "/run:size=1m"),
    ) == {
        "shm_size": "1g",
        "ipc_mode": "host",
        "network_mode": "host",
        "cap_add": ["SYS_PTRACE", "NET_ADMIN"],
        "privileged": True,
        "init": False,
        "nano_cpus": 1_500_000_000,
        "extra_hosts": {"db": "10.0.0.1"},
        "tmpfs": {"/run": "size=1m"},
    }


def test_limits() -> None:
    stack, memory = made(("ulimit", "stack=67108864"), ("ulimit", "memlock=-1:-1"))["ulimits"]
    assert (stack["Name"], stack["Soft"], stack["Hard"]) == ("stack", 67108864, 67108864)
    assert (memory["Soft"], memory["Hard"]) == (-1, -1)


def test_what_a_measured_engine_does_without() -> None:
    assert made(("name", "tgi"), ("rm", ""), ("detach", ""), ("restart", "always"), ("publish", "8080:80")) == {}


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (("link", "db"), "--link is an option of docker that"),
        (("gpus", "some"), "give all"),
        (("cpus", "many"), "is no number"),
        (("ulimit", "memlock=x"), "NAME=SOFT"),
        (("mount", "type=bind,src=x"), "has no target"),
    ],
)
def test_an_option_that_is_no_use(option: tuple[str, str], message: str) -> None:
    with pytest.raises(UnusableEngine, match=message):
        made(option)


def test_published_ports() -> None:
    values = ["8080:80", "127.0.0.1:9000:90/tcp", "80", "[::1]:1:2", "8080:80", "${X}", "1000-1001:2000-2001"]
    assert published(("publish", value) for value in values) == [80, 90, 2]
    assert published([("volume", "a:80")]) == []
