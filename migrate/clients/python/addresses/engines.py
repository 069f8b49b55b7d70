"""Programs that choose between TGI and other engines: there TGI is a feature, which a migration must not take away."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from posixpath import dirname, splitext

from migrate.clients.python.code.module import Module
from migrate.clients.python.code.project import Project

TGI = re.compile(
    r"(?<![A-Za-z])tgi(?![a-z])|(?<![a-z])TGI(?![a-z])|Tgi(?=[A-Z]|$|_)|text[-_]generation[-_](inference|launcher|server|router)",
    re.IGNORECASE,
)
VLLM = re.compile(r"vllm", re.IGNORECASE)
_OTHERS = re.compile(
    r"(?<![a-z])(vllm|sglang|ollama|llama[-_. ]?cpp|lmdeploy|tensor[-_]?rt([-_]?llm)?|trt[-_]?llm|triton|lightllm|"
    r"lorax|mlc|exllama(v2)?|openllm|koboldcpp|openai|azure|anthropic|claude|gemini|vertex([-_]?ai)?|bedrock|sagemaker|cohere|"
    r"together|groq|replicate|transformers|huggingface|hf)(?![a-z])",
    re.IGNORECASE,
)
_NAME = 40  # characters of the longest text that is a choice's name


def several(project: Project, module: Module, repository_has_tgi: bool) -> bool:
    """Whether a program, one that imports it, or the files beside it tell that TGI is one of several engines.

    Where the repository starts TGI itself, only vLLM beside it counts: that is where the program can go already.
    """
    others = VLLM if repository_has_tgi else _OTHERS
    known = (module, *project.importing(module))
    named = (names for one in known for names in project.index.choices(one, choices))
    return any(_both(names, others) for names in named) or _beside(project, module, others)


def _both(names: frozenset[str], others: re.Pattern[str]) -> bool:
    tgi = {name for name in names if TGI.search(name)}
    return bool(tgi) and any(others.search(name) for name in names - tgi)


def _beside(project: Project, module: Module, others: re.Pattern[str]) -> bool:
    """`engines/tgi.py` beside `engines/vllm.py`: one file for each engine."""
    if not TGI.search(splitext(module.path)[0].rpartition("/")[2]):
        return False
    folder = dirname(module.path)
    stems = [splitext(path)[0].rpartition("/")[2] for path in project.paths if dirname(path) == folder]
    return any(others.search(stem) and not TGI.search(stem) for stem in stems)


def choices(module: Module) -> Iterator[frozenset[str]]:
    """Names that stand side by side: keys, elements of lists, members of a class, what one value is compared with."""
    compared: dict[tuple[int, str], set[str]] = {}
    for node in module.nodes:
        if isinstance(node, ast.Dict):
            yield _names([key for key in node.keys if key is not None])
        elif isinstance(node, ast.List | ast.Tuple | ast.Set):
            yield _names(node.elts)
        elif isinstance(node, ast.ClassDef):
            values = [one.value for one in node.body if isinstance(one, ast.Assign)]
            yield _names(values)
        elif isinstance(node, ast.Match):
            yield _names([one.value for one in ast.walk(node) if isinstance(one, ast.MatchValue)])
        elif isinstance(node, ast.Compare):
            key = (id(module.scope(node)), ast.dump(node.left))
            compared.setdefault(key, set()).update(_names(node.comparators))
    yield from map(frozenset, compared.values())


def _names(nodes: list[ast.expr]) -> frozenset[str]:
    found = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    found |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return frozenset(name for name in found if len(name) <= _NAME and "://" not in name)
