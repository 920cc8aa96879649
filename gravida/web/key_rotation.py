"""A new key for what is sealed: everything is sealed anew with it, row by row, while the site runs."""

from django.apps import apps
from django.conf import settings
from django.db import models, transaction

from gravida.web.models import KnownKey
from gravida.web.seal_keys import forget_read_keys, new_key, read_key_file, seal_keys, write_keys
from gravida.web.sealed import SealedTextField

ROWS_AT_ONCE = 200


class KeysOfEnvironment(Exception):
    """The keys stand in GRAVIDA_SEAL_KEYS: only the operator can put a new one before them."""


def add_key() -> None:
    """Make a new key, the first of the file: it seals from now on, the old ones still open.

    Server processes read it at their next start. KeysOfEnvironment when the keys are not kept in the file.
    """
    if settings.SEAL_KEYS:
        raise KeysOfEnvironment(
            f"the keys stand in GRAVIDA_SEAL_KEYS: put this new one before them, then run this again "
            f"with --reseal: {new_key()}"
        )
    sealing, blind = read_key_file(settings.SEAL_KEY_FILE)
    write_keys(settings.SEAL_KEY_FILE, sealing=[new_key(), *sealing], blind=blind, replace=True)
    forget_read_keys()


def forget_old_keys() -> None:
    """After all is sealed anew and no process uses an old key any more: a start without it is right."""
    KnownKey.objects.exclude(name=seal_keys().sealing[0].name.hex()).delete()


def sealed_columns() -> list[tuple[type[models.Model], list[str]]]:
    """Every model that seals, with the names of its sealed fields."""
    found = []
    for model in apps.get_models():
        names = [field.name for field in model._meta.concrete_fields if isinstance(field, SealedTextField)]
        if names:
            found.append((model, names))
    return found


def reseal() -> int:
    """Seal every sealed text with the newest key; how many rows. May be stopped and begun again."""
    return sum(_reseal_model(model, names) for model, names in sealed_columns())


def _reseal_model(model: type[models.Model], names: list[str]) -> int:
    done, last = 0, None
    while True:
        rows = model._default_manager.order_by("pk").only(*names)
        after = rows if last is None else rows.filter(pk__gt=last)
        numbers = list(after.values_list("pk", flat=True)[:ROWS_AT_ONCE])
        if not numbers:
            return done
        with transaction.atomic():
            # Locked on PostgreSQL, alone on SQLite: nobody's change in between is overwritten.
            locked = list(rows.filter(pk__in=numbers).select_for_update())
            model._default_manager.bulk_update(locked, names)
        done, last = done + len(locked), numbers[-1]
