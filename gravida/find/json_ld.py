"""A study as structured data for search engines: schema.org's MedicalStudy."""

import json

from django.utils.safestring import SafeString, mark_safe

from gravida.find.record import Location, StudyRecord

# In a script block, these signs could end it; as escapes they mean the same to JSON.
ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}
SUBTYPE = {"OBSERVATIONAL": "MedicalObservationalStudy", "INTERVENTIONAL": "MedicalTrial"}
GENDER = {"FEMALE": "female", "MALE": "male"}


def study_data(record: StudyRecord, *, title: str, address: str, language: str) -> SafeString:
    """JSON-LD of a study, safe inside a script block; a field the record lacks is left out."""
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": ["MedicalStudy", SUBTYPE[record.study_type]]
        if record.study_type in SUBTYPE
        else "MedicalStudy",
        "name": title,
        "url": address,
        "inLanguage": language,
        "identifier": record.number,
        "description": record.brief_summary[:500],
        "status": record.status,
        "healthCondition": [{"@type": "MedicalCondition", "name": name} for name in record.conditions],
        "sponsor": {"@type": "Organization", "name": record.sponsor} if record.sponsor else None,
        "dateModified": record.updated.text if record.updated else None,
        "sameAs": f"https://clinicaltrials.gov/study/{record.number}",
        "population": _population(record),
        "studyLocation": [
            {
                "@type": "Place",
                "address": {
                    "@type": "PostalAddress",
                    "addressLocality": site.city,
                    "addressCountry": site.country,
                },
            }
            for site in record.locations[:20]
            if site.city
        ],
    }
    present = {key: value for key, value in data.items() if value}
    return mark_safe(json.dumps(present, ensure_ascii=False).translate(ESCAPES))  # noqa: S308 - escaped above


def _place(location: Location) -> dict[str, object]:
    address = {
        "@type": "PostalAddress",
        "addressLocality": location.city,
        "addressCountry": location.country,
    }
    return {"@type": "Place", "address": address}


def _population(record: StudyRecord) -> str:
    """Sex and ages as plain words, in English as schema.org's examples are."""
    sex = GENDER.get(record.sex, "")
    ages = " to ".join(age for age in (record.minimum_age, record.maximum_age) if age)
    return ", ".join(part for part in (sex, ages) if part)
