from __future__ import annotations

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrate.diffing import changed, unified

LINES = st.lists(st.sampled_from([b"a", b"b", b"", b"\r", b"\xff\xfe", b"c d"]), max_size=30)


def patched(old: bytes, diff: bytes) -> bytes:
    """A minimal patch program: what the diff makes of the old file."""
    lines = old.split(b"\n")
    lines = [line + b"\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
    out: list[bytes] = []
    position = 0
    body = diff.split(b"\n")[2:-1]
    for index, line in enumerate(body):
        ended = b"" if body[index + 1 : index + 2] == [b"\\ No newline at end of file"] else b"\n"
        text = line[1:] + ended
        if line.startswith(b"@@"):
            start, count = (int(number) for number in line.split(b" ")[1][1:].split(b","))
            first = start - 1 if count else start
            out += lines[position:first]
            position = first
        elif line.startswith(b"+"):
            out.append(text)
        elif line[:1] in (b" ", b"-"):
            assert lines[position] == text
            out += [text] if line.startswith(b" ") else []
            position += 1
    return b"".join(out + lines[position:])


@given(LINES, LINES, st.booleans(), st.booleans())
@settings(max_examples=150, deadline=None)
def test_diff_turns_old_into_new(before, after, old_ends, new_ends):
    old, new = (b"\n".join(lines) + (b"\n" if ends else b"") for lines, ends in ((before, old_ends), (after, new_ends)))
    diff = unified("x", old, new)
    assert (patched(old, diff) if diff else old) == new


def test_equal_files_have_no_diff():
    assert unified("x", b"a\nb", b"a\nb") == b""


@pytest.mark.parametrize(
    ("path", "header"),
    [
        ("a.sh", b"--- a/a.sh\n+++ b/a.sh\n"),
        ("my file.sh", b"--- a/my file.sh\t\n+++ b/my file.sh\t\n"),
        ("é.sh", b'--- "a/\\303\\251.sh"\n+++ "b/\\303\\251.sh"\n'),
        ('a"b\\c\n.sh', b'--- "a/a\\"b\\\\c\\n.sh"\n+++ "b/a\\"b\\\\c\\n.sh"\n'),
        ("\udce8.sh", b'--- "a/\\350.sh"\n+++ "b/\\350.sh"\n'),
    ],
    ids=["plain", "blank", "accent", "quote", "undecodable"],
)
def test_paths_are_quoted_as_git_quotes_them(path, header):
    assert unified(path, b"a\n", b"b\n").startswith(header)


def test_missing_newline_is_said_on_each_side():
    assert unified("x", b"a", b"b\n") == (b"--- a/x\n+++ b/x\n@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+b\n")


def test_far_places_are_two_hunks_and_near_ones_share_one():
    lines = [b"%d\n" % number for number in range(30)]
    far = [*lines[:2], b"x\n", *lines[3:25], b"y\n", *lines[26:]]
    near = [*lines[:2], b"x\n", *lines[3:8], b"y\n", *lines[9:]]
    assert unified("x", b"".join(lines), b"".join(far)).count(b"@@ -") == 2
    assert unified("x", b"".join(lines), b"".join(near)).count(b"@@ -") == 1


def test_long_file_with_changes_at_both_ends_keeps_its_middle():
    lines = [b"%d\n" % number for number in range(30_000)]
    regions = list(changed(lines, [b"x\n", *lines[1:-1], b"y\n"]))
    assert [(one.a, one.b) for one in regions] == [(0, 1), (29_999, 30_000)]


def test_long_file_without_a_common_line_is_one_region():
    before, after = [b"a\n"] * 5000, [b"b\n"] * 5000
    assert len(list(changed(before, after))) == 1


@pytest.mark.parametrize("name", ["a b.sh", "é.sh", 'q"\t.sh'])
def test_git_takes_it(tmp_path, name):
    (tmp_path / name).write_bytes(b"one\r\n\xff\ntwo")
    diff = unified(name, b"one\r\n\xff\ntwo", b"one\r\n\xff\nthree\n")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, check=True, input=diff)
    assert (tmp_path / name).read_bytes() == b"one\r\n\xff\nthree\n"
