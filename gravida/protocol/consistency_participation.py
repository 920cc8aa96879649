"""Checks on information, inclusion, opposition and follow-up (K01-K04, K33, K34, K36-K40)."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

from gravida.protocol.consistency import Check, Hit, Severity
from gravida.protocol.consistency_dates import DATES_OF_FORM, add_months, last_day
from gravida.protocol.record import Row, WomanRecord
from gravida.protocol.values import Answer

NOT_OPPOSED, OPPOSED = "1", "2"  # inf_status
# Forms that collect something new; the others also hold history from before the study.
PROSPECTIVE_FORMS = ("FUP", "QST", "BIO")
# Forms that stay open to a woman who opposes: the traces of her choice.
FORMS_OF_RIGHTS = {"IDV", "SCR", "INF", "OPP", "RGT"}
ENDS_OF_PARTICIPATION = {"1", "2", "7", "8", "9"}  # opp_type
DEATH = "9"  # evt_type
FOLLOW_UP_EVERY_MONTHS, OVERDUE_AFTER_DAYS, NEW_ROW_WITHIN_DAYS = 6, 90, 30
GENETIC_ITEMS = (("KAR", "kar_result"), ("THR", "thr_fvl"), ("THR", "thr_fii"), ("THR", "thr_mthfr"))
GENETIC_NOT_DONE = {"9"}
PARTNER_IDENTITY = {"par_no", "par_sex", "par_role"}
OF_PARTNER = "2"  # kar_person, smp_person


def informed_before_inclusion(record: WomanRecord) -> Iterator[Hit]:
    """K01: information was given by the day of inclusion, and she was not opposed on it."""
    inclusion = record.one("INC")
    day = None if inclusion is None else inclusion.day("inc_date")
    if inclusion is None or day is None:
        return
    given = [row for row in record.of("INF") if (on := row.day("inf_date")) and (on <= day) is Answer.YES]
    if not any(row.code("inf_status") == NOT_OPPOSED for row in given):
        yield inclusion, "inc_date", f"{day}, informed and not opposed by then: {len(given)} times informed"


def nothing_prospective_before_information(record: WomanRecord) -> Iterator[Hit]:
    """K02: what the study collects was not collected before she was informed."""
    given = [day for row in record.of("INF") if (day := row.day("inf_date")) is not None]
    if not given:
        return
    first = min(given, key=lambda day: day.earliest)
    for row in record.of_forms(*PROSPECTIVE_FORMS):
        for field in DATES_OF_FORM[row.form]:
            day = row.day(field)
            if day is not None and (day < first) is Answer.YES:
                yield row, field, f"{day} before {first}"


def no_data_after_opposition(record: WomanRecord) -> Iterator[Hit]:
    """K03: no row is entered once her status is "opposed"."""
    information = record.one("INF")
    if information is None or information.code("inf_status") != OPPOSED:
        return
    since = information.day("inf_status_date")
    for row in record.rows:
        if row.form in FORMS_OF_RIGHTS:
            continue
        entered = row.entered_on
        if since is None or entered is None or since.earliest < entered:
            yield row, "inf_status", f"opposed since {since}, entered {entered}", information


def aid_beside_affiliation(record: WomanRecord) -> Iterator[Hit]:
    """K04: state medical aid is for people without affiliation."""
    for row in record.of("SCR"):
        if row.answer("exc_ame") is Answer.YES and row.answer("inc_social_security") is Answer.YES:
            yield row, "exc_ame", "exc_ame = 1, inc_social_security = 1"


def new_pregnancy_has_its_row(record: WomanRecord) -> Iterator[Hit]:
    """K33: a contact that tells of a new pregnancy is followed by its row within 30 days."""
    before = _included_on(record)
    for contact in sorted(record.of("FUP"), key=_contact_day):
        day = contact.day("fup_date")
        if day is None:
            continue
        if contact.answer("fup_new_preg") is Answer.YES:
            late = (record.as_of - day.latest).days > NEW_ROW_WITHIN_DAYS
            if late and not _has_pregnancy_between(record, before, day.latest):
                yield contact, "fup_new_preg", f"{day}, no new pregnancy recorded since {before}"
        before = day.earliest


def _contact_day(contact: Row) -> date:
    day = contact.day("fup_date")
    return date.max if day is None else day.earliest


def _included_on(record: WomanRecord) -> date | None:
    inclusion = record.one("INC")
    day = None if inclusion is None else inclusion.day("inc_date")
    return None if day is None else day.earliest


def _has_pregnancy_between(record: WomanRecord, first: date | None, last: date) -> bool:
    """Whether some pregnancy was running, began or ended in these days, as far as its dates say."""
    for row in record.of("PRG"):
        days = [day for name in ("preg_lmp", "preg_pos_test_date", "preg_end") if (day := row.day(name))]
        ended = row.day("preg_end")
        began_in_time = not days or min(day.earliest for day in days) <= last
        if began_in_time and (ended is None or first is None or ended.latest >= first):
            return True
    return False


def contact_is_overdue(record: WomanRecord) -> Iterator[Hit]:
    """K34: more than 90 days past the next contact due, six months after the last."""
    inclusion = record.one("INC")
    if inclusion is None or _has_left(record):
        return
    contacts = [day.latest for row in record.of("FUP") if (day := row.day("fup_date"))]
    last = max([*contacts, *([on] if (on := _included_on(record)) else [])], default=None)
    if last is None:
        return
    overdue_days = (record.as_of - add_months(last, FOLLOW_UP_EVERY_MONTHS)).days
    if overdue_days > OVERDUE_AFTER_DAYS:
        row = max(record.of("FUP"), key=_contact_day, default=inclusion)
        yield row, "fup_next_due", f"{overdue_days} days overdue"


def _has_left(record: WomanRecord) -> bool:
    ended = any(row.code("opp_type") in ENDS_OF_PARTICIPATION for row in record.of("OPP"))
    return ended or any(row.code("evt_type") == DEATH for row in record.of("EVT"))


def nothing_after_death(record: WomanRecord) -> Iterator[Hit]:
    """K36: no row is dated after a death."""
    deaths = [row for row in record.of("EVT") if row.code("evt_type") == DEATH]
    for death in deaths[:1]:
        died = death.day("evt_date")
        for row in record.rows if died is not None else ():
            field, day = last_day(row)
            if (
                died is not None
                and day is not None
                and row.form not in FORMS_OF_RIGHTS
                and died.latest < day.earliest
            ):
                yield row, field, f"{day} after death on {died}", death


def genetic_tests_without_opposition(record: WomanRecord) -> Iterator[Hit]:
    """K38: no genetic item is filled where she opposes the examination of her genes."""
    information = record.one("INF")
    if information is None or information.answer("inf_genetic_oppose") is not Answer.YES:
        return
    for form, field in GENETIC_ITEMS:
        for row in record.of(form):
            code = row.code(field)
            of_partner = form == "KAR" and row.code("kar_person") == OF_PARTNER
            if code is not None and code not in GENETIC_NOT_DONE and not of_partner:
                yield row, field, f"{field} = {code}, inf_genetic_oppose = 1", information


def biobank_without_opposition(record: WomanRecord) -> Iterator[Hit]:
    """K39: no sample is kept where she opposes it."""
    information = record.one("INF")
    if information is not None and information.answer("inf_biobank_oppose") is Answer.YES:
        for row in record.of("BIO"):
            yield row, "bio_type", "inf_biobank_oppose = 1", information


def partner_data_with_information(record: WomanRecord) -> Iterator[Hit]:
    """K40: data on the partner need a partner who was informed and is not opposed."""
    information = record.one("INF")
    status = None if information is None else information.code("inf_partner_status")
    if status == NOT_OPPOSED:
        return
    for row, field in _partner_data(record):
        yield row, field, f"inf_partner_status = {status}"


def _partner_data(record: WomanRecord) -> Iterator[tuple[Row, str]]:
    for row in record.of("PAR"):
        filled = [name for name in row.values if name not in PARTNER_IDENTITY and row.known(name) is not None]
        if filled:
            yield row, filled[0]
    for row in record.of("SPM"):
        yield row, "spm_date"
    for form, field in (("KAR", "kar_person"), ("SMP", "smp_person")):
        for row in record.of(form):
            if row.code(field) == OF_PARTNER:
                yield row, field


# Free texts of the dictionary, where people write what no field asked.
FREE_TEXTS = {
    "PRG": ("preg_comment",),
    "CON": ("con_malformation",),
    "MED": ("med_surgery_abdo", "med_allergy_drug"),
    "PAR": ("par_disease", "par_drugs"),
    "END": ("end_culture",),
    "EVT": ("evt_narrative",),
    "AET": ("aet_adj_reason",),
    "APN": ("apn_cutoff",),
}
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[a-z]{2,}", re.IGNORECASE)
_PHONE = re.compile(r"(?:(?:\+|00)[1-9]\d{0,2}[\s.-]?(?:\(0\))?|0)[1-9](?:[\s.-]?\d{2}){4}(?!\d)")
# Sex, year, month, department, commune, order: 13 digits, with two of control 15; spaces may stand between.
_NIR = re.compile(
    r"(?<!\d)[12378]\s?\d{2}\s?(?:0[1-9]|1[0-2]|[2-9]\d)\s?(?:\d{2}|2[AB])\s?\d{3}\s?\d{3}(?:\s?\d{2})?(?!\d)"
)
_WORD = re.compile(r"[^\W\d_]{2,}")


def free_text_names_nobody(record: WomanRecord) -> Iterator[Hit]:
    """K37: no free text holds an e-mail address, a telephone or health-insurance number, or her name."""
    for form, fields in FREE_TEXTS.items():
        for row in record.of(form):
            for field in fields:
                text = row.code(field)
                for kind in identifiers_in(text, record.names) if text else ():
                    yield row, field, kind


def identifiers_in(text: str, names: frozenset[str] = frozenset()) -> list[str]:
    """Which kinds of identifier a text holds: email, number, phone, name. Never the identifier itself.

    `names` in lower case; accents and case do not matter.
    """
    found = ["email"] if _EMAIL.search(text) else []
    if _NIR.search(text):
        found.append("number")
    elif _PHONE.search(text):
        found.append("phone")
    plain = {_plain(name) for name in names if len(name) > 1}
    if plain & {_plain(word) for word in _WORD.findall(text)}:
        found.append("name")
    return found


def _plain(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


HARD, SOFT = Severity.HARD, Severity.SOFT
CHECKS = (
    Check(
        code="K01",
        severity=HARD,
        rule=informed_before_inclusion,
        about="informed and not opposed at inclusion",
    ),
    Check(
        code="K02",
        severity=SOFT,
        rule=nothing_prospective_before_information,
        about="nothing is collected before information",
    ),
    Check(code="K03", severity=HARD, rule=no_data_after_opposition, about="no entry when opposed"),
    Check(
        code="K04",
        severity=SOFT,
        rule=aid_beside_affiliation,
        about="medical aid and affiliation exclude each other",
    ),
    Check(code="K33", severity=SOFT, rule=new_pregnancy_has_its_row, about="a new pregnancy has its row"),
    Check(
        code="K34",
        severity=Severity.LIST,
        rule=contact_is_overdue,
        about="a contact is at most 90 days overdue",
    ),
    Check(code="K36", severity=HARD, rule=nothing_after_death, about="nothing dated after death"),
    Check(code="K37", severity=SOFT, rule=free_text_names_nobody, about="no identifier in free text"),
    Check(
        code="K38",
        severity=HARD,
        rule=genetic_tests_without_opposition,
        about="no genetic item when opposed to it",
    ),
    Check(
        code="K39", severity=HARD, rule=biobank_without_opposition, about="no sample kept when opposed to it"
    ),
    Check(
        code="K40",
        severity=HARD,
        rule=partner_data_with_information,
        about="partner data need his information",
    ),
)
