"""Scalars: the value and every character's place, for each style; new text stays what was meant."""

import pytest
import yaml

from migrate.formats.yaml.scalar import fragment, is_plain, settle, value, written
from migrate.formats.yaml.tree import child, documents
from migrate.source import Source, apply_edits

SCALARS = {
    "plain": "k: a b c\n",
    "plain over lines": "k: a b\n  c d\n  e\nz: 1\n",
    "plain with a blank line": "k: a b\n\n  c d\n",
    "plain with tag": "k: !reset abc # no\n",
    "single": "k: 'it''s é 🚀'\n",
    "single over lines": "k: 'one\n  two\n\n  three'\n",
    "double": 'k: "a\\"b\\\\ \\u00e9 \\x41 \\n é"\n',
    "double over lines": 'k: "one\n  two \\\n  three"\n',
    "literal": "k: |\n  a\n   b\n\n  c\nz: 1\n",
    "literal strip": "k: |-\n  a\n  b\nz: 1\n",
    "literal keep": "k: |+\n  a\n\n\nz: 1\n",
    "literal with indentation": "k: |2\n    a\n  b\n",
    "literal at the end": "k: |\n  a\n  b",
    "literal in a list": "k:\n- |\n  a\n  b\n",
    "folded": "k: >\n  a\n  b\n\n  c\n  d\nz: 1\n",
    "folded strip": "k: >-\n  a\n  b\n",
    "folded with deeper lines": "k: >-\n  a\n    b\n  c\n  d\n",
    "folded with two blank lines": "k: >-\n  a\n\n\n  b\n",
    "anchored": "k: &x abc\n",
    "with a comment": "k: abc # d\n",
    "emoji before": "# 🚀\nk: abc\n",
}


def scalar(text: str):
    source = Source.decode("a.yaml", text.encode())
    node = child(documents(source)[0], "k")
    return source, node.value[0] if isinstance(node, yaml.SequenceNode) else node


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("text", SCALARS.values(), ids=SCALARS.keys())
def test_the_value_is_what_yaml_reads(text, newline):
    source, node = scalar(text.replace("\n", newline))
    assert value(source, node) == node.value


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("text", SCALARS.values(), ids=SCALARS.keys())
def test_each_plain_character_stands_where_its_offset_says(text, newline):
    source, node = scalar(text.replace("\n", newline))
    read = fragment(source, node)
    assert len(read.offsets) == len(read.text) + 1
    assert list(read.offsets) == sorted(read.offsets)
    for char, place in zip(read.text, read.offsets[:-1], strict=True):
        if char.isalpha() and source.text[place] != "\\":
            assert source.text[place] == char


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("new", ["x", "it's", 'a "b"', "a\\b", "${X:-y}", "{a: b}", "a: b", "x #y", "é🚀"])
@pytest.mark.parametrize("text", SCALARS.values(), ids=SCALARS.keys())
def test_new_text_reads_as_it_was_meant(text, new, newline):
    source, node = scalar(text.replace("\n", newline))
    read = fragment(source, node)
    at = read.text.index("a") if "a" in read.text else read.text.index("t")
    edits = settle(source, node, [read.edit(at, at + 1, new)])
    after, changed = scalar(apply_edits(source.text, edits))
    assert value(after, changed) == changed.value
    assert changed.value == node.value[:at] + new + node.value[at + 1 :]


@pytest.mark.parametrize(
    "text", ["k: |\n  a\n  b\n  c\n", "k: >\n  a\n  b\n  c\n", "k: a\n  b\n  c\n", "k: 'a\n  b\n  c'\n"]
)
def test_a_whole_line_goes_with_its_indentation(text):
    source, node = scalar(text)
    read = fragment(source, node, layout=True)
    after = apply_edits(source.text, [read.edit(read.text.index("b"), read.text.index("c"), "")])
    assert after == text.replace("  b\n", "")


@pytest.mark.parametrize(
    "text", ["k: |\n  a\n  b\nz: 1\n", "k: >\n  a\n  b\n", "k: a\n  b\n", "k: 'a\n  b'\n", 'k: "a\n  b"\n']
)
def test_a_new_line_in_the_layout_gets_the_indentation(text):
    source, node = scalar(text.replace("\n", "\r\n"))
    read = fragment(source, node, layout=True)
    at = read.text.index("b") + 1
    after = apply_edits(source.text, [read.edit(at, at, "\nc")])
    assert after == text.replace("b", "b\n  c").replace("\n", "\r\n")


@pytest.mark.parametrize("text", ["abc", "--port", "a/b:c", "${X}", "a#b", "http://x:80/y", "a, b"])
def test_plain_text_stays_plain(text):
    assert is_plain(text)
    assert written(text, None) == text


@pytest.mark.parametrize(
    "text", ["80", "yes", "null", "", "a: b", "a #b", "[a", "- a", "*a", "&a", "a:", " a", "1e3", "'a"]
)
def test_what_is_no_plain_string_is_quoted(text):
    assert not is_plain(text)
    assert yaml.safe_load(written(text, None)) == text


@pytest.mark.parametrize("style", [None, "'", '"'])
@pytest.mark.parametrize("text", ["a, b", "{a}", "it's", '{"a": 1}', "tab\there", "80", "line\nline", "back\\slash"])
def test_a_written_scalar_reads_back_inside_brackets(text, style):
    assert yaml.safe_load(f"[{written(text, style, flow=True)}]") == [text]
