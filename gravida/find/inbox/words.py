"""What the team reads of states, calls, steps and mails; each code has its words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gravida.find.contact.models import CallAttempt, Request
from gravida.find.contact.states import State

Text = str | Promise
S = State

STATE: dict[State, Text] = {
    S.NEW: _("being saved"),
    S.UNVERIFIED: _("address not confirmed"),
    S.VERIFIED: _("new"),
    S.DELIVERED: _("team told"),
    S.OPENED: _("opened"),
    S.ACKNOWLEDGED: _("receipt confirmed"),
    S.ATTEMPT_1: _("called once, not reached"),
    S.ATTEMPT_2: _("called twice, not reached"),
    S.ATTEMPT_3: _("called three times, not reached"),
    S.CALL_BOOKED: _("call booked"),
    S.POSSIBLE: _("taking part is possible"),
    S.NOT_POSSIBLE: _("taking part is not possible"),
    S.UNKNOWN: _("still to be clarified"),
    S.INFORMATION_GIVEN: _("information given"),
    S.INCLUDED: _("in the study"),
    S.NOT_INTERESTED: _("does not wish to"),
    S.UNREACHABLE: _("could not be reached"),
    S.WITHDRAWN: _("taken back"),
    S.DUPLICATE: _("written twice"),
    S.SPAM: _("spam"),
    S.EXPIRED: _("closed without an answer"),
    S.ERASED: _("erased"),
}

# What happened, in the timeline.
STEP: dict[State, Text] = {
    S.NEW: _("Saved"),
    S.UNVERIFIED: _("She wrote; her address is not confirmed yet"),
    S.VERIFIED: _("On its way to the team"),
    S.DELIVERED: _("The mail to the team has left"),
    S.OPENED: _("Opened by the team"),
    S.ACKNOWLEDGED: _("The team confirmed that it has the message"),
    S.ATTEMPT_1: _("First call without reaching her"),
    S.ATTEMPT_2: _("Second call without reaching her"),
    S.ATTEMPT_3: _("Third call without reaching her"),
    S.CALL_BOOKED: _("A call was booked"),
    S.POSSIBLE: _("Found: taking part is possible"),
    S.NOT_POSSIBLE: _("Found: taking part is not possible"),
    S.UNKNOWN: _("Found: still to be clarified"),
    S.INFORMATION_GIVEN: _("The information was given"),
    S.INCLUDED: _("She is in the study"),
    S.NOT_INTERESTED: _("She does not wish to take part"),
    S.UNREACHABLE: _("Closed: she could not be reached"),
    S.WITHDRAWN: _("Taken back and erased"),
    S.DUPLICATE: _("Marked as written twice"),
    S.SPAM: _("Put aside as spam"),
    S.EXPIRED: _("Closed without an answer"),
    S.ERASED: _("Erased"),
}

# Codes of states.NEXT_STEP: what the team does next.
NEXT: dict[str, Text] = {
    "answer": _("Tell her that you have her message"),
    "call": _("Call her"),
    "call_again": _("Call her again"),
    "call_or_write": _("Wait: she may call or write; then close"),
    "booked_call": _("Call her at the hour booked"),
    "settle": _("Clarify what is open, then tell her"),
    "give_information": _("Give her the information of the study"),
    "decide": _("Wait: she decides"),
}
NOTHING_NEXT = _("Nothing is due")

REASON: dict[str, Text] = {
    "reached": _("reached by telephone"),
    "by_link": _("by the link in the mail"),
    "replied": _("by an answer"),
    "corrected": _("a finding put right"),
    "confirmed_late": _("address confirmed late"),
    "not_me": _("the owner of the address did not write this"),
    "other_centre": _("she turned to another centre"),
    "looked_at": _("looked at by a person"),
    "unconfirmed": _("address not confirmed for three days"),
    "a_year_without_a_step": _("a year without a step"),
    "asked_by_telephone": _("she asked by telephone"),
    "asked_by_letter": _("she asked by letter"),
}

CALL: dict[str, Text] = {
    CallAttempt.Outcome.REACHED: _("reached"),
    CallAttempt.Outcome.NO_ANSWER: _("no answer"),
    CallAttempt.Outcome.LEFT_MESSAGE: _("left a message"),
    CallAttempt.Outcome.CALL_BACK: _("asked to call back"),
    CallAttempt.Outcome.WRONG_NUMBER: _("wrong number"),
}
CHANNEL: dict[str, Text] = {
    Request.Channel.TELEPHONE: _("by telephone"),
    Request.Channel.EMAIL: _("by e-mail"),
    "": _("either way"),
}
WRITES_FOR: dict[str, Text] = {
    Request.WritesFor.MYSELF: _("herself"),
    Request.WritesFor.PARTNER: _("her or his partner"),
    Request.WritesFor.OTHER: _("someone she or he helps"),
    "": _("not said"),
}
DAY = {
    "mon": _("Monday"), "tue": _("Tuesday"), "wed": _("Wednesday"), "thu": _("Thursday"), "fri": _("Friday"),
}  # fmt: skip
HALF = {"am": _("morning"), "pm": _("afternoon")}
TIMER: dict[str, Text] = {
    "remind_team": _("The team was reminded"),
    "tell_alternate": _("The second contact was told"),
    "tell_administrator_and_person": _("Administrator and person were told that nobody has answered"),
    "mark_late": _("Marked as late"),
    "expire": _("Closed by the clock"),
    "leave_inbox": _("Left the inbox: address not confirmed"),
    "give_up": _("Closed by the clock: not reached"),
}
MESSAGE: dict[str, Text] = {
    "person:message": _("She wrote"),
    "team:message": _("Answer of the team"),
    "team:not_possible": _("What she was told: not possible"),
    "team:offer": _("Another study was offered"),
}
MAIL: dict[str, Text] = {
    "contact.team.new": _("Mail to the team: somebody has written"),
    "contact.team.full": _("Mail to the team with the message"),
    "contact.team.more": _("Mail to the team: she has written again"),
    "contact.team.nobody_called": _("Mail to the team: nobody has called her"),
    "contact.team.reminder": _("Reminder to the team"),
    "contact.team.alternate": _("Mail to the second contact"),
    "contact.staff.unanswered": _("Mail to the administrator: no answer"),
    "contact.staff.held": _("Mail to staff: an address waits to be approved"),
    "contact.staff.broken": _("Mail to staff: the team’s address takes no mail"),
    "contact.staff.copies_paused": _("Mail to staff: copies are paused"),
    "contact.person.copy": _("Copy to her"),
    "contact.person.confirm": _("Mail to her: confirm the new address"),
    "contact.person.full_copy": _("Full copy to her"),
    "contact.person.new_code": _("New code to her"),
    "contact.person.acknowledged": _("Mail to her: the team has your message"),
    "contact.person.answer": _("Mail to her: there is an answer"),
    "contact.person.call_booked": _("Mail to her: the hour of the call"),
    "contact.person.no_answer": _("Mail to her: no answer yet"),
    "contact.person.team_closed": _("Mail to her: the team has closed"),
    "contact.person.team_broken": _("Mail to her: another way is tried"),
    "contact.person.unreachable": _("Mail to her: closed, not reached"),
    "contact.person.expired": _("Mail to her: closed without an answer"),
}
ATTACHED: dict[str, Text] = {
    "answers": _("Answers of her self-check"),
    "notes": _("Her notes"),
    "details": _("Name and ways to be reached, as given with this message"),
}
FIELD: dict[str, Text] = {
    "first_name": _("her first name"),
    "reference": _("the reference, as G-7K2Q"),
    "team": _("the name of your centre"),
    "colleague": _("your own name"),
    "sent_on": _("the day she wrote"),
    "call_at": _("day and hour of the booked call"),
    "team_telephone": _("the telephone of your centre"),
}
BY_LINK = _("the team, by the link in the mail")
