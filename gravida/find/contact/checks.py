"""Checks of getting in touch: what the worker had to leave to people."""

import re

from gravida.find.contact.models import Request, TeamAddress
from gravida.find.contact.one_by_one import left_alone
from gravida.web.checking import Check

# RFC 2606 and RFC 6761.
_RESERVED = re.compile(r"[@.](example\.(org|com|net)|example|test|invalid|localhost)$")


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
    return faults + _addresses_of_nobody()


def _addresses_of_nobody() -> list[str]:
    """Teams whose messages go to an address of a domain that is reserved for examples."""
    places = {
        f"{address.team.study} {address.team.centre}"
        for address in TeamAddress.objects.filter(gone_since=None, team__gone_since=None).select_related(
            "team"
        )
        if address.is_usable and _RESERVED.search(address.email)
    }
    return [
        f"messages to {place} go to an example address, which belongs to nobody: name the contacts of the "
        "centre in its study.toml"
        for place in sorted(places)
    ]


CHECKS = (Check("contact", "whether messages to teams wait, or their clock has stopped", contact_faults),)
