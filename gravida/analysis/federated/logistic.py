"""Logistic regression over sites: each answers likelihood, score, information; women's scores at the end."""

from collections.abc import Generator, Sequence

import numpy as np
from scipy import linalg

from gravida.analysis.binomial import Cells, derivatives, residuals
from gravida.analysis.binomial_problems import refuse_collinear_gram
from gravida.analysis.crossproduct import linear_predictor, weighted_cross, weighted_sum
from gravida.analysis.federated.disclosure import check_counts, one_stands_out
from gravida.analysis.federated.messages import Answer, Kind, Malformed, Request, answer, request
from gravida.analysis.federated.plan import FederatedPlan
from gravida.analysis.federated.rows import SiteRows
from gravida.analysis.fit import DidNotConverge, Fit, FloatArray, NotEstimable
from gravida.analysis.logistic import FEW_CLUSTERS
from gravida.analysis.sandwich import cluster_factor, cluster_meat, sandwiched

STEP = 1e-6  # of a standard error: the next step would be about its square
LARGEST_HALVINGS = 20

Rounds = Generator[Request, Sequence[Answer], Fit]


def answer_logistic(rows: SiteRows, asked: Request, *, site: str) -> Answer:
    """What a site answers to one request. SmallCell where a count of few women would leave."""
    to = {"plan_hash": asked.plan_hash, "site": site, "round": asked.round, "kind": asked.kind}
    if asked.kind is Kind.COUNTS:
        check_counts(rows)
        return _answer(to, counts=counts_of(rows))
    if asked.kind not in (Kind.DERIVATIVES, Kind.MEAT):
        raise Malformed(f"{asked.kind.value} is not asked of a logistic model")
    terms = len(rows.plan.names)
    if asked.estimates.shape != (terms,):
        raise Malformed(f"estimates of length {len(asked.estimates)}: wanted {terms}")
    cells = _cells(rows)
    predictor = linear_predictor(cells.design, asked.estimates)
    at = derivatives(cells, predictor)
    one_row = cells.design**2 * (at.information / cells.trials)[:, None]
    # Worse than a coin for each row: no step towards a maximum, but a question about someone.
    if at.log_likelihood < cells.trials.sum() * np.log(0.5) or one_stands_out(one_row, cells.trials):
        return _answer(to, too_far=True)
    found = {
        "log_likelihood": at.log_likelihood,
        "score": weighted_sum(cells.design, at.score),
        "information": weighted_cross(cells.design, at.information),
    }
    if asked.kind is Kind.MEAT:
        score = residuals(predictor)
        found["meat"] = cluster_meat(design=cells.design, residuals=score, rows=rows.clustered)
    return _answer(to, **found)


def _answer(to: dict[str, object], **told: object) -> Answer:
    named = {"round_" if name == "round" else name: value for name, value in to.items()}
    return answer(**named, **told)  # type: ignore[arg-type]


def counts_of(rows: SiteRows) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Women, rows, events, rows left out (-1 where they are fewer than may be told)."""
    left_out = -1 if 0 < rows.left_out < rows.plan.smallest_cell else rows.left_out
    return np.array([rows.women, len(rows.pattern), int(rows.outcome.sum()), left_out], dtype=np.int64)


def _cells(rows: SiteRows) -> Cells:
    patterns = len(rows.design)
    return Cells(
        design=np.column_stack([np.ones(patterns), rows.design]),
        trials=np.bincount(rows.pattern, minlength=patterns).astype(np.float64),
        events=np.bincount(rows.pattern[rows.outcome == 1], minlength=patterns).astype(np.float64),
    )


class _Summed:
    """Answers of one round, added in the order of the plan's sites."""

    def __init__(self, answers: Sequence[Answer], terms: int) -> None:
        self.too_far = any(each.too_far for each in answers)
        if self.too_far:
            return
        for each in answers:
            if each.score.shape != (terms,) or each.information.shape != (terms, terms):
                raise Malformed(f"{each.site} answered {each.score.shape}: wanted {terms} terms")
        self.log_likelihood = sum(each.log_likelihood for each in answers)
        self.score = np.sum([each.score for each in answers], axis=0)
        self.information = np.sum([each.information for each in answers], axis=0)


