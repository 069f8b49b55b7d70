"""JavaScript and TypeScript programs that call TGI: fetch, axios and @huggingface/inference, by syntax tree."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from ast_grep_py import SgNode, SgRoot

from migrate.clients.outcome import ClientName, Collected
from migrate.clients.parameters import UNKNOWN, Given, Spelling, Translation, translate
from migrate.clients.rules import Book
from migrate.findings import Finding, Safety
from migrate.languages.server import ROUTE, sure
from migrate.source import Edit, Source, Span

GRAMMARS = {".ts": "typescript", ".mts": "typescript", ".cts": "typescript", ".tsx": "tsx"}
RULE = "client/javascript-generate"
HUB = re.compile(r"\bfrom\s+[\"']@huggingface/inference[\"']|require\([\"']@huggingface/inference[\"']\)")
SPELLING = Spelling(
    "true", "false", "null", "({flag} ? {value} : {other})", "({value} == null || {value} === 1)", "!{flag} && "
)
LITERALS = {"true": True, "false": False, "null": None, "undefined": None}


@dataclass
class Script:
    """One file while it is read."""

    source: Source
    root: SgNode
    edits: list[Edit] = field(default_factory=list)
    reasons: list[tuple[Span, str]] = field(default_factory=list)
    notes: list[tuple[Span, str, str]] = field(default_factory=list)

    def replace(self, start: int, end: int, text: str) -> None:
        self.edits.append(Edit(self.source.path, start, end, text, RULE))


def span(node: SgNode) -> Span:
    place = node.range()
    return Span(place.start.index, place.end.index)


def read_javascript(source: Source, book: Book, collected: Collected) -> None:
    """Findings about the calls of a program."""
    grammar = GRAMMARS.get(PurePosixPath(source.path).suffix, "javascript")
    script = Script(source, SgRoot(source.text, grammar).root())
    for body in script.root.find_all(kind="object"):
        pairs = entries(body)
        if "inputs" in pairs and not (pairs.keys() - {"inputs", "parameters", "stream", "model", "options"}):
            _body(script, body, pairs, book, collected)
    _names(script, collected)


def entries(node: SgNode) -> dict[str, SgNode]:
    """The named entries of an object, by name; spread entries have the name `...`."""
    found: dict[str, SgNode] = {}
    for child in node.children():
        kind = child.kind()
        if kind == "pair":
            key = child.field("key")
            found[key.text().strip("\"'`") if key else "?"] = child
        elif kind == "shorthand_property_identifier":
            found[child.text()] = child
        elif kind in ("spread_element", "method_definition"):
            found["..."] = child
    return found


def value(entry: SgNode) -> SgNode:
    return entry.field("value") or entry


# --- one request ---


def _call(script: Script, body: SgNode) -> SgNode | None:
    """The call that sends the object, through JSON.stringify and one variable."""
    for parent in body.ancestors():
        if parent.kind() == "call_expression":
            function = parent.field("function")
            if function and function.text() != "JSON.stringify":
                return parent
        elif parent.kind() == "variable_declarator":
            name = parent.field("name")
            return _use(script, name.text(), parent) if name else None
        elif parent.kind() in ("statement_block", "return_statement", "arrow_function"):
            return None
    return None


def _use(script: Script, name: str, declared: SgNode) -> SgNode | None:
    uses = [
        one
        for one in script.root.find_all(kind="identifier")
        if one.text() == name and span(one) != span(declared.field("name") or declared)
    ]
    return _call(script, uses[0]) if len(uses) == 1 else None


def _body(script: Script, body: SgNode, pairs: dict[str, SgNode], book: Book, collected: Collected) -> None:
    call = _call(script, body)
    function = call.field("function") if call else None
    if call is None or function is None:
        return
    name = function.text().rsplit(".", 1)[-1]
    local = Script(script.source, script.root)
    if name == "textGeneration" and HUB.search(script.source.text):
        known: bool | None = _hub(local, call, function)
        route = ""
    elif name in ("fetch", "post", "request", "axios"):
        found = _address(script, call)
        if found is None:
            if "parameters" in pairs and _root(script, call) and "generated_text" in script.source.text:
                local.reasons.append(
                    (span(call), "POST / of TGI is not on vLLM: POST /v1/completions, with echo for the prompt")
                )
                _report(local, call, "", collected)
            return
        node, match = found
        route = match["route"]
        known = sure(match["base"], script.source.text, collected.launched)
        start = span(node).start + match.start("route")
        local.replace(start, start + len(route), "v1/completions")
    else:
        return
    if known is False:
        return
    if known is None:
        local.reasons.append(
            (span(call), "it has the form of TGI's /generate, which other servers share: check which server answers")
        )
    if route == "generate_stream":
        local.reasons.append(
            (span(call), "/generate_stream: how this program reads the stream's events must be rewritten by hand")
        )
    _request(local, body, pairs, book, collected, hub=not route)
    _answers(local, call)
    _report(local, call, route, collected)


def _address(script: Script, call: SgNode) -> tuple[SgNode, re.Match[str]] | None:
    """The literal that holds TGI's path, in the call or where its first argument was declared."""
    arguments = call.field("arguments")
    first = (
        next((child for child in arguments.children() if child.kind() not in ("(", ",", ")", "comment")), None)
        if arguments
        else None
    )
    if first is None:
        return None
    candidates = [first, *first.find_all(kind="string"), *first.find_all(kind="template_string")]
    if first.kind() == "identifier":
        for declared in script.root.find_all(kind="variable_declarator"):
            name, content = declared.field("name"), declared.field("value")
            if name and content and name.text() == first.text():
                candidates += [content, *content.find_all(kind="string"), *content.find_all(kind="template_string")]
    for node in candidates:
        if node.kind() in ("string", "template_string"):
            text = node.text()
            match = re.compile(r"(?P<base>[\"'`][^\"'`]*?)/?(?P<route>generate_stream|generate)/?[\"'`]$").match(text)
            if match and _only(match["base"]):
                return node, match
    return None


