"""The kinds of mail of the loop: whom each is for, its template, and what becomes of one that is unsure."""

from gravida.web.mail.outbox import MailKind

# To the team. Sent again where unsure: a repeat costs a glance, a loss costs her the answer.
TEAM_NEW = MailKind("contact.team.new", when_unsure="resend")
TEAM_FULL = MailKind("contact.team.full", when_unsure="resend", carries_visitor_text=True)
TEAM_MORE = MailKind("contact.team.more", when_unsure="resend")
TEAM_NOBODY_CALLED = MailKind("contact.team.nobody_called", when_unsure="resend")
TEAM_REMINDER = MailKind("contact.team.reminder", when_unsure="resend")
TEAM_ALTERNATE = MailKind("contact.team.alternate", when_unsure="resend")

# To staff who look after the site and its addresses.
STAFF_UNANSWERED = MailKind("contact.staff.unanswered", when_unsure="resend")
STAFF_HELD = MailKind("contact.staff.held", when_unsure="resend")
STAFF_BROKEN = MailKind("contact.staff.broken", when_unsure="resend")
STAFF_STOPPED = MailKind("contact.staff.stopped", when_unsure="resend")
STAFF_COPIES_PAUSED = MailKind("contact.staff.copies_paused", when_unsure="resend")

# To her. Parked where unsure: she sees the same on her private page.
COPY = MailKind("contact.person.copy", when_unsure="park")
CONFIRM_NEW_ADDRESS = MailKind("contact.person.confirm", when_unsure="park")
FULL_COPY = MailKind("contact.person.full_copy", when_unsure="park", carries_visitor_text=True)
NEW_CODE = MailKind("contact.person.new_code", when_unsure="park")
ACKNOWLEDGED = MailKind("contact.person.acknowledged", when_unsure="park")
ANSWER = MailKind("contact.person.answer", when_unsure="park")
CALL_BOOKED = MailKind("contact.person.call_booked", when_unsure="park")
NO_ANSWER = MailKind("contact.person.no_answer", when_unsure="park")
TEAM_CLOSED = MailKind("contact.person.team_closed", when_unsure="park")
TEAM_BROKEN = MailKind("contact.person.team_broken", when_unsure="park")
UNREACHABLE = MailKind("contact.person.unreachable", when_unsure="park")
EXPIRED = MailKind("contact.person.expired", when_unsure="park")

TO_TEAM = (TEAM_NEW, TEAM_FULL, TEAM_MORE, TEAM_NOBODY_CALLED, TEAM_REMINDER, TEAM_ALTERNATE)
TO_STAFF = (STAFF_UNANSWERED, STAFF_HELD, STAFF_BROKEN, STAFF_STOPPED, STAFF_COPIES_PAUSED)
TO_PERSON = (
    COPY, CONFIRM_NEW_ADDRESS, FULL_COPY, NEW_CODE, ACKNOWLEDGED, ANSWER, CALL_BOOKED, NO_ANSWER,
    TEAM_CLOSED, TEAM_BROKEN, UNREACHABLE, EXPIRED,
)  # fmt: skip


def template_of(kind: MailKind) -> str:
    """The template of a kind, as contact/team_new."""
    _, whom, what = kind.code.split(".")
    return f"contact/{whom}_{what}"
