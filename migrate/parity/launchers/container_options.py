"""Docker's own options, by the names of `docker run`, as the Docker SDK takes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from docker.types import DeviceRequest, Mount, Ulimit

from migrate.parity.launchers import UnusableEngine

Options = tuple[tuple[str, str], ...]

# What a measured engine does without: its name, how it is watched and restarted, what its terminal is.
_IGNORED = frozenset(
    [
        *("annotation", "attach", "cidfile", "detach", "detach-keys", "disable-content-trust", "expose", "help"),
        *("health-cmd", "health-interval", "health-retries", "health-start-interval", "health-start-period"),
        *("health-timeout", "interactive", "label", "label-file", "log-driver", "log-opt", "name", "network-alias"),
        *("no-healthcheck", "publish", "publish-all", "pull", "quiet", "replace", "restart", "rm", "sig-proxy"),
        *("stop-timeout", "tty"),
    ]
)
_TEXTS = {
    "cgroup-parent": "cgroup_parent",
    "cpuset-cpus": "cpuset_cpus",
    "cpuset-mems": "cpuset_mems",
    "domainname": "domainname",
    "hostname": "hostname",
    "ipc": "ipc_mode",
    "memory": "mem_limit",
    "memory-reservation": "mem_reservation",
    "memory-swap": "memswap_limit",
    "net": "network_mode",
    "network": "network_mode",
    "pid": "pid_mode",
    "platform": "platform",
    "runtime": "runtime",
    "shm-size": "shm_size",
    "stop-signal": "stop_signal",
    "user": "user",
    "userns": "userns_mode",
    "workdir": "working_dir",
}
_LISTS = {
    "cap-add": "cap_add",
    "cap-drop": "cap_drop",
    "device-cgroup-rule": "device_cgroup_rules",
    "dns": "dns",
    "group-add": "group_add",
    "security-opt": "security_opt",
    "volume": "volumes",
    "volumes-from": "volumes_from",
}
_SWITCHES = {"init": "init", "privileged": "privileged", "read-only": "read_only"}


def arguments_of(options: Options, folder: Path) -> dict[str, Any]:
    """The arguments of `containers.create`; relative host paths start at `folder`.

    Raises:
        UnusableEngine: an option that this program cannot hand on.
    """
    found: dict[str, Any] = {}
    for name in dict.fromkeys(name for name, _ in options):
        values = [value for other, value in options if other == name]
        if name in _TEXTS:
            found[_TEXTS[name]] = values[-1]
        elif name in _LISTS:
            found[_LISTS[name]] = values
        elif name in _SWITCHES:
            found[_SWITCHES[name]] = values[-1] != "false"
        elif name in _SPECIAL:
            _SPECIAL[name](found, values, folder)
        elif name not in _IGNORED:
            raise UnusableEngine(f"--{name} is an option of docker that this program cannot hand on: leave it out")
    if "volumes" in found:
        found["volumes"] = [_bound(volume, folder) for volume in found["volumes"]]
    return found


def published(options: Iterable[tuple[str, str]]) -> list[int]:
    """The container's ports that `-p` publishes: the last number of `[[address:]host:]container[/protocol]`."""
    values = [value.partition("/")[0].rpartition(":")[2] for name, value in options if name == "publish"]
    return list(dict.fromkeys(int(value) for value in values if value.isdecimal()))


def _bound(volume: str, folder: Path) -> str:
    """A bind mount with an absolute path; a named volume stays."""
    source, colon, rest = volume.partition(":")
    if not colon or not source.startswith((".", "/", "~")):
        return volume
    return f"{(folder / Path(source).expanduser()).resolve()}:{rest}"


def _gpus(found: dict[str, Any], values: Sequence[str], folder: Path) -> None:
    """`all`, a number, or `device=0,1`, once more in quotes as docker wants it; nothing at all is none."""
    value = values[-1].strip("\"'")
    devices = re.search(r"device=([^\"']+)", value)
    count = re.fullmatch(r"(?:count=)?(\d+|all|-1)", value)
    if devices:
        found.setdefault("device_requests", []).append(_gpu(device_ids=devices[1].split(",")))
    elif count is None:
        raise UnusableEngine(f"--gpus {value}: give all, a number, or device=0,1")
    elif count[1] != "0":
        number = int(count[1]) if count[1].isdecimal() else -1
        found.setdefault("device_requests", []).append(_gpu(count=number))


def _gpu(**which: Any) -> DeviceRequest:
    return DeviceRequest(capabilities=[["gpu"]], **which)


def _devices(found: dict[str, Any], values: Sequence[str], folder: Path) -> None:
    """Device files, and devices by their names of the Container Device Interface (`nvidia.com/gpu=0`)."""
    named = [value for value in values if "=" in value and not value.startswith("/")]
    files = [value for value in values if value not in named]
    if named:
        found.setdefault("device_requests", []).append(DeviceRequest(driver="cdi", device_ids=named))
    if files:
        found["devices"] = [value if value.count(":") == 2 else f"{_twice(value)}:rwm" for value in files]


def _twice(value: str) -> str:
    return value if ":" in value else f"{value}:{value}"


def _mounts(found: dict[str, Any], values: Sequence[str], folder: Path) -> None:
    found["mounts"] = [_mount(value, folder) for value in values]


def _mount(value: str, folder: Path) -> Mount:
    fields = dict(part.partition("=")[::2] for part in value.split(","))
    source = fields.get("source") or fields.get("src")
    target = fields.get("target") or fields.get("dst") or fields.get("destination")
    if not target:
        raise UnusableEngine(f"--mount {value}: has no target")
    read_only = any(name in fields and fields[name] != "false" for name in ("readonly", "ro"))
    if fields.get("type") == "bind" and source:
        return Mount(target, str((folder / Path(source).expanduser()).resolve()), type="bind", read_only=read_only)
    return Mount(target, source, type="tmpfs" if fields.get("type") == "tmpfs" else "volume", read_only=read_only)


def _ulimits(found: dict[str, Any], values: Sequence[str], folder: Path) -> None:
    limits = []
    for value in values:
        name, _, numbers = value.partition("=")
        soft, _, hard = numbers.partition(":")
        if not _integer(soft) or (hard and not _integer(hard)):
            raise UnusableEngine(f"--ulimit {value}: give NAME=SOFT:HARD")
        limits.append(Ulimit(name=name, soft=int(soft), hard=int(hard or soft)))
    found["ulimits"] = limits


def _integer(text: str) -> bool:
    return text.removeprefix("-").isdecimal()


def _hosts(found: dict[str, Any], values: Sequence[str], folder: Path) -> None:
    found["extra_hosts"] = dict(re.split("[:=]", value, maxsplit=1) for value in values if re.search("[:=]", value))


def _memory(found: dict[str, Any], values: Sequence[str], folder: Path) -> None:
    found["tmpfs"] = dict(value.partition(":")[::2] for value in values)


def _cpus(found: dict[str, Any], values: Sequence[str], folder: Path) -> None:
    try:
        found["nano_cpus"] = int(float(values[-1]) * 1e9)
    except (ValueError, OverflowError):
        raise UnusableEngine(f"--cpus {values[-1]}: is no number") from None


_SPECIAL: Mapping[str, Callable[[dict[str, Any], Sequence[str], Path], None]] = {
    "add-host": _hosts,
    "cpus": _cpus,
    "device": _devices,
    "gpus": _gpus,
    "mount": _mounts,
    "tmpfs": _memory,
    "ulimit": _ulimits,
}
