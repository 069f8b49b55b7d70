"""Which of the clients' model names a launch serves."""

from __future__ import annotations

import pytest

from migrate.clients.outcome import ClientName
from migrate.names import names_for
from migrate.source import Span
from migrate.touchpoints import Launch


def launch(name: str, port: int) -> Launch:
    text = f'ports: ["{port}:80"]'
    return Launch("compose.yaml", "compose", "container", Span(port, port + 1), lambda _: [], text, name=name)


def sent(name: str, address: str | None) -> ClientName:
    return ClientName(name=name, path="client.py", span=Span(0, 1), address=address)


LLM = launch("llm", 8080)
OTHER = launch("other", 9000)
BOTH = (LLM, OTHER)


@pytest.mark.parametrize("address", ["http://localhost:8080", "http://127.0.0.1:8080/v1", "http://llm", "llm:80"])
def test_name_of_a_client_that_points_here(address: str) -> None:
    assert names_for(LLM, BOTH, [sent("chat", address)]) == ("chat",)


@pytest.mark.parametrize("address", ["http://localhost:9000", "http://other", "http://other:8080"])
def test_name_of_a_client_of_the_other_launch_is_not_served(address: str) -> None:
    assert names_for(LLM, BOTH, [sent("chat", address)]) == ("tgi",)


@pytest.mark.parametrize(
    "address",
    [None, "\0", "http://\0:8080", "http://elsewhere", "http://localhost", "http://[broken"],
    ids=["none", "unknown", "unknown host", "no launch of the repository", "no port", "not an address"],
)
def test_name_of_a_client_that_may_mean_any_launch(address: str | None) -> None:
    assert [names_for(one, BOTH, [sent("chat", address)]) for one in BOTH] == [("chat",), ("chat",)]


def test_no_client_means_the_documented_name() -> None:
    assert names_for(LLM, BOTH, []) == ("tgi",)


def test_each_name_once_in_order() -> None:
    names = [sent("chat", None), sent("tgi", None), sent("", None), sent("chat", "http://llm")]
    assert names_for(LLM, BOTH, names) == ("chat", "tgi")
