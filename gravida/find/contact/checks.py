"""Checks of getting in touch: what the worker had to leave to people."""

from gravida.find.contact.models import Request, TeamAddress
from gravida.find.contact.one_by_one import left_alone
from gravida.web.checking import Check


def contact_faults() -> list[str]:
    """Messages whose clock has stopped, and messages that wait for an address to be approved."""
    faults = [
        f"message {trouble.request.reference}: {trouble.task} broke {trouble.failures} times, the reason is "
        "in the log of `gravida send`. When it is mended: `gravida contact try-again`"
        for trouble in left_alone()
    ]
    waiting = Request.objects.unanswered().filter(told_team_at=None, erased_at=None).count()
    if waiting:
        held = TeamAddress.objects.held().count()
        faults.append(
            f"{waiting} messages wait for an address of their team; {held} addresses wait for approval under "
            "/staff/centres/addresses/"
        )
    return faults


CHECKS = (Check("contact", "whether messages to teams wait, or their clock has stopped", contact_faults),)
