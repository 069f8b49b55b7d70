"""Answers as an engine streams them, and as they arrive."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from migrate.parity.latency.connection import Raw

TGI = (
    b'data:{"index":1,"token":{"id":5,"text":"a","logprob":-1.0,"special":false},"generated_text":null,"details":null}\n\n'
    b'data:{"index":2,"token":{"id":6,"text":"b","logprob":-1.0,"special":false},"generated_text":"ab",'
    b'"details":{"finish_reason":"length","generated_tokens":2,"seed":null,"input_length":7}}\n\n'
)
VLLM = (
    b'data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}\n\n'
    b'data: {"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]}\n\n'
    b'data: {"choices":[{"index":0,"delta":{"content":"b"},"finish_reason":"length"}]}\n\n'
    b'data: {"choices":[],"usage":{"prompt_tokens":7,"total_tokens":9,"completion_tokens":2}}\n\n'
    b"data: [DONE]\n\n"
)


def arrived(*pieces: bytes, status: int = 200, failure: str = "", at: Sequence[float] = ()) -> Raw:
    """Pieces that arrive one a second from 1 on, or at the times given; pieces with the same time came at once."""
    times = list(at) or [float(number) for number in range(1, len(pieces) + 1)]
    ends = [number + 1 for number, time in enumerate(times) if number + 1 == len(times) or times[number + 1] != time]
    return Raw(
        began=0.0,
        due=0.0,
        sent=0.25,
        first_byte=times[0] if times else 0.0,
        ended=times[-1] if times else 0.5,
        status=status,
        failure=failure,
        times=array("d", sorted(set(times))),
        ends=array("L", ends),
        pieces=list(pieces),
        size=sum(map(len, pieces)),
    )


def events(body: bytes) -> list[bytes]:
    return [event + b"\n\n" for event in body.split(b"\n\n")[:-1]]
