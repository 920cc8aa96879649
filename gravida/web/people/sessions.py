"""Sessions of staff: a secret in the browser, its digest and its times here."""

from datetime import datetime, timedelta

from gravida.web import tokens
from gravida.web.people.models import Person, StaffSession

PURPOSE = "staff-session"
# Not at every request: a page that only reads should seldom have to wait for a writer.
SEEN_EVERY = timedelta(seconds=30)

Stage, Ending = StaffSession.Stage, StaffSession.Ending


def start(person: Person, *, stage: StaffSession.Stage, network: str, browser: str, at: datetime) -> str:
    """Begin a session; the secret for the browser's cookie, which is kept nowhere here."""
    token = tokens.new_token()
    StaffSession.objects.create(
        person=person,
        digest=tokens.digest(token, purpose=PURPOSE),
        stage=stage,
        started_at=at,
        seen_at=at,
        network=network,
        browser=browser[:80],
    )
    return token


def find(token: str) -> StaffSession | None:
    """The session of a cookie, over or not; None when no session ever had this secret."""
    if not token or len(token) > 200:
        return None
    digest = tokens.digest(token, purpose=PURPOSE)
    return StaffSession.objects.select_related("person").filter(digest=digest).first()


def go_on(session: StaffSession, *, stage: StaffSession.Stage, at: datetime) -> str:
    """Let the session go on under a new secret and at this stage; ValueError when it has ended meanwhile."""
    ended = StaffSession.objects.open().filter(pk=session.pk)
    if not ended.update(ended_at=at, ending=Ending.REPLACED):
        raise ValueError(f"{session} has ended: it cannot go on")
    token = tokens.new_token()
    StaffSession.objects.create(
        person=session.person,
        digest=tokens.digest(token, purpose=PURPOSE),
        stage=stage,
        started_at=session.started_at,
        seen_at=at,
        network=session.network,
        browser=session.browser,
    )
    return token


def touch(session: StaffSession, *, at: datetime) -> None:
    """Note that the browser is still there; a clock set back never moves it."""
    if at - session.seen_at >= SEEN_EVERY:
        StaffSession.objects.open().filter(pk=session.pk, seen_at__lt=at).update(seen_at=at)
        session.seen_at = at


def end(session: StaffSession, *, ending: StaffSession.Ending, at: datetime) -> bool:
    """End one session; whether it was still open."""
    return bool(StaffSession.objects.open().filter(pk=session.pk).update(ended_at=at, ending=ending))


def end_all(
    person: Person, *, ending: StaffSession.Ending, at: datetime, except_session: StaffSession | None = None
) -> int:
    """End every session of a person, in all browsers; how many."""
    sessions = StaffSession.objects.open().filter(person=person)
    if except_session is not None:
        sessions = sessions.exclude(pk=except_session.pk)
    return sessions.update(ended_at=at, ending=ending)
