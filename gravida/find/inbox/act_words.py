"""Each act of the team in words: its button, what follows from it, what the page says once it is done."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True, kw_only=True)
class ActWords:
    """An act as buttons and pages name it."""

    button: Text
    done: Text
    follows: Text = ""  # what the person sees or is sent, and whether it can be taken back


ACT: dict[str, ActWords] = {
    "acknowledge": ActWords(
        button=_("Tell her that we have it"),
        follows=_("She gets a mail, and sees it on her page."),
        done=_("She has been told that you have her message."),
    ),
    "call": ActWords(
        button=_("Note this call"),
        follows=_("A call that is noted stays noted. She sees that you tried."),
        done=_("The call is noted."),
    ),
    "book": ActWords(
        button=_("Book this call"),
        follows=_("She gets a mail with day and hour. Book again to change it."),
        done=_("The call is booked; she has been told the hour."),
    ),
    "possible": ActWords(
        button=_("Taking part is possible"),
        follows=_("She reads on her page that taking part is possible. You can still change the finding."),
        done=_("Noted: taking part is possible."),
    ),
    "not-possible": ActWords(
        button=_("Taking part is not possible"),
        follows=_("She gets a mail that there is an answer, and reads your words on her page."),
        done=_("She has been told, in your words."),
    ),
    "unknown": ActWords(
        button=_("Still to be clarified"),
        follows=_("She reads on her page that something is still open. You can change the finding."),
        done=_("Noted: still to be clarified."),
    ),
    "informed": ActWords(
        button=_("The information was given"),
        follows=_("She reads on her page that she has the information and decides. It cannot be taken back."),
        done=_("Noted: the information was given."),
    ),
    "included": ActWords(
        button=_("She is in the study"),
        follows=_("The message is closed. It cannot be opened again: what follows stands in the cohort."),
        done=_("Noted: she is in the study."),
    ),
    "not-interested": ActWords(
        button=_("She does not wish to take part"),
        follows=_("The message is closed. It cannot be opened again; she can write anew."),
        done=_("Noted: she does not wish to take part."),
    ),
    "unreachable": ActWords(
        button=_("Close: not reached"),
        follows=_(
            "She gets a mail that the message is closed. It cannot be opened again; she can write anew."
        ),
        done=_("Closed: she could not be reached. She has been told."),
    ),
    "duplicate": ActWords(
        button=_("Mark as written twice"),
        follows=_("The message is closed and leaves the inbox. It cannot be opened again."),
        done=_("Marked as written twice."),
    ),
    "spam": ActWords(
        button=_("Mark as spam"),
        follows=_("It leaves the inbox and is deleted after seven days. Until then you can put it back."),
        done=_("Put aside as spam."),
    ),
    "not-spam": ActWords(
        button=_("Put back: it is a message"),
        follows=_("It comes back to the inbox, and the team is told of it by mail."),
        done=_("The message is back in the inbox."),
    ),
    "withdraw": ActWords(
        button=_("Erase everything for her"),
        follows=_(
            "Name, ways to reach her, messages and notes are erased at once. Nobody can bring them back."
        ),
        done=_("Everything about her has been erased."),
    ),
    "new-code": ActWords(
        button=_("Make a new code for her page"),
        follows=_("You read the code out to her. It is shown once. Be sure that it is she."),
        done=_("The code is made."),
    ),
    "assign": ActWords(button=_("Give it to this colleague"), done=_("The message has been given.")),
    "answer": ActWords(
        button=_("Send this answer"),
        follows=_("She gets a mail that there is an answer, and reads it on her page."),
        done=_("Your answer is on her page; a mail tells her so."),
    ),
    "offer": ActWords(
        button=_("Offer this study"),
        follows=_("She gets a mail that there is an answer, and sees the study on her page."),
        done=_("The study has been offered to her."),
    ),
    "note": ActWords(button=_("Keep this note"), done=_("The note is kept.")),
    "draft": ActWords(button=_("Keep as a draft"), done=_("Your draft is kept; nobody else sees it.")),
}
