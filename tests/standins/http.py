"""A small HTTP/1.1 server that sends exactly the bytes an engine's stand-in decides on, with faults on request."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Protocol, Self

POLL_SECONDS = 0.02


class Fault(Enum):
    """What goes wrong with the next generation that is asked for."""

    ERROR = "refused with the engine's own body of a failed generation (TGI 424, vLLM 500)"
    LATE_ERROR = "a stream begins and then holds the engine's error event; else as ERROR"
    SERVER_ERROR = "500 with a plain text that no engine writes"
    OVERLOAD = "refused as a full server does it (TGI 429, in a stream an event; vLLM 503)"
    HANG = "no byte of an answer until the client hangs up or the server closes"
    STALL = "a stream's first event and then no more until the client hangs up or the server closes; else as HANG"
    GARBAGE = "a stream whose second event is no event, a body that is no JSON"
    CUT = "the connection closes after a stream's first event, in the middle of a body"


@dataclass(slots=True)
class Request:
    """A request as it came in: header names in lower case, `body` the JSON or None where `raw` is none."""

    method: str
    path: str
    headers: dict[str, str]
    raw: bytes
    body: Any = None
    hung_up: bool = False
    """The client closed the connection before the answer was complete."""

    @property
    def text(self) -> str:
        return self.raw.decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Answer:
    """`events`: the pieces of a stream, each sent as one transfer chunk; else `body`, with its length stated."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    events: Iterator[bytes] | None = None


class Engine(Protocol):
    """Decides what to answer; knows nothing of sockets."""

    def generates(self, request: Request) -> bool:
        """Whether the request asks for a generation: only these meet faults and limits."""

    def answer(self, request: Request, fault: Fault | None) -> Answer:
        """The answer; of the faults ERROR, LATE_ERROR and OVERLOAD are the engine's business."""


REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 422: "Unprocessable Entity", 429: "Too Many Requests"}


@dataclass(slots=True)
class Server:
    """A running stand-in: `url` to ask it, `requests` it got so far, `faults` that the next generations meet.

    `limit` is how many generations may run at once before the engine says that it is full; None: any number.
    """

    engine: Engine
    faults: deque[Fault] = field(default_factory=deque)
    limit: int | None = None
    requests: list[Request] = field(default_factory=list, init=False)
    running: int = field(default=0, init=False)
    most: int = field(default=0, init=False)
    """The most generations that ran at the same time."""
    closing: threading.Event = field(default_factory=threading.Event, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _server: ThreadingHTTPServer = field(init=False)

    def __enter__(self) -> Self:
        handler = type("Handler", (_Handler,), {"owner": self})
        self._server = _Listener(("127.0.0.1", 0), handler)
        threading.Thread(target=self._server.serve_forever, args=(POLL_SECONDS,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @contextlib.contextmanager
    def admitted(self, request: Request) -> Iterator[Fault | None]:
        """Keeps the request; the fault that it meets, while it counts as running."""
        counts, fault = 0, None
        with self._lock:
            self.requests.append(request)
            if self.engine.generates(request):
                fault = self.faults.popleft() if self.faults else None
                full = self.limit is not None and self.running >= self.limit
                counts, fault = (0, Fault.OVERLOAD) if full else (1, fault)
            self.running += counts
            self.most = max(self.most, self.running)
        try:
            yield fault
        finally:
            with self._lock:
                self.running -= counts


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; anything else is a mistake of the stand-in and must be seen."""
        import sys

        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    owner: Server

    def log_message(self, *args: object) -> None:
        """Quiet."""

    def _serve(self) -> None:
        request = Request(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, self._body())
        with contextlib.suppress(ValueError):
            request.body = json.loads(request.raw)
        if request.headers.get("connection", "").lower() == "close":
            self.close_connection = True
        with self.owner.admitted(request) as fault:
            try:
                self._send(request, fault)
            except ConnectionError:
                request.hung_up = True
                self.close_connection = True

    do_GET = do_POST = do_HEAD = do_PUT = do_DELETE = do_OPTIONS = _serve  # noqa: N815

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding", "").lower() == "chunked":
            return b"".join(self._chunks())
        return self.rfile.read(int(self.headers.get("content-length") or 0))

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline().partition(b";")[0] or b"0", 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def _send(self, request: Request, fault: Fault | None) -> None:
        if fault is Fault.SERVER_ERROR:
            self._plain(Answer(500, (("content-type", "text/plain"),), b"Internal Server Error"))
            return
        if fault is Fault.HANG:
            self._wait(request)
            return
        answer = self.owner.engine.answer(request, fault)
        if answer.events is not None:
            self._stream(request, answer, answer.events, fault)
        elif fault is Fault.STALL:
            self._wait(request)
        else:
            self._plain(_spoiled(answer, fault), fault is Fault.CUT)

    def _plain(self, answer: Answer, cut: bool = False) -> None:
        body = b"" if self.command == "HEAD" else answer.body
        head = self._head(answer, (("content-length", str(len(answer.body))),))
        self.wfile.write(head + (body[: len(body) // 2] if cut else body))
        if cut:
            self._drop()

    def _stream(self, request: Request, answer: Answer, events: Iterable[bytes], fault: Fault | None) -> None:
        self.wfile.write(self._head(answer, (("transfer-encoding", "chunked"),)))
        for number, event in enumerate(events):
            if number and fault is Fault.CUT:
                self._drop()
                return
            if number and fault is Fault.STALL:
                self._wait(request)
                return
            spoiled = number == 1 and fault is Fault.GARBAGE
            data = b"\xff\xfe<not an event>\n\n" if spoiled else event
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.write(b"0\r\n\r\n")

    def _head(self, answer: Answer, framing: tuple[tuple[str, str], ...]) -> bytes:
        reason = REASONS.get(answer.status, "Status")
        close = (("connection", "close"),) if self.close_connection else ()
        lines = [
            f"{name}: {value}" for name, value in (*answer.headers, *close, *framing, ("date", formatdate(usegmt=True)))
        ]
        return "\r\n".join([f"HTTP/1.1 {answer.status} {reason}", *lines, "", ""]).encode("latin-1")

    def _wait(self, request: Request) -> None:
        """Until the client hangs up or the server closes."""
        while not self.owner.closing.is_set():
            readable, _, _ = select.select([self.connection], [], [], POLL_SECONDS)
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                request.hung_up = True
                break
        self.close_connection = True

    def _drop(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


def _spoiled(answer: Answer, fault: Fault | None) -> Answer:
    if fault is not Fault.GARBAGE:
        return answer
    return Answer(answer.status, answer.headers, b"<html>\xff no JSON</html>")
