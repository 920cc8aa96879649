"""Cox's model over sites: sums over risk sets by week are exchanged, women's score residuals at the end."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import linalg

from gravida.analysis.federated.logistic import LARGEST_HALVINGS, STEP, Asker, Rounds, totals
from gravida.analysis.federated.messages import Answer, Kind, Malformed, Request
from gravida.analysis.federated.plan import FederatedPlan
from gravida.analysis.fit import DidNotConverge, Fit, FloatArray, IntArray, NotEstimable
from gravida.analysis.survival.cox import check_independent
from gravida.analysis.survival.partial_likelihood import PartialLikelihood, Ties, hazard_terms


@dataclass(frozen=True, kw_only=True, eq=False)
class _Events:
    """Who has the event, over all sites: places of their weeks, numbers, factors summed, their centre."""

    moments: IntArray
    n_events: IntArray
    sums: FloatArray
    centre: FloatArray
    ties: Ties

    @property
    def given(self) -> dict[str, Any]:
        """What every request of a Cox model carries."""
        return {"centre": self.centre, "moments": self.moments}


def cox_rounds(plan: FederatedPlan) -> Rounds:
    """Asks, round by round, and ends with the pooled fit: the same as `cox` on all rows at the plan's weeks.

    Robust by woman, who does not cross sites. NotEstimable, DidNotConverge as for rows in one place.
    """
    asked = Asker(plan)
    counted = yield asked(Kind.COUNTS)
    women, rows, events, left_out = totals(counted)
    about = _events(plan, counted)
    estimates = np.zeros(len(plan.names))
    now = _likelihood(about, estimates, (yield asked(Kind.RISK_SUMS, estimates, **about.given)))
    if now is None:
        raise NotEstimable(
            "one woman makes most of a sum at one site: cut the range of a term that is a number"
        )
    null = now.log_likelihood
    estimates = yield from _climb(asked, about, estimates, now)
    final = _likelihood(about, estimates, (yield asked(Kind.RISK_SUMS, estimates, **about.given)))
    if final is None:
        raise DidNotConverge(method="federated Cox", iterations=asked.rounds, step=np.inf)
    told = about.given | _hazards(final) | _spreads(final, about)
    answers = yield asked(Kind.MEAT, estimates, **told)
    information = _summed(answers, "information", len(estimates)) - final.quadratic()
    model = np.asarray(linalg.inv(information))
    covariance = np.asarray(model @ _summed(answers, "meat", len(estimates)) @ model)
    return Fit(
        method=plan.model,
        scale="log_hazard",
        names=plan.names,
        estimates=estimates,
        covariance=(covariance + covariance.T) / 2,
        model_covariance=(model + model.T) / 2,
        standard_errors_by="CR0 by woman",
        log_likelihood=final.log_likelihood,
        null_log_likelihood=null,
        n_rows=rows,
        n_events=events,
        n_clusters=women,
        n_left_out=left_out,
        iterations=asked.rounds,
    )


def _climb(
    asked: Asker, about: _Events, estimates: FloatArray, now: PartialLikelihood
) -> Generator[Request, Sequence[Answer], FloatArray]:
    """Newton's way up, each step halved until the likelihood does not fall and every site goes along."""
    names = asked.plan.names
    checked = False
    while True:
        parts = yield asked(Kind.INFORMATION, estimates, **about.given, **_hazards(now))
        information = _summed(parts, "information", len(estimates)) - now.quadratic()
        if not checked:
            check_independent(information, names)
            checked = True
        step, errors = _step(information, now.score, asked.plan)
        if (np.abs(step) <= STEP * errors).all():
            return estimates + step
        for _ in range(LARGEST_HALVINGS):
            sums = yield asked(Kind.RISK_SUMS, estimates + step, **about.given)
            there = _likelihood(about, estimates + step, sums)
            slack = 1e-10 * abs(now.log_likelihood)
            if there is not None and there.log_likelihood >= now.log_likelihood - slack:
                break
            step = step / 2
        else:
            raise DidNotConverge(method="federated Cox", iterations=asked.rounds, step=np.abs(step).max())
        estimates, now = estimates + step, there


