"""The shape of a rule: what it matches, under which conditions it becomes what, how safe that is and why."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

Identifier = Annotated[str, Meta(pattern=r"^[a-z0-9]+(/[a-z0-9][a-z0-9_.-]*)+$", description="stable for ever")]
SafetyName = Literal["safe", "review", "manual", "none"]
Names = str | list[str]
Scalar = str | int | float | bool


class Comparison(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A condition on a value: every key that is given must hold. An expression satisfies only `expression: true`, and
    `reference: NAME` where it is nothing but that variable."""

    any: list[Scalar] | None = None
    pattern: str | None = None
    below: float | None = None
    above: float | None = None
    expression: bool | None = None
    reference: str | None = None
    number: bool | None = None


class When(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, dict=True):
    """Conditions on a launch; all that are given must hold.

    `source` and `target` are version ranges (`">=2.0.0,<=2.4.0"`) of TGI and vLLM. `image` names builds of TGI (`none`:
    no image), `place` is container, image or host, `through` is entrypoint or launcher. `given`/`absent` name TGI
    options, `variables`/`no_variables` name environment variables. `other` holds comparisons of other TGI options,
    `gpus` is none, one, several or all, `mount` a container path that is mounted, `model` compares the model id, `keep`
    asks for a `--keep` word, `needs` for something that programs of the repository use (`tool-call-parser`, `lora`),
    `browser` whether the repository has code that runs in a browser, `served: false` a model whose architecture the
    target does not serve, `foreign` whether words such as `"$@"` bring arguments from elsewhere.
    """

    value: Scalar | list[Scalar] | Comparison | None = None
    source: str | None = None
    target: str | None = None
    image: Names | None = None
    not_image: Names | None = None
    place: Names | None = None
    through: Literal["entrypoint", "launcher"] | None = None
    origin: Literal["flag", "variable"] | None = None
    given: Names | None = None
    absent: Names | None = None
    variables: Names | None = None
    no_variables: Names | None = None
    other: dict[str, Scalar | list[Scalar] | Comparison] | None = None
    gpus: Names | None = None
    mount: str | None = None
    model: Comparison | None = None
    keep: str | None = None
    needs: str | None = None
    browser: bool | None = None
    served: bool | None = None
    mirror: bool | None = None
    digest: bool | None = None
    tag_expression: bool | None = None
    image_expression: bool | None = None
    editable: bool | None = None
    foreign: bool | None = None

    @cached_property
    def conditions(self) -> tuple[tuple[str, Any], ...]:
        """The conditions on the launch that are given, by name: few of the many that there are."""
        names = (name for name in self.__struct_fields__ if name not in ("value", "origin"))
        return tuple((name, wanted) for name in names if (wanted := getattr(self, name)) is not None)


class Value(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How a value is converted; exactly one key. Expressions that a conversion cannot read are carried over.

    `map`: word for word. `scale`: a number, multiplied. `scale_by`: multiplied by that variable's number. `json`: an
    object whose texts are templates; texts that are numbers become numbers. `json_list`: all given values as one JSON
    list. `convert`: a registered function.
    """

    map: dict[str, str] | None = None
    scale: float | None = None
    scale_by: str | None = None
    json: dict[str, Scalar] | None = None
    json_list: bool | None = None
    convert: str | None = None


class Result(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One thing that the match becomes: an option of `vllm serve`, a variable, the model argument, an image or a text.

    `value` is a template (`"{value}"`, `"{model}"`), a list of templates for an option that takes several values, or a
    conversion; an option without it is a switch.
    """

    option: str | None = None
    variable: str | None = None
    positional: Literal["model"] | None = None
    image: Literal["replacement"] | None = None
    text: str | None = None
    value: Scalar | list[str] | Value | None = None


class Outcome(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """What happens. Nothing in `becomes`: the thing goes. `keeps`: it stays as it is.

    `blocks`: the launch would not start or would load other weights, so all of it stays. `advisory`: a note about a
    default that is not written. `quiet`: no finding of its own.
    """

    becomes: list[Result] = []
    safety: SafetyName = "safe"
    why: str = ""
    say: str = ""
    blocks: bool = False
    keeps: bool = False
    advisory: bool = False
    quiet: bool = False


class Case(Outcome, frozen=True, kw_only=True):
    """What happens under `when`."""

    when: When = When()


class Match(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a rule is about; exactly one key, except that `value` and `image` may narrow `mention`.

    `option`: a TGI option, by flag or variable. `variable`: an environment variable. `absent`: once a launch in which
    that TGI option is not given. `launch`: once a launch. `image`: a build of TGI. `mention`: a place that names TGI.
    `remark`: something about the
    words of the command line: what TGI itself refused, or that they stand elsewhere.
    """

    option: Names | None = None
    variable: Names | None = None
    absent: str | None = None
    launch: bool | None = None
    image: Names | None = None
    mention: Names | None = None
    remark: str | None = None


class Example(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One command line before and after, as far as the rule is concerned.

    `tgi` are the words after the image or launcher, `env` its variables; `vllm`, `vllm_env` what the rule writes of
    them, `unchanged: true` that it writes and says nothing. `source`, `target`, `image`, `docker` (options of `docker
    run`), `needs` and `adapters` (what programs ask for) set the scene. `safety` and `says` are the finding's.
    """

    tgi: str = ""
    env: dict[str, str] = {}
    vllm: str | None = None
    vllm_env: dict[str, str] | None = None
    source: str | None = None
    target: str | None = None
    image: str | None = None
    docker: str = ""
    host: bool = False
    keep: list[str] = []
    needs: list[str] = []
    adapters: list[str] = []
    safety: SafetyName | None = None
    says: str | None = None
    unchanged: bool = False
    text: str | None = None
    becomes: str | None = None


class Rule(Outcome, frozen=True, kw_only=True, dict=True):
    """A rule; its outcome stands in it directly, or in `cases`, of which the first whose `when` holds counts."""

    id: Identifier
    summary: str
    match: Match
    kind: str | None = None
    alias: str | None = None  # the TGI option that a variable stands for
    when: When = When()
    cases: list[Case] = []
    verified: str | None = None
    see: list[str] = []
    examples: list[Example] = []

    @cached_property
    def outcomes(self) -> tuple[Case, ...]:
        """The cases in order; an outcome without cases is one case that always holds."""
        if self.cases:
            return tuple(self.cases)
        return (Case(**{name: getattr(self, name) for name in Outcome.__struct_fields__}),)


def as_list(names: Names | None) -> list[str]:
    """One name or several, as a list."""
    return [names] if isinstance(names, str) else list(names or [])


def pattern(text: str) -> re.Pattern[str]:
    """A rule's regular expression; the module caches it."""
    return re.compile(text)
