"""Overviews built from fields: true to them, easy to read, silent where the record is silent."""

# ruff: noqa: E501 - a text of a table stays on its line

import json
import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gravida.find.plain.builder import SECTION_CODES, build_overview
from gravida.find.plain.fact_guard import check_facts
from gravida.find.plain.lexicon import LANGUAGES, findings
from gravida.find.plain.phrasing import listed, number, of
from gravida.find.plain.reading import reading_of
from gravida.find.plain.sentences import Language
from gravida.find.record import Intervention, Location, PartialDate, StudyRecord, read_record
from tests.find.plain.guard_pairs import PROGESTERONE
from tests.find.plain.records import FALCO_FILE

FALCO = read_record(json.loads(FALCO_FILE.read_text(encoding="utf-8")))
TREATS = re.compile(
    r"helps? you|cure|new treatment for|new hope|aide à guérir|nouvel espoir|bénéfici", re.IGNORECASE
)


def test_falco_is_told_as_a_careful_person_would() -> None:
    english, french = (build_overview(FALCO, language=language) for language in LANGUAGES)
    assert english.section("in_short") == (
        "This study looks at early pregnancy loss in women 18 to 50 years old. "
        "It is open: the team is looking for people to take part. No treatment is tested."
    )
    assert french.section("in_short") == (
        "Cette étude porte sur la perte précoce de grossesse chez des femmes de 18 à 50 ans. "
        "Elle est ouverte\u00a0: l’équipe cherche des personnes pour y participer. Aucun traitement n’est testé."
    )
    assert english.section("how_long") == (
        "The study began on 24 October 2022 and is planned to end on 31 October 2029."
    )
    assert french.section("how_long") == (
        "L’étude a commencé le 24 octobre 2022 et doit se terminer le 31 octobre 2029."
    )
    # The record says nothing of data or costs: the reader is sent to the team.
    assert english.section("data") is None
    assert french.section("cost") is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_trial_tells_of_chance_placebo_and_who_knows(language: Language) -> None:
    text = build_overview(replace(PROGESTERONE, masking="QUADRUPLE"), language=language).text
    wanted = {
        "en": ("Chance decides", "placebo", "neither the people in it nor the team know", "It cannot promise"),
        "fr": ("Le hasard décide", "placebo", "ni les participants ni l’équipe ne savent", "Elle ne peut pas promettre"),
    }  # fmt: skip
    for words in wanted[language]:
        assert words in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_observational_study_never_promises_a_treatment(language: Language) -> None:
    record = replace(PROGESTERONE, study_type="OBSERVATIONAL", phases=(), allocation="")
    text = build_overview(record, language=language).text
    assert not TREATS.search(text)
    assert {"en": "No treatment is tested.", "fr": "Aucun traitement n’est testé."}[language] in text
    assert "placebo" not in text.replace("Placebo", "")


CLOSED = [
    ("COMPLETED", "Nobody new can join this study.", "On ne peut plus y entrer."),
    ("TERMINATED", "Nobody new can join this study.", "On ne peut plus y entrer."),
    ("ACTIVE_NOT_RECRUITING", "Nobody new can join this study.", "On ne peut plus y entrer."),
    ("WITHDRAWN", "Nobody can join this study.", "On ne peut pas y entrer."),
    ("SUSPENDED", "Nobody new can join while it is on hold.", "On ne peut pas y entrer pendant la pause."),
]


@pytest.mark.parametrize(("status", "english", "french"), CLOSED)
def test_a_closed_study_invites_nobody(status: str, english: str, french: str) -> None:
    record = replace(PROGESTERONE, status=status)
    assert build_overview(record, language="en").section("could_i") == english
    assert build_overview(record, language="fr").section("could_i") == french


def test_a_withdrawn_study_never_took_place() -> None:
    overview = build_overview(replace(PROGESTERONE, status="WITHDRAWN"), language="en")
    assert overview.section("how_long") is None
    assert overview.section("results") is None
    assert "took part" not in overview.text


def test_an_empty_record_yields_little_and_never_fails() -> None:
    for language in LANGUAGES:
        overview = build_overview(StudyRecord(number="NCT00000003"), language=language)
        assert [code for code, _text in overview.sections] == list(SECTION_CODES)
        assert overview.section("risks") is None


def test_names_that_are_too_hard_are_shortened_or_left_out_and_never_changed() -> None:
    hard = tuple(
        Intervention(kind="DRUG", name=name)
        for name in ("Dihydroxyphenylisatin monoaminotransferase", "doxorubicin hydrochloride", "x" * 90)
    )
    text = build_overview(replace(PROGESTERONE, interventions=hard), language="en").text
    assert "doxorubicin" in text
    assert "hydrochloride" not in text
    assert "xxx" not in text


FRENCH = [("le cancer", "du cancer"), ("les nausées", "des nausées"), ("la douleur", "de la douleur"),
          ("l’asthme", "de l’asthme"), ("une infection", "d’une infection"), ("asthme", "d’asthme")]  # fmt: skip


@pytest.mark.parametrize(("noun", "wanted"), FRENCH)
def test_de_melts_with_the_article(noun: str, wanted: str) -> None:
    assert of(noun) == wanted


def test_numbers_and_lists_are_written_as_people_do() -> None:
    assert (number(1250, "en"), number(1250, "fr")) == ("1,250", "1\u202f250")
    assert listed(["a", "b", "c"], "en") == "a, b and c"
    assert listed(["a", "b"], "fr") == "a et b"