def _events(plan: FederatedPlan, answers: Sequence[Answer]) -> _Events:
    weeks, terms = len(plan.weeks), len(plan.names)
    for each in answers:
        if each.events_by_week.shape != (weeks,) or each.event_sums.shape != (terms,):
            raise Malformed(f"{each.site} told {len(each.events_by_week)} weeks: wanted {weeks}")
    by_week = np.sum([each.events_by_week for each in answers], axis=0)
    sums = np.sum([each.event_sums for each in answers], axis=0)
    if not by_week.any():
        raise NotEstimable("no event at any site")
    moments = np.flatnonzero(by_week)
    return _Events(
        moments=moments,
        n_events=by_week[moments],
        sums=sums,
        centre=sums / by_week.sum(),
        ties="efron" if plan.model == "cox_efron" else "breslow",
    )


def _likelihood(about: _Events, estimates: FloatArray, answers: Sequence[Answer]) -> PartialLikelihood | None:
    """The partial likelihood of all sites without its information; None where a site would not go so far."""
    if any(each.too_far for each in answers):
        return None
    moments, terms = len(about.moments), len(estimates)
    tied = about.ties == "efron"
    for each in answers:
        wanted = (moments, terms) if tied else (0, 0)
        if each.at_risk1.shape != (moments, terms) or each.tied1.shape != wanted:
            raise Malformed(
                f"{each.site} told sums of shape {each.at_risk1.shape}: wanted {(moments, terms)}"
            )
    at_risk0, at_risk1 = (np.sum([getattr(each, name) for each in answers], axis=0) for name in _AT_RISK)
    tied0, tied1 = np.zeros(moments), np.zeros((moments, terms))
    if tied:
        tied0, tied1 = (np.sum([getattr(each, name) for each in answers], axis=0) for name in _TIED)
    at = hazard_terms(
        at_risk0=at_risk0,
        tied0=tied0,
        n_events=about.n_events,
        event_weight=about.n_events.astype(np.float64),
        ties=about.ties,
    )
    centred = about.sums - about.centre * about.n_events.sum()
    return PartialLikelihood(
        log_likelihood=float(centred @ estimates - at.log_denominator.sum()),
        score=centred - at.hazard @ at_risk1 + at.hazard_tied @ tied1,
        information=np.zeros((terms, terms)),
        relative_risk=np.zeros(0),
        at_risk0=at_risk0,
        at_risk1=at_risk1,
        tied0=tied0,
        tied1=tied1,
        terms=at,
    )


_AT_RISK, _TIED = ("at_risk0", "at_risk1"), ("tied0", "tied1")


def _hazards(at: PartialLikelihood) -> dict[str, Any]:
    return {"hazard": at.terms.hazard, "hazard_tied": at.terms.hazard_tied}


def _spreads(at: PartialLikelihood, about: _Events) -> dict[str, Any]:
    names = ("spread", "spread_tied", "spread_tied2")
    spreads = {name: getattr(at.terms, name) for name in names}
    return spreads | {"n_events": about.n_events, "at_risk1": at.at_risk1, "tied1": at.tied1}


def _summed(answers: Sequence[Answer], name: str, terms: int) -> FloatArray:
    for each in answers:
        if each.too_far or getattr(each, name).shape != (terms, terms):
            raise Malformed(
                f"{each.site} told {name} of shape {getattr(each, name).shape}: wanted {terms} terms"
            )
    return np.asarray(np.sum([getattr(each, name) for each in answers], axis=0))


def _step(information: FloatArray, score: FloatArray, plan: FederatedPlan) -> tuple[FloatArray, FloatArray]:
    """Newton's step and the standard errors."""
    try:
        inverse = linalg.inv(information)
    except linalg.LinAlgError as problem:
        raise NotEstimable(
            f"no maximum over {', '.join(plan.names)}: leave out or merge rare terms"
        ) from problem
    return inverse @ score, np.sqrt(np.maximum(np.diag(inverse), 1e-300))
