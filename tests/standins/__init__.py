"""Stand-ins of TGI 3.3.7 and vLLM 0.32.0 for tests: real HTTP, a pretended model, faults on request.

    with standins.tgi(Model(pieces=(" Paris", "."), delay=0.01), faults=[Fault.CUT]) as server:
        ask(server.url)
        assert server.requests[0].body["inputs"] == "Hi"

They answer as recordings of the real engines do in status, headers, error bodies, JSON paths and types and the framing
of streams; test_conformance.py replays these. What is said is the tests' business: a `Model`, or a function from the
request to one. `faults` meet the next generations in order, one each; `server.faults` takes more at any time.
`limit` generations may run at once, further ones are refused as by a full server.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from tests.standins.http import Fault, Request, Server
from tests.standins.model import Model
from tests.standins.tgi import Tgi
from tests.standins.vllm import Vllm

__all__ = ["Fault", "Model", "Request", "Server", "tgi", "vllm"]

Says = Model | Callable[[Request], Model]


def tgi(says: Says | None = None, *, faults: Iterable[Fault] = (), limit: int | None = None, **engine: Any) -> Server:
    """TGI, to be entered as a context. `engine`: name, api_key, limits, echoes of `Tgi`."""
    return Server(Tgi(_says(says), **engine), deque(faults), limit)


def vllm(says: Says | None = None, *, faults: Iterable[Fault] = (), limit: int | None = None, **engine: Any) -> Server:
    """vLLM, to be entered as a context. `engine`: names, api_key, max_model_len, tools of `Vllm`."""
    return Server(Vllm(_says(says), **engine), deque(faults), limit)


def _says(says: Says | None) -> Callable[[Request], Model]:
    if callable(says):
        return says
    model = says or Model()
    return lambda _: model
