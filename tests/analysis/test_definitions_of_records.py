"""Definitions that read arrests, partners or chromosomes count as the protocol counts a whole record."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from gravida.analysis.history import IndexRule, counted_before, history
from gravida.analysis.history_counting import NotCountable, definition_parts
from gravida.analysis.history_lags import places
from gravida.analysis.history_partner import losses_of_women_with_one_partner
from gravida.analysis.input.pregnancies import Pregnancies
from gravida.analysis.input.read import read_source
from gravida.analysis.plan import read_plan
from gravida.analysis.plan_check import check_plan
from gravida.protocol.definitions_file import read_definitions
from gravida.protocol.definitions_runs import losses_of
from gravida.protocol.obstetrics_classes import history as protocol_history
from gravida.protocol.record import Row, WomanRecord
from gravida.protocol.record_facts import pregnancies_of
from tests.analysis.cohort_folder import folder
from tests.analysis.plans import BASE, plan

FALCO = Path(__file__).resolve().parents[2] / "studies" / "falco"
DEFINITIONS = read_definitions(FALCO)
MAPPING = """\
[input.columns]
woman = "woman"
order = "preg_no"
ending = "preg_outcome"

[input.endings]
ongoing = ["01"]
biochemical = ["02"]
pul_resolved = ["03"]
pul_treated = ["04"]
miscarriage = ["05"]
ectopic = ["06"]
complete_mole = ["07"]
partial_mole = ["08"]
termination = ["09", "10"]
stillbirth = ["11"]
live_birth = ["12"]
unknown = ["13"]
loss = ["14"]
"""
RESULTS = ("1", "2", "3", "4", "8", "", None)
CODES = ("02", "03", "05", "05", "05", "06", "09", "11", "12", "13", "14")


def made_records(seed: int) -> dict[str, list[dict[str, str]]]:
    """Tables of forty women, each row as written: weeks, diagnosis, sizes, partners, examinations."""
    random = np.random.default_rng(seed)
    tables: dict[str, list[dict[str, str]]] = {"pregnancy": [], "conceptus": [], "poc": []}
    for woman in range(40):
        for number in range(1, int(random.integers(2, 7))):
            key = {"woman": f"W{woman:02d}", "preg_no": str(number)}
            outcome = str(random.choice(CODES))
            weeks = 39 if outcome == "12" else int(random.integers(5, 17))
            began = date(2010 + number, 1, 1)
            told = random.random() < 0.8
            diagnosed = outcome == "05" and random.random() < 0.6
            row = {
                **key,
                "preg_outcome": outcome,
                "preg_lmp": began.isoformat() if told else "",
                "preg_end": date.fromordinal(began.toordinal() + 7 * weeks + 3).isoformat() if told else "",
                "preg_dx_date": date.fromordinal(began.toordinal() + 7 * weeks - 4).isoformat()
                if diagnosed
                else "",
                "preg_ga_end_w": str(weeks) if random.random() < 0.8 else "",
                "preg_ga_convention": "SA",
                "preg_partner_no": "" if random.random() < 0.15 else str(int(random.integers(1, 3))),
            }
            tables["pregnancy"].append(row)
            if outcome not in ("05", "14"):
                continue
            size = str(round(float(random.uniform(3, 50)), 1)) if random.random() < 0.5 else ""
            tables["conceptus"].append({**key, "con_no": "1", "con_fate": "3", "con_crl": size})
            result = RESULTS[int(random.integers(0, len(RESULTS)))]
            if result is not None:
                tables["poc"].append({**key, "con_no": "1", "poc_available": "1", "poc_result": result})
    return tables


def text(rows: list[dict[str, str]]) -> str:
    return "\n".join([",".join(rows[0]), *(",".join(row.values()) for row in rows)])


def read(path: Path, tables: dict[str, list[dict[str, str]]]) -> Pregnancies:
    base = BASE.replace('[input.columns]\nwoman = "woman"\n', MAPPING)
    made = plan(base=base)
    return read_source(folder(path, **{grain: text(rows) for grain, rows in tables.items()}), made)


def record(tables: dict[str, list[dict[str, str]]], woman: str) -> WomanRecord:
    """One woman's rows, put together by hand."""
    rows: list[Row] = []
    above: dict[tuple[str, str], Row] = {}
    for grain, form, parent in (("pregnancy", "PRG", ""), ("conceptus", "CON", "PRG"), ("poc", "POC", "CON")):
        for values in (row for row in tables[grain] if row["woman"] == woman):
            told = {name: value for name, value in values.items() if value and name != "woman"}
            row = Row(form=form, parent=above.get((parent, values["preg_no"])), values=told)
            above[(form, values["preg_no"])] = row
            rows.append(row)
    return WomanRecord(rows=tuple(rows), as_of=date(2026, 1, 1))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_published_definition_counts_as_the_protocol_does(tmp_path: Path, seed: int):
    tables = made_records(seed)
    found = read(tmp_path / "cohort", tables)
    where = places(found.woman, found.order)
    reads_more = [d for d in DEFINITIONS.losses if d.same_partner or d.age_at.value != "end"]
    assert len(reads_more) >= 4

    for definition in reads_more:
        lag = counted_before(found, definition, where)
        for row in range(len(where)):
            woman = found.women[where.woman[row]]
            number = int(found.order[where.order[row]])
            facts = [one for one in pregnancies_of(record(tables, woman)) if (one.number or 0) < number]
            expected = losses_of(definition, protocol_history(facts))
            assert (lag.fewest[row], lag.most[row]) == expected, (definition.id, woman, number)


