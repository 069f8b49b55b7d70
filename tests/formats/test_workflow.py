"""Shell in YAML is migrated where it stands; service containers and manifests are shown; other YAML is left alone."""

from __future__ import annotations

import pytest
import yaml

from migrate.formats.workflow import claims, read
from migrate.repository import Repository
from migrate.source import Source, apply_edits
from migrate.touchpoints import Change, Found, Plan, Token

TGI = "ghcr.io/huggingface/text-generation-inference:3.3.5"
RUN = f"docker run -p 8080:80 {TGI} --model-id m"


def found(text: str, path: str = ".github/workflows/ci.yml") -> Found:
    return read(Source(path, text), Repository.of({path: text}))


def written(text: str) -> str:
    launch = found(text).launches[0]
    plan = Plan(Token("x/y:1"), changes=(Change(0, 2),), head=(Token("m"),), tail=(Token("--port"), Token("80")))
    return apply_edits(text, launch.write(plan))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"a:\n  run: {RUN}\n", "a:\n  run: docker run -p 8080:80 x/y:1 m --port 80\n"),
        (f"a:\n  run: '{RUN}' # é\n", "a:\n  run: 'docker run -p 8080:80 x/y:1 m --port 80' # é\n"),
        (f'a:\n  run: "{RUN}"\n', 'a:\n  run: "docker run -p 8080:80 x/y:1 m --port 80"\n'),
        (
            f"a:\n  script:\n    - {RUN}\n    - true\n",
            "a:\n  script:\n    - docker run -p 8080:80 x/y:1 m --port 80\n    - true\n",
        ),
        (
            f"a:\n  run: |\n    echo 🚀\n    {RUN}\n",
            "a:\n  run: |\n    echo 🚀\n    docker run -p 8080:80 x/y:1 m --port 80\n",
        ),
        (
            f"a:\r\n  run: |\r\n    docker run \\\r\n      {TGI} \\\r\n      --model-id m",
            "a:\r\n  run: |\r\n    docker run \\\r\n      x/y:1 \\\r\n      m \\\r\n      --port 80",
        ),
        (
            f"a:\n  - >-\n    docker run\n    {TGI}\n    --model-id m\n",
            "a:\n  - >-\n    docker run\n    x/y:1\n    m --port 80\n",
        ),
        (
            f"- shell: docker run -e T={{{{ token }}}} {TGI} --model-id m\n",
            "- shell: docker run -e T={{ token }} x/y:1 m --port 80\n",
        ),
    ],
    ids=["plain", "single", "double", "list", "literal", "crlf", "folded", "template"],
)
def test_shell_scalars(before: str, after: str) -> None:
    assert written(before) == after
    assert yaml.safe_load(after.replace("{{ token }}", "x")) is not None


def test_value_that_the_plain_scalar_cannot_hold_is_quoted() -> None:
    text = f"a:\n  run: {RUN}\n"
    launch = found(text).launches[0]
    after = apply_edits(text, launch.write(Plan(tail=(Token("--x"), Token('{"a": 1}')))))
    assert yaml.safe_load(after) == {"a": {"run": f"""{RUN} --x '{{"a": 1}}'"""}}


def test_escapes_in_double_quotes() -> None:
    text = f'a:\n  run: "docker run {TGI} --model-id \\"$M\\""\n'
    launch = found(text).launches[0]
    after = apply_edits(text, launch.write(Plan(Token("x"), tail=(Token("--port"), Token("80")))))
    assert yaml.safe_load(after) == {"a": {"run": 'docker run x --model-id "$M" --port 80'}}


@pytest.mark.parametrize(
    ("text", "kind", "line"),
    [
        (f"jobs:\n  a:\n    services:\n      llm:\n        image: {TGI}\n", "service-container", 5),
        (f"job:\n  services:\n    - name: {TGI}\n", "manifest", 3),
        (f"apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: {TGI}\n", "manifest", 5),
        ("apiVersion: v1\nkind: Pod\nspec:\n  command: [text-generation-launcher]\n", "manifest", 4),
        (f"image:\n  repository: {TGI.partition(':')[0]}\n  tag: 3.3.5\n", "manifest", 2),
        (f"image: {{{{ .Values.x }}}}\n{{{{- if .a }}}}\nother: {TGI}\n", "manifest", 3),
        (f"{{{{- range .x }}}}\n  a: [\nimage: {TGI}\n", "manifest", 3),
    ],
    ids=["service", "gitlab-service", "pod", "command", "values", "helm", "helm-unreadable"],
)
def test_shown(text: str, kind: str, line: int) -> None:
    result = found(text)
    source = Source("x.yml", text)
    assert [(each.kind, source.position(each.span.start)[0]) for each in result.mentions] == [(kind, line)]
    assert not result.launches


@pytest.mark.parametrize(
    "text",
    [
        "a: text-generation-inference\n",
        "labels:\n  app: tgi\n  name: text-generation-inference\n",
        f"steps:\n  - name: docker run {TGI} --model-id m\n",
        "repo: https://github.com/huggingface/text-generation-inference\n",
        f"# {RUN}\na: 1\n",
        "image: ghcr.io/huggingface/text-embeddings-inference:1.6\n",
        "run: docker network create tgi-net\n",
        "a: [\n",
    ],
    ids=["word", "labels", "step-name", "address", "comment", "embeddings", "network", "broken-without-tgi"],
)
def test_left_alone(text: str) -> None:
    assert found(text) == Found()


def test_broken_yaml_is_a_problem_with_its_line() -> None:
    assert [problem.line for problem in found(f"image: {TGI}\nb: [a\nc: d\n").problems] == [3]


def test_metrics_are_shown() -> None:
    result = found("rules:\n  - expr: tgi_queue_size > 5\n", "rules.yaml")
    assert [(each.kind, each.value) for each in result.mentions] == [("metric", "tgi_queue_size")]


@pytest.mark.parametrize(("path", "claimed"), [("a.yml", True), ("a.yaml.j2", True), ("a.json", False)])
def test_claims(path: str, claimed: bool) -> None:
    assert claims(path) is claimed


def test_image_in_a_variable_of_the_job() -> None:
    text = f"env:\n  TGI: {TGI}\njobs:\n  a:\n    steps:\n      - run: docker run -p 8080:80 $TGI --model-id m\n"
    assert found(text).mentions == ()
    assert written(text) == (
        "env:\n  TGI: x/y:1\njobs:\n  a:\n    steps:\n      - run: docker run -p 8080:80 $TGI m --port 80\n"
    )


def test_variable_that_no_command_uses_is_shown() -> None:
    assert [each.kind for each in found(f"env:\n  TGI: {TGI}\n").mentions] == ["manifest"]


@pytest.mark.parametrize(
    "image",
    [f"image: {TGI}\n", f"image:\n  name: {TGI}\n"],
    ids=["image", "name of an image"],
)
def test_a_launcher_beside_its_image_stays_with_it(image: str) -> None:
    text = image + "script:\n  - text-generation-launcher --model-id m\n"
    one = found(text, ".gitlab-ci.yml")
    assert [launch.unsupported is not None for launch in one.launches] == [True]
    assert [mention.kind for mention in one.mentions] == ["manifest"]
    alone = found(text.replace(TGI, "python:3"), ".gitlab-ci.yml")
    assert [launch.unsupported for launch in alone.launches] == [None]
