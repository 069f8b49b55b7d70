from __future__ import annotations

import pytest

from tests.standins.masking import masked, masked_body, masked_headers, masked_stream


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"text": "a"}, {"text": "b"}),
        ({"logprob": -0.5}, {"logprob": -1.25}),
        ({"id": "cmpl-1"}, {"id": "cmpl-2"}),
        ({"tokens": [1, 2]}, {"tokens": [1, 2, 3]}),
        ({"top_logprobs": [{" a": -1.0}]}, {"top_logprobs": [{" b": -2.0, " c": -3.0}]}),
        ({"error": "at line 1 column 7"}, {"error": "at line 1 column 70"}),
    ],
)
def test_what_a_generation_changes_is_the_same(one: object, other: object) -> None:
    assert masked(one) == masked(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"text": ""}, {"text": "b"}),
        ({"text": None}, {"text": "b"}),
        ({"logprob": 0}, {"logprob": 0.0}),
        ({"finish_reason": "stop"}, {"finish_reason": "length"}),
        ({"special": True}, {"special": False}),
        ({"choices": [{}]}, {"choices": [{}, {}]}),
        ({"tokens": [{"id": 1}]}, {"tokens": [{"id": 1, "text": "a"}]}),
        ({"error": "a"}, {"error": "b"}),
        ({"model": "a"}, {"model": "b"}),
        ({"a": 1}, {"a": 1, "b": None}),
    ],
)
def test_what_an_engine_changes_is_not(one: object, other: object) -> None:
    assert masked(one) != masked(other)


def test_a_body_that_is_no_json_is_its_text() -> None:
    assert masked_body("at line 1 column 7") == "at line # column #"


def test_headers_but_the_date() -> None:
    assert masked_headers({"date": "today", "content-length": "12"}) == {"content-length": "#"}


def test_equal_events_in_a_row_are_one() -> None:
    first, last = 'data: {"choices":[{"index":0,"text":"a"}]}\n\n', 'data: {"choices":[],"usage":{}}\n\n'
    end = "data: [DONE]\n\n"
    assert masked_stream([first, first, last, end]) == masked_stream([first, last, end])
    assert masked_stream([first, end]) != masked_stream([first, last, end])


@pytest.mark.parametrize("chunk", ["data:{}\n\n", "data: {}\n", "data: {}\n\ndata: {}\n\n"])
def test_framing_must_be_an_event_for_each_chunk(chunk: str) -> None:
    with pytest.raises(AssertionError):
        masked_stream([chunk])
