"""A small engine of TGI's kind that goes wrong in a way that is asked for: python bad_engine.py PORT HOW [AFTER].

The first AFTER prompts are answered; then it `dies`, `hangs`, answers `500`, `garbage` or `noise` (no HTTP at all),
`drips` a byte now and then, or `streams` without end. `starts` never becomes healthy.
"""

from __future__ import annotations

import http.server
import json
import os
import signal
import sys
import time
from types import FrameType

PORT, HOW = int(sys.argv[1]), sys.argv[2]
AFTER = int(sys.argv[3]) if len(sys.argv) > 3 else 0
ROUTES = {"/info": {"model_id": "m", "version": "3.3.7"}}


class Handler(http.server.BaseHTTPRequestHandler):
    asked = 0

    def do_GET(self) -> None:
        if HOW == "starts" and self.path == "/health":
            self.say(503, {})
        else:
            self.say(200 if self.path in ("/health", *ROUTES) else 404, ROUTES.get(self.path, {}))

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        Handler.asked += 1
        if Handler.asked <= AFTER:
            self.say(200, {"generated_text": "x"})
        else:
            getattr(self, f"is_{HOW}")()

    def say(self, status: int, body: object) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def is_dies(self) -> None:
        print("out of memory", flush=True)
        os._exit(9)

    def is_hangs(self) -> None:
        time.sleep(60)

    def is_500(self) -> None:
        self.say(500, {"error": "the shard is gone", "error_type": "generation"})

    def is_garbage(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        self.wfile.write(b"\x00\xff data: {oops\n\n\xfe" * 100)

    def is_noise(self) -> None:
        self.wfile.write(b"\x16\x03\x01 this is no HTTP")

    def is_drips(self) -> None:
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(b".")
            time.sleep(0.05)

    def is_streams(self) -> None:
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(b"x" * 65536)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing is printed."""


def end(number: int, frame: FrameType | None) -> None:
    """The first process of a container is ended by no signal that it does not ask for."""
    os._exit(0)


signal.signal(signal.SIGTERM, end)
print("pid", os.getpid(), flush=True)
http.server.ThreadingHTTPServer((os.environ.get("BIND", "127.0.0.1"), PORT), Handler).serve_forever()
