"""How passwords are kept, and which are refused.

Length and a list of what guessers try, no rules of composition and no expiry (NIST SP 800-63B-4, 3.1.1).
"""

from functools import cache

from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, make_password

from gravida.web import tokens
from gravida.web.people import guessable
from gravida.web.people.models import Person

LEAST_SIGNS = 15
LEAST_SIGNS_WITH_SECOND_FACTOR = 12
MOST_SIGNS = 256

TOO_SHORT, TOO_LONG, SAME = "too_short", "too_long", "same"


class Argon2id(Argon2PasswordHasher):
    """Argon2id with 46 MiB, two passes, one lane: about a tenth of a second of one processor.

    Django's own choice of 100 MiB and eight lanes would let a few guesses at once fill a small server.
    Source: OWASP Password Storage, m=47104 t=1 p=1 as the least; one pass more here.
    """

    memory_cost = 47_104  # KiB
    time_cost = 2
    parallelism = 1


def normal_password(typed: str) -> str:
    """A password as it is counted and hashed: an accent typed in two ways is one sign."""
    return guessable.normal(typed)


def least_signs(person: Person) -> int:
    """How long this person's password must be: shorter where a second factor is already confirmed."""
    return LEAST_SIGNS_WITH_SECOND_FACTOR if person.has_second_factor else LEAST_SIGNS


def fault_of(password: str, *, person: Person) -> str:
    """Why this person cannot have this password, as a code of words.PASSWORD_FAULT; empty when it is fine."""
    normal = normal_password(password)
    if len(normal) < least_signs(person):
        return TOO_SHORT
    if len(normal) > MOST_SIGNS:
        return TOO_LONG
    if person.has_usable_password() and check_password(normal, person.password):
        return SAME
    return guessable.reason(normal, about=(person.name, person.email))


def set_password(person: Person, password: str) -> None:
    """Hash and save it; the caller has asked `fault_of`, and records the act."""
    person.password = make_password(normal_password(password))
    person.save(update_fields=["password"])


def is_right(password: str, *, person: Person | None) -> bool:
    """Whether it is the person's password, at the same cost for somebody unknown, disabled or invited."""
    normal = normal_password(password[: MOST_SIGNS * 4])
    if person is None or not person.is_active or not person.has_usable_password():
        check_password(normal, _nobodys_password())
        return False
    return check_password(normal, person.password)


@cache
def _nobodys_password() -> str:
    """A hash that nothing opens, made with today's cost."""
    return make_password(tokens.new_token())
