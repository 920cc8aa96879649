"""What is new for somebody, study by study: the page that her mails lead to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone

from gravida.find import words as find_words
from gravida.find.alerts import words
from gravida.find.alerts.models import Digest, Notice, Subscriber
from gravida.find.alerts.pages.what import heard_of
from gravida.find.alerts.topics import ORDER, Kind, read
from gravida.find.models import Study
from gravida.find.site_studies import in_language, site_studies

MOST_SHOWN = 200


@dataclass(frozen=True, kw_only=True)
class StudyNews:
    """What happened to one study on one day."""

    title: str
    title_language: str  # empty: the page's own
    address: str
    status: str
    changes: list[str]
    found_on: datetime
    because: list[str]  # which of her alerts


@dataclass(frozen=True, kw_only=True)
class NewsPage:
    """What the last mail told of and what came since, then everything of a year."""

    new: list[StudyNews]
    earlier: list[StudyNews]
    settings: str
    is_paused: bool
    has_more: bool


def news_page(subscriber: Subscriber, *, at: datetime) -> NewsPage:
    """The page of a subscriber."""
    notices = (
        Notice.objects.filter(alert__subscriber=subscriber)
        .select_related("change__study__current_version", "alert__search")
        .order_by("-found_at", "-id")
    )
    shown = list(notices[: MOST_SHOWN + 1])
    last = Digest.objects.filter(subscriber=subscriber).order_by("-made_at", "-id").first()
    fresh = {None, last.pk if last else None}
    return NewsPage(
        new=_by_study(notice for notice in shown[:MOST_SHOWN] if notice.digest_id in fresh),
        earlier=_by_study(notice for notice in shown[:MOST_SHOWN] if notice.digest_id not in fresh),
        settings=reverse("alerts:settings", args=[subscriber.page_token]),
        is_paused=subscriber.is_paused(today=timezone.localtime(at).date()),
        has_more=len(shown) > MOST_SHOWN,
    )


def _by_study(notices: Iterable[Notice]) -> list[StudyNews]:
    """One entry for each study and day, whichever of her alerts it fits."""
    gathered: dict[tuple[int, date], list[Notice]] = {}
    for notice in notices:
        day = timezone.localtime(notice.found_at).date()
        gathered.setdefault((notice.change.study_id, day), []).append(notice)
    return [_news(together) for together in gathered.values()]


def _news(together: list[Notice]) -> StudyNews:
    study = together[0].change.study
    kinds = {kind for notice in together for kind in read(notice.kinds)}
    title, language = _title(study)
    alerts = {notice.alert_id: notice.alert for notice in together}
    return StudyNews(
        title=title,
        title_language=language,
        address=reverse("find:study", args=[study.number]),
        status=find_words.of(find_words.STATUS, study.status) if study.status else "",
        changes=[_told(kind) for kind in ORDER if kind in kinds],
        found_on=timezone.localtime(together[0].found_at),
        because=[heard_of(alert).text for alert in alerts.values() if alert.search_id],
    )


def _told(kind: Kind) -> str:
    return str(words.KIND[kind])


def _title(study: Study) -> tuple[str, str]:
    folder = site_studies().get(study.number)
    plain = in_language(folder.title) if folder else ""
    return (plain, "") if plain else (study.title or study.number, "en")
