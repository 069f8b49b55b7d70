"""Client libraries of JavaScript that the rules name: the object, the calls on it, the import, moved together."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from migrate.clients.outcome import Collected
from migrate.clients.rules import Book
from migrate.languages.javascript.bodies import Wanted, is_body, rewrite
from migrate.languages.javascript.changes import Changes
from migrate.languages.javascript.functions import exporting
from migrate.languages.javascript.modules import Place, Scripts
from migrate.languages.javascript.script import QUOTES, Script, arguments, called, entries, same, span, value
from migrate.languages.javascript.trail import Trail
from migrate.languages.javascript.wholes import joined
from migrate.languages.server import sure
from migrate.rulebook.clients import ScriptRule
from migrate.rulebook.constructors import Call

LANGUAGE = "javascript"
SIMPLE = frozenset(
    {"identifier", "member_expression", "call_expression", "subscript_expression", "non_null_expression"}
)


class Clients:
    """The objects of client libraries in one file."""

    def __init__(self, scripts: Scripts, script: Script, book: Book, collected: Collected) -> None:
        self.scripts, self.script, self.book, self.collected = scripts, script, book, collected
        rules = [rule for rule in book.scripts if rule.script == LANGUAGE and rule.module in script.source.text]
        self.rules = rules
        self.made = [
            (made, rule)
            for rule in rules
            for pattern in rule.patterns
            for made in script.root.find_all(pattern=pattern)
        ]
        self.made = [
            (made, rule) for made, rule in self.made if not self._inside(made) and self._known(made, rule) is not False
        ]
        self.calls = [list(self._calls(made, rule)) for made, rule in self.made]
        self.found: list[tuple[ScriptRule, Changes]] = []
        self.gone: list[SgNode] = []  # constructor calls that go with their statement

    def _known(self, made: SgNode, rule: ScriptRule) -> SgNode | bool:
        """The constructor call behind `$CLIENT.endpoint($URL)`; True without a $CLIENT, False where it is another's."""
        client = made.get_match("CLIENT")
        if client is None:
            return True
        held = self.script.declared(client) if client.kind() == "identifier" else None
        name = held.field("constructor") if held is not None and held.kind() == "new_expression" else None
        statement = self._statement(rule)
        if held is None or name is None or statement is None or name.text() not in _imported(statement.text()):
            return False
        return held

    def _inside(self, made: SgNode) -> bool:
        """Whether a longer pattern has the object already."""
        place = span(made)
        return any(
            span(other).start <= place.start and place.end <= span(other).end and span(other) != place
            for other, _ in self.made
        )

    def owns(self, call: SgNode) -> bool:
        """Whether a call of this file is one on such an object."""
        return any(one.script is self.script and same(call, one.node) for calls in self.calls for one, _ in calls)

    def read(self) -> list[Changes]:
        """What becomes of every object on which something is called that a rule knows."""
        for (made, rule), calls in zip(self.made, self.calls, strict=True):
            if any(spec is not None for _, spec in calls):
                changes = self._object(made, rule, calls)
                if changes is not None:
                    self.found.append((rule, changes))
        return [*(changes for _, changes in self.found), *self._addressed()]

    def _addressed(self) -> Iterator[Changes]:
        """Calls that bring the address along: `textGeneration({ endpointUrl, ... })`."""
        rules = {name: rule for rule in self.rules for name in rule.calls}
        for call in self.script.root.find_all(kind="call_expression") if rules else ():
            rule, body = rules.get(called(call)), next(iter(arguments(call)), None)
            pairs = entries(body) if body is not None and body.kind() == "object" else {}
            url = pairs.get("endpointUrl") or pairs.get("model")
            text = value(url).text().strip(QUOTES) if url is not None else ""
            ours = "endpointUrl" in pairs or text.startswith("http")
            if rule is None or not ours or self.owns(call) or sure(text, "", True) is False:
                continue
            changes = Changes(self.script, call, rule.summary, rule.id)
            new = rule.becomes.replace("{URL}", 'address + "/v1"').replace("{TOKEN}", "key")
            changes.escape(call, f"{called(call)} with an address: {new}.{rule.calls[called(call)].becomes} is vLLM's")
            yield changes

    def imports(self) -> None:
        """Moves the imports once it is settled which objects are written."""
        done = [(rule, changes) for rule, changes in self.found if not changes.reasons]
        for rule in {rule.id: rule for rule, _ in done}.values():
            mine = [changes for one, changes in done if one is rule]
            self._imports(rule, [*(changes.call for changes in mine), *self.gone], mine[0])
            if rule.package:
                self.collected.packages.append((rule.package.old, rule.package.new, mine[0].group))

    def _calls(self, made: SgNode, rule: ScriptRule) -> Iterator[tuple[Place, Call | None]]:
        """The calls on an object, with what the rule says of each (None: nothing)."""
        for use in self._uses(made):
            member = use.node.parent()
            prop = member.field("property") if member and member.kind() == "member_expression" else None
            call = member.parent() if member else None
            if prop is not None and call is not None and call.kind() == "call_expression":
                yield Place(use.script, call), rule.calls.get(prop.text())

    def _uses(self, made: SgNode) -> list[Place]:
        """Where the object is read: through its name, in other files too, through `this.name`, or where it is made."""
        parent = made.parent()
        if parent is None:
            return []
        name = parent.field("name")
        if parent.kind() == "variable_declarator" and name is not None:
            binding = self.script.binding(name)
            here = [one for one in (self.script.uses(binding) if binding else ()) if not exporting(one)]
            keys = [key for key, node in self.scripts.exports(self.script).items() if node.text() == name.text()]
            there = [one for key in keys for one in self.scripts.uses(self.script, key) if not exporting(one.node)]
            return [*(Place(self.script, one) for one in here), *there]
        left = parent.field("left")
        if parent.kind() == "assignment_expression" and left is not None and left.text().startswith("this."):
            members = self.script.root.find_all(kind="member_expression")
            return [Place(self.script, one) for one in members if one.text() == left.text() and not same(one, left)]
        return [Place(self.script, made)]

    def _object(self, made: SgNode, rule: ScriptRule, calls: list[tuple[Place, Call | None]]) -> Changes | None:
        url = made.get_match("URL")
        base = url.text() if url else ""
        if sure(base.strip(QUOTES), "", True) is False:
            return None
        known = base.strip(QUOTES) if base[:1] in QUOTES else None
        changes = Changes(self.script, made, rule.summary, rule.id, address=known)
        held = self._known(made, rule)
        client = held if isinstance(held, SgNode) else None
        changes.replace(span(made).start, span(made).end, _filled(rule.becomes, made, client))
        if client is not None:
            self._unneeded(changes, client)
        for place, spec in calls:
            self._call(changes.at(place.script) if place.script is not self.script else changes, place.node, spec)
        if len(calls) != len(self._uses(made)):
            changes.escape(made, "this client is handed on in a way that cannot be followed")
        return changes

    def _unneeded(self, changes: Changes, client: SgNode) -> None:
        """The old client goes where nothing else is asked of it."""
        declarator = client.parent()
        statement = declarator.parent() if declarator is not None else None
        name = declarator.field("name") if declarator is not None else None
        binding = self.script.binding(name) if name is not None else None
        if statement is None or binding is None or len(self.script.uses(binding)) != 1:
            return
        place, text = span(statement), self.script.source.text
        if len([one for one in statement.children() if one.kind() == "variable_declarator"]) == 1:
            end = text.find("\n", place.end) + 1 or place.end
            start = place.start - len(self.script.indent(statement))
            changes.replace(start, end, "")
            self.gone.append(client)

    def _call(self, changes: Changes, call: SgNode, spec: Call | None) -> None:
        function = call.field("function")
        prop = function.field("property") if function else None
        body = next(iter(arguments(call)), None)
        if spec is None or prop is None or body is None or spec.manual:
            changes.escape(call, f"{spec.manual if spec else 'this method has no counterpart that is known here'}")
            return
        place = span(prop)
        changes.replace(place.start, place.end, spec.becomes or "")
        if spec.awaits:
            changes.replace(span(call).start, span(call).start, "await ")
        if body.kind() != "object":
            changes.escape(body, "parameters: they are built elsewhere and cannot be seen; write vLLM's names there")
        elif is_body(body):
            self._prompt(changes, call, body, spec)
        else:
            _chat(changes, body, spec)

    def _prompt(self, changes: Changes, call: SgNode, body: SgNode, spec: Call) -> None:
        trail = Trail(self.scripts, changes.script, changes, self.book.members, self.book.statuses, "")
        trail.follow(call, spec.gives or "text")
        streams = "stream" in spec.fixed
        joined(trail, call, _prefix(body))
        wanted = Wanted(echo=spec.root, streams=streams, model=True, budget=self.collected.budget)
        rewrite(self.scripts, changes, body, self.book.parameters, wanted)

    # --- imports ---

    def _imports(self, rule: ScriptRule, made: list[SgNode], changes: Changes) -> None:
        """The old names go where nothing else reads them; the successor's import comes in their place or behind."""
        statement = self._statement(rule)
        if statement is None:
            changes.escape(made[0], "where this client is imported cannot be seen")
            return
        text, place = statement.text(), span(statement)
        new = rule.required if "require(" in text else rule.imports
        new = new if text.endswith(";") else new.rstrip(";")
        new = new.replace('"', "'") if "'" in text else new
        inside = [span(one) for one in made]
        others = [
            one for name in _imported(text) for one in self.script.names.get(name, ())
            if not any(i.start <= span(one).start < i.end for i in [*inside, place])
        ]  # fmt: skip
        types = self.script.root.find_all(kind="type_identifier") if self.script.typed else []
        typed = [one for one in types if one.text() in _imported(text)]
        if others or typed:
            changes.replace(place.end, place.end, f"\n{new}")
        else:
            changes.replace(place.start, place.end, new)

    def _statement(self, rule: ScriptRule) -> SgNode | None:
        for kind in ("import_statement", "lexical_declaration", "variable_declaration"):
            for one in self.script.root.find_all(kind=kind):
                if re.search(rf"(?:from|require\()\s*[\"']{re.escape(rule.module)}[\"']", one.text()):
                    return one
        return None


