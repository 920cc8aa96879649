"""Adjudication: two blind opinions, a third where they differ; the computed class never votes."""

import itertools
from collections import Counter

import pytest

from gravida.protocol.workup_adjudication import AdjudicationState, Opinion, adjudicated
from gravida.protocol.workup_results import WorkupClass

EXPLAINED, UNEXPLAINED = WorkupClass.EXPLAINED, WorkupClass.UNEXPLAINED
PARTLY = WorkupClass.PARTIALLY_EXPLAINED


def after(*classes, computed=UNEXPLAINED):
    return adjudicated(
        computed,
        [Opinion(expert=f"expert-{place}", workup_class=found) for place, found in enumerate(classes)],
    )


@pytest.mark.parametrize(
    ("classes", "state", "decided"),
    [
        ((), AdjudicationState.WAITING_FOR_FIRST, None),
        ((EXPLAINED,), AdjudicationState.WAITING_FOR_SECOND, None),
        ((EXPLAINED, EXPLAINED), AdjudicationState.DECIDED, EXPLAINED),
        ((EXPLAINED, UNEXPLAINED), AdjudicationState.WAITING_FOR_THIRD, None),
        ((EXPLAINED, UNEXPLAINED, EXPLAINED), AdjudicationState.DECIDED, EXPLAINED),
        ((EXPLAINED, UNEXPLAINED, PARTLY), AdjudicationState.WITHOUT_MAJORITY, None),
    ],
)
def test_opinions_come_to_a_state(classes, state, decided):
    found = after(*classes)
    assert (found.state, found.workup_class) == (state, decided)


def test_a_class_other_than_the_computed_one_needs_a_reason():
    assert after(EXPLAINED, EXPLAINED).needs_reason
    assert not after(UNEXPLAINED, UNEXPLAINED).needs_reason


def test_every_three_opinions_agree_with_a_plain_majority():
    for classes in itertools.product(WorkupClass, repeat=3):
        if classes[0] is classes[1]:
            with pytest.raises(ValueError, match="two that agree"):
                after(*classes)
            continue
        best, votes = Counter(classes).most_common(1)[0]
        assert after(*classes).workup_class is (best if votes > 1 else None)


def test_one_expert_has_one_opinion():
    twice = [Opinion(expert="same", workup_class=EXPLAINED)] * 2
    with pytest.raises(ValueError, match="1 experts"):
        adjudicated(EXPLAINED, twice)
