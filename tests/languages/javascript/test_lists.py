"""Several answers at once."""

# ruff: noqa: E501  (programs stand as they are written)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

ASK = 'const ask = (q) => axios.post("http://tgi/generate", { inputs: q, parameters: { max_new_tokens: 5 } });\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "const all = await Promise.all(qs.map((q) => ask(q)));\nshow(all[0].data.generated_text, all.length);\n",
            "show(all[0].data.choices[0].text, all.length);\n",
        ),
        (
            "const all = await Promise.all(qs.map(ask));\nshow(all.map(({ data }) => data.generated_text));\n",
            "show(all.map(({ data }) => data.choices[0].text));\n",
        ),
        (
            "const [a, b] = await Promise.all([ask('a'), other('b')]);\nshow(a.data.generated_text, b.data.generated_text);\n",
            "show(a.data.choices[0].text, b.data.generated_text);\n",
        ),
        (
            "Promise.all(qs.map(ask)).then((all) => all.forEach((one) => show(one.data.generated_text)));\n",
            "all.forEach((one) => show(one.data.choices[0].text)));\n",
        ),
        (
            "const good = (await Promise.all(qs.map(ask))).filter((one) => one.data.generated_text);\nfor (const one of good) show(one.data.generated_text);\n",
            "for (const one of good) show(one.data.choices[0].text);\n",
        ),
        (
            "const all = await Promise.all(qs.map(ask));\nsave(all.reduce(join));\nshow(all[0].data.generated_text);\n",
            None,
        ),
        ("const all = [await ask('a')];\nsave(all);\n", None),
    ],
    ids=["index", "names", "places", "promise", "filter", "another method", "array"],
)
def test_lists(before: str, after: str | None, moved: Callable[..., Any]) -> None:
    done = moved({"a.js": ASK + before})
    if after is None:
        assert done.files["a.js"] == ASK + before
        assert done.says("manual")
    else:
        assert done.files["a.js"].endswith(after)


def test_both_forms_of_the_root(moved: Callable[..., Any]) -> None:
    text = "const r = await axios.post('http://tgi', { inputs: q, parameters: { max_new_tokens: 5, return_full_text: false } });\nconst t = Array.isArray(r.data) ? r.data[0].generated_text : r.data.generated_text;\nshow(t);\n"
    done = moved({"a.js": text}).files["a.js"]
    assert "const t = r.data.choices[0].text;\n" in done
    alone = text.replace("'http://tgi'", "'http://tgi/generate'")
    assert "const t = r.data.choices[0].text;\n" in moved({"a.js": alone}).files["a.js"]
