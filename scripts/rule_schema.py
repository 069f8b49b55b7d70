"""Writes the JSON Schemas of the files that people write, into rules/: python scripts/rule_schema.py"""

import json
from pathlib import Path

from migrate.parity import settings
from migrate.rulebook import explain

FOLDER = Path(__file__).resolve().parent.parent / "rules"

if __name__ == "__main__":
    for name, schema in {"schema.json": explain.schema(), "parity.schema.json": settings.schema()}.items():
        (FOLDER / name).write_text(json.dumps(schema, indent=1) + "\n", "utf-8")
