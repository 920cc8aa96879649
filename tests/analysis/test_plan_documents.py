"""The pages on plans and input say every word that a plan can hold."""

import re
from pathlib import Path

import pytest

from gravida.analysis.input.parquet_file import COMPANIONS
from gravida.analysis.input.pregnancies import USUAL_NAMES
from gravida.analysis.plan import built_in_plans
from gravida.analysis.plan_refusals import REFUSALS
from gravida.protocol.plan_words import (
    CONTROLS,
    ENDINGS,
    GRAINS,
    HISTORY,
    INDEX_RULES,
    MODELS,
    ROLES,
    SENSITIVITIES,
    SHAPES,
    TIMINGS,
)
from gravida.protocol.values import Missing

DOCS = Path(__file__).resolve().parents[2] / "docs"
PLAN = (DOCS / "plan.md").read_text(encoding="utf-8")
INPUT = (DOCS / "analysis-input.md").read_text(encoding="utf-8")
WORDS = {
    "models": MODELS,
    "grains": GRAINS,
    "controls": CONTROLS,
    "timings": TIMINGS,
    "shapes": SHAPES,
    "index rules": INDEX_RULES,
    "sensitivities": tuple(kind for kind in SENSITIVITIES if kind),
    "history": HISTORY,
    "roles": ROLES,
    "endings": ENDINGS,
    "refusals": tuple(refusal.code for refusal in REFUSALS),
    "built-in plans": built_in_plans(),
}


@pytest.mark.parametrize("kind", list(WORDS))
def test_every_word_of_a_plan_is_documented(kind: str):
    written = set(re.findall(r'[`"]([a-z_]+)[`"]', PLAN))

    assert [word for word in WORDS[kind] if word not in written] == []


def test_every_reason_companion_and_usual_name_is_documented():
    usual = [name for names in USUAL_NAMES.values() for name in names]

    assert [reason.value for reason in Missing if f"`{reason.value}`" not in INPUT] == []
    assert [end for end in COMPANIONS if f"`NAME{end}`" not in INPUT] == []
    assert [name for name in usual if f"`{name}`" not in INPUT] == []
