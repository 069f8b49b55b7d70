"""Writes migrate/schema/parity-report.schema.json, the JSON Schema of a comparison: python scripts/report_schema.py"""

import json
from pathlib import Path

from migrate.parity.reports.data import schema

PATH = Path(__file__).resolve().parent.parent / "migrate" / "schema" / "parity-report.schema.json"

if __name__ == "__main__":
    PATH.write_text(json.dumps(schema(), indent=1) + "\n", "utf-8")
