"""Adds a vLLM version to the catalog, or checks the catalog's files.

    python scripts/build_catalog.py add --python VENV/bin/python [--run] [--dry-run]
    python scripts/build_catalog.py check

`add` runs the argument parser, registries and request models of the vLLM in that environment (catalog_probe.py) and
lays what it finds into the files of rules/catalog/. `--run` marks the version as the default target: its server was
run. Routes and images are not read; their open spans go on.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

import catalog_merge as merge  # noqa: E402

from migrate.catalog.data import NAMES, folder, load  # noqa: E402
from migrate.catalog.versions import covered, spans, version  # noqa: E402

Data = dict[str, Any]


def text_of(data: Mapping[str, Any]) -> str:
    """A data file's text: a line for each entry of a table, so that a change shows as the lines that it touches."""
    return "{\n" + ",\n".join(f"{compact(key)}:{_table(value)}" for key, value in data.items()) + "\n}\n"


def compact(value: Any) -> str:
    """JSON without blanks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _table(value: Any) -> str:
    if isinstance(value, dict) and len(value) > 8 and any(isinstance(entry, (dict, str)) for entry in value.values()):
        return "{\n" + ",\n".join(f"  {compact(key)}:{compact(entry)}" for key, entry in value.items()) + "\n}"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n" + ",\n".join(f"  {compact(entry)}" for entry in value) + "\n]"
    return compact(value)


def probe(python: str) -> Data:
    """The surface of the vLLM in an environment; raises CalledProcessError when it cannot be loaded."""
    program = Path(__file__).with_name("catalog_probe.py")
    done = subprocess.run([python, str(program)], stdout=subprocess.PIPE, check=True, text=True)
    surface: Data = json.loads(done.stdout)
    return surface


def merged(surface: Data) -> dict[str, Data]:
    """Every data file that a version's surface touches, with the version in it."""
    return {name: lay(load(name), surface) for name, (parts, lay) in LAYERS.items() if parts & surface.keys()}


def _with(data: Data, surface: Data, **tables: Any) -> Data:
    return data | {"versions": merge.joined(data["versions"], surface["version"])} | tables


def _options(data: Data, surface: Data) -> Data:
    table = merge.options(data["options"], data["versions"], surface["version"], surface["options"])
    return _with(data, surface, options=table)


def _variables(data: Data, surface: Data) -> Data:
    seen = surface["variables"]
    return _with(
        data, surface, variables=merge.defaults(data["variables"], data["versions"], surface["version"], seen, {})
    )


def _architectures(data: Data, surface: Data) -> Data:
    seen = set(surface["architectures"])
    table = merge.presence(data["architectures"], data["versions"], surface["version"], seen)
    return _with(data, surface, architectures=table)


def _values(data: Data, surface: Data) -> Data:
    seen = set(surface["quantization"])
    table = merge.presence(data["quantization"], data["versions"], surface["version"], seen)
    return _with(data, surface, quantization=table)


def _metrics(data: Data, surface: Data) -> Data:
    """A known metric exists while its name is in the source; a new one is taken where its constructor says the type."""
    old, added = data["versions"], surface["version"]
    seen = surface["metrics"]
    table: Data = {}
    for name in sorted({*data["metrics"], *(name for name, kind in seen.items() if kind)}):
        entry = data["metrics"].get(name) or {"type": seen[name]}
        there = bool(seen.get(name)) or (_goes_on(entry, old, added) and _mentioned(name, seen))
        within = merge.respan(entry.get("in"), old, added, there)
        if within:
            table[name] = {"in": within, **{key: value for key, value in entry.items() if key != "in"}}
    return _with(data, surface, metrics=table)


def _goes_on(entry: Data, old: list[str], added: str) -> bool:
    """Whether the newest version up to `added` has a metric."""
    before = covered(added, old)
    return before is not None and "in" in entry and spans(entry["in"]).holds(before)


def _mentioned(name: str, seen: Data) -> bool:
    return name in seen or name.removesuffix("_total") in seen


