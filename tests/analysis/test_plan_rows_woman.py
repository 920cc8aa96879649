"""Rows of women: when the wait begins, from when it is watched, what ends it; against lives in words."""

from pathlib import Path

import numpy as np
import pytest

from gravida.analysis.history import history
from gravida.analysis.input.pregnancies import DAYS_PER_MONTH
from gravida.analysis.input.read import read_source
from gravida.analysis.plan import index_rule, read_plan
from gravida.analysis.plan_beside import NotAnswerable
from gravida.analysis.plan_check import check_plan
from gravida.analysis.plan_rows import AnalysisRows
from gravida.analysis.plan_rows_woman import woman_rows
from gravida.analysis.simulate_snapshot import MadeCohort, SnapshotTruth, simulate_snapshot, write_simulated
from gravida.analysis.simulate_woman import CONTACT_EVERY, Life
from gravida.analysis.survival.aalen_johansen import aalen_johansen
from gravida.analysis.survival.cox import cox
from tests.analysis.cohort_folder import cohort_plan, folder, risk_of
from tests.analysis.plans import factor, question

FALCO = Path(__file__).resolve().parents[2] / "studies" / "falco"
TIMED = '["aalen_johansen", "cox_delayed_entry"]'
WAIT = {"grain": '"woman"', "outcome": '"birth_awaited"', "factors": '["age"]'}
WOMEN = "woman,included,age,class\n"
CONTACTS = "woman,seen,trying,since,last_news\n"
PREGNANCIES = "woman,order,ending,weeks,began,ended\nX,1,miscarriage,8,2019-01-01,2019-02-26\n"
NOBODY = "X,,40,explained"


def rows(tmp_path: Path, *, women: str, contacts: str, pregnancies: str = "", **keys: str) -> AnalysisRows:
    made = cohort_plan(factor("age"), question(TIMED, **(WAIT | keys)))
    path = folder(
        tmp_path / "cohort",
        woman=WOMEN + NOBODY + "\n" + women,
        contact=CONTACTS + contacts,
        pregnancy=PREGNANCIES + pregnancies,
    )
    return woman_rows(made, made.questions[0], risk_of(path, made), model="aalen_johansen", factors=())


def days(found: AnalysisRows) -> tuple[list[float], list[float], list[int]]:
    to_days = [np.round(values * DAYS_PER_MONTH, 6).tolist() for values in (found.entry, found.exit)]
    return to_days[0], to_days[1], found.cause.tolist()


def left_out(found: AnalysisRows) -> dict[str, int]:
    return {step.code: step.women_out for step in found.flow if step.women_out}


