"""A container engine in memory: what was created, started, stopped and removed; its containers are local servers."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from docker.errors import APIError, DockerException, ImageNotFound, NotFound


class Healthy(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing is printed."""


@dataclass
class FakeContainer:
    engine: FakeDocker
    wanted: dict[str, Any]
    status: str = "created"
    server: http.server.HTTPServer | None = None

    def start(self) -> None:
        if self.engine.refuses:
            raise APIError("500 Server Error", explanation=self.engine.refuses)
        self.engine.did.append("start")
        self.status = "exited" if self.engine.dies else "running"
        if not self.engine.dies and not self.engine.deaf:
            self.server = http.server.HTTPServer(("127.0.0.1", 0), Healthy)
            threading.Thread(target=self.server.serve_forever, args=(0.01,)).start()

    @property
    def attrs(self) -> dict[str, Any]:
        port = self.server.server_address[1] if self.server else 1
        inside = next(iter(self.wanted.get("ports", {"80/tcp": None})))
        return {"NetworkSettings": {"Ports": {inside: [{"HostPort": str(port)}]}}, "State": {"ExitCode": 137}}

    def logs(self, stream: bool, follow: bool) -> Iterator[bytes]:
        yield b"loading\nno "
        yield b"such model\n"

    def stop(self, timeout: int) -> None:
        self.engine.did.append("stop")
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None
        if self.engine.unstoppable:
            raise APIError("cannot stop")

    def remove(self, force: bool, v: bool) -> None:
        self.engine.did.append("remove")
        del self.engine.there[self.wanted["name"]]


@dataclass
class FakeDocker:
    """`has` are the images that are there; `pulls` what a pull says."""

    has: Sequence[str] = ("image",)
    pulls: Sequence[dict[str, Any]] = ()
    dies: bool = False
    deaf: bool = False
    refuses: str = ""
    unstoppable: bool = False
    slow: threading.Event | None = None
    busy: threading.Event = field(default_factory=threading.Event)
    did: list[str] = field(default_factory=list)
    there: dict[str, FakeContainer] = field(default_factory=dict)
    wanted: dict[str, Any] = field(default_factory=dict)
    closed: bool = False

    @property
    def containers(self) -> FakeDocker:
        return self

    @property
    def images(self) -> FakeImages:
        return FakeImages(self)

    @property
    def api(self) -> FakeApi:
        return FakeApi(self)

    def create(self, **wanted: Any) -> FakeContainer:
        self.did.append("create")
        self.wanted = wanted
        self.take_time()
        self.there[wanted["name"]] = FakeContainer(self, wanted)
        return self.there[wanted["name"]]

    def get(self, name: str) -> FakeContainer:
        if name not in self.there:
            raise NotFound("no such container")
        return self.there[name]

    def take_time(self) -> None:
        if self.slow:
            self.busy.set()
            self.slow.wait(5)

    def close(self) -> None:
        self.closed = True


@dataclass
class FakeImages:
    docker: FakeDocker

    def get(self, name: str) -> None:
        if name == "broken":
            raise DockerException("cannot look")
        if name not in self.docker.has:
            raise ImageNotFound("no such image")


@dataclass
class FakeApi:
    docker: FakeDocker

    def pull(self, repository: str, tag: str, stream: bool, decode: bool) -> Iterator[dict[str, Any]]:
        self.docker.did.append(f"pull {repository} {tag}")
        self.docker.take_time()
        if not self.docker.pulls:
            raise APIError("404 Client Error", explanation="no such repository")
        yield from self.docker.pulls