def _root(script: Script, call: SgNode) -> bool:
    """Whether a call goes to the root of a TGI server."""
    arguments = call.field("arguments")
    first = (
        next((one for one in arguments.children() if one.kind() in ("string", "template_string")), None)
        if arguments
        else None
    )
    if first is None:
        return False
    url = first.text().strip("\"'`")
    return _only(f'"{url}') and sure(url, script.source.text, False) is True


def _only(base: str) -> bool:
    """Whether nothing but a host stands before the path."""
    rest = re.sub(r"^[\"'`](?:https?://[^/]*|\$\{[^}]*\})?(?::\d+|:\$\{[^}]*\})?", "", base)
    return rest.strip("/") == ""


def _hub(script: Script, call: SgNode, function: SgNode) -> bool | None:
    """The hub's client with an address of its own becomes the OpenAI SDK; None where its address cannot be seen."""
    receiver = function.field("object")
    text = script.source.text
    if receiver is None:
        return None
    declared = next(
        (
            one
            for one in script.root.find_all(kind="variable_declarator")
            if (n := one.field("name")) and n.text() == receiver.text()
        ),
        None,
    )
    made = declared.field("value") if declared else receiver
    if made is None:
        return None
    pattern = r"""new\s+(?:HfInference|InferenceClient)\(\s*([^()]*?)\s*\)\.endpoint\(\s*([^()]*?)\s*\)"""
    match = re.fullmatch(pattern, made.text())
    if match is None:
        return False
    token, url = match[1] or '"EMPTY"', match[2]
    base = re.sub(r"/?([\"'`])$", r"/v1\1", url) if url[:1] in "\"'`" else f'{url} + "/v1"'
    place = span(made)
    script.replace(place.start, place.end, f"new OpenAI({{ baseURL: {base}, apiKey: {token} }})")
    place = span(function)
    script.replace(place.end - len("textGeneration"), place.end, "completions.create")
    statement = next(
        (one for one in script.root.find_all(kind="import_statement") if "@huggingface/inference" in one.text()), None
    )
    if statement is None or len(re.findall(r"\bHfInference\b|\bInferenceClient\b", text)) != 2:
        return None
    place = span(statement)
    script.replace(
        place.start,
        place.end,
        re.sub(r"import.*", 'import OpenAI from "openai"', statement.text().rstrip(";"))
        + (";" if statement.text().endswith(";") else ""),
    )
    return True


