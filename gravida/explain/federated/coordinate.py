"""The coordinator: asks all sites round after round through their mailboxes, and goes on where it stopped."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gravida.analysis.federated.messages import Answer, Malformed, Refusal, Request, answer_in, to_json
from gravida.analysis.federated.plan import FederatedPlan
from gravida.analysis.federated.rounds import SiteRefused, fit_over
from gravida.analysis.fit import DidNotConverge, Fit, NotEstimable
from gravida.explain.federated.mailbox import Mailbox
from gravida.explain.federated.sealed import ChangedOnTheWay, Seal, digest


class NoAnswer(Exception):
    """Sites that did not answer in time; what came is kept, and the same command goes on from there."""

    def __init__(self, *, sites: tuple[str, ...], round_: int) -> None:
        self.sites, self.round = sites, round_
        super().__init__(f"no answer to round {round_} from {', '.join(sites)}; run again to go on")


class OtherRounds(Exception):
    """A folder that holds the rounds of another plan, or of sites whose rows have changed since."""

    def __init__(self, *, folder: Path, round_: int) -> None:
        super().__init__(
            f"{folder} holds another round {round_}: use a new folder for a new plan or new rows"
        )


STOPS = (SiteRefused, ChangedOnTheWay, Malformed, NotEstimable, DidNotConverge)


@dataclass(kw_only=True)
class Coordinator:
    """A run of one plan. `patience` and `pause`: seconds to wait for answers, and between looks at them."""

    plan: FederatedPlan
    folder: Path
    seals: dict[str, Seal]
    patience: float = 7 * 86_400.0
    pause: float = 0.5
    heard: Callable[[int, str], None] = lambda round_, site: None
    boxes: dict[str, Mailbox] = field(init=False)
    told_end: set[str] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        missing = [site for site in self.plan.sites if site not in self.seals]
        if missing:
            raise ValueError(f"no key for {', '.join(missing)}: the plan names {', '.join(self.plan.sites)}")
        self.boxes = {site: Mailbox(folder=self.folder, site=site) for site in self.plan.sites}

    def run(self) -> Fit:
        """The pooled fit. STOPS where it ends without one: the sites are told the reason."""
        try:
            fit = fit_over(self.plan, self.ask)
        except STOPS as problem:
            self._tell_end(str(problem))
            raise
        self._tell_end("")
        return fit

    def ask(self, request: Request) -> Sequence[Answer | Refusal]:
        """Every site's answer to one request, in the order of the plan; answers that are there are used."""
        body = to_json(request)
        for site, box in self.boxes.items():
            sealed = self.seals[site].close(body, way="request", round_=request.round)
            before = box.request(request.round)
            if before is not None and before != sealed:
                raise OtherRounds(folder=self.folder, round_=request.round)
            if before is None:
                box.ask(request.round, sealed)
        answers: dict[str, Answer | Refusal] = {}
        until = time.monotonic() + self.patience
        while len(answers) < len(self.boxes):
            self._hear(request, digest(body), answers)
            if len(answers) < len(self.boxes):
                self._wait(until, request, answers)
        return [answers[site] for site in self.plan.sites]

    def _hear(self, request: Request, asked: str, answers: dict[str, Answer | Refusal]) -> None:
        """Open what has come since."""
        for site, box in self.boxes.items():
            sealed = None if site in answers else box.answer(request.round)
            if sealed is not None:
                answers[site] = self._opened(site, sealed, request, asked)
                self.heard(request.round, site)

    def _wait(self, until: float, request: Request, answers: dict[str, Answer | Refusal]) -> None:
        if time.monotonic() > until:
            silent = tuple(site for site in self.plan.sites if site not in answers)
            raise NoAnswer(sites=silent, round_=request.round)
        time.sleep(self.pause)

    def _opened(self, site: str, sealed: bytes, request: Request, asked: str) -> Answer | Refusal:
        body = self.seals[site].open(sealed, way="answer", round_=request.round, answers=asked)
        told = answer_in(body)
        if isinstance(told, Refusal) and told.site == site:
            return told
        expected = (self.plan.hash, site, request.round, request.kind)
        if isinstance(told, Refusal) or (told.plan_hash, told.site, told.round, told.kind) != expected:
            raise Malformed(f"{site} answered another question than round {request.round}, {request.kind}")
        return told

    def _tell_end(self, reason: str) -> None:
        body = json.dumps({"message": "end", "plan_hash": self.plan.hash, "reason": reason}).encode()
        for site, box in self.boxes.items():
            box.finish(self.seals[site].close(body, way="end", round_=0))
