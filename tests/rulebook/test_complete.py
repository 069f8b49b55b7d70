"""Nothing that starts TGI is without a rule: every option of every version, every variable, every build."""

import pytest

from migrate.catalog import tgi
from migrate.catalog.data import load as load_data
from migrate.rulebook import load
from migrate.rulebook.model import as_list

RULEBOOK = load()
# Set by TGI for its own processes or read by libraries whose behaviour does not change; left alone on purpose.
VARIABLES = sorted({*load_data("tgi-variables")["variables"]})


def covered(key: str) -> set[str]:
    return {name for rule in RULEBOOK.rules.values() for name in as_list(getattr(rule.match, key))}


@pytest.mark.parametrize("name", sorted(tgi.options()))
def test_every_option_has_a_rule(name: str) -> None:
    assert name in covered("option")


@pytest.mark.parametrize("name", VARIABLES)
def test_every_variable_has_a_rule(name: str) -> None:
    option = tgi.option(name)
    by_option = option is not None and option.env == name and option.name in covered("option")
    assert by_option or name in covered("variable")


@pytest.mark.parametrize("variant", sorted({entry["variant"] for entry in load_data("tgi-images")["names"]}))
def test_every_build_has_a_rule(variant: str) -> None:
    assert variant in covered("image")


def test_rules_name_only_options_that_tgi_had() -> None:
    assert {*covered("option"), *covered("absent")} <= set(tgi.options())
