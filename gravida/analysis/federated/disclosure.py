"""What may leave a site: no count of few women, no sum that one woman makes, nothing that adds up to one.

Cells are counted in women, not rows: a woman's own pregnancies are not a crowd.
"""

import numpy as np

from gravida.analysis.federated.rows import SiteRows
from gravida.analysis.fit import BoolArray, FloatArray, IntArray

LARGEST_SHARE = 0.5  # of a sum that leaves, by one row: statistical offices' dominance rule


class SmallCell(Exception):
    """A count that would leave the site is of fewer women than the plan allows; the count is not told."""

    def __init__(self, *, reason: str, about: str) -> None:
        self.reason, self.about = reason, about
        super().__init__(f"{about}: {reason}")


FEW_WOMEN = "fewer women than the plan's smallest cell"
ONE_ANSWER = "nearly all, or nearly none, of these women have the outcome"
SOLVABLE = "the rounds of this model would give away how many women have each combination of factors"


def check_counts(rows: SiteRows) -> None:
    """Every cell that a round lets through, directly or by subtraction. SmallCell names the first small one.

    Women; women with and without the outcome, in all and on both sides of each 0/1 term; women on each side
    of each pair of 0/1 terms; for a Cox model women at risk by week, in all and by term, and with the event
    by week, in all and, for Efron's ties, by term.
    Empty cells may leave, except where a group has the outcome wholly or not at all.
    """
    counter = _Counter(rows)
    everybody = np.ones(len(rows.design), dtype=np.bool_)
    counter.needs(everybody, about="all women")
    counter.needs_both_outcomes(everybody, about="all women")
    sides = _sides(rows)
    for name, mask in sides:
        counter.needs(mask, about=name)
        counter.needs_both_outcomes(mask, about=name)
    for at, (name, mask) in enumerate(sides):
        for other, other_mask in sides[at + 1 :]:
            counter.needs(mask & other_mask, about=f"{name} and {other}")
    _check_solvable(rows, counter)
    if rows.plan.is_cox:
        _check_weeks(rows, counter, [("all women", everybody), *sides])


def _sides(rows: SiteRows) -> list[tuple[str, BoolArray]]:
    """Patterns with and without each 0/1 term, by a name for people."""
    sides = []
    for term, column in zip(rows.plan.terms, rows.design.T, strict=True):
        if np.isin(column, (0.0, 1.0)).all():
            sides += [(term.name, column == 1), (f"not {term.name}", column == 0)]
    return sides


def _check_solvable(rows: SiteRows, counter: "_Counter") -> None:
    """Where a run lets out more numbers than there can be patterns, patterns must be large themselves.

    Terms of one column are levels of a factor. A term that is a number has no end of patterns.
    """
    plan = rows.plan
    if any(term.equals is None for term in plan.terms):
        return
    levels: dict[str, int] = {}
    for term in plan.terms:
        levels[term.column] = levels.get(term.column, 1) + 1
    possible = 1
    for count in levels.values():
        possible *= count
    terms = len(plan.names)
    if possible > plan.most_rounds * (1 + terms + terms * (terms + 1) // 2):
        return
    for at in range(len(rows.design)):
        alone = np.zeros(len(rows.design), dtype=np.bool_)
        alone[at] = True
        if counter.few(alone) or counter.one_outcome(alone):
            raise SmallCell(reason=SOLVABLE, about="combinations of factors")


def _check_weeks(rows: SiteRows, counter: "_Counter", groups: list[tuple[str, BoolArray]]) -> None:
    for place, week in enumerate(rows.plan.weeks):
        at_risk = (rows.entry_at < place) & (place <= rows.exit_at)
        event = (rows.exit_at == place) & (rows.outcome == 1)
        for name, mask in groups:
            counter.needs(mask, among=at_risk, about=f"{name} at risk in week {week:g}")
        # Breslow's ties need only how many events a week has, not whose.
        for name, mask in groups if rows.plan.model == "cox_efron" else groups[:1]:
            counter.needs(mask, among=event, about=f"{name} with the event in week {week:g}")


class _Counter:
    """Counts women of rows whose pattern is in a mask, exactly only where rows are few."""

    def __init__(self, rows: SiteRows) -> None:
        self.rows, self.least = rows, rows.plan.smallest_cell
        self.most_rows = int(np.diff(rows.starts).max())
        self.trials = np.bincount(rows.pattern, minlength=len(rows.design))
        self.events = np.bincount(rows.pattern[rows.outcome == 1], minlength=len(rows.design))

    def needs(self, mask: BoolArray, *, about: str, among: BoolArray | None = None) -> None:
        if self.few(mask, among=among):
            raise SmallCell(reason=FEW_WOMEN, about=about)

    def few(self, mask: BoolArray, *, among: BoolArray | None = None) -> bool:
        """Some women, but fewer than may leave."""
        if among is None:
            rows = int(self.trials[mask].sum())
        else:
            chosen = mask[self.rows.pattern] & among
            rows = int(chosen.sum())
        if rows == 0 or rows >= self.least * self.most_rows:
            return False
        chosen = mask[self.rows.pattern] if among is None else chosen
        return len(np.unique(self.rows.woman[chosen])) < self.least

    def needs_both_outcomes(self, mask: BoolArray, *, about: str) -> None:
        if self.one_outcome(mask):
            raise SmallCell(reason=ONE_ANSWER, about=about)

    def one_outcome(self, mask: BoolArray) -> bool:
        """Some women, of whom too few have the outcome, or too few have not."""
        if not self.trials[mask].any():
            return False
        for counts, wanted in ((self.events, 1), (self.trials - self.events, 0)):
            rows = int(counts[mask].sum())
            if rows >= self.least * self.most_rows:
                continue
            chosen = mask[self.rows.pattern] & (self.rows.outcome == wanted)
            if len(np.unique(self.rows.woman[chosen])) < self.least:
                return True
        return False


def one_stands_out(amounts: FloatArray, counts: FloatArray | IntArray) -> bool:
    """Whether a single row makes more than half of any sum.

    amounts (patterns, sums) or (patterns,): what one row of a pattern adds, not below 0; counts (patterns,)
    or (patterns, sums): rows. Estimates chosen to single one woman out end here.
    """
    by_sum = amounts if amounts.ndim == 2 else amounts[:, None]
    rows = counts if counts.ndim == 2 else counts[:, None]
    largest = np.where(rows > 0, by_sum, 0.0).max(axis=0)
    return bool((largest > LARGEST_SHARE * (by_sum * rows).sum(axis=0)).any())
