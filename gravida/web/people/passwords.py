"""How passwords are kept."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2id(Argon2PasswordHasher):
    """Argon2id with 46 MiB, two passes, one lane: about an eighth of a second, for one person at a time.

    Django's own choice of 100 MiB and eight lanes would let a few guesses at once fill a small server.
    Source: OWASP Password Storage, m=47104 t=1 p=1 as the least; one pass more here.
    """

    memory_cost = 47_104  # KiB
    time_cost = 2
    parallelism = 1
