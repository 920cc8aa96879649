"""Which sections of a study's page are asked about, and the steps of the answer. Pure."""

from gravida.find.overviews.sections import SECTIONS

# Sections of the page by their id, and those of an overview by their code.
PAGE_SECTIONS = ("overview", "questions", "eligibility", "self-check", "description", "faq")
RATED = (*PAGE_SECTIONS, *SECTIONS)
STEPS = (1, 2, 3, 4, 5)  # very hard ... very easy
MOST_SIGNS_OF_COMMENT = 500
LEAST_SHOWN = 5  # answers below which no figure is shown
HARD = 3.0  # a mean below this asks somebody to look
