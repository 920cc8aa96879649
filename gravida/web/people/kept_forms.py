"""What was typed when a session turned out to be over: kept sealed, given back after the next sign-in."""

from datetime import datetime, timedelta

from django.db import transaction
from django.http import QueryDict

from gravida.web.people.models import KeptForm, Person, StaffSession

KEPT_FOR = timedelta(minutes=30)
MOST_SIGNS = 200_000
# A secret is typed again, never kept.
NEVER_KEPT = ("password", "code", "secret", "token")
# Sessions that time has ended, or a change of roles: not those that somebody ended on purpose.
KEEPING_ENDINGS = {"", StaffSession.Ending.ROLES, StaffSession.Ending.REPLACED}


def may_keep_for(session: StaffSession) -> bool:
    """Whether a form that comes with this session, which is over, is kept for its person."""
    return (
        session.ending in KEEPING_ENDINGS
        and session.stage == StaffSession.Stage.FULL
        and session.person.is_active
    )


def keep(fields: QueryDict, *, person: Person, address: str, at: datetime) -> bool:
    """Keep what was typed, one form for an address, the newest; False when there is too much of it."""
    kept = QueryDict(mutable=True)
    for name, values in fields.lists():
        if name != "csrfmiddlewaretoken" and not any(word in name.lower() for word in NEVER_KEPT):
            kept.setlist(name, values)
    encoded = kept.urlencode()
    if len(encoded) > MOST_SIGNS or len(address) > 500:
        return False
    KeptForm.objects.update_or_create(
        person=person, address=address, defaults={"fields": encoded, "kept_at": at}
    )
    return True


def kept_form(*, person: Person, at: datetime, address: str = "") -> KeptForm | None:
    """The person's form, for this address or the newest of all; None when there is none young enough."""
    forms = KeptForm.objects.filter(person=person, kept_at__gt=at - KEPT_FOR)
    if address:
        forms = forms.filter(address=address)
    return forms.order_by("-kept_at").first()


def fields_of(form: KeptForm) -> QueryDict:
    """What was typed, as a view would have read it from the POST."""
    return QueryDict(form.fields)


def forget(*, person: Person, address: str) -> int:
    """Delete a kept form: it was sent, or is not wanted any more."""
    return KeptForm.objects.filter(person=person, address=address).delete()[0]


@transaction.atomic
def forget_old(*, at: datetime) -> int:
    """Delete every form that is older than it may become; how many."""
    return KeptForm.objects.filter(kept_at__lte=at - KEPT_FOR).delete()[0]
