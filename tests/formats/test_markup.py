"""Code blocks of documentation are migrated like files of their kind; prose, output and history are left alone."""

from __future__ import annotations

import pytest

from migrate.formats.markup import claims, read
from migrate.repository import Repository
from migrate.source import Source, apply_edits
from migrate.touchpoints import Change, Found, Plan, Token

TGI = "ghcr.io/huggingface/text-generation-inference:3.3.5"
RUN = f"docker run -p 8080:80 {TGI} --model-id m"
NEW = "docker run -p 8080:80 x/y:1 m --port 80"


def found(text: str, path: str = "README.md") -> Found:
    return read(Source(path, text), Repository.of({path: text}))


def written(text: str, path: str = "README.md") -> str:
    launches = found(text, path).launches
    assert len(launches) == 1
    plan = Plan(Token("x/y:1"), changes=(Change(0, 2),), head=(Token("m"),), tail=(Token("--port"), Token("80")))
    return apply_edits(text, launches[0].write(plan))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.md", "é {0}\n\n```bash\n{1}\n```\n"),
        ("a.md", "```\n{1}\n```\nUse {0}, ``{0}``.\n"),
        ("a.md", "Use `{1}` or {0}.\n"),
        ("a.md", "- `sudo {1}`\n"),
        ("a.md", "~~~sh\r\necho 🚀\r\n{1}\r\n~~~"),
        ("a.md", "1. x\n\n   ```console\n   $ {1}\n   {0}\n   ```\n"),
        ("a.md", "> ```bash\n> {1}\n> ```\n"),
        ("a.md", "```shell\n(venv) user@host:~$ {1} # go\nlog: {0}\n```\n"),
        ("a.md", "Start:\n\n    {1}\n\nDone.\n"),
        ("a.md", "```yaml\nsteps:\n  - run: {1}\n```\n"),
        ("a.rst", ".. code-block:: bash\n\n   {1}\n\n{0}\n"),
        ("a.rst", "Run::\n\n   {1}\n\n{0}\n"),
        ("a.adoc", "[source,bash]\n----\n{1}\n----\n{0}\n"),
    ],
)
def test_one_launch(path: str, text: str) -> None:
    before = text.replace("{0}", RUN)
    assert written(before.replace("{1}", RUN), path) == before.replace("{1}", NEW)


def test_continuation_lines_keep_prompt_and_indentation() -> None:
    text = f"- x\n\n  ```bash\n  $ docker run -p 1:80 \\\n      {TGI} \\\n      --model-id m\n  started\n  ```\n"
    assert written(text) == (
        "- x\n\n  ```bash\n  $ docker run -p 1:80 \\\n      x/y:1 \\\n      m \\\n      --port 80\n  started\n  ```\n"
    )


def test_dockerfile_fence() -> None:
    text = f'> ```dockerfile\n> FROM {TGI}\n> CMD ["--model-id", "m"]\n> ```\n'
    assert written(text) == '> ```dockerfile\n> FROM x/y:1\n> CMD ["m", "--port", "80"]\n> ```\n'


def test_new_lines_of_a_dockerfile_fence_get_the_prefix() -> None:
    text = f"> ```dockerfile\r\n> FROM {TGI}\r\n> ENV MODEL_ID=m\r\n> ```\r\n"
    after = apply_edits(text, found(text).launches[0].write(Plan(head=(Token("m"),), removed=(0,))))
    assert after == f'> ```dockerfile\r\n> FROM {TGI}\r\n> CMD ["m"]\r\n> ```\r\n'


@pytest.mark.parametrize(("language", "name"), [("powershell", "PowerShell"), ("pwsh", "PowerShell"), ("bat", "cmd")])
def test_other_shells_are_shown(language: str, name: str) -> None:
    result = found(f"```{language}\n{RUN}\n```\n")
    assert [(each.kind, each.value, each.edit) for each in result.mentions] == [("dialect", name, None)]


def test_other_formats_are_shown() -> None:
    result = found(f'```hcl\nimage = "{TGI}"\n```\n')
    assert [(each.kind, each.value) for each in result.mentions] == [("unread-format", TGI)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.md", f"Run {RUN}, or ``{RUN}``.\n"),
        ("a.md", f"The image is `{TGI}`, `docker run {TGI}` starts it.\n"),
        ("a.md", "`text-generation-launcher` takes `--model-id`.\n"),
        ("a.md", f"```python\n# `{RUN}`\n```\n"),
        ("a.rst", f"Use `{RUN}`.\n"),
        ("CHANGELOG.md", f"`{RUN}` is gone.\n"),
        ("CHANGELOG.md", f"```bash\n{RUN}\n```\n"),
        ("docs/release-notes.md", f"```bash\n{RUN}\n```\n"),
        ("a.md", f"```console\n$ ls\n{RUN}\n```\n"),
        ("a.md", "```bash\ndocker run --name tgi nginx\n```\n"),
        ("a.md", f"```python\nimage = '{TGI}'\n```\n"),
        ("a.md", f"a\n    {RUN}\n"),
        ("a.md", f"<!-- {RUN} -->\n"),
        ("a.md", "```bash\n# start TGI\ndocker run vllm/vllm-openai:v0.32.0 --model m\n```\n"),
        ("a.rst", f"{RUN}\n"),
        ("a.md", "```\nUsage: text-generation-launcher [OPTIONS]\n```\n"),
    ],
)
def test_left_alone(path: str, text: str) -> None:
    assert found(text, path) == Found()


@pytest.mark.parametrize(("path", "claimed"), [("README.md", True), ("a.mdx", True), ("a.RST", True), ("a.txt", False)])
def test_claims(path: str, claimed: bool) -> None:
    assert claims(path) is claimed


def test_compose_fence() -> None:
    text = f"- x\n\n  ```yaml\n  services:\n    tgi:\n      image: {TGI}\n      command: --model-id m\n  ```\n"
    launch = found(text).launches[0]
    assert launch.kind == "compose"
    assert [text[word.span.start : word.span.end] for word in launch.arguments] == ["--model-id", "m"]
    assert written(text) == text.replace(TGI, "x/y:1").replace("--model-id m", "m --port 80")


def test_workflow_fence_with_a_service() -> None:
    text = f"```yaml\njobs:\n  a:\n    services:\n      b:\n        image: {TGI}\n```\n"
    mention = found(text).mentions[0]
    assert (mention.kind, text[mention.span.start : mention.span.end]) == ("service-container", TGI)


def test_broken_yaml_fence_is_a_problem_with_the_line_of_the_page() -> None:
    assert [problem.line for problem in found(f"x\n\n```yaml\nimage: {TGI}\na: [b\nc: d\n```\n").problems] == [6]


def test_makefile_fence() -> None:
    text = f"> ```make\n> run:\n> \t{RUN}\n> ```\n"
    assert written(text) == text.replace(RUN, NEW)


def test_unit_fence() -> None:
    text = f"```ini\n[Service]\nExecStart=/usr/bin/{RUN}\n```\n"
    assert written(text) == text.replace(RUN, NEW)


def test_question_to_the_launcher_is_no_launch() -> None:
    result = found("```bash\ntext-generation-launcher --help\n```\n")
    assert not result.launches
    assert [(each.kind, each.edit) for each in result.mentions] == [("program", None)]
