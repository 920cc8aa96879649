"""The eight questions of a study page, and the kinds of study, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Their order is that in which people call them very important (CISCRP survey of 2017, n = 12,427).
QUESTION: dict[str, Promise] = {
    "what": _("What is studied?"),
    "could_i": _("Could I take part?"),
    "what_would_i_do": _("What would I do, how often, and where?"),
    "risks": _("What are the risks, what could I gain?"),
    "data": _("What happens to my data, and can I say no?"),
    "cost": _("Does it cost anything, is it paid?"),
    "how_long": _("How long does it last?"),
    "results": _("Will I get the results?"),
}

KIND: dict[str, Promise] = {
    "interventional": _("A trial: a treatment or a way of caring is tested"),
    "cohort": _("A cohort: people are observed over time"),
    "registry": _("A register: facts on care are collected"),
    "expanded_access": _("Expanded access: a treatment outside a trial"),
}
