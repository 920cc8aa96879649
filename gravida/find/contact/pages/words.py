"""What the private page says of each state, step and next step; each code has its words."""

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gravida.find.contact.states import State

Text = str | Promise


@dataclass(frozen=True, kw_only=True)
class StateWords:
    """A state as the person reads it: the step that led to it, and where things stand now."""

    step: Text
    now: Text


# A centre that is called by its team needs no second one before its name.
_ENGLISH_TEAM = re.compile(r"(Research )?Team\b", re.IGNORECASE)
_NAMES_A_TEAM = re.compile(r"\b(team|équipe)\b", re.IGNORECASE)


def team_of(centre: str) -> str:
    """The team of a centre, within a sentence: "the team of Hôpital de la Paix"."""
    if not _NAMES_A_TEAM.search(centre):
        return gettext("the team of %(centre)s") % {"centre": centre}
    return f"the {centre[0].lower()}{centre[1:]}" if _ENGLISH_TEAM.match(centre) else centre


def research_team_of(centre: str) -> str:
    """The same where nobody is named: "The research team of Hôpital de la Paix"."""
    if _NAMES_A_TEAM.search(centre):
        return centre
    return gettext("The research team of %(centre)s") % {"centre": centre}


S = State
STATE: dict[State, StateWords] = {
    S.NEW: StateWords(step=_("You wrote to the team"), now=_("Your message is saved.")),
    S.UNVERIFIED: StateWords(
        step=_("You wrote to the team"),
        now=_("Your message is with the team. Please confirm your e-mail address by the link we sent you."),
    ),
    S.VERIFIED: StateWords(
        step=_("Your address is confirmed"), now=_("Your message is on its way to the team.")
    ),
    S.DELIVERED: StateWords(
        step=_("The team was told of your message"), now=_("The team knows that you wrote.")
    ),
    S.OPENED: StateWords(
        step=_("A member of the team opened your message"), now=_("The team has read your message.")
    ),
    S.ACKNOWLEDGED: StateWords(
        step=_("The team confirmed that it has your message"), now=_("The team will get in touch with you.")
    ),
    S.ATTEMPT_1: StateWords(
        step=_("The team tried to reach you"), now=_("The team could not reach you and will try again.")
    ),
    S.ATTEMPT_2: StateWords(
        step=_("The team tried to reach you a second time"),
        now=_("The team could not reach you and will try again."),
    ),
    S.ATTEMPT_3: StateWords(
        step=_("The team tried to reach you a third time"),
        now=_("The team could not reach you three times. Write when you would like to be called."),
    ),
    S.CALL_BOOKED: StateWords(
        step=_("A call was agreed"), now=_("A call is planned between you and the team.")
    ),
    S.POSSIBLE: StateWords(
        step=_("You spoke with the team: taking part is possible"),
        now=_("Taking part is possible. The team will give you the full information; you decide."),
    ),
    S.NOT_POSSIBLE: StateWords(
        step=_("The team answered: this study is not possible for you"),
        now=_("This study is not possible for you at this time. Thank you for asking: it mattered."),
    ),
    S.UNKNOWN: StateWords(
        step=_("You spoke with the team: something is still open"),
        now=_("The team cannot say yet whether taking part is possible."),
    ),
    S.INFORMATION_GIVEN: StateWords(
        step=_("The team gave you the information"),
        now=_("Take the time you need with the information. You decide, and you can ask more."),
    ),
    S.INCLUDED: StateWords(
        step=_("You joined the study"), now=_("You are in the study. The team is your contact from here on.")
    ),
    S.NOT_INTERESTED: StateWords(
        step=_("You chose not to go on"), now=_("You chose not to go on. That is entirely your right.")
    ),
    S.UNREACHABLE: StateWords(
        step=_("The team stopped trying to reach you"),
        now=_("The team could not reach you. You can write again at any time."),
    ),
    S.WITHDRAWN: StateWords(
        step=_("You withdrew your message"), now=_("Your message is withdrawn and erased.")
    ),
    S.DUPLICATE: StateWords(
        step=_("Joined to another message of yours"),
        now=_("You wrote more than once: the team goes on with your other message."),
    ),
    S.SPAM: StateWords(
        step=_("Set aside to be looked at"),
        now=_(
            "Something in this message looked as if a machine had sent it. If it is yours, please confirm "
            "your address, or wait: a person looks at it within seven days."
        ),
    ),
    S.EXPIRED: StateWords(
        step=_("Closed without an answer"),
        now=_("The team did not answer. We are sorry: you deserved better."),
    ),
    S.ERASED: StateWords(step=_("Erased"), now=_("Nothing of this message is kept any longer.")),
}

MOVED = _("You turned to another centre")

# What comes next; `by` a day where one is known. Codes: gravida.find.contact.states.NEXT_STEP.
NEXT: dict[str, Text] = {
    "answer": _("The team confirms that it has your message."),
    "call": _("The team gets in touch with you."),
    "call_again": _("The team tries to reach you again."),
    "call_or_write": _("You write to the team, or the team hears nothing and closes the message."),
    "booked_call": _("The team calls you as agreed."),
    "settle": _("The team finds out what is still open and tells you."),
    "give_information": _("The team gives you the full information."),
    "decide": _("You decide, without hurry."),
}

# Timers that wrote to somebody, by their codes; the others are no news for her.
TIMER: dict[str, Text] = {
    "remind_team": _("The team was reminded"),
    "tell_alternate": _("A second person of the team was told"),
    "tell_administrator_and_person": _("Nobody had answered: you and those who run this site were told"),
    "mark_late": _("Two weeks without an answer: marked as late"),
}

ATTACHED: dict[str, Text] = {
    "answers": _("With your answers to the self-check."),
    "notes": _("With your notes."),
    "details": _("With the name and the ways to reach you that you gave then."),
}
