"""The rule for a class or function that makes a client: its arguments, the calls on the object, its package."""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from migrate.rulebook.client_rule import ClientRule, Part
from migrate.rulebook.model import Names


class Held(Part, frozen=True):
    """What becomes of one entry of a dict argument."""

    to: str | None = msgspec.field(default=None, name="as")
    value: str | None = None
    default: str | None = None
    drop: bool = False
    review: str | None = None
    manual: str | None = None


class Joined(Part, frozen=True):
    """The argument with the port of an address, and what stands for either where it is absent."""

    argument: str
    host: str
    port: int


class Argument(Part, frozen=True):
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


class Ambient(Part, frozen=True):
    """What the old library sent though nobody gave it: `argument` becomes this text where it is absent.

    Only where the address has one of `hosts`, a launch of the repository asks for a key, or the program says one of
    `words`.
    """

    argument: str
    becomes: str
    hosts: list[str] = []
    words: list[str] = []


class Form(Part, frozen=True):
    """What comes back from a call under `when` (stream, details): a kind of object, or a text behind a path."""

    when: dict[str, bool] = {}
    gives: str | None = None
    pieces: str | None = None
    suffix: str | None = None


class Call(Part, frozen=True):
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


class Package(Part, frozen=True):
    """The package that the old class came from, and the requirement of its successor.

    `stays`: it has other uses. `commands`: its commands in scripts and documents; a repository that has one keeps it.
    """

    old: str
    new: str
    stays: bool = False
    commands: list[str] = []


class Sends(Part, frozen=True):
    """How an object sends that wraps a client: by calls with TGI's parameters, which become those of the chat route.

    `methods`: its methods that send; calling it sends, too. `arguments`: those of such a call that stay, in order.
    `makes`: what makes another such object of it; `takes`: what makes an object that sends through it when called.
    """

    methods: list[str] = []
    arguments: list[str] = []
    makes: list[str] = []
    takes: list[str] = []


class Keeps(Part, frozen=True):
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


class Chat(Part, frozen=True):
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
    the old class looks in where it is not given. `stops`: its `stop` goes to a route that kept the stop strings in the
    text. `shared`: the class has other uses than TGI, so an object counts only where its address or its calls tell.
    `ambient`: what the old class sent unasked. `types`: classes of the old library that annotations name, and the new.
    `others`: methods that only the old class has, and what to do.
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
