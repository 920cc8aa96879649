"""Messages that wait because no address of their team may be written to."""

from datetime import datetime

from gravida.find.contact import mail_kinds, mails_to_team
from gravida.find.contact.mail_words import place
from gravida.find.contact.models import Request, Team


def tell_staff_that_it_waits(team: Team, *, at: datetime) -> None:
    """Whoever may approve addresses is told, once a day for each team."""
    mails_to_team.tell_staff(
        mail_kinds.STAFF_HELD,
        about=f"contact-team:{team.pk}",
        study=team.study,
        centre=team.centre,
        context={"place": place(team, language="en")},
        period=f"{at:%Y-%m-%d}",
        at=at,
    )


def tell_what_waited(team: Team, *, at: datetime) -> int:
    """Tell the team of every message that has waited for an address; how many. Inside a transaction."""
    told = 0
    waiting = Request.objects.unanswered().filter(team=team, told_team_at=None, erased_at=None)
    for request in waiting.select_related("team").select_for_update(of=("self",)):
        if mails_to_team.tell_team(request, at=at):
            Request.objects.filter(pk=request.pk).update(told_team_at=at)
            told += 1
    return told