def logistic_rounds(plan: FederatedPlan) -> Rounds:
    """Asks, round by round, and ends with the pooled fit: the same as `logistic` on all rows, CR1 by woman.

    Women do not cross sites. NotEstimable, DidNotConverge as for rows in one place.
    """
    asked = Asker(plan)
    women, rows, events, left_out = totals((yield asked(Kind.COUNTS)))
    if not 0 < events < rows:
        raise NotEstimable(f"{events} of {rows} rows have the outcome: a model needs rows with and without")
    estimates = np.zeros(len(plan.names))
    estimates[0] = np.log(events / (rows - events))
    now = _Summed((yield asked(Kind.DERIVATIVES, estimates)), len(estimates))
    if now.too_far:
        raise NotEstimable(
            "one woman makes most of a sum at one site: cut the range of a term that is a number"
        )
    null = now.log_likelihood
    refuse_collinear_gram(gram=now.information, names=plan.names)
    estimates = yield from _climb(asked, estimates, now)
    answers = yield asked(Kind.MEAT, estimates)
    final = _Summed(answers, len(estimates))
    if final.too_far:
        raise DidNotConverge(method="federated logistic", iterations=asked.rounds, step=np.inf)
    bread = np.asarray(linalg.inv(final.information))
    meat = np.sum([each.meat for each in answers], axis=0)
    factor = cluster_factor(correction="CR1", clusters=women, rows=rows, terms=len(estimates))
    return Fit(
        method="logistic",
        scale="log_odds",
        names=plan.names,
        estimates=estimates,
        covariance=sandwiched(bread=bread, meat=meat, factor=factor),
        model_covariance=(bread + bread.T) / 2,
        standard_errors_by="CR1 by woman",
        log_likelihood=float(final.log_likelihood),
        null_log_likelihood=float(null),
        n_rows=rows,
        n_events=events,
        n_clusters=women,
        n_left_out=left_out,
        iterations=asked.rounds,
        warnings=("few_clusters",) if women < FEW_CLUSTERS else (),
    )


def _climb(
    asked: "Asker", estimates: FloatArray, now: _Summed
) -> Generator[Request, Sequence[Answer], FloatArray]:
    """Newton's way up, each step halved until the likelihood does not fall and every site goes along."""
    while True:
        step = _step(now, asked.plan)
        errors = np.sqrt(np.diag(linalg.inv(now.information)))
        if (np.abs(step) <= STEP * errors).all():
            return estimates + step
        for _ in range(LARGEST_HALVINGS):
            there = _Summed((yield asked(Kind.DERIVATIVES, estimates + step)), len(estimates))
            slack = 1e-12 * (1 + abs(now.log_likelihood))
            if not there.too_far and there.log_likelihood >= now.log_likelihood - slack:
                break
            step = step / 2
        else:
            raise DidNotConverge(
                method="federated logistic", iterations=asked.rounds, step=float(np.abs(step).max())
            )
        estimates, now = estimates + step, there


def totals(answers: Sequence[Answer]) -> tuple[int, int, int, int]:
    """Women, rows, events, rows left out, over all sites; what a site did not tell counts as none."""
    for each in answers:
        if each.counts.shape != (4,):
            raise Malformed(f"{each.site} told {len(each.counts)} counts: wanted 4")
    table = np.array([each.counts for each in answers])
    women, rows, events = (int(total) for total in table[:, :3].sum(axis=0))
    return women, rows, events, int(np.maximum(table[:, 3], 0).sum())


def _step(now: _Summed, plan: FederatedPlan) -> FloatArray:
    try:
        return np.asarray(linalg.solve(now.information, now.score, assume_a="pos"))
    except linalg.LinAlgError as problem:
        raise NotEstimable(
            f"no maximum over {', '.join(plan.names)}: leave out or merge rare terms"
        ) from problem


class Asker:
    """Numbers the rounds and stops where the plan's most are reached."""

    def __init__(self, plan: FederatedPlan) -> None:
        self.plan, self.rounds = plan, 0

    def __call__(self, kind: Kind, estimates: FloatArray | None = None, **told: object) -> Request:
        self.rounds += 1
        if self.rounds > self.plan.most_rounds:
            raise DidNotConverge(
                method=f"federated {self.plan.model}", iterations=self.rounds - 1, step=np.inf
            )
        more = told if estimates is None else told | {"estimates": estimates}
        return request(plan_hash=self.plan.hash, round_=self.rounds, kind=kind, **more)
