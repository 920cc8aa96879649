"""The sentence proposed to a person for whom a study is not possible; the team may write it anew."""

from django.utils import translation
from django.utils.translation import gettext as _

from gravida.find.site_studies import site_studies


def kind_sentence(study: str, criterion: str, *, language: str) -> str:
    """What she reads where a criterion of the study folder is not met, in her language.

    The criterion stands in the folder's own words; "other", or one that the folder does not have, gets none.
    """
    folder = site_studies().get(study)
    texts = next((one.text for one in folder.criteria.criteria if one.id == criterion), {}) if folder else {}
    with translation.override(language):
        text = texts.get(language) or texts.get("en", "")
        parts = [
            _("Thank you for writing to us and for the time you gave us."),
            _(
                "After our talk we are sorry to tell you that you cannot take part in this study at the "
                "moment. This says nothing about you, nor about your care: a study has to look at people in "
                "one and the same situation."
            ),
        ]
        if text:
            parts.append(_("The condition that stands in the way: “%(criterion)s”") % {"criterion": text})
        parts.append(
            _(
                "If you have a question, or if something about this changes, write to us here: we will "
                "answer. If you like, we can tell you about other studies."
            )
        )
        return "\n\n".join(parts)
