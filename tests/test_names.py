"""Which of the clients' model names a launch serves."""

from __future__ import annotations

import pytest

from migrate.clients.outcome import ClientName
from migrate.names import names_for
from migrate.source import Span
from migrate.touchpoints import Launch

COMPOSE = Launch("compose.yaml", "compose", "container", Span(0, 1), lambda plan: [], 'ports: ["8080:80"]', name="llm")


def sent(name: str, address: str | None) -> ClientName:
    return ClientName(name=name, path="client.py", span=Span(0, 1), address=address)


@pytest.mark.parametrize(
    "address",
    [
        None,
        "\0",
        "http://\0",
        "http://\0:8080",
        "http://localhost:8080",
        "http://localhost",
        "http://llm",
        "http://llm:80",
    ],
    ids=["none", "unknown", "unknown host", "unknown host, port", "port", "no port", "service", "service, port"],
)
def test_client_that_may_mean_the_launch(address: str | None) -> None:
    assert names_for(COMPOSE, [sent("dummy", address)]) == ("dummy",)


@pytest.mark.parametrize("address", ["http://localhost:9000", "http://other", "http://other:8080"])
def test_client_of_another_server(address: str) -> None:
    assert names_for(COMPOSE, [sent("dummy", address)]) == ("tgi",)


def test_no_client_means_the_documented_name() -> None:
    assert names_for(COMPOSE, []) == ("tgi",)


def test_each_name_once_in_order() -> None:
    names = [sent("chat", None), sent("tgi", None), sent("chat", "http://llm")]
    assert names_for(COMPOSE, names) == ("chat", "tgi")