def _fields(data: Data, surface: Data) -> Data:
    old, added = data["versions"], surface["version"]
    tables = {
        part: merge.defaults(data[part], old, added, surface[part], {})
        for part in ("completions", "chat")
        if part in surface
    }
    return _with(data, surface, **tables)


LAYERS: dict[str, tuple[set[str], Callable[[Data, Data], Data]]] = {
    "vllm-options": ({"options"}, _options),
    "vllm-variables": ({"variables"}, _variables),
    "vllm-architectures": ({"architectures"}, _architectures),
    "vllm-values": ({"quantization"}, _values),
    "vllm-metrics": ({"metrics"}, _metrics),
    "vllm-routes": ({"completions", "chat"}, _fields),
}


def changes(before: Data, after: Data) -> Iterator[str]:
    """Each entry that differs, as `table/name`."""
    for table in after:
        if before.get(table) == after[table]:
            continue
        if not isinstance(after[table], dict):
            yield table
            continue
        for name in sorted({*before.get(table, {}), *after[table]}):
            if before.get(table, {}).get(name) != after[table].get(name):
                yield f"{table}/{name}"


def problems(name: str, data: Data) -> Iterator[str]:
    """What is wrong with a data file: no description, versions out of order, spans that cannot be read."""
    for key in ("about", "source"):
        if not data.get(key):
            yield f"{name}: no {key!r}"
    listed = data.get("versions", [])
    if listed != sorted(listed, key=version):
        yield f"{name}: the versions are not ascending"
    yield from (f"{name}: {trouble}" for trouble in _bad_spans(data, name))


def _bad_spans(value: Any, place: str) -> Iterator[str]:
    if isinstance(value, list):
        for entry in value:
            yield from _bad_spans(entry, place)
    elif isinstance(value, dict):
        if isinstance(value.get("in"), str):
            yield from _bad_span(value["in"], place)
        for key, entry in value.items():
            yield from _bad_spans(entry, f"{place}/{key}")


def _bad_span(text: str, place: str) -> Iterator[str]:
    try:
        pairs = spans(text).spans
    except ValueError as error:
        yield f"{place}: {error}"
        return
    bounds = [bound for pair in pairs for bound in pair if bound is not None]
    if not bounds or bounds != sorted(bounds) or any(last is None for _, last in pairs[:-1]):
        yield f"{place}: spans out of order: {text!r}"


def add(python: str, run: bool, dry: bool) -> int:
    """Lays the version of an environment into the files and says what changed."""
    surface = probe(python)
    files = merged(surface)
    if run:
        files["vllm-options"] = files["vllm-options"] | {"run": surface["version"]}
    for name, data in files.items():
        changed = list(changes(load(name), data))
        print(f"{name}: {len(changed)} changed" + "".join(f"\n  {line}" for line in changed))
        if not dry:
            (folder() / f"{name}.json").write_text(text_of(data), encoding="utf-8")
    for part, reason in surface["not_read"].items():
        print(f"not read: {part} ({reason})", file=sys.stderr)
    print("not read: routes and images; see to them by hand", file=sys.stderr)
    return 0


def check() -> int:
    """Prints what is wrong with the files; 1 where something is."""
    found = [trouble for name in NAMES for trouble in problems(name, load(name))]
    print("\n".join(found) or f"{len(NAMES)} files are sound")
    return 1 if found else 0


def main() -> int:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    adding = commands.add_parser("add", help="add the vLLM version of an environment")
    adding.add_argument("--python", required=True, help="the environment's Python")
    adding.add_argument("--run", action="store_true", help="its server was run: make it the default target")
    adding.add_argument("--dry-run", action="store_true", help="only say what would change")
    commands.add_parser("check", help="check the files")
    asked = parser.parse_args()
    return add(asked.python, asked.run, asked.dry_run) if asked.command == "add" else check()


if __name__ == "__main__":
    sys.exit(main())
