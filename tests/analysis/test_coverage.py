"""A small version of the coverage study of `make bench`: intervals hold the truth about 95 times in 100."""

import pytest

from benchmarks.analysis_coverage import coverage, screened
from benchmarks.coverage_estimators import STUDIES

COHORTS = 200


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["logistic, CR1 by woman", "Cox, late entry, by woman", "Aalen-Johansen, by woman"]
)
def test_intervals_hold_the_truth(name: str) -> None:
    # when
    found = coverage(STUDIES[name], cohorts=COHORTS, seed=7)
    # then
    assert found["without_answer"] == 0
    for term, each in found["terms"].items():
        # 95 % of 200, give or take three Monte-Carlo errors.
        assert 0.90 <= each["share"] <= 0.995, (term, each)


@pytest.mark.slow
def test_a_screen_of_markers_that_do_not_matter_finds_nothing_nine_times_in_ten() -> None:
    assert screened(panels=COHORTS, seed=7)["within"]
