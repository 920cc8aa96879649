"""Of which kind a study is, for the questions that are asked about its kind."""

import re

from gravida.find.record import StudyRecord

INTERVENTIONAL, COHORT, REGISTRY, EXPANDED_ACCESS = "interventional", "cohort", "registry", "expanded_access"
KINDS = (INTERVENTIONAL, COHORT, REGISTRY, EXPANDED_ACCESS)
# The record's own field for registers is not kept; their titles say it.
_REGISTER = re.compile(r"\b(?:registry|registries|register|registre)\b", re.IGNORECASE)


def kind_of(record: StudyRecord) -> str:
    """One of KINDS; empty where the record does not say what type of study it is."""
    if record.study_type == "OBSERVATIONAL":
        titles = f"{record.brief_title} {record.official_title}"
        return REGISTRY if _REGISTER.search(titles) else COHORT
    return {"INTERVENTIONAL": INTERVENTIONAL, "EXPANDED_ACCESS": EXPANDED_ACCESS}.get(record.study_type, "")
