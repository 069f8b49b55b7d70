"""Words of a command with their places, quoting, and a plan laid into running text."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrate.formats.commandline import Unclosed, lay_arguments, quote, split
from migrate.source import Fragment, Source, apply_edits
from migrate.touchpoints import Change, Plan, Token

HEAD = (Token("m"), Token("--served-model-name"), Token("m"), Token("tgi"))
TAIL = (Token("--port"), Token("80"))


def fragment(text: str) -> Fragment:
    return Fragment.whole(Source("x.sh", text))


def laid(text: str, plan: Plan, dialect: str = "shell", single_line: bool = False) -> str:
    """The plan laid into a command whose second word is the image."""
    whole = fragment(text)
    words = split(whole, dialect)
    anchor = words[1].span.end
    edits = lay_arguments(whole, words[2:], plan, anchor, dialect=dialect, single_line=single_line)
    return apply_edits(text, edits)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        pytest.param("a b  c", ["a", "b", "c"], id="blanks"),
        pytest.param("a \\\n  b \\\r\n\tc", ["a", "b", "c"], id="continuation"),
        pytest.param("a\\\nb c", ["ab", "c"], id="continuation-inside-word"),
        pytest.param("a '' \"b c\" d'e'\"f\"", ["a", "", "b c", "def"], id="quotes"),
        pytest.param(r"""a "x \"y\" \z" 'p\q' \$X""", ["a", 'x "y" \\z', "p\\q", "$X"], id="escapes"),
        pytest.param("a $'t\\tb'", ["a", "t\tb"], id="ansi-c"),
        pytest.param(
            'a ${X:-a b} $(cat "f )" ) `d e` $@', ["a", "${X:-a b}", '$(cat "f )" )', "`d e`", "$@"], id="expansions"
        ),
        pytest.param("a b # c d", ["a", "b"], id="comment"),
        pytest.param("a b#c", ["a", "b#c"], id="hash-inside"),
        pytest.param("a b > f 2>&1 c", ["a", "b", "c"], id="redirection"),
        pytest.param("a b& c", ["a", "b"], id="background"),
        pytest.param("a b || c", ["a", "b"], id="or"),
        pytest.param("a <<< x b", ["a", "b"], id="here-string"),
        pytest.param(
            "a -e T=${{ secrets.T }} {{ .Values.x }}",
            ["a", "-e", "T=${{ secrets.T }}", "{{ .Values.x }}"],
            id="template",
        ),
        pytest.param("dé 🚀 é", ["dé", "🚀", "é"], id="multi-byte"),
        pytest.param("a --x '{\"k\": 1}'", ["a", "--x", '{"k": 1}'], id="json"),
    ],
)
def test_split(text: str, values: list[str]) -> None:
    words = split(fragment(text))
    assert [word.value for word in words] == values
    assert [text[word.span.start : word.span.end] for word in words] == [word.raw for word in words]


@pytest.mark.parametrize(
    ("text", "dialect", "expected"),
    [
        pytest.param("$X", "shell", [("$X", True)], id="variable"),
        pytest.param("'$X'", "shell", [("$X", False)], id="single-quoted"),
        pytest.param('"\\$X"', "shell", [("$X", False)], id="escaped"),
        pytest.param(
            "$$HOME $(X) $${Y:-b c}", "make", [("$$HOME", True), ("$(X)", True), ("$${Y:-b c}", True)], id="make"
        ),
        pytest.param("$$X ${X} a;b", "compose", [("$X", False), ("${X}", True), ("a;b", False)], id="compose"),
        pytest.param(
            "${X} %i %% $$", "systemd", [("${X}", True), ("%i", True), ("%", False), ("$", False)], id="systemd"
        ),
    ],
)
def test_expressions(text: str, dialect: str, expected: list[tuple[str, bool]]) -> None:
    assert [(word.value, word.expression) for word in split(fragment(text), dialect)] == expected


@pytest.mark.parametrize("text", ["a 'b", 'a "b', "a $(b", "a ${b", "a `b", "a $'b"])
def test_unclosed(text: str) -> None:
    with pytest.raises(Unclosed) as error:
        split(fragment(text))
    assert error.value.at >= 2


@pytest.mark.parametrize(
    ("token", "dialect", "text"),
    [
        pytest.param(Token("a/b:c"), "shell", "a/b:c", id="plain"),
        pytest.param(Token(""), "shell", "''", id="empty"),
        pytest.param(Token('{"a": 1}'), "shell", "'{\"a\": 1}'", id="json"),
        pytest.param(Token("it's"), "shell", "'it'\\''s'", id="quote"),
        pytest.param(Token("$X"), "shell", "'$X'", id="literal-dollar"),
        pytest.param(Token("$X", expression=True), "shell", '"$X"', id="expression"),
        pytest.param(Token("$X", "$X", "shell", True), "shell", "$X", id="raw"),
        pytest.param(Token("$(X)", "$(X)", "make", True), "shell", '"$(X)"', id="raw-of-another-dialect"),
        pytest.param(Token("$(X)", expression=True), "make", "$(X)", id="make"),
        pytest.param(Token("a$b"), "make", "'a$$b'", id="make-literal"),
        pytest.param(Token("${X}", expression=True), "systemd", "${X}", id="systemd"),
        pytest.param(Token("5%"), "systemd", "5%%", id="systemd-percent"),
        pytest.param(Token("a$b"), "compose", "'a$$b'", id="compose-literal"),
    ],
)
def test_quote(token: Token, dialect: str, text: str) -> None:
    assert quote(token, dialect) == text


@given(st.text(st.characters(blacklist_characters="\0\r", blacklist_categories=("Cs",))))
def test_a_quoted_literal_is_read_back(value: str) -> None:
    text = quote(Token(value))
    assert shlex.split(text) == [value]
    assert [word.value for word in split(fragment(text))] == [value]


REMOVE = (Change(0, 2),)
STACKED = "run img \\\n  --a 1 \\\n  --b 2\nnext\n"


@pytest.mark.parametrize(
    ("before", "plan", "after"),
    [
        pytest.param(
            "run img", Plan(head=HEAD, tail=TAIL), "run img m --served-model-name m tgi --port 80", id="no-arguments"
        ),
        pytest.param(
            "run img --a 1 & # c", Plan(head=HEAD[:1], tail=TAIL), "run img m --a 1 --port 80 & # c", id="one-line"
        ),
        pytest.param("run img --a 1 --b", Plan(changes=REMOVE), "run img --b", id="remove-first"),
        pytest.param("run img --a 1 > f", Plan(changes=REMOVE), "run img > f", id="remove-only"),
        pytest.param(
            "run img --a 1", Plan(changes=REMOVE, head=HEAD[:1], tail=TAIL), "run img m --port 80", id="replaced"
        ),
        pytest.param(
            "run img --a  1", Plan(changes=(Change(0, 2, (Token("--c"), Token("1"))),)), "run img --c  1", id="in-place"
        ),
        pytest.param(
            "run img --a=1 x", Plan(changes=(Change(0, 1, (Token("--c"), Token("1"))),)), "run img --c 1 x", id="longer"
        ),
        pytest.param(STACKED, Plan(changes=REMOVE), "run img \\\n  --b 2\nnext\n", id="stacked-remove-first"),
        pytest.param(STACKED, Plan(changes=(Change(2, 4),)), "run img \\\n  --a 1\nnext\n", id="stacked-remove-last"),
        pytest.param(
            STACKED,
            Plan(head=HEAD, tail=TAIL),
            "run img \\\n  m \\\n  --served-model-name m tgi \\\n  --a 1 \\\n  --b 2 \\\n  --port 80\nnext\n",
            id="stacked",
        ),
        pytest.param(
            STACKED,
            Plan(changes=(Change(0, 2), Change(2, 4)), head=HEAD[:1], tail=TAIL),
            "run img \\\n  m \\\n  --port 80\nnext\n",
            id="stacked-all-replaced",
        ),
        pytest.param(
            "run img \\\n  --a 1 --b 2 \\\n  --c\n",
            Plan(changes=REMOVE),
            "run img \\\n  --b 2 \\\n  --c\n",
            id="two-a-line",
        ),
        pytest.param(
            "run img \\\n  --a 1 --b 2 \\\n  --c\n",
            Plan(changes=(Change(0, 2), Change(2, 4))),
            "run img \\\n  --c\n",
            id="neighbours-go",
        ),
        pytest.param("run \\\n  img\n", Plan(tail=TAIL), "run \\\n  img \\\n  --port 80\n", id="image-alone"),
        pytest.param(
            "run \\\nimg \\\n--a 1\n", Plan(tail=TAIL), "run \\\nimg \\\n--a 1 \\\n--port 80\n", id="column-zero"
        ),
        pytest.param(
            "run img \\\n  --a 1 \\\n\nnext\n",
            Plan(tail=TAIL),
            "run img \\\n  --a 1 \\\n  --port 80 \\\n\nnext\n",
            id="stray",
        ),
        pytest.param(
            "run img \\\r\n\t--a 1",
            Plan(tail=TAIL),
            "run img \\\r\n\t--a 1 \\\r\n\t--port 80",
            id="crlf-no-final-newline",
        ),
        pytest.param(
            'run img --a 1 "$@"', Plan(tail=TAIL, tail_before=2), 'run img --a 1 --port 80 "$@"', id="before-at"
        ),
        pytest.param(
            "run img $X", Plan(head=HEAD[:1], tail=TAIL, tail_before=0), "run img m --port 80 $X", id="all-before"
        ),
        pytest.param(
            "run img \\\n  --a 1 \\\n  $X\n",
            Plan(changes=REMOVE, tail=TAIL, tail_before=2),
            "run img \\\n  --port 80 \\\n  $X\n",
            id="before-stacked",
        ),
        pytest.param("run img --a 1 --b", Plan(), "run img --a 1 --b", id="nothing"),
        pytest.param(
            "run img --a 1", Plan(changes=(Change(0, 2, (Token("--a"), Token("1"))),)), "run img --a 1", id="same-words"
        ),
    ],
)
def test_lay_arguments(before: str, plan: Plan, after: str) -> None:
    assert laid(before, plan) == after


def test_single_line() -> None:
    assert laid(STACKED, Plan(tail=TAIL), single_line=True) == STACKED.replace("--b 2", "--b 2 --port 80")


def test_newlines_without_backslash_stay_so() -> None:
    text = "run img\n  --a 1\n  --b 2\n"
    assert laid(text, Plan(tail=TAIL), "compose") == "run img\n  --a 1\n  --b 2\n  --port 80\n"


def test_only_the_own_part_of_the_arguments_is_laid() -> None:
    text = "--a 1 --b 2"
    words = split(fragment(text))
    plan = Plan(changes=(Change(0, 2), Change(3, 5), Change(5, 7)))
    edits = lay_arguments(fragment(text), words, plan, 0, first=3)
    assert apply_edits(text, edits) == ""
    assert lay_arguments(fragment(text), words, plan, 0, first=7) == []


_GAPS = st.sampled_from([" ", "  ", "\t", " \\\n  ", " \\\r\n\t", "\\\n "])
_WORDS = st.sampled_from(["--a", "'b c'", '"$X"', "é", "--k=v", "${Y:-z}", "🚀"])


@given(st.lists(st.tuples(_GAPS, _WORDS), max_size=8), st.data())
def test_kept_words_survive_every_plan(pieces: list[tuple[str, str]], data: st.DataObject) -> None:
    text = "run img" + "".join(gap + word for gap, word in pieces) + " # end\nnext --z\n"
    count = len(pieces)
    cuts = sorted(data.draw(st.sets(st.integers(0, count), max_size=4)))
    pairs = [(first, last) for first, last in zip(cuts[::2], cuts[1::2], strict=False) if first < last]
    new = data.draw(
        st.lists(st.sampled_from([(), (Token("--n"),), (Token("--n"), Token("1"))]), min_size=2, max_size=2)
    )
    changes = tuple(Change(first, last, words) for (first, last), words in zip(pairs, new, strict=False))
    before = data.draw(st.one_of(st.none(), st.integers(0, count)))
    plan = Plan(changes=changes, head=data.draw(st.sampled_from([(), HEAD])), tail=TAIL, tail_before=before)
    gone = {index for change in changes for index in range(change.first, change.last)}
    kept = [word for index, (_, word) in enumerate(pieces) if index not in gone]
    after = laid(text, plan)
    raws = [word.raw for word in split(fragment(after[: after.index(" # end")]))]
    added = [*(t.value for c in changes for t in c.words), *(t.value for t in plan.head + plan.tail)]
    assert sorted(raws[2:]) == sorted(kept + added)
    assert [raw for raw in raws if raw in set(kept) - set(added)] == [raw for raw in kept if raw not in set(added)]
    assert after.endswith(" # end\nnext --z\n")
