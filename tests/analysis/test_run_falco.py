"""The first study's own plan on a simulated snapshot: every grain answered, no qualifying loss an outcome."""

from pathlib import Path

import numpy as np
import pytest

from gravida.analysis.plan import definitions_beside, read_plan
from gravida.analysis.run_question import answer
from gravida.analysis.run_sensitivity import sensitivity
from gravida.analysis.run_source import Source, source_of
from gravida.analysis.simulate_snapshot import simulate_snapshot, write_simulated

FOLDER = Path(__file__).resolve().parents[2] / "studies/falco"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    """FALCO's plan on 2,000 made women."""
    path = tmp_path_factory.mktemp("falco") / "snapshot"
    write_simulated(path, simulate_snapshot(women=2000, generator=np.random.default_rng(7)))
    plan = read_plan(FOLDER)
    return source_of(plan, path, women=None, definitions=definitions_beside(FOLDER), seed=plan.seed)


def test_questions_about_pregnancies_women_and_transfers_are_answered(source: Source) -> None:
    for question in source.plan.questions:
        if question.id in ("when_lost", "time_to_birth", "transfers"):
            found = answer(source, question, smallest=5)
            assert found.not_answered == ""
            assert any(model.terms for model in found.models)
            assert {curve.time_unit for curve in found.curves} <= {
                "months" if question.grain == "woman" else "weeks"
            }


def test_another_definition_never_turns_a_qualifying_loss_into_an_outcome(source: Source) -> None:
    # given the pregnancies after inclusion, the only ones that can be outcomes
    allowed = len(source.risk)
    definitions = next(row for row in source.plan.sensitivity if row.kind == "other_definitions")
    # when the main question is asked again after the losses of each published definition
    found = sensitivity(source, definitions, smallest=5)
    # then no analysis holds a pregnancy from before inclusion
    rows = [one.model.rows for one in found if one.model is not None]
    assert len({one.variant for one in found}) == len(source.definitions.losses)  # type: ignore[union-attr]
    assert rows
    assert max(rows) <= allowed
