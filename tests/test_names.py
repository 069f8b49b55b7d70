"""Which of the clients' model names a launch serves."""

from __future__ import annotations

import pytest

from migrate.clients.outcome import ClientName
from migrate.names import names_for
from migrate.source import Edit, Span
from migrate.touchpoints import Launch, Plan


def nothing(plan: Plan) -> list[Edit]:
    return []


CHAT = Launch("compose.yaml", "compose", "container", Span(0, 1), nothing, 'ports: ["8080:80"]', name="chat")
CODE = Launch("compose.yaml", "compose", "container", Span(2, 3), nothing, 'ports: ["8081:80"]', name="code")
BOTH = (CHAT, CODE)


def sent(name: str, address: str | None) -> ClientName:
    return ClientName(name=name, path="client.py", span=Span(0, 1), address=address)


@pytest.mark.parametrize("address", ["http://localhost:8080/v1", "http://chat", "http://chat:80/v1", "127.0.0.1:8080"])
def test_a_client_that_addresses_one_launch(address: str) -> None:
    assert names_for(CHAT, BOTH, [sent("dummy", address)]) == ("dummy",)
    assert names_for(CODE, BOTH, [sent("dummy", address)]) == ("tgi",)


@pytest.mark.parametrize(
    "address",
    [None, "\0", "http://\0:8080", "http://localhost", "http://localhost:9000", "http://elsewhere", "http://[bad"],
    ids=["none", "unknown", "unknown-host", "no-port", "another-port", "another-host", "no-address"],
)
def test_a_client_that_addresses_none_may_mean_any(address: str | None) -> None:
    assert [names_for(launch, BOTH, [sent("dummy", address)]) for launch in BOTH] == [("dummy",), ("dummy",)]


def test_no_client_means_the_documented_name() -> None:
    assert names_for(CHAT, BOTH, []) == ("tgi",)


def test_each_name_once_in_order() -> None:
    names = [sent("chat", None), sent("tgi", None), sent("chat", "http://chat"), sent("", None)]
    assert names_for(CHAT, BOTH, names) == ("chat", "tgi")
