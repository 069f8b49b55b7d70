"""Stands between a program and a server: every byte goes through as it is, what was asked and answered is kept."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import threading
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
REQUEST = re.compile(rb"(GET|POST|PUT|DELETE|HEAD|OPTIONS) (\S+) HTTP/1\.1\r\n")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that went through; `body` is None where it is no JSON."""

    method: str
    path: str
    body: Any


@dataclass(slots=True)
class Recorder:
    """Listens at `url` and hands on to a port of the loopback; used as a context."""

    port: int
    sent: list[bytearray] = field(default_factory=list)
    received: list[bytearray] = field(default_factory=list)
    _listener: socket.socket = field(init=False)

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    @property
    def requests(self) -> list[Asked]:
        return [asked for stream in self.sent for asked in _requests(bytes(stream))]

    @property
    def statuses(self) -> list[int]:
        """Of the answers, connection by connection."""
        return [int(status) for stream in self.received for status in STATUS.findall(bytes(stream))]

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._pass_on, args=(client,), daemon=True).start()

    def _pass_on(self, client: socket.socket) -> None:
        """Both ways until both sides are done."""
        sent, received = bytearray(), bytearray()
        self.sent.append(sent)
        self.received.append(received)
        with client, socket.create_connection(("127.0.0.1", self.port)) as server:
            back = threading.Thread(target=_pump, args=(server, client, received), daemon=True)
            back.start()
            _pump(client, server, sent)
            back.join()


def _pump(source: socket.socket, target: socket.socket, kept: bytearray) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            kept += data
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


def _requests(stream: bytes) -> list[Asked]:
    found = []
    while (line := REQUEST.search(stream)) is not None:
        head, _, rest = stream[line.end() :].partition(b"\r\n\r\n")
        size = re.search(rb"(?i)content-length: *(\d+)", head)
        length = int(size[1]) if size else rest.find(b"0\r\n\r\n") + 5 if b"chunked" in head.lower() else 0
        found.append(Asked(line[1].decode(), line[2].decode(), _json(rest[:length])))
        stream = rest[length:]
    return found


def _json(body: bytes) -> Any:
    """The JSON of a body, sent at once or in chunks."""
    start, end = body.find(b"{"), body.rfind(b"}")
    try:
        return json.loads(re.sub(rb"\r\n[0-9a-f]+\r\n", b"", body[start : end + 1])) if start >= 0 else None
    except ValueError:
        return None