CODES = {
    "status": ["", "RECRUITING", "NOT_YET_RECRUITING", "COMPLETED", "WITHDRAWN", "UNKNOWN", "SUSPENDED", "NEW_CODE"],
    "study_type": ["", "INTERVENTIONAL", "OBSERVATIONAL", "EXPANDED_ACCESS"],
    "primary_purpose": ["", "TREATMENT", "PREVENTION", "DIAGNOSTIC", "SCREENING", "SUPPORTIVE_CARE", "OTHER"],
    "allocation": ["", "RANDOMIZED", "NON_RANDOMIZED", "NA"],
    "masking": ["", "NONE", "SINGLE", "DOUBLE", "QUADRUPLE"],
    "time_perspective": ["", "PROSPECTIVE", "RETROSPECTIVE", "CROSS_SECTIONAL", "OTHER"],
    "sex": ["", "ALL", "FEMALE", "MALE"],
}  # fmt: skip
CONDITIONS = ["Breast Cancer", "Recurrent Miscarriage", "Hypertension", "Pregnancy", "Healthy", "Rare Syndrome X",
              "Diabetes Mellitus, Type 2", "Stage IV Melanoma", "Abortion, Habitual", "Infertility"]  # fmt: skip
DRUGS = [
    "Placebo",
    "Aspirin",
    "Progesterone",
    "Surgery",
    "Exercise",
    "doxorubicin hydrochloride",
    "BCG vaccine",
]
KINDS = ["DRUG", "BIOLOGICAL", "PROCEDURE", "DEVICE", "BEHAVIORAL", "OTHER"]
COUNTRIES = ["France", "United States", "Netherlands", "Utopia"]
DATES = st.none() | st.builds(
    PartialDate, text=st.sampled_from(["1999-12", "2024-02-29", "2021-01-01", "2030-06"]), is_estimated=st.sampled_from([True, False, None])
)  # fmt: skip
AGES = st.sampled_from(["", "N/A", "0 Years", "6 Months", "12 Years", "18 Years", "50 Years", "100 Years"])


@st.composite
def generated_records(draw: st.DrawFn) -> StudyRecord:
    """Records of all kinds, plausible field by field but not as a whole."""
    low, high = draw(AGES), draw(AGES)
    ages = read_record(
        {"protocolSection": {"identificationModule": {"nctId": "NCT00000009"},
                             "eligibilityModule": {"minimumAge": low, "maximumAge": high}}}
    )  # fmt: skip
    return replace(
        ages,
        **{name: draw(st.sampled_from(codes)) for name, codes in CODES.items()},
        brief_title=draw(st.sampled_from(["", "A Randomized, Double-Blind Study", "A cohort"])),
        conditions=tuple(draw(st.lists(st.sampled_from(CONDITIONS), max_size=4, unique=True))),
        interventions=tuple(
            Intervention(kind=draw(st.sampled_from(KINDS)), name=name)
            for name in draw(st.lists(st.sampled_from(DRUGS), max_size=5, unique=True))
        ),
        phases=draw(st.sampled_from([(), ("PHASE1",), ("PHASE2", "PHASE3"), ("PHASE4",)])),
        enrolment=draw(st.sampled_from([None, 0, 1, 2, 700, 12_345])),
        enrolment_is_estimated=draw(st.sampled_from([None, True, False])),
        locations=tuple(
            Location(city=f"Town {name}", country=name)
            for name in draw(st.lists(st.sampled_from(COUNTRIES), max_size=4))
        ),
        started=draw(DATES),
        completed=draw(DATES),
        healthy_volunteers=draw(st.sampled_from([None, True, False])),
        has_results=draw(st.sampled_from([None, True, False])),
        eligibility=draw(st.sampled_from(["", "Inclusion Criteria:\n* Age 18 years or older"])),
        sponsor=draw(st.sampled_from(["", "National Cancer Institute (NCI)", "Assistance Publique - Hôpitaux de Paris"])),
    )  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_record_that_says_both_open_and_blind_is_told_as_neither(language: Language) -> None:
    # given a title that says what the field of masking denies
    record = StudyRecord(
        number="NCT00000001",
        study_type="INTERVENTIONAL",
        brief_title="A Double-Blind Study",
        masking="NONE",
    )
    # then nothing is said of who knows what is given
    text = build_overview(record, language=language).text
    assert not re.search(r"knows|sait|savent", text)
    assert check_facts(text, language=language, record=record) == ()


@pytest.mark.parametrize("sex", ["FEMALE", "MALE", "ALL"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("years", [2, 12, 17, 18, 40])
def test_people_of_a_single_age_are_found_in_the_record(sex: str, language: Language, years: int) -> None:
    age = {"minimum_age": f"{years} Years", "maximum_age": f"{years} Years"}
    months = {"minimum_age_months": 12 * years, "maximum_age_months": 12 * years + 11}
    record = StudyRecord(number="NCT00000001", sex=sex, **age, **months)
    assert check_facts(build_overview(record, language=language).text, language=language, record=record) == ()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(record=generated_records(), language=st.sampled_from(LANGUAGES))
def test_whatever_the_record_the_overview_passes_its_own_checks(
    record: StudyRecord, language: Language
) -> None:
    overview = build_overview(record, language=language)
    assert check_facts(overview.text, language=language, record=record) == ()
    assert findings(overview.text, language=language) == ()
    assert len((overview.section("in_short") or "").split()) <= 120
    assert reading_of(overview.text, language=language).mean_sentence_words <= 15
    assert not re.search(r"  |\bNone\b| ,|\.\.|\bde le\b|\bà le\b|[{}]", overview.text)
    sentences = re.split(r"(?<=\.) ", overview.text)
    assert all(one[:1].isupper() or one[:1].isdigit() for one in sentences)
