"""The shape of the rules for clients: one struct for each form, told apart by the key that only this form has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import msgspec
from msgspec import Struct

from migrate.rulebook.model import Identifier, Names, SafetyName, Scalar


class _Part(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A piece of a rule."""


class CallExample(_Part, frozen=True):
    """A program before and after.

    `before` and `after` are whole programs; `tgi` and `vllm` are a request's parameters, or the expression that reads
    an answer. `unchanged` is a program, or a piece as in `tgi`, that is reported and stays; `alone` a
    program that looks alike and of which nothing is said.
    """

    before: str | None = None
    after: str | None = None
    tgi: str | None = None
    vllm: str | None = None
    unchanged: str | None = None
    alone: str | None = None


class ClientRule(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """What every rule for clients has."""

    form: ClassVar[str] = ""

    id: Identifier
    summary: str
    safety: SafetyName
    why: str
    see: list[str] = []
    examples: list[CallExample] = []


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


class Held(_Part, frozen=True):
    """What becomes of one entry of a dict argument."""

    to: str | None = msgspec.field(default=None, name="as")
    value: str | None = None
    default: str | None = None
    drop: bool = False
    review: str | None = None
    manual: str | None = None


class Joined(_Part, frozen=True):
    """The argument with the port of an address, and what stands for either where it is absent."""

    argument: str
    host: str
    port: int


class Argument(_Part, frozen=True):
    """What becomes of one argument of a constructor.

    `as`: its new name. `value`: `address` (with /v1 behind it), a prefix, or a map of an old prefix to a new one.
    `default`: written where the argument is absent. `joins`: the argument with the port of this address. `into`: it
    goes into this dict argument, `with` these besides. `hoist`: the entries of the dict become arguments. `keys`: they
    get other names. `least`: a lower bound. `drop`: it goes. `review` (with `always` also where the argument is absent)
    and `manual` say why a person looks, except where the value is one of `unset` or (`literal`) a number. A value of
    `absent` is the same as none.
    """

    to: str | None = msgspec.field(default=None, name="as")
    value: str | dict[str, str] | None = None
    default: str | None = None
    joins: Joined | None = None
    into: str | None = None
    together: dict[str, str] = msgspec.field(default_factory=dict, name="with")
    drop: bool = False
    review: str | None = None
    manual: str | None = None
    always: bool = False
    unset: Names = []
    absent: Names = []
    literal: bool = False
    hoist: dict[str, Held] = {}
    keys: dict[str, Held] = {}
    least: float | None = None


class Ambient(_Part, frozen=True):
    """What the old library sent though nobody gave it: `argument` becomes this text where it is absent.

    Only where the address has one of `hosts`, a launch of the repository asks for a key, or the program says one of
    `words`.
    """

    argument: str
    becomes: str
    hosts: list[str] = []
    words: list[str] = []


class Form(_Part, frozen=True):
    """What comes back from a call under `when` (stream, details): a kind of object, or a text behind a path."""

    when: dict[str, bool] = {}
    gives: str | None = None
    pieces: str | None = None
    suffix: str | None = None


class Call(_Part, frozen=True):
    """What becomes of a method of the object.

    `becomes`: the successor's method. `positional`: the names of its positional arguments. `defaults`: what the old
    library sent where nothing was given, `fixed` what is always written. `gives` or `results`: what comes back.
    `awaits`: the successor's call is awaited. `root`: it posts to the root, which puts the prompt in front. `keep`: it
    works as it is where the server knows this model name. `fields`: it has OpenAI's fields already (`chat`, `text`).
    `address`: its argument that may hold an address. `manual`: why a person rewrites it.
    """

    becomes: str | None = None
    positional: list[str] = []
    defaults: dict[str, str] = {}
    fixed: dict[str, str] = {}
    gives: str | None = None
    results: list[Form] = []
    awaits: bool = False
    root: bool = False
    keep: str | None = None
    fields: Literal["chat", "text"] | None = None
    address: str | None = None
    manual: str | None = None


class Package(_Part, frozen=True):
    """The package that the old class came from, and the requirement of its successor.

    `stays`: it has other uses. `commands`: its commands in scripts and documents; a repository that has one keeps it.
    """

    old: str
    new: str
    stays: bool = False
    commands: list[str] = []


class Sends(_Part, frozen=True):
    """How an object sends that wraps a client: by calls with TGI's parameters, which become those of the chat route.

    `methods`: its methods that send; calling it sends, too. `arguments`: those of such a call that stay, in order.
    `makes`: what makes another such object of it; `takes`: what makes an object that sends through it when called.
    """

    methods: list[str] = []
    arguments: list[str] = []
    makes: list[str] = []
    takes: list[str] = []


class Keeps(_Part, frozen=True):
    """What the successor's object has as well.

    `methods`: those that take what `arguments` names (so does a call of the object itself). `attributes`: its names for
    what can be read and set; empty: it has none. `joined`: an argument of calls that was joined with one of the object.
    `flat`: dict arguments whose entries a call takes as plain arguments. `narrowing`: arguments that make TGI sample
    where they are not None.
    """

    methods: list[str] = []
    attributes: dict[str, str] = {}
    joined: dict[str, str] = {}
    flat: list[str] = []
    narrowing: list[str] = []


class Chat(_Part, frozen=True):
    """What the object becomes where a chat class wraps it and no launch here can serve the name that this class sends.

    `becomes`, `arguments`, `adds`: as of a constructor; the wrapper around it goes. `drops`: arguments of the wrapper
    that say nothing then. `reads`: its attributes that the successor lacks. `reviews`: arguments of the object that
    mean something else on the chat route, and how; with them both classes stay.
    """

    becomes: str
    summary: str
    arguments: dict[str, Argument]
    adds: dict[str, str] = {}
    drops: list[str] = []
    reads: list[str] = []
    reviews: dict[str, str] = {}


class ConstructorRule(ClientRule, frozen=True, kw_only=True):
    """A client's class or function by its dotted names, and its successor.

    `becomes`: the successor's dotted name; `same`: only arguments change. `address`: the arguments that may hold the
    server's address. `where`: an argument must begin so (or so); with `either` one of them is enough. `unless`: classes
    that wrap the object, which then stays and whose server needs the name `served`. `rest`: arguments that are not
    listed stay. `imports`: what `adds` and `variables` name. `dicts`: a dict with these arguments is one too, in
    programs that import this library. `tools`: methods of an object that wraps this one which send tools.
    `environment`: variables that may hold the address, and the successor's. `wraps`: the argument that holds another
    client, which becomes its own successor with this one; `sends`: how. `keeps`: what is done with the object works
    with the successor's, under its names. `chat`: with the classes of `unless`. `refuses`: classes that wrap the object
    and take no successor, and what a person writes. `variables`: by an argument of the successor, the variables that
    the old class looks in where it is not given. `stops`: its `stop` goes to a route that kept the stop
    strings in the text. `shared`: the class has other uses than TGI, so an object counts only where its address or its
    calls tell. `ambient`: what the old class sent unasked. `types`: classes of the old library that annotations name,
    and the new. `others`: methods that only the old class has, and what to do.
    """

    form: ClassVar[str] = "constructor"

    constructor: list[str]
    becomes: str
    arguments: dict[str, Argument]
    adds: dict[str, str] = {}
    package: Package | None = None
    positional: list[str] = []
    address: list[str] = []
    calls: dict[str, Call] = {}
    unless: list[str] = []
    served: str | None = None
    where: dict[str, Names] = {}
    either: bool = False
    rest: bool = False
    imports: list[str] = []
    dicts: str | None = None
    shared: bool = False
    tools: list[str] = []
    environment: dict[str, str] = {}
    wraps: str = ""
    sends: Sends | None = None
    keeps: Keeps | None = None
    chat: Chat | None = None
    refuses: dict[str, str] = {}
    variables: dict[str, list[str]] = {}
    ambient: Ambient | None = None
    types: dict[str, str] = {}
    others: dict[str, str] = {}
    stops: bool = False


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


class SpeaksRule(ClientRule, frozen=True, kw_only=True):
    """A class that speaks OpenAI's format already.

    `names`: its arguments that hold the model's name; `address`: those with the server's; `positional`: the names of
    its positional ones. `fields`: it takes a request's fields (`chat`, `text`). `libraries`: programs that import one
    of them say name and address in a dict. `tools`: methods that send tools. `calls`: methods that send, by route.
    `again`: methods that give the object again; `between`: what may stand before the method of a call. `flat`: calls
    that take fields beyond OpenAI's beside the others. `settings`: the names of a module that is the client itself,
    where programs set the address. `environment`: variables with the address where no argument holds it. `holds`:
    arguments that are dicts of further fields. `wraps`: functions that take the object and give one like it. `hands`:
    functions that take the object and send tools with it. `prefixes`: the name begins with one of them, which is not
    sent. `stops`: methods that may send stop strings of their own.
    """

    form: ClassVar[str] = "speaks"

    speaks: list[str]
    names: list[str] = []
    address: list[str] = []
    positional: list[str] = []
    fields: Literal["chat", "text"] | None = None
    libraries: list[str] = []
    tools: list[str] = []
    calls: dict[str, Literal["chat", "text"]] = {}
    again: list[str] = []
    between: list[str] = []
    flat: list[str] = []
    settings: list[str] = []
    environment: list[str] = []
    holds: list[str] = []
    wraps: list[str] = []
    hands: list[str] = []
    prefixes: list[str] = []
    stops: list[str] = []


class IgnoredRule(ClientRule, frozen=True, kw_only=True):
    """Fields of OpenAI's format that TGI ignored on a route (`chat`, `text`: completions) and vLLM obeys."""

    form: ClassVar[str] = "ignored"

    ignored: list[str]
    route: Literal["chat", "text"] = "chat"


class DiffersRule(ClientRule, frozen=True, kw_only=True):
    """Fields of OpenAI's format that mean something else on vLLM."""

    form: ClassVar[str] = "differs"

    differs: list[str]


class RequiresRule(ClientRule, frozen=True, kw_only=True):
    """Fields of OpenAI's format that need something of the server."""

    form: ClassVar[str] = "requires"

    requires: list[str]


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