def _given(inner: dict[str, SgNode]) -> list[Given]:
    found = []
    for name, entry in inner.items():
        text = value(entry).text()
        found.append(
            Given(name, text, _literal(text), value(entry).kind() in ("identifier", "shorthand_property_identifier"))
        )
    return found


def _literal(text: str) -> object:
    if text in LITERALS:
        return LITERALS[text]
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    if re.fullmatch(r"-?\d*\.\d+", text):
        return float(text)
    return text[1:-1] if re.fullmatch(r"\"[^\"\\]*\"|'[^'\\]*'", text) else UNKNOWN


def _request(
    script: Script, body: SgNode, pairs: dict[str, SgNode], book: Book, collected: Collected, hub: bool
) -> None:
    parameters = pairs.get("parameters")
    holder = value(parameters) if parameters else None
    if holder is not None and holder.kind() != "object":
        script.reasons.append(
            (span(holder), "parameters: they are built elsewhere and cannot be seen; write vLLM's names there")
        )
        return
    inner = entries(holder) if holder else {}
    if "..." in inner or "..." in pairs:
        script.reasons.append((span(body), "parameters: what ... brings in cannot be seen"))
        return
    grammar = replace(SPELLING, grammar=_grammar)
    done = translate(
        _given(inner), book.parameters, grammar, budget=collected.budget, parameters=parameters is not None
    )
    full = inner.get("return_full_text")
    if hub and (full is None or value(full).text() == "null"):
        done.added.append(("echo", "true"))
        script.notes.append(
            (
                span(body),
                "client/parameter-return-full-text",
                "return_full_text is not sent, so the old answer held the prompt: echo keeps that",
            )
        )
    for note in done.notes:
        place = span(inner[note.parameter]) if note.parameter in inner else span(body)
        if note.manual:
            script.reasons.append((place, note.message))
        else:
            script.notes.append((place, note.rule, note.message))
    _write(script, body, pairs, holder, inner, done, hub)


def _grammar(text: str) -> tuple[str, str] | None:
    match = re.fullmatch(
        r"""\{\s*["']?type["']?:\s*["'](json|regex)["']\s*,\s*(?:["']?value["']?:\s*(.+?)|(value))\s*,?\s*\}""",
        text,
        re.DOTALL,
    )
    return ("structured_outputs", f"{{ {match[1]}: {match[2] or match[3]} }}") if match else None


def _write(
    script: Script,
    body: SgNode,
    pairs: dict[str, SgNode],
    holder: SgNode | None,
    inner: dict[str, SgNode],
    done: Translation,
    hub: bool,
) -> None:
    inputs = pairs["inputs"]
    place = span(inputs)
    quoted = inputs.text()[:1] in "\"'"

    def key(name: str) -> str:
        return f'"{name}"' if quoted else name

    lead = f'{key("model")}: "", ' if hub else ""
    key_node = inputs.field("key")
    if key_node is None:
        script.replace(place.start, place.end, f"{lead}prompt: inputs")
    else:
        script.replace(span(key_node).start, span(key_node).end, lead + key("prompt"))
    new = []
    for name, entry in inner.items():
        pair = done.becomes.get(name)
        if pair:
            new.append(entry.text() if pair == (name, value(entry).text()) else f"{key(pair[0])}: {pair[1]}")
    new += [f"{key(name)}: {text.replace(chr(34) * 2, chr(34))}" for name, text in done.added]
    text = holder.text() if holder else ""
    line = re.search(r"\n([ \t]*)\S", text)
    parameters = pairs.get("parameters")
    if parameters is None:
        script.replace(place.end, place.end, "".join(f", {one}" for one in new))
        return
    before = re.search(r"[ \t]*\Z", script.source.text[: span(parameters).start])
    joint = f",\n{before[0] if before else ''}" if line else ", "
    script.replace(span(parameters).start, span(parameters).end, joint.join(new))
    if holder is not None and any(holder.find_all(kind="comment")):
        script.reasons.append((span(holder), "parameters: comments stand between them, which would be lost"))