def _imported(text: str) -> list[str]:
    match = re.search(r"\{([^}]*)\}", text)
    names = match[1].split(",") if match else []
    return [re.split(r"\s+as\s+|:", name)[-1].strip() for name in names if name.strip()]


def _filled(template: str, made: SgNode, client: SgNode | None) -> str:
    """The successor with the old arguments; an address gets /v1 behind it."""
    url, token = made.get_match("URL"), made.get_match("TOKEN")
    token = next(iter(arguments(client)), None) if client is not None else token
    text = url.text() if url else '""'
    if url is None or url.kind() in ("string", "template_string"):
        base = re.sub(r"/?([\"'`])$", r"/v1\1", text)
    else:
        base = f'{text} + "/v1"' if url.kind() in SIMPLE else f'({text}) + "/v1"'
    return template.replace("{URL}", base).replace("{TOKEN}", _key(token))


def _key(token: SgNode | None) -> str:
    """The SDK refuses to go without a key, which the old client did: an empty variable needs another value."""
    text = token.text().rstrip("!") if token is not None else '"EMPTY"'
    return f'{text} ?? "EMPTY"' if re.fullmatch(r"(process|import\.meta)\.env\.\w+", text) else text


def _chat(changes: Changes, body: SgNode, spec: Call) -> None:
    """A chat call keeps its fields; it names a model and says whether it streams."""
    pairs = entries(body)
    new = [] if "model" in pairs or "..." in pairs else ['model: ""']
    new += [f"{name}: {text}" for name, text in spec.fixed.items() if name not in pairs]
    if new:
        at = span(body).start + 1
        line = re.match(r"\{([ \t]*\r?\n[ \t]*)\S", body.text())
        lead = line[1] if line else " "
        changes.replace(at, at, "".join(f"{lead}{one}," for one in new))
    if "tools" in pairs:
        changes.features.append("tool-call-parser")


def _prefix(body: SgNode) -> str | None:
    """What the root puts in front of a stream's whole text: the prompt, unless told otherwise."""
    pairs = entries(body)
    inner = entries(value(pairs["parameters"])) if "parameters" in pairs else {}
    if "return_full_text" in inner and value(inner["return_full_text"]).text() == "false":
        return '""'
    prompt = value(pairs["inputs"])
    simple = prompt.kind() in ("identifier", "shorthand_property_identifier", "string", "member_expression")
    return prompt.text() if simple and "return_full_text" not in inner else None
