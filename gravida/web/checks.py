"""Checks of the shared parts: keys, mail, the proxy in front."""

from django.conf import settings
from django.utils import timezone

from gravida.web.checking import UNUSABLE, Check
from gravida.web.mail.neutral import telling_words
from gravida.web.mail.reading import health
from gravida.web.mail.sender import link, sender
from gravida.web.mail.server import mail_server
from gravida.web.mail.signature import signing_fault
from gravida.web.models import KnownKey
from gravida.web.seal_keys import others_can_read, seal_keys
from gravida.web.sealed import LostKey


def key_faults() -> list[str]:
    """Keys that are missing, unusable, or readable by others; keys met for the first time are remembered."""
    if not settings.SEAL_KEYS and settings.SEAL_KEY_FILE.exists() and others_can_read(settings.SEAL_KEY_FILE):
        path = settings.SEAL_KEY_FILE
        return [f"{path} can be read or changed by others: run chmod 600 {path}"]
    try:
        keys = seal_keys()
    except UNUSABLE as error:
        return [str(error)]
    present = {key.name.hex() for key in keys.sealing}
    known = set(KnownKey.objects.values_list("name", flat=True))
    names = tuple(key.name for key in keys.sealing)
    if lost := sorted(known - present):
        return [str(LostKey(name=bytes.fromhex(name), present=names)) for name in lost]
    # The one that seals: from now on texts need it, until a rotation has sealed them anew.
    newest = KnownKey(name=keys.sealing[0].name.hex(), first_seen_at=timezone.now())
    KnownKey.objects.bulk_create([newest], ignore_conflicts=True)
    return []


def mail_setting_faults() -> list[str]:
    """Mail settings that cannot be used, and an address that would tell about health in every mail."""
    try:
        mail_server()
        ours = sender()
    except UNUSABLE as error:
        return [str(error)]
    telling = telling_words(f"{ours.name} {ours.address}") + telling_words(link("/"))
    faults = [f"every mail would tell about health by its sender or links: {word}" for word in telling]
    return faults + signing_fault()


def proxy_faults() -> list[str]:
    """A base address that only a proxy can serve, and no proxy: all visitors would look like one."""
    if not settings.IS_HTTPS or settings.BEHIND_PROXY:
        return []
    return [
        f"GRAVIDA_BASE_URL is {settings.BASE_URL}, which only a proxy can serve, and GRAVIDA_BEHIND_PROXY is "
        "off: every visitor would count as one, so that after five messages nobody could write for an hour, "
        "and no form of staff would pass. Set GRAVIDA_BEHIND_PROXY=1."
    ]


def mail_faults() -> list[str]:
    """A queue that does not move, and mails that staff must look at."""
    found = health(at=timezone.now())
    faults = []
    if found.is_stuck:
        faults.append(
            f"{found.waiting} mails wait, the oldest for {found.oldest_minutes} minutes: "
            "does `gravida send` run?"
        )
    if found.failed + found.unsure:
        faults.append(f"{found.failed} mails failed and {found.unsure} are unsure: see /staff/mail/")
    return faults


CHECKS = (
    Check("keys", "whether the keys of sealed texts are there, and for us alone", key_faults, at_start=True),
    Check("settings", "whether mail can be made with the settings", mail_setting_faults, at_start=True),
    Check("proxy", "whether visitors can be told apart behind a proxy", proxy_faults, at_start=True),
    Check("mail", "whether mails wait too long, have failed, or are unsure", mail_faults),
)
