"""Every message of a run is as docs/federated.schema.json describes it."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from gravida.analysis.federated.messages import Kind, Refusal, Request, request, to_json
from gravida.analysis.federated.rounds import fit_over, site_answer
from gravida.analysis.federated.rows import site_rows
from tests.analysis.federated.sites import SITES, four_sites_of, plan

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "federated.schema.json"


@pytest.fixture(scope="module")
def schema() -> Any:
    told = json.loads(SCHEMA.read_text())
    jsonschema.Draft202012Validator.check_schema(told)
    return jsonschema.Draft202012Validator(told)


@pytest.mark.parametrize("model", ["logistic", "cox_efron", "cox_breslow"])
def test_requests_and_answers_are_as_documented(schema: Any, model: str) -> None:
    # given
    agreed = plan(model, **({} if model == "logistic" else {"weeks": [1, 6, 9, 14]}))
    rows = [site_rows(agreed, columns) for columns in four_sites_of(rows=16_000, seed=5)]
    seen: list[bytes] = []

    def ask(told: Request) -> list[Any]:
        answers = [site_answer(own, told, site=name) for name, own in zip(SITES, rows, strict=True)]
        seen.extend(to_json(message) for message in (told, *answers))
        return answers

    # when
    fit_over(agreed, ask)
    # then
    for message in seen:
        schema.validate(json.loads(message))


def test_refusals_are_as_documented(schema: Any) -> None:
    refusal = Refusal(plan_hash="0" * 64, site="north", round=1, reason="few", about="smoker")
    schema.validate(json.loads(to_json(refusal)))


@pytest.mark.parametrize("change", [{"rows": [1]}, {"kind": "everything"}, {"round": "1"}, {"score": [[1]]}])
def test_other_messages_are_not(schema: Any, change: dict[str, Any]) -> None:
    own = site_rows(plan(), four_sites_of(rows=8_000, seed=5)[0])
    asked = request(plan_hash=own.plan.hash, round_=1, kind=Kind.COUNTS)
    told = json.loads(to_json(site_answer(own, asked, site="north"))) | change
    assert schema.is_valid(json.loads(to_json(asked)))
    assert not schema.is_valid(told)
