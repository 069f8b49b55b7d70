"""What a compose service gets of its host: GPUs and volumes."""

from __future__ import annotations

import re

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from migrate.formats.compose.model import Service
from migrate.formats.yaml.scalar import value
from migrate.formats.yaml.tree import child, is_null, items, span
from migrate.source import Source
from migrate.touchpoints import Gpus, Mount, Variable

_REFERENCE = re.compile(r"\$\{[^}]*\}")
_DRIVE = re.compile(r"^[A-Za-z]:[\\/]")


def read_gpus(service: Service, variables: list[Variable]) -> Gpus:
    """The GPUs of `gpus:`, of a device reservation, or of the NVIDIA runtime."""
    fact = service.fact("gpus")
    if fact is not None:
        return _requested(service, fact.source, fact.value)
    for fact in reversed(service.all("deploy")):
        devices = child(fact.value, "resources", "reservations", "devices")
        if items(devices):
            return _requested(service, fact.source, devices)
    runtime = service.fact("runtime")
    if runtime and isinstance(runtime.value, ScalarNode) and runtime.value.value == "nvidia":
        return _visible(next((item for item in variables if item.name == "NVIDIA_VISIBLE_DEVICES"), None))
    return Gpus()


def _requested(service: Service, source: Source, node: Node | None) -> Gpus:
    if isinstance(node, ScalarNode):
        return _count(service, source, node)
    for device in items(node):
        capabilities = [
            value(source, item) for item in items(child(device, "capabilities")) if isinstance(item, ScalarNode)
        ]
        if "gpu" in capabilities or _is_gpu_driver(child(device, "driver")) or not isinstance(device, MappingNode):
            identities = child(device, "device_ids")
            if isinstance(identities, SequenceNode):
                return Gpus("list", len(identities.value))
            return _count(service, source, child(device, "count"))
    return Gpus()


def _is_gpu_driver(node: Node | None) -> bool:
    return isinstance(node, ScalarNode) and node.value in ("nvidia", "amd", "cdi")


def _count(service: Service, source: Source, node: Node | None) -> Gpus:
    """A number gives a list of so many devices; `all`, -1 and no count give all of them."""
    if not isinstance(node, ScalarNode) or is_null(node):
        return Gpus("all")
    text = service.definitions.resolve(value(source, node)) or ""
    if not text.isdigit():
        return Gpus("all")
    return Gpus("list", int(text)) if int(text) else Gpus("none")


def _visible(variable: Variable | None) -> Gpus:
    known = variable.word.known if variable else None
    if known is None or known == "all":
        return Gpus("all")
    if known in ("", "void", "none"):
        return Gpus("none")
    return Gpus("list", len(known.split(",")))


def read_mounts(service: Service) -> list[Mount]:
    """The volumes of every layer; a later one on the same target wins."""
    found: dict[str, Mount] = {}
    for fact in service.all("volumes"):
        for node in items(fact.value):
            mount = _short(fact.source, node) if isinstance(node, ScalarNode) else _long(fact.source, node)
            if mount:
                found[mount.target] = mount
    return list(found.values())


def _short(source: Source, node: ScalarNode) -> Mount | None:
    text = value(source, node)
    masked = _DRIVE.sub("xxx", _REFERENCE.sub(lambda match: "x" * len(match[0]), text))
    parts = masked.split(":")
    if len(parts) < 2:
        return None
    first = len(parts[0])
    return Mount(text[:first], text[first + 1 : first + 1 + len(parts[1])], span(source, node))


def _long(source: Source, node: Node) -> Mount | None:
    target, origin = child(node, "target"), child(node, "source")
    if not isinstance(target, ScalarNode) or not isinstance(origin, ScalarNode):
        return None
    return Mount(value(source, origin), value(source, target), span(source, node))
