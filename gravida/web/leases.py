"""What only one process at a time may do: a row held until a moment of the database's clock."""

from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now

from gravida.web.models import Lease


def take_lease(name: str, *, holder: str, length: timedelta) -> bool:
    """Take or renew a lease; False while another holds it."""
    Lease.objects.bulk_create([Lease(name=name)], ignore_conflicts=True)
    free = (
        Q(holder="")
        | Q(holder=holder)
        | Q(held_until=None)
        | Q(held_until__lte=Now())
        # Longer than any lease: written by a clock that has been set back since.
        | Q(held_until__gt=Now() + 2 * length)
    )
    return bool(Lease.objects.filter(free, name=name).update(holder=holder, held_until=Now() + length))


def give_back_lease(name: str, *, holder: str) -> None:
    """Free a lease for the next; nothing when another has it."""
    Lease.objects.filter(name=name, holder=holder).update(holder="", held_until=None)


def holder_of(name: str) -> str:
    """Who holds a lease, or held it last; empty when nobody does."""
    return Lease.objects.filter(name=name).values_list("holder", flat=True).first() or ""
