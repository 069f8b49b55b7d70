"""Rule files with mistakes: all of them at once, each with its file and line."""

from pathlib import Path

import pytest

from migrate.rulebook import RulesInvalid, load

GOOD = """\
- id: mine/speculate
  summary: Ours.
  match: {option: speculate}
  safety: review
  why: we measured it
  examples:
    - {tgi: --model-id a/b --speculate 2, vllm: "", safety: review}
"""


def errors_of(folder: Path, text: str) -> list[str]:
    (folder / "own.yaml").write_text(text)
    with pytest.raises(RulesInvalid) as caught:
        load((folder,))
    return [f"{Path(error.path).name}:{error.line}: {error.message}" for error in caught.value.errors]


def test_a_folder_of_ones_own_adds_rules(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(GOOD)
    rulebook = load((tmp_path,))
    assert "mine/speculate" in rulebook.rules
    assert "launch/speculate" in rulebook.rules


def test_a_rule_of_ones_own_takes_the_place_of_one_with_its_id(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(GOOD.replace("mine/speculate", "launch/speculate"))
    assert load((tmp_path,)).rules["launch/speculate"].summary == "Ours."
    assert load().rules["launch/speculate"].summary != "Ours."


def test_the_programs_own_rules_are_the_same_objects_under_those_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(GOOD)
    assert (
        load((tmp_path,)).rules["launch/speculate"]
        is load().rules["launch/speculate"]
        is load(()).rules["launch/speculate"]
    )


@pytest.mark.parametrize(
    ("old", "new", "place", "says"),
    [
        ("summary: Ours.", "summary: 3", 2, "summary"),
        ("safety: review\n  why", "safety: risky\n  why", 4, "safety"),
        ("match: {option: speculate}", "match: {option: speculate, launch: true}", 1, "exactly one"),
        ("match: {option: speculate}", "match: {optoin: speculate}", 1, "optoin"),
        ("  why: we measured it\n", "", 1, "says why"),
        ("why: we measured it", 'why: "{nonsense}"', 1, "nonsense"),
        ("id: mine/speculate", "id: Speculate", 1, "id"),
        (
            "summary: Ours.",
            'summary: Ours.\n  when: {source: "newer"}\n  cases: [{when: {target: "new"}}]',
            1,
            "version range",
        ),
    ],
    ids=["type", "enum", "two-matches", "unknown-key", "no-reason", "placeholder", "identifier", "range"],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, old: str, new: str, place: int, says: str) -> None:
    assert old in GOOD
    errors = errors_of(tmp_path, GOOD.replace(old, new))
    assert any(says in error for error in errors), errors
    assert errors[0].startswith("own.yaml:")
    assert int(errors[0].split(":")[1]) >= min(place, 1)


def test_all_mistakes_at_once(tmp_path: Path) -> None:
    second = GOOD.replace("mine/speculate", "mine/second").replace("safety: review\n", "safety: perhaps\n")
    errors = errors_of(tmp_path, GOOD.replace("{option: speculate}", "{}") + second)
    assert len(errors) == 2
    assert errors[1].startswith("own.yaml:11:")


def test_a_rule_twice_in_a_folder(tmp_path: Path) -> None:
    assert any("twice" in error for error in errors_of(tmp_path, GOOD + GOOD))


@pytest.mark.parametrize(("text", "says"), [("a: [", "not YAML"), ("a: b", "list of rules")], ids=["yaml", "mapping"])
def test_a_file_that_is_no_list_of_rules(tmp_path: Path, text: str, says: str) -> None:
    assert says in errors_of(tmp_path, text)[0]
