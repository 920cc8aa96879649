"""A process that sends messages until it is killed, and says of each when it was kept.

    python -m tests.find.contact.posting

Reads lines `FIRST` from standard input; for each it forks a sender that says its process number, then sends
the messages FIRST, FIRST + 1 ... and says the number of each after it was kept. It never opens the database
itself.
"""

import os
import sys
from datetime import UTC, datetime, timedelta

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


def main() -> None:
    import django

    django.setup()
    warm_up()

    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            send_from(int(line))
        os.waitpid(child, 0)
        say("gone")


def warm_up() -> None:
    """Read code, addresses, holidays and translations before the fork, so that a sender begins at once."""
    from django.urls import reverse
    from django.utils.translation import gettext, override

    from gravida.find.contact.working_days import Calendar, after_working_days
    from tests.find.contact import making  # noqa: F401

    for language in ("en", "fr"):
        with override(language):
            gettext("Hello,")
            reverse("contact:status", args=["x" * 43])
    after_working_days(NOW, 2, Calendar())


def send_from(number: int) -> None:
    """Send for ever."""
    from gravida.find.contact.models import Team
    from tests.find.contact.making import FALCO, send

    team = Team.objects.get(study=FALCO, centre="centre-1")
    say(f"process {os.getpid()}")
    while True:
        at = NOW + timedelta(minutes=number)  # below the limit of copies in an hour
        send(team, at=at, key=key_of(number), email=f"p{number}@example.org", network=f"network {number}")
        say(f"kept {number}")
        number += 1


def key_of(number: int) -> str:
    """The form's own key."""
    return f"form {number}".ljust(40, ".")


def say(text: str) -> None:
    """One line at once, that a kill cannot cut."""
    os.write(1, f"{text}\n".encode())


if __name__ == "__main__":
    main()