A = "A,2023-01-01,30,explained"
# contacts | pregnancies | days of entry, of exit, and the end: 0 censored, 1 birth, 2 stopped
WAITS = {
    "tried before inclusion, censored at last news": (
        "A,2023-01-01,tries,2022-06-01,2023-12-31", "", (0, 364, 0)
    ),
    "a birth": (
        "A,2023-01-01,tries,2022-06-01,2024-06-01",
        "A,1,live_birth,39,2023-02-01,2023-11-01", (0, 304, 1),
    ),
    "a loss, then a birth": (
        "A,2023-01-01,tries,2022-06-01,2025-01-01",
        "A,1,miscarriage,8,2023-02-01,2023-03-30\nA,2,live_birth,39,2023-06-01,2024-03-01", (0, 425, 1),
    ),
    "a birth told after the last news": (
        "A,2023-01-01,tries,2022-06-01,2023-02-01",
        "A,1,live_birth,39,2023-02-01,2023-11-01", (0, 304, 1),
    ),
    "trying after inclusion, told on the day": (
        "A,2023-01-01,stops,,\nA,2023-07-01,tries,2023-07-01,2023-12-31", "", (0, 183, 0)
    ),
    "trying since before the day on which it is told": (
        "A,2023-01-01,stops,,\nA,2023-07-01,tries,2023-03-03,2023-12-31", "", (120, 303, 0)
    ),
    "a month of trying is its middle": (
        "A,2023-01-01,tries,2022-06,\nA,2023-07-01,tries,2022-06,2023-12-31", "", (0, 364, 0)
    ),
    "stopped": (
        "A,2023-01-01,tries,2022-06-01,\nA,2023-07-01,stops,,2023-12-31", "", (0, 181, 2)
    ),
    "what she says in a pregnancy is no stop": (
        "A,2023-01-01,tries,2022-06-01,\nA,2023-07-01,stops,,2024-01-01",
        "A,1,live_birth,39,2023-02-01,2023-11-01", (0, 304, 1),
    ),
    "stopped before she tried": (
        "A,2023-01-01,stops,,\nA,2023-04-01,stops,,\nA,2023-07-01,tries,2023-06-01,2023-12-31",
        "", (30, 213, 0),
    ),
    "a pregnancy of unknown end": (
        "A,2023-01-01,tries,2022-06-01,2025-01-01",
        "A,1,unknown,,2023-03-02,", (0, 60, 0),
    ),
    "pregnant on the day of inclusion": (
        "A,2023-01-01,tries,2022-06-01,2025-01-01",
        "A,1,live_birth,39,2022-11-01,2023-08-01", (0, 212, 1),
    ),
    "a birth before inclusion is none": (
        "A,2023-01-01,tries,2022-06-01,2023-12-31",
        "A,1,live_birth,39,2020-11-01,2021-08-01", (0, 364, 0),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(WAITS))
def test_a_wait_in_words(tmp_path: Path, name: str):
    contacts, pregnancies, expected = WAITS[name]

    found = rows(tmp_path, women=A, contacts=contacts, pregnancies=pregnancies)

    entry, exit_, cause = days(found)
    assert (entry, exit_, cause) == ([expected[0]], [expected[1]], [expected[2]])
    assert found.causes == ("birth_awaited", "stopped")
    assert found.time_unit == "months"


# contacts | pregnancies | why she is left out
LEFT_OUT = {
    "never_told_to_try": ("A,2023-01-01,stops,,2024-01-01", ""),
    "no_news": ("A,2023-01-01,tries,2022-06-01,", ""),
    "no_time_after_origin": ("A,2023-01-01,tries,2022-06-01,2022-12-01", ""),
    "birth_of_unknown_day": ("A,2023-01-01,tries,2022-06-01,2024-06-01", "A,1,live_birth,39,2023-02-01,"),
    "ended_before_she_was_watched": (
        "A,2024-06-01,tries,2023-02-01,2024-06-01", "A,1,live_birth,39,2023-02-01,2023-11-01",
    ),
}  # fmt: skip


@pytest.mark.parametrize("code", list(LEFT_OUT))
def test_who_cannot_be_followed_is_left_out_and_counted(tmp_path: Path, code: str):
    contacts, pregnancies = LEFT_OUT[code]
    others = "\nB,2023-01-01,31,unexplained"
    contacts += "\nB,2023-01-01,tries,2022-06-01,2023-06-01"

    found = rows(tmp_path, women=A + others, contacts=contacts, pregnancies=pregnancies)

    assert left_out(found) == {"index_event_not_known": 1, code: 1}
    assert len(found) == 1


def test_explained_losses_are_a_stratum_and_a_curve_and_never_a_factor(tmp_path: Path):
    women = A + "\nB,2023-01-01,31,unexplained"
    contacts = "A,2023-01-01,tries,2022-06-01,2024-01-01\nB,2023-01-01,tries,2022-06-01,2024-01-01"

    found = rows(tmp_path, women=women, contacts=contacts)
    factored = cohort_plan(
        factor("why", "class", shape='"categories"'), question(TIMED, **WAIT | {"factors": '["why"]'})
    )

    assert found.groups == found.strata == ("explained", "unexplained")
    assert found.group.tolist() == found.stratum.tolist() == [0, 1]
    assert [refusal.code for refusal in check_plan(factored)] == ["explained_as_factor"]


def test_a_horizon_cuts_and_entry_can_be_left_aside_for_a_warning(tmp_path: Path):
    contacts = "A,2023-01-01,stops,,\nA,2023-07-01,tries,2023-03-03,2023-12-31"

    cut = rows(tmp_path, women=A, contacts=contacts, horizon_weeks="20")
    bare = rows(tmp_path, women=A, contacts=contacts, entry="false")

    assert days(cut) == ([120], [140], [0])
    assert days(bare) == ([0], [303], [0])


def test_without_a_table_of_women_those_who_never_conceived_would_be_missing(tmp_path: Path):
    made = cohort_plan(factor("age"), question(TIMED, **WAIT))
    path = folder(
        tmp_path / "cohort",
        pregnancy="woman,order,ending,weeks,began,ended,included,age\nA,1,miscarriage,8,2023-01-01,2023-02-26,2022-01-01,3",
    )
    risk = risk_of(path, made)

    with pytest.raises(NotAnswerable, match="tables pregnancy, wanted a table woman"):
        woman_rows(made, made.questions[0], risk, model="aalen_johansen")
    assert check_plan(made, risk) == ()  # other questions would be answered


def test_a_file_of_women_beside_a_file_of_pregnancies_is_their_table(tmp_path: Path):
    made = cohort_plan(factor("age"), question(TIMED, **WAIT | {"outcome": '"birth"'}))
    women = (
        "woman,included,age,class,since,last_news\n"
        "A,2023-01-01,30,explained,2022-06-01,2023-12-31\nX,,40,explained,,"
    )
    made_in = folder(tmp_path, woman=women, pregnancy=PREGNANCIES)
    source = read_source(made_in / "pregnancy.csv", made, women=made_in / "woman.csv")

    rows = woman_rows(
        made, made.questions[0], history(source, rule=index_rule(made)), model="aalen_johansen", factors=()
    )

    assert days(rows) == ([0], [364], [0])
    with pytest.raises(NotAnswerable, match="competing outcome stopped, wanted a table of contacts"):
        asked = cohort_plan(factor("age"), question(TIMED, **WAIT))
        risk = history(source, rule=index_rule(asked))
        woman_rows(asked, asked.questions[0], risk, model="aalen_johansen", factors=())


def test_a_logistic_model_and_a_clock_without_index_event_are_not_answered(tmp_path: Path):
    made = cohort_plan(factor("age"), question(TIMED, **WAIT), index='rule = "every_pregnancy"\n')
    contacts = CONTACTS + "A,2023-01-01,tries,2022-06-01,2024-01-01"
    path = folder(
        tmp_path / "cohort", woman=WOMEN + A + "\n" + NOBODY, contact=contacts, pregnancy=PREGNANCIES
    )
    risk = risk_of(path, made)

    with pytest.raises(NotAnswerable, match="a model of time"):
        woman_rows(made, made.questions[0], risk, model="logistic_cluster")
    with pytest.raises(NotAnswerable, match="a day to wait from"):
        woman_rows(made, made.questions[0], risk, model="aalen_johansen")


def test_after_losses_the_wait_begins_with_the_end_of_the_last_of_them(tmp_path: Path):
    made = cohort_plan(factor("age"), question(TIMED, **WAIT), index='rule = "after_losses"\nlosses = 2\n')
    pregnancies = (
        "A,1,miscarriage,8,2021-01-01,2021-02-26\nA,2,miscarriage,8,2022-01-01,2022-02-26\n"
        "A,3,miscarriage,8,2022-05-01,2022-06-26\nA,4,live_birth,39,2023-01-01,2023-10-01"
    )
    contacts = CONTACTS + "A,2022-01-01,tries,2020-06-01,2024-01-01"
    path = folder(
        tmp_path / "cohort",
        woman=WOMEN + A + "\n" + NOBODY,
        contact=contacts,
        pregnancy=PREGNANCIES + pregnancies,
    )

    found = woman_rows(made, made.questions[0], risk_of(path, made), model="aalen_johansen", factors=())

    assert days(found)[1:] == ([582], [1])


def in_words(life: Life) -> tuple[float, float, int] | None:
    """Entry, exit and end of one woman as a nurse would tell them from her life, days from her origin."""
    contacts = np.arange(life.included, life.seen_until + 1, CONTACT_EVERY)
    telling = [day for day in contacts if life.since <= day < life.stops]
    if not telling:
        return None
    origin = max(life.included, life.since)
    watched = max(origin, telling[0])
    index = [one for one in life.told if one.ended is None or one.ended > life.included]
    births = [one.ended for one in index if one.outcome == "12" and (one.ended or 0) > origin]
    untold = [one.began for one in index if one.outcome == "13"]

    def pregnant(day: float) -> bool:
        return any(one.began <= day <= (np.inf if one.ended is None else one.ended) for one in life.told)

    stops = [day for day in contacts if day >= life.stops and day > origin and not pregnant(day)]
    until = min([contacts[-1], *untold])
    ends = [(day, 1) for day in births[:1]] + [(day, 2) for day in stops[:1]]
    ends = [end for end in ends if not untold or end[0] <= min(untold)]
    day, cause = min(ends) if ends else (until, 0)
    if day <= watched:
        return None
    return watched - origin, day - origin, cause


@pytest.fixture(scope="module")
def made_cohort() -> MadeCohort:
    # Everyone's beginning is told to the day, so that words and rows can agree to the day.
    return simulate_snapshot(
        women=700, generator=np.random.default_rng(11), truth=SnapshotTruth(conceive=0.10)
    )


@pytest.fixture(scope="module")
def awaited(made_cohort: MadeCohort, tmp_path_factory: pytest.TempPathFactory) -> AnalysisRows:
    path = tmp_path_factory.mktemp("snapshot") / "cohort"
    write_simulated(path, made_cohort)
    falco = read_plan(FALCO)
    risk = history(read_source(path, falco), rule=index_rule(falco))
    return woman_rows(
        falco, falco.question("time_to_birth"), risk, model="cox_delayed_entry", factors=("age",)
    )


def test_the_rows_of_a_made_cohort_are_its_lives_told_in_words(
    made_cohort: MadeCohort, awaited: AnalysisRows
):
    of_woman = dict(zip(awaited.woman.tolist(), zip(*days(awaited), strict=True), strict=True))
    fuzzy = {
        at
        for at, cell in enumerate(made_cohort.lives)
        if (told := in_words(cell)) is not None and at in of_woman and abs(of_woman[at][1] - told[1]) > 1e-6
    }

    for at, life in enumerate(made_cohort.lives):
        told = in_words(life)
        if told is None:
            assert at not in of_woman
        elif at not in fuzzy:
            assert of_woman[at] == pytest.approx(told)
    # A day of trying told as a month moves the origin by 15 days at most, and nobody's end.
    assert all(of_woman[at][2] == in_words(made_cohort.lives[at])[2] for at in fuzzy)
    assert len(fuzzy) < 0.1 * len(of_woman)


def test_the_curve_adds_up_and_explained_women_conceive_sooner(
    made_cohort: MadeCohort, awaited: AnalysisRows
):
    alone = np.array([not made_cohort.lives[at].uses_art for at in awaited.woman])
    births = {}
    for number, name in enumerate(awaited.groups):
        mine = (awaited.group == number) & alone
        curve = aalen_johansen(
            exit_time=awaited.exit[mine],
            entry=awaited.entry[mine],
            cause=awaited.cause[mine],
            at=np.array([24.0]),
        )
        assert curve.incidence.sum() + curve.event_free.sum() == pytest.approx(1.0)
        births[name] = curve.incidence[0, 0]
    model = cox(
        x=awaited.x, exit_time=awaited.exit, entry=awaited.entry, event=awaited.event, names=awaited.names,
        strata=awaited.stratum, cluster=awaited.woman,
    )  # fmt: skip

    assert births["1"] > births["2"]  # the truth is a hazard ratio of 1.5
    assert model.fit.n_events == awaited.event.sum()
    assert len(set(awaited.woman.tolist())) == len(awaited)
