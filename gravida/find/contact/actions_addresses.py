"""Staff decide whether messages may go to an address that a record brought."""

from datetime import datetime

from gravida.find.contact.models import TeamAddress
from gravida.web.people.models import Person


def approve_address(*, address: TeamAddress, by: Person, at: datetime) -> TeamAddress:
    """Messages may go there; those that waited leave at once. NotYours."""
    raise NotImplementedError


def refuse_address(*, address: TeamAddress, by: Person, at: datetime) -> TeamAddress:
    """No message goes there. NotYours."""
    raise NotImplementedError
