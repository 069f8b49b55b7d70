"""Rules as people and editors see them."""

import json

import jsonschema
import yaml

from migrate.rulebook import load
from migrate.rulebook.explain import explain, explain_client, overview, schema
from migrate.rulebook.loader import rules_folder
from migrate.rulebook.trial import failing_examples

RULEBOOK = load()


def test_the_overview_has_every_rule_once() -> None:
    assert [identifier for identifier, _ in overview(RULEBOOK)] == sorted(RULEBOOK.rules)


def test_a_rule_explained() -> None:
    text = explain(RULEBOOK.rules["launch/max-concurrent-requests"], "rules/launch/limits.yaml:98")
    assert "matches   option max-concurrent-requests" in text
    assert "when      target >=0.29.0" in text
    assert "becomes   --max-num-queued-reqs {value}" in text
    assert "    -> --max-num-queued-reqs 64  (review)" in text
    assert text.endswith("defined in rules/launch/limits.yaml:98")


def test_every_rule_can_be_explained() -> None:
    for rule in RULEBOOK.rules.values():
        assert explain(rule).startswith(rule.id)
    for call in RULEBOOK.clients.values():
        assert explain_client(call).startswith(call.id)


def test_a_rule_for_clients_explained() -> None:
    lines = explain_client(RULEBOOK.clients["client/langchain-textgen-inference"], "here.yaml:1").splitlines()
    assert lines[3].startswith("matches   constructor langchain_community.llms.HuggingFaceTextGenInference or ")
    assert "becomes   langchain_openai.OpenAI" in lines
    assert "arguments inference_server_url: as base_url, value address" in lines
    assert "          top_k: as top_k, into extra_body, unset None" in lines
    assert lines[-1] == "defined in here.yaml:1"


def test_programs_in_examples_stand_below_their_key() -> None:
    lines = explain_client(RULEBOOK.clients["client/text-generation-client"]).splitlines()
    assert lines[lines.index("  before:") + 1] == "    from text_generation import Client"


def test_the_schema_in_the_repository_is_the_programs() -> None:
    assert json.loads((rules_folder() / "schema.json").read_text()) == schema()


def test_the_rules_fit_the_schema() -> None:
    validator = jsonschema.Draft202012Validator(schema())
    for path in rules_folder().glob("*/*.yaml"):
        assert list(validator.iter_errors(yaml.safe_load(path.read_text()))) == []


def test_the_programs_own_examples_hold() -> None:
    assert failing_examples() == []
