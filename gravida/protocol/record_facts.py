"""The facts of each pregnancy and each transfer, read from a woman's form rows."""

from collections.abc import Mapping, Sequence
from enum import Enum
from functools import lru_cache
from typing import TypeVar

from gravida.protocol.implantation import EmbryoFacts, Fragmentation, HcgResult, Ploidy, TransferFacts
from gravida.protocol.obstetrics import (
    Chromosomes,
    ConceptusFacts,
    DatingBasis,
    Fate,
    Location,
    Mole,
    Outcome,
    PositiveTest,
    PregnancyFacts,
    Stage,
)
from gravida.protocol.obstetrics_classes import History, history
from gravida.protocol.record import Row, WomanRecord
from gravida.protocol.values import Answer, Convention, GestationalAge, PartialDate

Kind = TypeVar("Kind", bound=Enum)

_METHOTREXATE_OR_SURGERY = {"5", "6", "7", "8", "9"}  # preg_loss_mode
_FRESH = "1"  # trf_fresh
_CHROMOSOMES = {
    "1": Chromosomes.EUPLOID,
    "2": Chromosomes.EUPLOID,
    "3": Chromosomes.ABNORMAL,
    "4": Chromosomes.ABNORMAL,
    "5": Chromosomes.ABNORMAL,
    "6": Chromosomes.EUPLOID,  # a balanced rearrangement does not explain a loss
}
_MOLES = {"2": Mole.PARTIAL, "3": Mole.COMPLETE}
_SENT = "1"  # poc_available
_YES, _UNKNOWN, _NOT_EXAMINED = Answer.YES, Answer.UNKNOWN, Chromosomes.NOT_EXAMINED


def _by_code(kind: type[Kind]) -> dict[str, Kind]:
    return {str(member.value): member for member in kind}


_OUTCOMES, _LOCATIONS, _TESTS = _by_code(Outcome), _by_code(Location), _by_code(PositiveTest)
_BASES, _CONVENTIONS = _by_code(DatingBasis), _by_code(Convention)
_FATES, _STAGES = _by_code(Fate), _by_code(Stage)
_RESULTS, _FRAGMENTATIONS, _PLOIDIES = _by_code(HcgResult), _by_code(Fragmentation), _by_code(Ploidy)


def _chosen(row: Row, name: str, choices: Mapping[str, Kind]) -> Kind | None:
    """The choice as its Enum. ValueError, naming the variable, for a code that the list does not hold."""
    code = row.code(name)
    if code is None:
        return None
    found = choices.get(code)
    if found is None:
        raise ValueError(f"{row.form}.{name} = {code!r}: wanted one of {', '.join(choices)}")
    return found


# Several rules ask for the facts of the same woman one after the other.
@lru_cache(maxsize=4)
def pregnancies_of(record: WomanRecord) -> tuple[PregnancyFacts, ...]:
    """Every pregnancy of a woman, in the order of its rows."""
    return tuple([pregnancy_facts(record, row) for row in record.of("PRG")])


@lru_cache(maxsize=4)
def history_of(record: WomanRecord) -> History:
    """Every pregnancy of a woman, classified, dated and in order."""
    return history(pregnancies_of(record))


def pregnancy_facts(record: WomanRecord, row: Row) -> PregnancyFacts:
    """One pregnancy with its conceptuses, its dating scan and the transfer it came from."""
    transfer = record.transfers_by_number.get(row.whole("preg_transfer_ref") or 0)
    scanned_on, length_mm = _dating_scan(record.under(row, "USS"))
    mode, reliable = row.code("preg_loss_mode"), row.answer("preg_lmp_reliable")
    return PregnancyFacts(
        number=row.whole("preg_no"),
        outcome=_chosen(row, "preg_outcome", _OUTCOMES),
        location=_chosen(row, "preg_location", _LOCATIONS),
        positive_test=_chosen(row, "preg_pos_test", _TESTS),
        ended_on=row.day("preg_end"),
        diagnosed_on=row.day("preg_dx_date"),
        dating_basis=_chosen(row, "preg_dating_basis", _BASES),
        last_period_on=row.day("preg_lmp"),
        last_period_is_reliable=None if reliable is _UNKNOWN else reliable is _YES,
        fertilised_on=_fertilised_on(transfer),
        transferred_on=None if transfer is None else transfer.day("trf_date"),
        embryo_age_days=None if transfer is None else _embryo_age(record.under(transfer, "EMB")),
        scanned_on=scanned_on,
        scan_crown_rump_length_mm=length_mm,
        told_age=_told_age(row),
        was_treated=None if mode is None else mode in _METHOTREXATE_OR_SURGERY,
        partner=row.whole("preg_partner_no"),
        conceptuses=tuple([conceptus_facts(record, child) for child in record.under(row, "CON")]),
    )


