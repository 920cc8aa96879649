"""A site in a federated model: opens what it is asked, answers from its rows, and writes down what leaves."""

import json
from dataclasses import dataclass

from gravida.analysis.federated.messages import Malformed, Refusal, request_in, to_json
from gravida.analysis.federated.rounds import site_answer
from gravida.analysis.federated.rows import SiteRows
from gravida.explain.federated.left_log import LeftLog
from gravida.explain.federated.sealed import ChangedOnTheWay, Seal, digest

CHANGED = "the request was changed on its way, or is sealed with another key"
ASKED_OTHERWISE = "this round was asked otherwise before: a site answers each round of a plan once"
NOT_A_REQUEST = "the message is no request of this model"


@dataclass(frozen=True, kw_only=True)
class Ended:
    """The coordinator's last word; `reason` is empty where the model was fitted."""

    reason: str


@dataclass(kw_only=True)
class SiteSession:
    """One site, one plan, one log. Asked the same again, it answers the same; the log is its memory."""

    rows: SiteRows
    seal: Seal
    log: LeftLog
    refusals: int = 0

    def handle(self, round_: int, sealed: bytes) -> bytes:
        """The sealed answer, or a sealed refusal, to the sealed request of a round."""
        try:
            body = self.seal.open(sealed, way="request", round_=round_)
        except ChangedOnTheWay:
            return self._refuse(round_, digest(sealed), reason=CHANGED)
        asked = digest(body)
        if round_ in self.log.answers:
            before, answer = self.log.answers[round_]
            if before != asked:
                return self._refuse(round_, asked, reason=ASKED_OTHERWISE)
            return self.seal.close(answer, way="answer", round_=round_, answers=asked)
        try:
            request = request_in(body)
            if request.round != round_:
                raise Malformed(f"round {request.round} in the place of round {round_}")
            told = site_answer(self.rows, request, site=self.seal.site)
        except Malformed as problem:
            return self._refuse(round_, asked, reason=NOT_A_REQUEST, about=str(problem))
        if isinstance(told, Refusal):
            return self._refuse(round_, asked, reason=told.reason, about=told.about)
        answer = to_json(told)
        self.log.add(round_=round_, request=asked, answer=answer)
        return self.seal.close(answer, way="answer", round_=round_, answers=asked)

    def _refuse(self, round_: int, asked: str, *, reason: str, about: str = "") -> bytes:
        self.refusals += 1
        refusal = Refusal(
            plan_hash=self.rows.plan.hash,
            site=self.seal.site,
            round=round_,
            reason=reason,
            about=about or f"round {round_}",
        )
        self.log.add_refusal(round_=round_, request=asked, refusal=to_json(refusal))
        return self.seal.close(to_json(refusal), way="answer", round_=round_, answers=asked)


def ended(sealed: bytes, seal: Seal) -> Ended:
    """The coordinator's last word. ChangedOnTheWay where it is not the coordinator's."""
    body = seal.open(sealed, way="end", round_=0)
    return Ended(reason=str(json.loads(body)["reason"]))
