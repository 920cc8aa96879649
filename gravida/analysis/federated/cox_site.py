"""What a site answers to the rounds of a Cox model: sums over its risk sets, week by week."""

from typing import Any

import numpy as np
from scipy import sparse

from gravida.analysis.crossproduct import weighted_cross
from gravida.analysis.federated.disclosure import check_counts, one_stands_out
from gravida.analysis.federated.logistic import counts_of
from gravida.analysis.federated.messages import Answer, Kind, Malformed, Request, answer
from gravida.analysis.federated.rows import SiteRows
from gravida.analysis.fit import FloatArray
from gravida.analysis.survival.partial_likelihood import HazardTerms, PartialLikelihood
from gravida.analysis.survival.risk_sets import RiskSets
from gravida.analysis.survival.rows import RiskRows
from gravida.analysis.survival.scores import cluster_scores, meat


def answer_cox(rows: SiteRows, asked: Request, *, site: str) -> Answer:
    """What a site answers to one request. SmallCell where a count of few women would leave."""
    to: dict[str, Any] = {
        "plan_hash": asked.plan_hash,
        "site": site,
        "round_": asked.round,
        "kind": asked.kind,
    }
    if asked.kind is Kind.COUNTS:
        check_counts(rows)
        happened = rows.outcome == 1
        events = np.bincount(rows.pattern[happened], minlength=len(rows.design))
        by_week = np.bincount(rows.exit_at[happened], minlength=len(rows.plan.weeks)).astype(np.int64)
        sums = events @ rows.design
        return answer(**to, counts=counts_of(rows), events_by_week=by_week, event_sums=sums)
    _check_request(rows, asked)
    x = rows.design - asked.centre
    with np.errstate(over="ignore"):
        risk = np.exp(x @ asked.estimates)
    sets = _sets(rows, asked)
    counts = np.asarray(sets.at_risk)
    if not np.isfinite(risk).all() or one_stands_out(risk, counts.T):
        return answer(**to, too_far=True)
    if asked.kind is Kind.RISK_SUMS:
        return answer(**to, **_risk_sums(rows, sets, risk, x))
    found: dict[str, Any] = {"information": _information(sets, asked, risk, x)}
    if asked.kind is Kind.MEAT:
        found["meat"] = _meat(rows, sets, asked, risk, x)
    return answer(**to, **found)


def _check_request(rows: SiteRows, asked: Request) -> None:
    if asked.kind not in (Kind.RISK_SUMS, Kind.INFORMATION, Kind.MEAT):
        raise Malformed(f"{asked.kind.value} is not asked of a Cox model")
    terms, moments, weeks = rows.design.shape[1], len(asked.moments), len(rows.plan.weeks)
    wanted: dict[str, tuple[int, ...]] = {"estimates": (terms,), "centre": (terms,)}
    if asked.kind is not Kind.RISK_SUMS:
        wanted |= {"hazard": (moments,), "hazard_tied": (moments,)}
    if asked.kind is Kind.MEAT:
        wanted |= dict.fromkeys(("n_events", "spread", "spread_tied", "spread_tied2"), (moments,))
        wanted |= {"at_risk1": (moments, terms), "tied1": (moments, terms)}
    for name, shape in wanted.items():
        if getattr(asked, name).shape != shape:
            raise Malformed(f"{name} has shape {getattr(asked, name).shape}: wanted {shape}")
    rising = moments > 0 and bool((np.diff(asked.moments) > 0).all())
    if not rising or asked.moments[0] < 0 or asked.moments[-1] >= weeks:
        raise Malformed(f"moments {asked.moments.tolist()}: wanted rising places among {weeks} weeks")


def _sets(rows: SiteRows, asked: Request) -> RiskSets:
    """The site's risk sets at the moments of all sites; the number of events is everybody's."""
    moments, patterns = asked.moments, len(rows.design)
    first = np.searchsorted(moments, rows.entry_at, side="right").astype(np.int32)
    last = np.searchsorted(moments, rows.exit_at, side="right").astype(np.int32)
    shape = (len(moments) + 1, patterns)
    entered, left = (
        np.bincount(at * np.int64(patterns) + rows.pattern, minlength=shape[0] * shape[1]).reshape(shape)
        for at in (first, last)
    )
    event = rows.outcome == 1
    event_rows = np.flatnonzero(event)
    moment_of_event = last[event_rows] - np.int32(1)
    if (np.asarray(moments)[moment_of_event] != rows.exit_at[event_rows]).any():
        raise Malformed(f"moments {moments.tolist()}: this site has events in other weeks too")
    ones = np.ones(len(event_rows))
    where = (moment_of_event, rows.pattern[event_rows])
    pooled = asked.n_events if len(asked.n_events) else np.ones(len(moments), dtype=np.int64)
    return RiskSets(
        rows=_risk_rows(rows),
        event=event,
        event_rows=event_rows,
        moment_of_event=moment_of_event,
        moment_time=np.asarray(rows.plan.weeks)[moments],
        moment_stratum=np.zeros(len(moments), dtype=np.int32),
        n_events=pooled,
        event_weight=pooled.astype(np.float64),
        first=first,
        last=last,
        deaths=sparse.coo_matrix((ones, where), shape=(len(moments), patterns)).tocsr(),
        at_risk=np.cumsum(entered - left, axis=0)[:-1].astype(np.float64),
        layers=(),
        kept=None,
    )


def _risk_rows(rows: SiteRows) -> RiskRows:
    return RiskRows(
        x=rows.design,
        names=tuple(term.name for term in rows.plan.terms),
        pattern=rows.pattern,
        offset=None,
        times=np.asarray(rows.plan.weeks),
        entry_at=rows.entry_at.astype(np.int32),
        exit_at=rows.exit_at.astype(np.int32),
        stratum=None,
        n_strata=1,
        weights=None,
    )


def _risk_sums(rows: SiteRows, sets: RiskSets, risk: FloatArray, x: FloatArray) -> dict[str, Any]:
    sums = {"at_risk0": sets.sums(risk), "at_risk1": sets.factor_sums(risk, x)}
    if rows.plan.model == "cox_breslow":  # its ties need no sums over events: then they do not leave
        return sums
    return sums | {
        "tied0": np.asarray(sets.deaths @ risk),
        "tied1": np.asarray(sets.deaths @ (x * risk[:, None])),
    }


def _information(sets: RiskSets, asked: Request, risk: FloatArray, x: FloatArray) -> FloatArray:
    """What is a sum over rows in the information; the squared means are the coordinator's."""
    by_pattern = risk * (sets.spread(asked.hazard) - sets.deaths.T @ asked.hazard_tied)
    return weighted_cross(x, by_pattern)


def _meat(rows: SiteRows, sets: RiskSets, asked: Request, risk: FloatArray, x: FloatArray) -> FloatArray:
    terms, moments = x.shape[1], len(asked.moments)
    pooled = PartialLikelihood(
        log_likelihood=0.0,
        score=np.zeros(terms),
        information=np.zeros((terms, terms)),
        relative_risk=risk,
        at_risk0=np.zeros(moments),
        at_risk1=asked.at_risk1,
        tied0=np.zeros(moments),
        tied1=asked.tied1,
        terms=HazardTerms(
            log_denominator=np.zeros(moments),
            hazard=asked.hazard,
            hazard_tied=asked.hazard_tied,
            spread=asked.spread,
            spread_tied=asked.spread_tied,
            spread_tied2=asked.spread_tied2,
        ),
    )
    woman = rows.woman.astype(np.int32)
    return meat(cluster_scores(sets, x=x, at=pooled, cluster=woman, n_clusters=rows.women), terms)
