from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from migrate.parity.comparison import compare_engines
from migrate.parity.latency.samples import Latency, Point
from migrate.parity.recording import Recording
from migrate.parity.reports import Format, render
from migrate.parity.reports.data import ReportError, from_json, schema, to_json
from tests.parity.material import FOLDER
from tests.parity.reports.results import COMPARED, latency

SCHEMA = Path(__file__).parents[3] / "migrate" / "schema" / "parity-report.schema.json"


def test_json_holds_what_it_always_held() -> None:
    data = json.loads(to_json(COMPARED))
    assert (data["schema_version"], data["outcome"], data["prompts"]) == (1, "fail", 7)
    assert [stage["name"] for stage in data["stages"]][:4] == ["accepted", "prompt", "shift", "errors"]
    assert len(data["stages"][1]["differences"]) == 7
    assert data["stages"][2]["prompts_needed"] == 40
    assert data["engines"][1] == {"name": "vllm", "version": "", "model": "", "arguments": [], "info": {}}


@pytest.mark.parametrize("compared", [COMPARED, replace(COMPARED, latency=latency(3), allow_inconclusive=True)])
def test_json_loses_nothing(compared: object) -> None:
    assert from_json(render(compared, Format.JSON).decode()) == compared  # type: ignore[arg-type]


def test_json_of_the_real_engines_loses_nothing() -> None:
    one, other = (Recording.open(FOLDER / f"{name}-parity.jsonl.gz") for name in ("tgi", "vllm"))
    compared = compare_engines((one.engine, one), (other.engine, other))
    assert from_json(to_json(compared)) == compared


def test_json_fits_its_schema() -> None:
    validator = jsonschema.Draft202012Validator(schema())
    validator.validate(json.loads(to_json(replace(COMPARED, latency=latency(3)))))
    assert not validator.is_valid({**json.loads(to_json(COMPARED)), "outcome": "perhaps"})


def test_what_was_not_measured_is_null_and_stays_unmeasured() -> None:
    sweep = (Point(1, 0, 0, None, math.nan, math.nan),)
    text = to_json(replace(COMPARED, latency=Latency((), (), (), sweep, sweep)))
    assert "NaN" not in text
    jsonschema.Draft202012Validator(schema()).validate(json.loads(text))
    back = from_json(text).latency
    assert back is not None
    assert math.isnan(back.first_sweep[0].ttft_p95_ms)
    assert (back.first_sweep[0].load, back.first_sweep[0].goodput) == (1, None)


def test_schema_in_the_repository_is_the_one_of_the_code() -> None:
    assert json.loads(SCHEMA.read_text("utf-8")) == schema(), "run python scripts/report_schema.py"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "no JSON: "),
        ("[]", "no result of a comparison: "),
        ('{"schema_version": 1}', "no result of a comparison: Object missing required field `outcome`"),
        ('{"schema_version": 2}', "written in schema 2, this program reads up to 1: upgrade it"),
    ],
)
def test_what_is_no_report_is_told(content: str, message: str) -> None:
    with pytest.raises(ReportError) as error:
        from_json(content)
    assert str(error.value).startswith(message)
