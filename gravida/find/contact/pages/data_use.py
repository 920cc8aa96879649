"""What becomes of the data of a message, in the study's own words or, where it has none, in general ones."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from gravida.find.models import Study
from gravida.find.site_studies import in_language, site_studies
from gravida.protocol.data_use import DataUse

KEPT_MONTHS = 12  # after the end of the exchange; gravida.find.contact deletes it by itself


@dataclass(frozen=True, kw_only=True)
class DataUseWords:
    """One sentence or two for each thing that somebody has to be told (GDPR, article 13)."""

    controller: str
    purpose: str
    recipients: str
    retention: str
    rights: str
    withdraw: str


def data_use_of(study: Study, *, centre: str) -> DataUseWords:
    """The words for a message to a centre of this study."""
    folder = site_studies().get(study.number)
    own = folder.data_use if folder else DataUse()
    sponsor = (folder.sponsor if folder else "") or study.record.sponsor
    return DataUseWords(
        controller=in_language(own.controller)
        or _("The sponsor of the study: %(sponsor)s.")
        % {"sponsor": sponsor or _("see the registry’s record")},
        purpose=in_language(own.purpose)
        or _("To answer you and, if you wish, to see with you whether taking part is possible."),
        recipients=in_language(own.recipients)
        or _("%(centre)s, bound by medical confidentiality, and nobody else.") % {"centre": centre},
        retention=_(
            "It is erased by itself %(months)s months after the exchange has ended; after 7 days "
            "if you give an "
            "e-mail address and do not confirm it."
        )
        % {"months": KEPT_MONTHS},
        rights=in_language(own.rights)
        or _("On your private page you can see, correct, download and erase everything, at any time."),
        withdraw=_(
            "Press “Take my message back” on your private page, or tell the team: everything about "
            "you is erased "
            "at once. It has no effect on your care."
        ),
    )
