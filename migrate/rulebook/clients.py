"""The forms of the rules for clients, told apart by the key that only one form has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec

from migrate.rulebook.client_rule import ClientRule
from migrate.rulebook.constructors import Call, ConstructorRule, Package
from migrate.rulebook.model import Names, Scalar
from migrate.rulebook.openai import DiffersRule, IgnoredRule, RequiresRule, SpeaksRule


class ParameterRule(ClientRule, frozen=True, kw_only=True):
    """A parameter of TGI's own routes.

    `becomes`: its field on vLLM; absent: it goes. `adds`: fields that come with it. `neutral`: values that do nothing,
    so that the parameter goes without a word. `value: grammar`: the value has TGI's form of a grammar.
    """

    form: ClassVar[str] = "parameter"

    parameter: Names
    field: str | None = msgspec.field(default=None, name="becomes")
    adds: dict[str, Scalar] = {}
    neutral: list[Scalar | None] = []
    value: str | None = None


class MemberRule(ClientRule, frozen=True, kw_only=True):
    """What a kind of object (`of`) holds under a name (`member`), and where the new object has it.

    `becomes`, `truth` (where it is only tested), `not` (where `not` stands before it), `ends` (where an `if` leaves a
    loop on it), `counted` (in `len()`) and `get` (where it is looked up with `{default}`) are templates with `{base}`;
    `{whole}` is the text of a stream, joined. `words` are TGI's values that programs compare it with, and vLLM's.
    `wider` are templates by a member of its elements that is read, too.
    `gives` is the kind of what comes out, `needs` what the request must ask
    for so that it is there. `pattern`: the entry of a destructuring pattern (JavaScript), with `{name}`.
    """

    form: ClassVar[str] = "member"

    of: str
    member: str
    becomes: str
    gives: str = "text"
    truth: str | None = None
    negated: str | None = msgspec.field(default=None, name="not")
    ends: str | None = None
    pattern: str | None = None
    get: str | None = None
    counted: str | None = None
    words: dict[str, str] = {}
    wider: dict[str, str] = {}
    needs: dict[str, str] = {}


class LibraryRule(ClientRule, frozen=True, kw_only=True):
    """An HTTP library by the top names of its modules; `lines`: the members that give a stream's lines, and as what.

    `chunks`: those that give pieces of it. A line is `bytes`, `str`, or `sse`: an event that the library has parsed.
    `refused`: by that, what a loop over the lines of `{response}` reads where the server may refuse at once.
    `readers`: what makes events of any response, by name, with its own `lines`. `answer`: the method of a connection
    that gives the response, where sending gives none.
    """

    form: ClassVar[str] = "library"

    library: list[str]
    lines: dict[str, str] = {}
    chunks: dict[str, str] = {}
    refused: dict[str, str] = {}
    readers: dict[str, dict[str, str]] = {}
    answer: str | None = None


class ScriptRule(ClientRule, frozen=True, kw_only=True):
    """A client library of another language (`script`), by ast-grep patterns, and its successor.

    In the patterns $URL is the server's address and $TOKEN the key; `becomes` is a template with {URL} and {TOKEN}.
    $CLIENT is a name whose object a class of the `module` made without an address; its first argument is the key.
    `module`: what the program imports; `imports` and `required`: the successor's import, as a module and as CommonJS.
    """

    form: ClassVar[str] = "script"

    script: str
    patterns: list[str]
    becomes: str
    module: str
    imports: str
    required: str
    package: Package | None = None
    calls: dict[str, Call] = {}


class ReportRule(ClientRule, frozen=True, kw_only=True):
    """A class or function that is only reported.

    `when`: where one of these texts stands in the call, or in what its arguments name; not where one of `unless` does.
    `calls`: what is called on the object is reported in its place. `methods`: the names of `report` are libraries, and
    these methods are meant.
    """

    form: ClassVar[str] = "report"

    report: list[str]
    when: Names = []
    unless: Names = []
    calls: list[str] = []
    methods: list[str] = []


class ExceptionRule(ClientRule, frozen=True, kw_only=True):
    """An exception of the old library, and the successor's, one or several.

    `beside`: the old one stays, the new one is caught too. `elsewhere`: other parts of the library raise it as well, so
    that only handlers around the client's calls are meant. `members`: what its objects hold under another name.
    `clients`: what it becomes instead, by the package of the old client.
    """

    form: ClassVar[str] = "exception"

    exception: Names
    becomes: Names
    beside: bool = False
    elsewhere: bool = False
    members: dict[str, str] = {}
    clients: dict[str, str] = {}


class StatusRule(ClientRule, frozen=True, kw_only=True):
    """A status of a refusal, and vLLM's."""

    form: ClassVar[str] = "status"

    status: int
    becomes: int | list[int]

    @property
    def codes(self) -> list[str]:
        """vLLM's, as programs write them."""
        return [str(one) for one in (self.becomes if isinstance(self.becomes, list) else [self.becomes])]


FORMS: Mapping[str, type[ClientRule]] = {
    kind.form: kind
    for kind in (
        ParameterRule, MemberRule, LibraryRule, ConstructorRule, ScriptRule, ReportRule, SpeaksRule, IgnoredRule,
        DiffersRule, RequiresRule, ExceptionRule, StatusRule,
    )
}  # fmt: skip


def form_of(entry: Mapping[str, Any]) -> type[ClientRule] | None:
    """The form of an entry of a rule file; None where none of their keys is there."""
    return next((kind for key, kind in FORMS.items() if key in entry), None)
