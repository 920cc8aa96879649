"""A plan's rounds, whichever its model: what the coordinator asks and what a site answers."""

from collections.abc import Callable, Sequence

from gravida.analysis.federated.cox import cox_rounds
from gravida.analysis.federated.cox_site import answer_cox
from gravida.analysis.federated.disclosure import SmallCell
from gravida.analysis.federated.logistic import Rounds, answer_logistic, logistic_rounds
from gravida.analysis.federated.messages import Answer, Refusal, Request
from gravida.analysis.federated.plan import FederatedPlan
from gravida.analysis.federated.rows import SiteRows
from gravida.analysis.fit import Fit

WRONG_PLAN = "the site holds another plan"
TOO_MANY = "more rounds than the plan allows"


class SiteRefused(Exception):
    """A site that will not answer; the coordinator ends there and says why."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(f"{refusal.site} refuses round {refusal.round}: {refusal.reason} ({refusal.about})")


def rounds(plan: FederatedPlan) -> Rounds:
    """The coordinator's part: a generator of requests that is sent all sites' answers and returns the fit."""
    return cox_rounds(plan) if plan.is_cox else logistic_rounds(plan)


def site_answer(rows: SiteRows, asked: Request, *, site: str) -> Answer | Refusal:
    """A site's part in one round. Malformed where the request is not one of the plan's model."""
    plan = rows.plan
    if asked.plan_hash != plan.hash:
        return refused(plan, asked, site, reason=WRONG_PLAN, about=f"plan {plan.hash[:12]}")
    if not 1 <= asked.round <= plan.most_rounds:
        return refused(plan, asked, site, reason=TOO_MANY, about=f"at most {plan.most_rounds}")
    try:
        return (answer_cox if plan.is_cox else answer_logistic)(rows, asked, site=site)
    except SmallCell as small:
        return refused(plan, asked, site, reason=small.reason, about=small.about)


def refused(plan: FederatedPlan, asked: Request, site: str, *, reason: str, about: str) -> Refusal:
    """A site's no."""
    return Refusal(plan_hash=plan.hash, site=site, round=asked.round, reason=reason, about=about)


def fit_over(plan: FederatedPlan, ask: Callable[[Request], Sequence[Answer | Refusal]]) -> Fit:
    """The pooled fit, with `ask` bringing every request to all sites and back, in the order of the plan.

    SiteRefused at the first no.
    """
    asking = rounds(plan)
    request = next(asking)
    while True:
        heard = []
        for told in ask(request):
            if isinstance(told, Refusal):
                raise SiteRefused(told)
            heard.append(told)
        try:
            request = asking.send(tuple(heard))
        except StopIteration as ended:
            fit: Fit = ended.value
            return fit
