"""The second factor: one-time codes of an app (RFC 6238, 30 seconds, 6 figures), and codes on paper."""

import hmac
from datetime import datetime, timedelta
from typing import NamedTuple

import pyotp
import segno

from gravida.web import tokens
from gravida.web.people.models import Person, RecoveryCode, SecondFactor

STEP_SECONDS = 30
STEPS_OFF = (0, -1, 1)  # clocks that are half a minute apart
RECOVERY_CODES = 10
PURPOSE = "recovery-code"
SET_UP_WITHIN = timedelta(minutes=15)
ISSUER = "Gravida"


class WrongCode(Exception):
    """A code that is wrong, old, or used before: one answer for all."""


class SecretToShow(NamedTuple):
    """What a person needs to set up the app."""

    text: str  # in groups of four, for typing
    picture: str  # an SVG as the address of an image, for the app's camera


def begin(person: Person, *, at: datetime) -> SecondFactor:
    """The factor with a secret to be confirmed: the one just made, else a new one."""
    factor, _ = SecondFactor.objects.get_or_create(person=person, defaults={"secret": "", "made_at": at})
    if not factor.new_secret or not _is_young(factor, at=at):
        factor.new_secret, factor.made_at = pyotp.random_base32(), at
        factor.save(update_fields=["new_secret", "made_at"])
    return factor


def is_begun(person: Person, *, at: datetime) -> bool:
    """Whether a new app is being set up just now."""
    factor = SecondFactor.objects.filter(person=person).first()
    return factor is not None and bool(factor.new_secret) and _is_young(factor, at=at)


def _is_young(factor: SecondFactor, *, at: datetime) -> bool:
    return timedelta(0) <= at - factor.made_at < SET_UP_WITHIN


def to_show(factor: SecondFactor) -> SecretToShow:
    """The secret for typing and as a picture; the address of the person is in it for the app's list."""
    secret = factor.new_secret
    uri = pyotp.TOTP(secret).provisioning_uri(name=factor.person.email, issuer_name=ISSUER)
    picture = segno.make(uri, error="m").svg_data_uri(scale=5, border=4, dark="#000", light="#fff")
    return SecretToShow(text=" ".join(secret[i : i + 4] for i in range(0, len(secret), 4)), picture=picture)


def confirm(factor: SecondFactor, code: str, *, at: datetime) -> None:
    """Take the new secret into use once the app has shown a right code; WrongCode."""
    step = _step_of(factor.new_secret, code, at=at)
    if step is None:
        raise WrongCode
    unchanged = SecondFactor.objects.filter(pk=factor.pk, made_at=factor.made_at)
    if not unchanged.update(secret=factor.new_secret, new_secret="", confirmed_at=at, last_step=step):
        raise WrongCode


def check(person: Person, code: str, *, at: datetime) -> bool:
    """Use a code: of the app, each step once, or of the recovery codes, each once.

    True when it was one on paper. WrongCode.
    """
    if _use_step(person, code, at=at):
        return False
    if _use_recovery_code(person, code, at=at):
        return True
    raise WrongCode


def new_recovery_codes(person: Person) -> list[str]:
    """Ten codes for paper, in place of any older; kept only as digests."""
    RecoveryCode.objects.filter(person=person).delete()
    codes = [tokens.new_code() for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(person=person, digest=_digest(person, code)) for code in codes
    )
    return codes


def recovery_codes_left(person: Person) -> int:
    """How many codes on paper were not used yet."""
    return RecoveryCode.objects.filter(person=person, used_at=None).count()


def remove(person: Person) -> None:
    """Forget app and codes: the next sign-in leads through the set-up again."""
    SecondFactor.objects.filter(person=person).delete()
    RecoveryCode.objects.filter(person=person).delete()


def _use_step(person: Person, code: str, *, at: datetime) -> bool:
    factor = SecondFactor.objects.filter(person=person, confirmed_at__isnull=False).first()
    step = _step_of(factor.secret, code, at=at) if factor else None
    if factor is None or step is None:
        return False
    # Once only, also when two send it at the same moment: the row moves forward or not at all.
    return bool(SecondFactor.objects.filter(pk=factor.pk, last_step__lt=step).update(last_step=step))


def _step_of(secret: str, code: str, *, at: datetime) -> int | None:
    """The step that this code belongs to, now or one beside; None when it belongs to none."""
    typed = tokens.normal_code(code)
    if not secret or not (len(typed) == 6 and typed.isascii() and typed.isdigit()):
        return None
    now = int(at.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    steps = [now + off for off in STEPS_OFF]
    right = [step for step in steps if hmac.compare_digest(totp.generate_otp(step), typed)]
    return right[0] if right else None


def _use_recovery_code(person: Person, code: str, *, at: datetime) -> bool:
    unused = RecoveryCode.objects.filter(person=person, used_at=None, digest=_digest(person, code))
    return bool(unused.update(used_at=at))


def _digest(person: Person, code: str) -> str:
    return tokens.digest(f"{person.pk} {tokens.normal_code(code)}", purpose=PURPOSE)
