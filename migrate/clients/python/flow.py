"""Where a value goes in a program, by kind (a response, the answer in it, a line), and what is read from it."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from migrate.clients.python.changes import Changes
from migrate.clients.python.module import Function, Module
from migrate.clients.python.project import At, Project
from migrate.clients.rules import Rule

TEXT_METHODS = frozenset(
    [
        "decode",
        "strip",
        "lstrip",
        "rstrip",
        "removeprefix",
        "removesuffix",
        "replace",
        "split",
        "partition",
        "rpartition",
        "splitlines",
    ]
)
NEUTRAL_METHODS = frozenset(
    [
        "raise_for_status",
        "close",
        "aclose",
        "release",
        "read",
        "aread",
        "startswith",
        "endswith",
        "find",
        "items",
        "__enter__",
        "__exit__",
        "set_result",
    ]
)
NEUTRAL = frozenset(
    [
        "status_code",
        "status",
        "ok",
        "is_success",
        "is_error",
        "reason",
        "reason_phrase",
        "headers",
        "text",
        "url",
        "elapsed",
        "code",
        "request",
        "closed",
        "encoding",
    ]
)
PASS_THROUGH = frozenset(["list", "tuple", "iter", "sorted", "reversed", "gather", "as_completed", "tqdm"])
LOOPS = (ast.For, ast.AsyncFor)


@dataclass
class Stream:
    """How a program reads lines: `bytes` or `str`, and the loops over them."""

    loops: list[tuple[At, str]] = field(default_factory=list)
    events: int = 0


@dataclass
class Flow:
    """Follows values from a call; collects the changes, what it cannot follow, and what the request must ask for."""

    project: Project
    members: Mapping[tuple[str, str], Rule]
    lines: Mapping[str, str]  # methods and attributes that give lines, and what a line is
    answer: str = "answer"  # the kind that the body of a response is
    changes: Changes = field(default_factory=Changes)
    escapes: list[tuple[At, str]] = field(default_factory=list)
    notes: list[tuple[At, str, str]] = field(default_factory=list)
    needs: dict[str, str] = field(default_factory=dict)
    read: set[tuple[str, str]] = field(default_factory=set)
    stream: Stream = field(default_factory=Stream)
    wholes: list[tuple[At, At]] = field(default_factory=list)
    errors: list[tuple[At, At]] = field(default_factory=list)
    statuses: list[tuple[At, ast.Compare]] = field(default_factory=list)
    calls: list[tuple[At, str]] = field(default_factory=list)
    sources: list[At] = field(default_factory=list)
    _seen: set[tuple[int, str]] = field(default_factory=set)

    def follow(self, at: At, kind: str) -> None:
        """The value of this expression is of this kind: look at what is done with it."""
        if (id(at.node), kind) in self._seen or kind == "text":
            return
        self._seen.add((id(at.node), kind))
        parent = at.module.parents[at.node]
        known = self._kept(at, parent, kind) or self._stored(at, parent, kind) or self._used(at, parent, kind)
        if not known and kind not in ("body", "reason"):
            self.escape(at, kind)

    def _kept(self, at: At, parent: ast.AST, kind: str) -> bool:
        """The value is the value of the expression around it, or an element of it."""
        around = At(at.module, parent)
        if isinstance(parent, ast.Await | ast.NamedExpr | ast.Starred | ast.BoolOp):
            self.follow(around, kind)
            if isinstance(parent, ast.NamedExpr):
                self.reads(at.module, parent.target, kind)
        elif isinstance(parent, ast.IfExp) and at.node is not parent.test:
            self.follow(around, kind)
        elif isinstance(parent, ast.ListComp | ast.GeneratorExp | ast.SetComp) and parent.elt is at.node:
            self.follow(around, f"list:{kind}")
        else:
            return False
        return True

    def _stored(self, at: At, parent: ast.AST, kind: str) -> bool:
        """The value gets a name, or leaves the function."""
        if isinstance(parent, ast.Assign | ast.AnnAssign):
            for target in parent.targets if isinstance(parent, ast.Assign) else [parent.target]:
                self.bind(at.module, target, kind)
        elif isinstance(parent, ast.withitem):
            if parent.optional_vars is not None:
                self.bind(at.module, parent.optional_vars, kind)
        elif isinstance(parent, ast.Return | ast.Yield):
            self.returned(at, kind if isinstance(parent, ast.Return) else f"list:{kind}")
        elif isinstance(parent, ast.YieldFrom) and kind.startswith("list:"):
            self.returned(at, kind)
        elif isinstance(parent, LOOPS):
            self.loop(at, parent.target, kind, parent)
        elif isinstance(parent, ast.comprehension):
            if parent.iter is at.node:
                self.loop(at, parent.target, kind, parent)
        else:
            return False
        return True

    def _used(self, at: At, parent: ast.AST, kind: str) -> bool:
        """Something is read from the value, it is handed on, or only tested."""
        if isinstance(parent, ast.Attribute | ast.Subscript) and parent.value is at.node:
            self.member(at, parent, kind)
        elif isinstance(parent, ast.Call):
            self.passed(at, parent, at.node, kind)
        elif isinstance(parent, ast.keyword):
            call = at.module.parents[parent]
            if isinstance(call, ast.Call):
                self.passed(at, call, parent, kind)
        elif isinstance(parent, ast.Compare):
            self.compared(at, parent, kind)
        else:
            return isinstance(parent, ast.If | ast.While | ast.IfExp | ast.UnaryOp | ast.Expr | ast.Assert)
        return True

    def escape(self, at: At, kind: str) -> None:
        reasons = {
            "answer": "the whole answer is handed on",
            "answers": "the whole answer is handed on",
            "event": "the stream's events are handed on",
        }
        self.escapes.append((at, reasons.get(kind, "what is done with the reply cannot be followed")))

    # --- names ---

    def bind(self, module: Module, target: ast.AST, kind: str) -> None:
        if isinstance(target, ast.Name):
            self.reads(module, target, kind)
        elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self":
            owner = module.around(target, ast.ClassDef)
            for other in self.project.modules:
                for one in other.attributes.get(target.attr, []):
                    if isinstance(one.ctx, ast.Load) and self._of(At(other, one.value), owner):
                        self.follow(At(other, one), kind)
        else:
            self.escape(At(module, target), kind)

    def reads(self, module: Module, target: ast.AST, kind: str) -> None:
        name = target.arg if isinstance(target, ast.arg) else getattr(target, "id", "")
        for read in module.reads(target, name):
            self.follow(At(module, read), kind)
        if isinstance(target, ast.Name) and module.scope(target) is module.tree:
            self._elsewhere(module, name, kind)

    def _elsewhere(self, module: Module, name: str, kind: str) -> None:
        """Reads of a module's name in modules that import it."""
        for other in self.project.modules:
            for alias, dotted in other.imports.items():
                found = self.project.find(other, dotted) if other is not module else None
                if found and found[0] is module:
                    names: list[ast.expr] = list(other.loads.get(alias, [])) if found[1] == [name] else []
                    if not found[1]:
                        attributes = other.attributes.get(name, [])
                        names = [one for one in attributes if isinstance(one.value, ast.Name) and one.value.id == alias]
                    for one in names:
                        self.follow(At(other, one), kind)

    def _of(self, receiver: At, owner: ast.AST | None) -> bool:
        """Whether an expression is an instance of the class."""
        found = self.project.owner(receiver)
        return found is not None and found.node is owner

    # --- functions ---

    def returned(self, at: At, kind: str) -> None:
        function = at.module.around(at.node, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
        if not isinstance(function, Function):
            self.escape(at, kind)
            return
        callers = self.project.callers(At(at.module, function))
        fixture = any(
            "fixture" in ast.dump(one) or "contextmanager" in ast.dump(one) for one in function.decorator_list
        )
        if not callers or fixture:
            self.escape(at, kind)
        for caller in callers:
            if isinstance(caller.node, ast.Call):
                self.follow(caller, kind)
            else:
                self._handed(caller, kind)

    def _handed(self, at: At, kind: str) -> None:
        """A function that is given to another: `pool.map(f, ...)`, `pool.submit(f, ...)`."""
        call = at.module.parents[at.node]
        name = _name(call.func) if isinstance(call, ast.Call) and call.func is not at.node else ""
        if isinstance(call, ast.Call) and name in ("map", "imap", "imap_unordered"):
            self.follow(At(at.module, call), f"list:{kind}")
        elif isinstance(call, ast.Call) and name in ("submit", "run_in_executor", "to_thread"):
            self.follow(At(at.module, call), f"future:{kind}" if name == "submit" else kind)
        elif not isinstance(call, ast.alias | ast.ImportFrom):
            self.escape(at, kind)

    def passed(self, at: At, call: ast.Call, given: ast.AST, kind: str) -> None:
        """The value is an argument."""
        name = _name(call.func)
        if self._into(at, call, given, kind):
            return
        if name in ("loads", "load") and kind in ("line", "body", "response"):
            self.stream.events += kind == "line"
            self.follow(At(at.module, call), "event" if kind == "line" else self.answer)
        elif name == "len" and kind == "tokenize":
            self.changes.insert(at.module, at.module.span(at.node)[1], '["tokens"]')
        elif name == "enumerate" and kind.startswith("list:"):
            self.follow(At(at.module, call), "enumerate:" + kind[5:])
        elif (name in PASS_THROUGH and kind.startswith("list:")) or name in (
            "gather",
            "run",
            "wait_for",
            "create_task",
            "run_until_complete",
            "str",
            "bytes",
            "nullcontext",
            "closing",
        ):
            self.follow(At(at.module, call), kind)
        elif name == "isinstance" and kind in ("answer", "answers"):
            self._tested_type(at, call, kind)
        elif kind == "object" and name == "getattr":
            self.escapes.append(
                (At(at.module, call), "getattr: the method is chosen by a name that is not written here")
            )
        elif name in ("len", "bool", "append", "urlopen", "type", "isinstance") and (
            kind in ("response", "line") or name == "len"
        ):
            if name == "urlopen":
                self.follow(At(at.module, call), "response")
        elif name == "urlopen" and kind == "request":
            self.sources.append(At(at.module, call))
            self.follow(At(at.module, call), "response")
        elif kind not in ("body", "reason") or (name == "print" and kind == "body"):
            self.escape(at, kind)

    def _tested_type(self, at: At, call: ast.Call, kind: str) -> None:
        """`isinstance(answer, list)`: what was a list at POST / is an object now."""
        tested = call.args[1] if len(call.args) == 2 else None
        if kind == "answers" and isinstance(tested, ast.Name) and tested.id == "list":
            start, end = at.module.span(tested)
            self.changes.replace(at.module, start, end, "dict")
        elif kind == "answers":
            self.escape(at, kind)

    def _into(self, at: At, call: ast.Call, given: ast.AST, kind: str) -> bool:
        found = self.project.definition(At(at.module, call.func))
        if found is None or not isinstance(found.node, Function):
            return False
        names = [*found.node.args.posonlyargs, *found.node.args.args]
        if isinstance(found.module.parents.get(found.node), ast.ClassDef):
            names = names[1:]
        if isinstance(given, ast.keyword):
            target = next((arg for arg in [*names, *found.node.args.kwonlyargs] if arg.arg == given.arg), None)
        else:
            index = call.args.index(given) if isinstance(given, ast.expr) and given in call.args else -1
            target = names[index] if 0 <= index < len(names) else None
        if target is None:
            return False
        self.reads(found.module, target, kind)
        return True

    # --- loops ---

    def loop(self, at: At, target: ast.AST, kind: str, around: ast.AST) -> None:
        if kind == "answers":
            self.changes.insert(at.module, at.module.span(at.node)[1], '["choices"]')
            self.bind(at.module, target, "choice")
        elif kind == "response" and "__iter__" in self.lines:
            self._lines(at, target, self.lines["__iter__"], around)
        elif kind.startswith("enumerate:") and isinstance(target, ast.Tuple) and len(target.elts) == 2:
            self.bind(at.module, target.elts[1], kind[10:])
        elif kind.startswith("list:line"):
            self._lines(at, target, kind[10:] or "bytes", around)
        elif kind.startswith("list:"):
            self.bind(at.module, target, kind[5:])
        else:
            self.escape(at, kind)

    def _lines(self, at: At, target: ast.AST, line: str, around: ast.AST) -> None:
        if not isinstance(target, ast.Name):
            self.escape(at, "line")
            return
        self.stream.loops.append((At(at.module, around), line))
        self.reads(at.module, target, "line")

    # --- members ---

    def member(self, at: At, parent: ast.Attribute | ast.Subscript, kind: str) -> None:
        """Something is read from the value: `value[key]`, `value.name`, `value.get(key)`."""
        module = at.module
        if not isinstance(parent.ctx, ast.Load):
            self.escape(at, kind)
            return
        call = module.parents[parent]
        called = call if isinstance(call, ast.Call) and call.func is parent else None
        if kind == "object":
            self._of_object(at, parent, called)
        elif kind == "response":
            self._of_response(at, parent, called)
        elif kind == "line" or kind == "body":
            self._of_text(at, parent, called, kind)
        elif kind.startswith("future:"):
            if called and isinstance(parent, ast.Attribute) and parent.attr == "result":
                self.follow(At(module, called), kind[7:])
        elif kind == "answers" and isinstance(parent, ast.Subscript) and isinstance(parent.slice, ast.Constant):
            self.changes.wrap(module, parent, parent.value, "{base}")
            self.follow(At(module, parent), "answer")
        elif kind.startswith("list:") and isinstance(parent, ast.Subscript) and not isinstance(parent.slice, ast.Slice):
            self.follow(At(module, parent), kind[5:])
        elif isinstance(parent, ast.Attribute) and called and parent.attr == "get" and called.args:
            self._key(at, called, called.args[0], kind)
        elif isinstance(parent, ast.Subscript):
            self._key(at, parent, parent.slice, kind)
        elif (kind, parent.attr) in self.members:
            self.apply(at, parent, parent.attr, kind, '"')
        else:
            self.escapes.append((at, f"{parent.attr} of the reply has no counterpart that is known here"))

    def _of_object(self, at: At, parent: ast.Attribute | ast.Subscript, called: ast.Call | None) -> None:
        """A method of a client, by its path: `client.chat.completions.create(...)`."""
        path: list[str] = []
        node: ast.expr = parent
        while isinstance(node, ast.Attribute):
            path.append(node.attr)
            above = at.module.parents[node]
            if isinstance(above, ast.Call) and above.func is node:
                self.calls.append((At(at.module, above), ".".join(path)))
                return
            if not isinstance(above, ast.Attribute):
                break
            node = above
        self.escapes.append((At(at.module, node), "the method is chosen where it cannot be seen"))

    def _of_response(self, at: At, parent: ast.Attribute | ast.Subscript, called: ast.Call | None) -> None:
        if not isinstance(parent, ast.Attribute):
            self.escape(at, "response")
            return
        name = parent.attr
        if name == "json" and called:
            self.follow(At(at.module, called), self.answer)
        elif name in self.lines:
            line = self.lines[name]
            if called and any(keyword.arg == "decode_unicode" for keyword in called.keywords):
                line = "str"
            node: ast.expr = called or parent
            if (called is None and _name(at.module.parents[parent]) in ("decode", "loads")) or (
                called is None and not isinstance(at.module.parents[parent], (*LOOPS, ast.comprehension))
            ):
                self.follow(At(at.module, parent), "body")
            else:
                self.follow(At(at.module, node), f"list:line:{line}")
        elif (name in ("text", "content", "data", "read", "aread") and called is not None) or name in (
            "text",
            "content",
            "data",
        ):
            self.follow(At(at.module, called or parent), "body")
        elif name in ("status_code", "status", "code"):
            compare = at.module.parents[parent]
            if isinstance(compare, ast.Compare):
                self.statuses.append((At(at.module, parent), compare))
        elif name not in NEUTRAL and name not in NEUTRAL_METHODS:
            self.escapes.append((at, f"{name} of the response cannot be followed"))

    def _of_text(self, at: At, parent: ast.Attribute | ast.Subscript, called: ast.Call | None, kind: str) -> None:
        if isinstance(parent, ast.Subscript):
            self.follow(At(at.module, parent), kind)
        elif called and parent.attr in TEXT_METHODS:
            self.follow(At(at.module, called), kind)

    def compared(self, at: At, compare: ast.Compare, kind: str) -> None:
        left = compare.left
        if (
            at.node in compare.comparators
            and isinstance(left, ast.Constant)
            and isinstance(compare.ops[0], ast.In | ast.NotIn)
        ):
            if (kind, f"in:{left.value!s}") in self.members:
                rule = self.members[kind, f"in:{left.value!s}"]
                start, end = at.module.span(left)
                quote = at.module.fragment.text[start]
                self.changes.replace(at.module, start, end, f"{quote}{rule.fields['becomes']}{quote}")
            elif left.value == "error":
                if kind == "event":
                    self.errors.append((at, At(at.module, compare)))
            else:
                self.escape(at, kind)
        elif kind == "reason" and not all(isinstance(one, ast.Constant) for one in compare.comparators):
            self.escapes.append((at, "finish_reason is compared with something that is no text here"))

    def _key(self, at: At, node: ast.expr, key: ast.expr, kind: str) -> None:
        if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
            self.escape(at, kind)
            return
        if (kind, key.value) not in self.members:
            self.escapes.append((at, f"{key.value} of the reply has no counterpart that is known here"))
            return
        quote = at.module.text(key)[-1:] or '"'
        self.apply(at, node, key.value, kind, quote if quote in "\"'" else '"')

    def apply(self, at: At, node: ast.expr, name: str, kind: str, quote: str) -> None:
        """The member becomes what its rule says, in the form for the place: value, truth, comparison with None."""
        rule = self.members[kind, name]
        fields = rule.fields
        self.read.add((kind, name))
        self.needs |= fields.get("needs", {})
        if rule.safety == "manual":
            self.escapes.append((At(at.module, node), f"{name}: {rule.why}"))
            return
        if not at.module.placed(node):
            self.escapes.append(
                (At(at.module, node), f"{name} is read inside an f-string whose parts have no exact place")
            )
            return
        if rule.safety == "review":
            self.notes.append((At(at.module, node), rule.id, f"{name}: {rule.why}"))
        template, target = self._form(at.module, node, fields)
        if "{whole}" in template:
            self.wholes.append((at, At(at.module, target)))
            return
        assert isinstance(at.node, ast.expr)
        self.changes.wrap(at.module, target, at.node, template.replace('"', quote))
        if target is node and template == fields["becomes"]:
            self.follow(At(at.module, node), fields.get("gives", "text"))

    def _form(self, module: Module, node: ast.expr, fields: Mapping[str, str]) -> tuple[str, ast.expr]:
        parent = module.parents[node]
        if isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not):
            if "not" in fields:
                return fields["not"], parent
            if "truth" in fields:
                return fields["truth"], node
        if isinstance(parent, ast.If | ast.While | ast.IfExp | ast.BoolOp) and "truth" in fields:
            tested = not isinstance(parent, ast.IfExp) or parent.test is node
            if tested and not (isinstance(parent, ast.BoolOp) and not self._tested(module, parent)):
                return fields["truth"], node
        none = isinstance(parent, ast.Compare) and isinstance(parent.ops[0], ast.Is | ast.IsNot | ast.Eq | ast.NotEq)
        if none and "truth" in fields:
            other = vars(parent)["comparators"][0]
            if isinstance(other, ast.Constant) and other.value is None:
                return fields["truth"], node
        if none and "compare" in fields and isinstance(vars(parent)["comparators"][0], ast.Constant):
            return fields["becomes"], node
        return fields["becomes"], node

    def _tested(self, module: Module, node: ast.AST) -> bool:
        parent = module.parents[node]
        if isinstance(parent, ast.BoolOp | ast.UnaryOp):
            return self._tested(module, parent)
        return isinstance(parent, ast.If | ast.While | ast.comprehension) or (
            isinstance(parent, ast.IfExp) and parent.test is node
        )


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
