"""How easy a section was: one answer for a browser and day, and nobody can tell whose it is."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from gravida.find.overviews.models_ratings import Rating
from gravida.find.overviews.rated import MOST_SIGNS_OF_COMMENT, RATED, STEPS
from gravida.web.limits import Limit, spend
from gravida.web.sealed import blind

FROM_A_NETWORK = Limit("overviews rating", times=40, within=timedelta(hours=1))
KEPT_FOR = timedelta(days=365)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What was answered."""

    section: str
    step: int
    comment: str = ""

    def __post_init__(self) -> None:
        if self.section not in RATED or self.step not in STEPS or len(self.comment) > MOST_SIGNS_OF_COMMENT:
            raise ValueError(
                f"{self.section} {self.step}: wanted a section that is asked about, a step of 1 to 5"
            )


def mark_of(study: str, day: date) -> str:
    """The mark of this day's forms of a study: the same for everybody, so that it tells nobody apart."""
    told = f"{study} {day.isoformat()}"
    return salted_hmac(
        "gravida.overviews.rating", told, secret=settings.SECRET_KEY, algorithm="sha256"
    ).hexdigest()


def is_mark(mark: str, *, study: str, at: datetime) -> bool:
    """Whether a form comes from a page of today, or of yesterday."""
    today = timezone.localdate(at)
    return any(constant_time_compare(mark, mark_of(study, day)) for day in (today, today - timedelta(days=1)))


def rate(*, study: str, language: str, answer: Answer, network: str, browser: str, at: datetime) -> None:
    """Keep an answer; a second one of the same browser on the same day takes the place of the first.

    The browser is known for this day only, by a keyed digest of network and browser name that is forgotten
    afterwards. TooMany.
    """
    spend(FROM_A_NETWORK, key=network, at=at)
    day = timezone.localdate(at)
    digest = blind(f"{day.isoformat()}\0{network}\0{browser}", purpose="overviews rating")
    with transaction.atomic():
        Rating.objects.update_or_create(
            study=study,
            language=language,
            section=answer.section,
            day=day,
            day_digest=digest,
            defaults={"step": answer.step, "comment": answer.comment},
        )


def forget(at: datetime) -> int:
    """Forget who could have answered once the day is over, and answers after a year; how many went."""
    today = timezone.localdate(at)
    Rating.objects.filter(day__lt=today).exclude(day_digest=None).update(day_digest=None)
    return Rating.objects.filter(day__lt=today - KEPT_FOR).delete()[0]
