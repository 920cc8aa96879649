"""A small glossary, for tests of finding and marking."""

from gravida.find.glossary.entries import Entry, Glossary, Source, Wording


def _glossary(**entries: dict[str, object]) -> Glossary:
    return Glossary(
        entries={
            key: Entry(
                key=key,
                wordings={
                    code: Wording(
                        term=str(one[code]),
                        text="Meaning.",
                        forms=tuple(one.get("forms", ())),  # type: ignore[arg-type, call-overload]
                        short=tuple(one.get("short", ())),  # type: ignore[arg-type, call-overload]
                        near=tuple(one.get("near", ())),  # type: ignore[arg-type, call-overload]
                    )
                    for code in ("en", "fr")
                },
                source=Source(names={"en": "A guideline"}),
            )
            for key, one in entries.items()
        }
    )


GLOSSARY = _glossary(
    cohort={"en": "cohort", "fr": "cohorte"},
    miscarriage={"en": "miscarriage", "fr": "fausse couche"},
    early={"en": "early miscarriage", "fr": "fausse couche précoce"},
    study={"en": "cohort study", "fr": "étude de cohorte"},
    biopsy={"en": "biopsy", "fr": "biopsie"},
    weeks={
        "en": "weeks of amenorrhoea",
        "fr": "semaines d’aménorrhée",
        "short": ["SA"],
        "near": ["14", "weeks"],
    },
    failure={"en": "IF", "fr": "IF", "short": ["IF"], "near": ["transfer", "RPL"]},
    rpl={"en": "RPL", "fr": "RPL", "short": ["RPL"]},
    rules={"en": "MR-004", "fr": "MR-004", "short": ["MR-004"]},
    trial={"en": "follow-up", "fr": "suivi"},
    chromosomal={"en": "chromosomal", "fr": "chromosomal"},
)
