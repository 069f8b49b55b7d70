"""Writes rules/schema.json, the JSON Schema of a rule file: python scripts/rule_schema.py"""

import json
from pathlib import Path

from migrate.rulebook.explain import schema

PATH = Path(__file__).resolve().parent.parent / "rules" / "schema.json"

if __name__ == "__main__":
    PATH.write_text(json.dumps(schema(), indent=1) + "\n", "utf-8")
