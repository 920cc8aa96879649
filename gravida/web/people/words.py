"""The words for what happens at a sign-in, for passwords and for sessions."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from gravida.web.people import guessable, passwords
from gravida.web.people.roles import PERMISSIONS, Permission, Role

WRONG_PASSWORD = _(
    "This address and this password do not belong together. Check both; capitals count in the password."
)
WRONG_CODE = _(
    "This code is not right, or was used before. Wait for the next one in your app, or use a recovery code."
)
WRONG_FIRST_CODE = _(
    "This code is not right. Wait for the next one in your app; the clock of your telephone must be right."
)
WRONG_SECRET = _("This is neither your password nor a fresh code of your app.")
WRONG_CURRENT = _("This is not your present password.")
TOO_MANY = ngettext_lazy(
    "Too many tries. Please wait %(minutes)d minute, then try again.",
    "Too many tries. Please wait %(minutes)d minutes, then try again.",
    "minutes",
)
PASSWORDS_DIFFER = _("The two passwords are not the same. Please type both again.")
KNOWN_ADDRESS = _("Somebody has this address already: open their page and give them the role there.")
WRONG_PLACE = _("Choose a study for this role; administrators are of the whole site.")
LAST_ADMINISTRATOR = _("This is the last administrator: give the role to somebody else first.")
OWN_ACCESS = _("You cannot change your own access: ask another administrator.")

PASSWORD_FAULT = {
    passwords.TOO_SHORT: ngettext_lazy(
        "Too short: at least %(least)d sign is needed. Several words in a row are easy to remember.",
        "Too short: at least %(least)d signs are needed. Several words in a row are easy to remember.",
        "least",
    ),
    passwords.TOO_LONG: ngettext_lazy(
        "Too long: at most %(most)d sign.", "Too long: at most %(most)d signs.", "most"
    ),
    passwords.SAME: _("This is the password you have now: choose another one."),
    guessable.COMMON: _(
        "This password, or one made like it, is among the first that are tried. Choose words nobody expects."
    ),
    guessable.REPEATED: _("This password repeats itself. Choose several different words."),
    guessable.SEQUENCE: _("This password runs along the keyboard or the alphabet. Choose several words."),
    guessable.PERSONAL: _("This password is made of your name or address. Choose words that nobody expects."),
}

PERMISSION = {
    Permission.READ_MESSAGES: _("read messages"),
    Permission.ANSWER_MESSAGES: _("answer messages"),
    Permission.EXPORT_MESSAGES: _("export messages"),
    Permission.APPROVE_CONTACTS: _("approve contact addresses"),
    Permission.MANAGE_PEOPLE: _("invite people and give roles"),
    Permission.READ_AUDIT: _("read the audit trail"),
    Permission.EDIT_TEXTS: _("edit texts"),
    Permission.APPROVE_TEXTS: _("approve what the public reads"),
    Permission.SEE_MAIL: _("see what became of mails"),
    Permission.USE_COHORT: _("work with cohort data"),
}


def too_many(retry_after_seconds: int) -> str:
    """How long to wait, in whole minutes."""
    return str(TOO_MANY % {"minutes": max(1, -(-retry_after_seconds // 60))})


def password_fault(fault: str, *, least: int) -> str:
    """What is wrong with a new password, and what to do."""
    return str(PASSWORD_FAULT[fault] % {"least": least, "most": passwords.MOST_SIGNS})


def what_roles_may() -> list[tuple[str, list[str]]]:
    """Each role with what it may do, in words: the table of roles.py for whoever gives them."""
    return [
        (str(role.label), [str(PERMISSION[one]) for one, roles in PERMISSIONS.items() if role in roles])
        for role in Role
    ]
