"""LiteLLM's proxy configuration: models of the huggingface provider that name an address of their own."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from migrate.clients.outcome import ClientName, Collected
from migrate.findings import Finding, Safety, Skipped
from migrate.languages.server import sure
from migrate.places import points_at
from migrate.source import Edit, Source, Span

RULE = "client/litellm-proxy"
OLD, NEW = "huggingface/", "hosted_vllm/"
SAME = ("openai/", "custom_openai/")  # providers that speak OpenAI's format already
STOPS = "stop: TGI left the stop string in the text; extra_body: {include_stop_str_in_output: true} keeps it there"


def read_proxy(source: Source, collected: Collected) -> None:
    """Findings about the `litellm_params` of a configuration."""
    if "litellm_params" not in source.text:
        return
    try:
        root = yaml.compose(source.text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        if OLD in source.text:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark else 1
            collected.skipped.append(Skipped(source.path, f"line {line}: no YAML: {getattr(error, 'problem', error)}"))
        return
    seen: set[int] = set()
    for parameters in _parameters(root):
        scalars = _scalars(parameters)
        model, address = scalars.get("model"), scalars.get("api_base") or scalars.get("base_url")
        if model is None or address is None or model.start_mark.index in seen:
            continue
        seen.add(model.start_mark.index)
        provider = scalars.get("custom_llm_provider")
        named = model if model.value.startswith(OLD) else provider
        if named is not None and f"{named.value}/".startswith(OLD):
            _provider(source, model, named, address, collected)
            _stops(source, parameters, collected)
        elif model.value.startswith(SAME) and any(points_at(address.value, one) for one in collected.launches):
            span = Span(model.start_mark.index, model.end_mark.index)
            name = model.value.partition("/")[2]
            collected.names.append(ClientName(name, source.path, span, address.value))
            _stops(source, parameters, collected)


def _stops(source: Source, parameters: yaml.MappingNode, collected: Collected) -> None:
    """Stop strings, which TGI left in the text."""
    for key, _ in parameters.value:
        if key.value == "stop" and "include_stop_str_in_output" not in source.text:
            span = Span(key.start_mark.index, key.end_mark.index)
            collected.findings.append(Finding(RULE, source.path, span, "client", Safety.REVIEW, STOPS, key.value))


def _scalars(parameters: yaml.MappingNode) -> dict[str, yaml.ScalarNode]:
    """The plain values by their names; those that `<<` brings stand behind the mapping's own."""
    found: dict[str, yaml.ScalarNode] = {}
    for key, value in parameters.value:
        for one in value.value if isinstance(value, yaml.SequenceNode) else [value]:
            if key.value == "<<" and isinstance(one, yaml.MappingNode):
                found = _scalars(one) | found
    return found | {key.value: value for key, value in parameters.value if isinstance(value, yaml.ScalarNode)}


def _parameters(node: yaml.Node | None) -> Iterator[yaml.MappingNode]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == "litellm_params" and isinstance(value, yaml.MappingNode):
                yield value
            else:
                yield from _parameters(value)
    elif isinstance(node, yaml.SequenceNode):
        for one in node.value:
            yield from _parameters(one)


def _provider(
    source: Source, model: yaml.ScalarNode, named: yaml.ScalarNode, address: yaml.ScalarNode, collected: Collected
) -> None:
    """`named`: the value that names the provider, the model or one of its own."""
    if sure(address.value, "", True) is False:
        return
    text = source.text
    old, new = OLD.rstrip("/"), NEW.rstrip("/")
    start = text.index(old, named.start_mark.index)
    edits = [Edit(source.path, start, start + len(old), new, RULE)]
    span = Span(model.start_mark.index, model.end_mark.index)
    if address.value.startswith("os.environ/"):
        message = "hosted_vllm needs /v1 behind the address: add it to the variable that holds it"
        collected.findings.append(Finding(RULE, source.path, span, "client", Safety.MANUAL, message, model.value))
        return
    if not address.value.rstrip("/").endswith("/v1"):
        first = text.index(address.value.rstrip("/"), address.start_mark.index)
        end = first + len(address.value.rstrip("/"))
        edits.append(Edit(source.path, end, first + len(address.value), "/v1", RULE))
    message = "LiteLLM's huggingface provider with an address becomes hosted_vllm"
    group = f"client:{source.path}:{span.start}"
    collected.findings.append(
        Finding(RULE, source.path, span, "client", Safety.SAFE, message, model.value, group, tuple(edits))
    )
    collected.names.append(ClientName(model.value.removeprefix(OLD), source.path, span, address.value))