# --- answers ---


def _answers(script: Script, call: SgNode) -> None:
    """What the program reads: `generated_text` wherever the file reads it, with the index of POST / in front."""
    text = script.source.text
    mine = 0
    for node in script.root.find_all(kind="member_expression"):
        name = node.field("property")
        if name is None:
            continue
        if name.text() == "generated_text":
            mine += 1
            owner = node.field("object")
            assert owner is not None
            end = span(owner).end
            if owner.kind() == "subscript_expression" and owner.text().endswith("[0]"):
                end -= 3
            script.replace(end, span(node).end, ".choices[0].text")
        elif name.text() in ("details", "finish_reason", "generated_tokens") and "choices" not in node.text():
            script.reasons.append(
                (
                    span(node),
                    f"{name.text()} has another place on vLLM (choices[0].finish_reason, usage.completion_tokens)",
                )
            )
    for node in script.root.find_all(kind="shorthand_property_identifier_pattern"):
        if node.text() == "generated_text":
            mine += 1
            script.replace(span(node).start, span(node).end, "choices: [{ text: generated_text }]")
    for node in script.root.find_all(kind="pair_pattern"):
        key, target = node.field("key"), node.field("value")
        if key and target and key.text() == "generated_text":
            mine += 1
            script.replace(span(node).start, span(node).end, f"choices: [{{ text: {target.text()} }}]")
    if not mine or re.search(r"[\"']generated_text[\"']|[{,]\s*generated_text\s*:", _without(text, script)):
        script.reasons.append((span(call), "where the answer's generated_text is read cannot be seen"))


def _without(text: str, script: Script) -> str:
    for edit in sorted(script.edits, key=lambda one: -one.start):
        text = text[: edit.start] + " " * (edit.end - edit.start) + text[edit.end :]
    return text


def _report(script: Script, call: SgNode, route: str, collected: Collected) -> None:
    source = script.source
    group = f"client:{source.path}:{span(call).start}"
    if script.reasons:
        for place, reason in dict.fromkeys(script.reasons):
            text = source.text[place.start : place.end]
            collected.findings.append(Finding(RULE, source.path, place, "endpoint", Safety.MANUAL, reason, text, group))
        return
    message = f"POST /{route} of TGI becomes POST /v1/completions"
    place = span(call)
    edits = tuple(dict.fromkeys(script.edits))
    collected.findings.append(
        Finding(RULE, source.path, place, "endpoint", Safety.SAFE, message, call.text(), group, edits)
    )
    for where, rule, reason in script.notes:
        text = source.text[where.start : where.end]
        collected.findings.append(Finding(rule, source.path, where, "endpoint", Safety.REVIEW, reason, text, group))


def _names(script: Script, collected: Collected) -> None:
    """Model names that OpenAI-style calls send."""
    for pair in script.root.find_all(kind="pair"):
        key, content = pair.field("key"), pair.field("value")
        if not key or not content or key.text().strip("\"'") != "model" or content.text().strip("\"'`") != "tgi":
            continue
        if "tgi" in collected.served:
            continue
        place = span(pair)
        collected.names.append(ClientName("tgi", script.source.path, place))
        if not collected.launched:
            text = "vLLM refuses model names that it does not serve: add tgi to --served-model-name of the server"
            collected.findings.append(
                Finding("client/model-name", script.source.path, place, "model-name", Safety.REVIEW, text, pair.text())
            )


__all__ = ["ROUTE", "read_javascript"]