def _told_age(row: Row) -> GestationalAge | None:
    weeks = row.whole("preg_ga_end_w")
    if weeks is None:
        return None
    convention = _chosen(row, "preg_ga_convention", _CONVENTIONS) or Convention.UNKNOWN
    return GestationalAge.told(weeks=weeks, days=row.whole("preg_ga_end_d"), convention=convention)


def _dating_scan(scans: Sequence[Row]) -> tuple[PartialDate | None, float | None]:
    """The first scan that measured an embryo: dating is surest early."""
    if not scans:
        return None, None
    measured = [
        (day, float(length))
        for scan in scans
        if (day := scan.day("uss_date")) is not None and (length := scan.number_of("uss_crl")) is not None
    ]
    return min(measured, key=lambda pair: pair[0].earliest, default=(None, None))


def _fertilised_on(transfer: Row | None) -> PartialDate | None:
    """The day of retrieval, where the transfer was fresh: a frozen embryo was made in another cycle."""
    if transfer is None or transfer.parent is None or transfer.code("trf_fresh") != _FRESH:
        return None
    return transfer.parent.day("art_retrieval_date")


def _embryo_age(embryos: Sequence[Row]) -> int | None:
    ages = {age for embryo in embryos if (age := embryo.whole("emb_day")) is not None}
    return ages.pop() if len(ages) == 1 else None


def conceptus_facts(record: WomanRecord, row: Row) -> ConceptusFacts:
    """One conceptus, with what the examination of its tissue says."""
    examinations = record.under(row, "POC")
    length, sac = row.number_of("con_crl"), row.number_of("con_msd")
    last, at_28_days = row.answer("con_alive_last"), row.answer("con_alive_28d")
    return ConceptusFacts(
        number=row.whole("con_no") or 1,
        fate=_chosen(row, "con_fate", _FATES),
        last_stage=_chosen(row, "con_us_last_stage", _STAGES),
        crown_rump_length_mm=None if length is None else float(length),
        mean_sac_diameter_mm=None if sac is None else float(sac),
        alive=at_28_days if last is _UNKNOWN else last,
        chromosomes=_chromosomes(examinations),
        mole=_mole(examinations),
    )


def _mole(examinations: Sequence[Row]) -> Mole | None:
    found = [mole for poc in examinations if (mole := _MOLES.get(poc.code("poc_histology") or ""))]
    return found[0] if found else None


def _chromosomes(examinations: Sequence[Row]) -> Chromosomes:
    """The last conclusive result; pending where tissue was sent and no result has come."""
    if not examinations:
        return _NOT_EXAMINED
    results = [code for poc in examinations if (code := poc.code("poc_result")) is not None]
    conclusive = [_CHROMOSOMES[code] for code in results if code in _CHROMOSOMES]
    if conclusive:
        return conclusive[-1]
    if any(poc.code("poc_available") == _SENT and poc.code("poc_result") is None for poc in examinations):
        return Chromosomes.PENDING
    return Chromosomes.NO_CONCLUSION if results else _NOT_EXAMINED


@lru_cache(maxsize=4)
def transfers_of(record: WomanRecord) -> tuple[TransferFacts, ...]:
    """Every embryo transfer of a woman, in the order of its rows."""
    return tuple(transfer_facts(record, row) for row in record.of("TRF"))


def transfer_facts(record: WomanRecord, row: Row) -> TransferFacts:
    """One transfer with its embryos and the age of the oocyte's provider."""
    return TransferFacts(
        number=row.whole("trf_id"),
        result=_chosen(row, "trf_hcg_result", _RESULTS),
        provider_age_years=None if row.parent is None else row.parent.whole("art_oocyte_age"),
        embryos=tuple(embryo_facts(embryo) for embryo in record.under(row, "EMB")),
    )


def embryo_facts(row: Row) -> EmbryoFacts:
    """One embryo as transferred."""
    return EmbryoFacts(
        day=row.whole("emb_day"),
        cells=row.whole("emb_cells"),
        fragmentation=_chosen(row, "emb_frag", _FRAGMENTATIONS),
        gardner=row.code("emb_gardner"),
        ploidy=_chosen(row, "emb_pgt_result", _PLOIDIES) or Ploidy.NO_RESULT,
    )
