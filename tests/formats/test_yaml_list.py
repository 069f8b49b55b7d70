"""Plans laid into lists: one item a word, in the list's own layout."""

import pytest
import yaml

from migrate.formats.yaml.list import Item, lay_items
from migrate.formats.yaml.tree import child, documents
from migrate.source import Source, apply_edits
from migrate.touchpoints import Change, Plan, Token

HEAD = (Token("M"), Token("--served-model-name"), Token("M"))
TAIL = (Token("--port"), Token("80"))


def laid(text: str, plan: Plan, skip: int = 0) -> str:
    source = Source.decode("a.yaml", text.encode())
    sequence = child(documents(source)[0], "c")
    items, at = [], 0
    for node in sequence.value[skip:]:
        words = tuple(Token(word) for word in node.value.split())
        items.append(Item(node, at, at + len(words), words))
        at += len(words)
    behind = sequence.value[skip - 1] if skip else None
    edits = lay_items(source, sequence, items, plan, lambda token: token.value, behind=behind)
    assert len({(edit.start, edit.end) for edit in edits}) == len(edits)
    return apply_edits(text, edits)


FORMS = {
    "block": "c:\n  - --model-id\n  - M   # the model\n  - --num-shard\n  - 2\nz: 1\n",
    "block at the key's column": "c:\n- --model-id\n- M\n- --num-shard\n- '2'\n",
    "block without final newline": "c:\n  - --model-id\n  - M\n  - --num-shard\n  - '2'",
    "flag and value": "c:\n  - --model-id M\n  - --num-shard 2\nz: 1\n",
    "flow": 'c: ["--model-id", "M", "--num-shard", "2"]\nz: 1\n',
    "flow without quotes": "c: [--model-id, M, --num-shard, '2']\n",
    "flow over lines": 'c: ["--model-id", "M",\n    "--num-shard", "2"]\n',
    "flow with a line an item": "c: [\n  '--model-id',\n  'M', # the model\n  '--num-shard',\n  '2',\n]\nz: 1\n",
}


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS.keys())
@pytest.mark.parametrize(
    ("changes", "middle"),
    [
        ((Change(0, 2), Change(2, 4, (Token("--tensor-parallel-size"), Token("2")))), ["--tensor-parallel-size", "2"]),
        ((Change(0, 2), Change(2, 4)), []),
        ((Change(0, 2), Change(2, 4, (Token("--enforce-eager"),))), ["--enforce-eager"]),
        (
            (Change(0, 2), Change(2, 4, (Token("-a"), Token("b"), Token("-c"), Token("d: e")))),
            ["-a", "b", "-c", "d: e"],
        ),
        ((Change(0, 2), Change(2, 3, (Token("--flag"),)), Change(3, 4, (Token("3"),))), ["--flag", "3"]),
        ((Change(0, 2),), ["--num-shard", "2"]),
        ((Change(2, 4),), ["--model-id", "M"]),
        ((), ["--model-id", "M", "--num-shard", "2"]),
    ],
    ids=["renamed", "all removed", "shorter", "longer", "apart", "first removed", "last removed", "unchanged"],
)
def test_the_list_says_what_was_planned(text, changes, middle, newline):
    after = laid(text.replace("\n", newline), Plan(changes=changes, head=HEAD, tail=TAIL))
    expected = [token.value for token in HEAD] + middle + [token.value for token in TAIL]
    assert [str(word) for word in yaml.safe_load(after)["c"]] == expected
    assert after.count("\n") == after.count(newline)
    assert after.endswith("\n") == text.endswith("\n")
    assert ("z: 1" in text) == ("z: 1" in after)


@pytest.mark.parametrize(
    "text", ["c:\n  - prog\n", "c:\n  - prog", 'c: ["prog"]\n', "c: [prog]", 'c: [\n  "prog",\n]\n']
)
def test_words_behind_a_program_that_has_none(text):
    after = laid(text, Plan(head=HEAD, tail=TAIL), skip=1)
    assert yaml.safe_load(after)["c"] == ["prog", *(token.value for token in HEAD + TAIL)]


@pytest.mark.parametrize("text", ["c:\n  - prog\n  - --a\n  - b\nz: 1\n", 'c: ["prog", "--a", "b"]\n'])
def test_the_program_stays_when_its_words_go(text):
    after = laid(text, Plan(changes=(Change(0, 2),), head=HEAD, tail=TAIL), skip=1)
    assert yaml.safe_load(after)["c"] == ["prog", *(token.value for token in HEAD + TAIL)]


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS.keys())
def test_a_tail_before_an_argument(text):
    after = laid(text, Plan(tail=TAIL, tail_before=2))
    assert [str(word) for word in yaml.safe_load(after)["c"]] == ["--model-id", "M", "--port", "80", "--num-shard", "2"]


def test_an_empty_list_gets_the_words():
    assert laid("c: []\n", Plan(head=HEAD, tail=TAIL)) == 'c: ["M", "--served-model-name", "M", "--port", "80"]\n'


def test_what_does_not_change_keeps_its_bytes():
    text = "c:\n  - --model-id  # flag\n  # between\n  - M   # the model\n  - --num-shard\n  - 2   # two\nz: 1\n"
    renamed = Plan(changes=(Change(2, 4, (Token("--tensor-parallel-size"), Token("2"))),))
    assert laid(text, Plan()) == text
    assert laid(text, renamed) == text.replace("--num-shard", "--tensor-parallel-size")


def test_flow_lists_keep_their_lines_and_quotes():
    text = "c: ['--model-id', 'M',\n    '--num-shard', '2']\n"
    plan = Plan(changes=(Change(0, 2), Change(2, 4, (Token("--x"), Token("2")))), head=(Token("M"),), tail=TAIL)
    assert laid(text, plan) == "c: ['M', '--x', '2',\n    '--port', '80']\n"