def test_a_womans_losses_with_one_partner_are_those_of_her_whole_record(tmp_path: Path):
    tables = made_records(4)
    found = read(tmp_path / "cohort", tables)
    definition = DEFINITIONS.named("RENJI_NCT06249230")

    fewest, most = losses_of_women_with_one_partner(found, definition)

    for at, woman in enumerate(found.women):
        expected = losses_of(definition, protocol_history(pregnancies_of(record(tables, woman))))
        assert (fewest[at], most[at]) == expected


def test_the_index_rule_of_such_a_definition_lets_in_who_meets_it(tmp_path: Path):
    found = read(tmp_path / "cohort", made_records(5))
    definition = DEFINITIONS.named("RENJI_NCT06249230")

    risk = history(found, rule=IndexRule(kind="after_losses", losses=1, definition=definition))

    counted = counted_before(found, definition, places(found.woman, found.order))
    assert len(risk) == (counted.fewest >= 1).sum() > 0


# what the source lacks | the definitions that cannot be counted then, and what they need
LACKS = {
    "preg_partner_no": [("RENJI_NCT06249230", "the partner of each pregnancy")],
    "poc": [("RENJI_NCT06249230", "the chromosomes of the losses"), ("SYDNEY_2c", "the chromosomes")],
    "con_crl": [("ACR_D4a", "the age at the arrest"), ("SYDNEY_2c", "the age at the arrest")],
    "preg_dx_date": [("CNGOF_2014", "the age at the diagnosis")],
}


@pytest.mark.parametrize("lacking", list(LACKS))
def test_what_the_source_does_not_tell_is_not_counted(tmp_path: Path, lacking: str):
    tables = made_records(6)
    tables.pop(lacking, None)
    for rows in tables.values():
        for row in rows:
            row.pop(lacking, None)
    found = read(tmp_path / "cohort", tables)

    for id_, needs in LACKS[lacking]:
        with pytest.raises(NotCountable, match=f"{id_} needs {needs}"):
            definition_parts(found, DEFINITIONS.named(id_), partner_apart=True)


def test_parts_alone_do_not_tell_losses_with_one_partner(tmp_path: Path):
    found = read(tmp_path / "cohort", made_records(7))

    with pytest.raises(NotCountable, match="needs the partner of each pregnancy"):
        definition_parts(found, DEFINITIONS.named("RENJI_NCT06249230"))


def test_a_code_that_no_list_has_is_refused_at_its_row(tmp_path: Path):
    from gravida.analysis.input.mistakes import InputRejected

    tables = made_records(8)
    tables["conceptus"][0]["con_fate"] = "77"

    with pytest.raises(InputRejected, match=r"pregnancy.csv:\d+: found CON.con_fate = '77', wanted one of 1"):
        read(tmp_path / "cohort", tables)


def test_a_plan_that_counts_by_such_a_definition_is_refused_only_where_it_cannot():
    made = read_plan(FALCO)

    assert check_plan(made, definitions=DEFINITIONS) == ()
