"""Texts that an answer can begin with: those of the centre, then those that every centre has."""

from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

from gravida.find.contact.mail_words import day, day_and_hour
from gravida.find.contact.models import Request, Sender
from gravida.find.contact.telephone import shown_telephone
from gravida.find.inbox.merge_fields import Filled, fill
from gravida.find.inbox.models import ReadyText
from gravida.web.people.models import Person


@dataclass(frozen=True, kw_only=True)
class Start:
    """A text to begin with, in her language."""

    code: str
    name: str
    text: str


def starts(request: Request) -> tuple[Start, ...]:
    """What an answer to this message can begin with, in the language of her page."""
    language = request.language
    own = ReadyText.objects.in_use().filter(study=request.study, centre=request.team.centre).order_by("name")
    of_centre = [
        Start(code=str(text.pk), name=text.name, text=text.in_language(language))
        for text in own
        if text.in_language(language)
    ]
    return (*of_centre, *common_texts(language))


def common_texts(language: str) -> tuple[Start, ...]:
    """The texts that every centre has; their names in the reader's language, the texts in hers."""
    names = {"thanks": _("Thank you, we will call you"), "when": _("When may we call you?")}
    with translation.override(language):
        texts = {
            "thanks": _(
                "Hello {first_name},\n\nThank you for writing to us. We have your message and will call you "
                "within the next working days, at the times that you gave us.\n\n{colleague}\n{team}"
            ),
            "when": _(
                "Hello {first_name},\n\nThank you for your message. We would like to speak with you and did "
                "not find you at home. On which day, and at what hour, may we call you? You can answer here."
                "\n\n{colleague}\n{team}"
            ),
        }
    return tuple(Start(code=code, name=names[code], text=texts[code]) for code in names)


def filled(text: str, *, request: Request, by: Person) -> Filled:
    """The text with its fields filled for this message, in her language."""
    return fill(text, _values(request, by))


def example_values() -> dict[str, str]:
    """Values to look at a text with: of nobody."""
    return {
        "first_name": "Camille",
        "reference": "G-7K2Q",
        "team": _("the name of your centre"),
        "colleague": _("your own name"),
        "sent_on": _("the day she wrote"),
        "call_at": _("day and hour of the booked call"),
        "team_telephone": "01 99 00 12 34",
    }


def _values(request: Request, by: Person) -> dict[str, str]:
    language = request.language
    sender = Sender.objects.filter(request=request).first()
    telephones = request.team.addresses.usable().exclude(telephone="").values_list("telephone", flat=True)
    telephone = telephones.first()
    return {
        "first_name": sender.first_name if sender else "",
        "reference": request.reference,
        "team": request.team.name_in(language),
        "colleague": by.name,
        "sent_on": day(request.sent_at, language=language),
        "call_at": day_and_hour(request.call_at, language=language) if request.call_at else "",
        "team_telephone": shown_telephone(telephone) if telephone else "",
    }
