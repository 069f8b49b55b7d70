"""What programs ask of which launch, and what that ties together."""

from __future__ import annotations

import pytest

from migrate.clients.outcome import ClientName, ClientNeed, Clients
from migrate.findings import Finding, Safety
from migrate.names import asked_of, held_back, tied, unplaced
from migrate.source import Edit, Span
from migrate.touchpoints import Launch, Plan, Word


def nothing(plan: Plan) -> list[Edit]:
    return []


def word(text: str) -> Word:
    return Word(text, "run.sh", Span(0, 0), text, "shell")


CHAT = Launch("compose.yaml", "compose", "container", Span(0, 1), nothing, 'ports: ["8080:80"]', name="chat")
CODE = Launch("compose.yaml", "compose", "container", Span(2, 3), nothing, 'ports: ["8081:80"]', name="code")
HOST = Launch("run.sh", "launcher", "host", Span(0, 1), nothing, arguments=(word("--port"), word("8090")))
BARE = Launch("bare.sh", "launcher", "host", Span(0, 1), nothing)
BOTH = (CHAT, CODE)
ALL = (*BOTH, HOST, BARE)
HERE = Span(0, 1)


def sent(name: str, address: str | None, adapter: bool = False) -> ClientName:
    return ClientName(name, "client.py", HERE, address, "client:client.py:0", adapter)


def names(launch: Launch, launches: tuple[Launch, ...], *clients: ClientName) -> tuple[str, ...]:
    return asked_of(launch, launches, Clients(names=clients)).names


@pytest.mark.parametrize(
    "address",
    ["http://localhost:8080/v1", "http://chat", "http://chat:80/v1", "127.0.0.1:8080", "http://chat.llm.svc:80"],
)
def test_a_client_that_addresses_one_launch(address: str) -> None:
    assert names(CHAT, BOTH, sent("dummy", address)) == ("dummy",)
    assert names(CODE, BOTH, sent("dummy", address)) == ("tgi",)


@pytest.mark.parametrize(("address", "launch"), [("http://localhost:8090", HOST), ("http://127.0.0.1:3000", BARE)])
def test_a_launcher_on_this_machine(address: str, launch: Launch) -> None:
    assert [one for one in ALL if names(one, ALL, sent("dummy", address)) == ("dummy",)] == [launch]


@pytest.mark.parametrize(
    "address",
    [None, "\0", "http://\0:8080", "http://localhost", "http://localhost:9000", "http://chat.com", "http://[bad"],
    ids=["none", "unknown", "unknown-host", "no-port", "another-port", "another-host", "no-address"],
)
def test_a_client_that_addresses_none_may_mean_any(address: str | None) -> None:
    assert [names(launch, BOTH, sent("dummy", address)) for launch in BOTH] == [("dummy",), ("dummy",)]
    assert [asked_of(one, BOTH, Clients(names=(sent("x", address),))).groups for one in BOTH] == [frozenset()] * 2


def test_no_client_means_the_documented_name() -> None:
    assert names(CHAT, BOTH) == ("tgi",)


def test_each_name_once_in_order() -> None:
    sents = [sent("chat", None), sent("tgi", None), sent("chat", "http://chat"), sent("", None)]
    assert names(CHAT, BOTH, *sents) == ("chat", "tgi")


def test_an_adapter_is_no_name_to_serve() -> None:
    asked = asked_of(CHAT, [CHAT], Clients(names=(sent("sql", None, adapter=True),)))
    assert (asked.names, asked.adapters) == (("tgi",), ("sql",))
    assert asked.groups == {"client:client.py:0"}


def test_features_go_to_the_launch_that_is_meant() -> None:
    clients = Clients(asked=(ClientNeed("tool-call-parser", "client.py", HERE, "http://code/v1", "g"),))
    assert [asked_of(one, BOTH, clients).features for one in BOTH] == [frozenset(), {"tool-call-parser"}]
    assert [asked_of(one, BOTH, clients).groups for one in BOTH] == [frozenset(), {"g"}]
    assert unplaced(BOTH, clients) == []


def test_what_is_needed_of_an_unknown_one_of_several_is_said() -> None:
    clients = Clients(
        names=(sent("sql", None, adapter=True), sent("tgi", None)),
        asked=(ClientNeed("tool-call-parser", "client.py", HERE, None, "g"),),
    )
    found = unplaced(BOTH, clients)
    assert [(one.rule, one.safety, one.group) for one in found] == [
        ("client/server-needs", Safety.REVIEW, "client:client.py:0"),
        ("client/server-needs", Safety.REVIEW, "g"),
    ]
    assert "--lora-modules sql=PATH" in found[0].message
    assert "--tool-call-parser" in found[1].message
    assert unplaced([CHAT], clients) == unplaced([], clients) == []


def finding(group: str, *edits: Edit) -> Finding:
    return Finding("client/x", "client.py", HERE, "client", Safety.SAFE, "moves", "", group, edits)


def test_tied_findings_have_the_group_of_the_launch() -> None:
    assert [one.group for one in tied([finding("a"), finding("b")], {"a": "run.sh#1"})] == ["run.sh#1", "b"]


def test_programs_stay_with_a_launch_that_stays() -> None:
    edit = Edit("client.py", 0, 1, "x")
    others = [finding("a"), finding("b", edit)]
    held, *rest = held_back([finding("a", edit), *others], frozenset({"a"}), CHAT)
    assert (held.safety, held.edits) == (Safety.MANUAL, ())
    assert held.message == "moves; stays with the launch in compose.yaml that serves it, which is not written"
    assert rest == others


@pytest.mark.parametrize(
    "words",
    [
        ["--lora-adapters", "sql=/data/sql,tone=/data/tone"],
        ["--lora-adapters=sql=acme/sql"],
        ["--lora-adapters", "sql"],
    ],
)
def test_an_adapter_that_the_launch_loads_is_no_name_of_its_model(words: list[str]) -> None:
    launch = Launch(
        "run.sh",
        "launcher",
        "host",
        Span(0, 1),
        nothing,
        arguments=tuple(word(one) for one in ["--port", "80", *words]),
    )
    assert names(launch, (launch,), sent("sql", None), sent("chat", None)) == ("chat",)
    assert names(launch, (launch,), sent("sql", None)) == ("tgi",)
