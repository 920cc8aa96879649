"""A whole run: R's stored answers from the raw files, the same bytes each time, going on after a stop."""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gravida.analysis.plan import read_plan
from gravida.analysis.report.codec import json_text
from gravida.analysis.report.results import QuestionResult, Results
from gravida.analysis.report.results_models import CurveResult, ModelResult
from gravida.analysis.run import Asked, Step, checked_source, run, work_folder
from gravida.analysis.run_source import data_hash
from gravida.analysis.survival.cox import cox
from tests.analysis import whole
from tests.analysis.conftest import FACTORS

HOME = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.xdist_group("one run of each plan")


def asked(plan: str | Path, data: Path, *, disclosure: bool = True) -> Asked:
    """A run of a plan on data."""
    return Asked(plan=read_plan(plan), data=data, data_hash=data_hash(data), disclosure=disclosure)


def results_of(plan: str | Path, data: Path, *, disclosure: bool = True) -> Results:
    """What a whole run finds."""
    wanted = asked(plan, data, disclosure=disclosure)
    return run(wanted, checked_source(wanted))


def question(results: Results, id_: str) -> QuestionResult:
    """The answers to one question."""
    return next(one for one in results.questions if one.id == id_)


def model(results: Results, id_: str, name: str) -> ModelResult:
    """One model of one question."""
    return next(one for one in question(results, id_).models if one.model == name)


def estimates(found: ModelResult, what: str = "estimate") -> np.ndarray:
    """One number of every term."""
    return np.array([getattr(term, what) for term in found.terms], dtype=np.float64)


@pytest.fixture(scope="module")
def survey(shared_data: Path) -> Results:
    return results_of("nsfg", shared_data / "nsfg/2002FemPreg.dat.gz")


@pytest.fixture(scope="module")
def stored(shared_data: Path) -> dict[str, dict[str, object]]:
    return json.loads((shared_data / "oracles/r_results.json").read_text())


@pytest.mark.slow
@pytest.mark.needs_shared
def test_the_raw_survey_file_gives_the_stored_logistic_model(survey: Results, stored: dict) -> None:  # type: ignore[type-arg]
    # given R's fit on the set derived by hand
    wanted = stored["S1_2002.logit"]
    # when the raw file is read under the built-in plan
    found = model(survey, "next_outcome", "logistic_cluster")
    # then both agree, by term
    assert [term.name for term in found.terms] == list(wanted["coef"])
    np.testing.assert_allclose(estimates(found), list(wanted["coef"].values()), atol=1e-9)
    np.testing.assert_allclose(
        estimates(found, "standard_error"), list(wanted["se_CL_HC0_Gadj"].values()), rtol=1e-7
    )
    assert (found.rows, found.events, found.clusters) == (wanted["n"], wanted["events"], wanted["clusters"])


@pytest.mark.slow
@pytest.mark.needs_shared
def test_the_raw_survey_file_gives_the_delayed_entry_model_of_its_cycle(
    survey: Results, shared_data: Path
) -> None:
    # given the rows of one cycle in the set derived by hand
    with gzip.open(shared_data / "oracles/S4_delayed.csv.gz", "rt") as file:
        header, *lines = [line.strip().replace('"', "").split(",") for line in file]
    column = {name: np.array([line[at] for line in lines]) for at, name in enumerate(header)}
    chosen = column["cycle"] == "2002"
    names = (*FACTORS, "exit14", "entry", "ev14")
    number = {name: column[name][chosen].astype(float) for name in names}
    by_hand = cox(
        x=np.column_stack([number[name] for name in FACTORS]),
        exit_time=number["exit14"],
        entry=number["entry"],
        event=number["ev14"] == 1,
        names=FACTORS,
        cluster=np.unique(column["wid"][chosen], return_inverse=True)[1],
    ).fit
    # when the raw file is read under the built-in plan
    found = model(survey, "when_lost", "cox_delayed_entry")
    # then the two models are one
    assert found.rows == by_hand.n_rows
    at = {term.name: term for term in found.terms}
    for place, name in enumerate(FACTORS):
        assert at[name].estimate == pytest.approx(by_hand.estimates[place], abs=1e-9)
        assert at[name].standard_error == pytest.approx(by_hand.standard_errors[place], rel=1e-9)


# Magnus et al., BMJ 2019;364:l869: 1.54, 2.21 and 3.97 after one, two and three losses
IN_KIND = {"pl1": (1.3, 1.9), "pl2": (1.9, 3.0), "pl3": (3.2, 6.0)}


def _ratios(found: ModelResult) -> dict[str, float]:
    return {term.name: float(np.exp(term.estimate)) for term in found.terms if term.name in IN_KIND}


@pytest.mark.slow
@pytest.mark.needs_shared
def test_the_ratios_of_the_norwegian_registers_come_out_in_kind_in_2002(survey: Results) -> None:
    found = _ratios(model(survey, "next_outcome", "logistic_cluster"))
    assert all(low < found[name] < high for name, (low, high) in IN_KIND.items())


@pytest.mark.slow
@pytest.mark.needs_shared
def test_the_ratios_of_2006_to_2010_come_out_in_kind_under_the_survey_design(shared_data: Path) -> None:
    # Rows taken alike give 1.60, 2.92 and 6.24: the sample of that cycle was not drawn alike.
    results = results_of("nsfg", shared_data / "nsfg/2006_2010_FemPreg.dat.gz")
    alike = _ratios(model(results, "next_outcome", "logistic_cluster"))
    assert 1 < alike["pl1"] < alike["pl2"] < alike["pl3"]
    weighted = next(one.model for one in results.sensitivity if one.kind == "survey_weights")
    assert weighted is not None
    assert all(low < _ratios(weighted)[name] < high for name, (low, high) in IN_KIND.items())


def _curves(results: Results) -> Iterator[CurveResult]:
    yield from question(results, "curves").curves


@pytest.mark.needs_shared
def test_curves_with_delayed_entry_are_the_stored_ones_and_the_biased_ones_stand_beside(
    shared_data: Path,
    stored: dict,  # type: ignore[type-arg]
) -> None:
    found = results_of("etm", shared_data / "oracles/etm_abortion.csv")
    last = {
        (curve.group, curve.version): curve.points[-1].incidence
        for curve in _curves(found)
        if curve.outcome == "spontaneous_loss" and curve.version != "given_free_at"
    }
    assert last[("0", "with_entry")] == pytest.approx(0.1608, abs=5e-5)
    assert last[("1", "with_entry")] == pytest.approx(0.3623, abs=5e-5)
    assert last[("0", "entry_ignored")] == pytest.approx(0.0681, abs=5e-5)
    assert last[("1", "entry_ignored")] == pytest.approx(0.2486, abs=5e-5)
    hazard = model(found, "hazard", "cox_delayed_entry").terms[0].estimate
    assert hazard == pytest.approx(stored["abortion.cox_spont"]["coef"]["group"], abs=1e-6)
    assert model(found, "hazard", "fine_gray").terms[0].estimate == pytest.approx(0.982300, abs=1e-6)


@pytest.mark.needs_shared
def test_matched_sets_give_the_stored_conditional_model(shared_data: Path) -> None:
    found = model(results_of("infert", shared_data / "oracles/infert.csv"), "matched", "conditional_logistic")
    assert estimates(found) == pytest.approx([1.985876, 1.409012], abs=1e-6)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A plan that asks for everything, and simulated pregnancies."""
    folder = tmp_path_factory.mktemp("whole")
    return whole.plan_file(folder), whole.source_file(folder)


@pytest.fixture(scope="module")
def found(made: tuple[Path, Path]) -> Results:
    return results_of(*made)


@pytest.mark.slow
def test_every_part_of_a_plan_is_answered(found: Results) -> None:
    main = question(found, "main")
    assert {one.model for one in main.models} == {"logistic_cluster", "cluster_weighted", "firth", "ridge"}
    assert all(one.terms for one in main.models)
    assert main.risks
    assert main.smooth
    assert main.imputation[0].pooled.rows > main.imputation[0].complete_cases.rows
    assert [one.about for one in question(found, "each").models][:2] == ["age", "losses"]
    assert {curve.group for curve in question(found, "when").curves} == {"0", "1"}
    assert question(found, "foretold").predictions[0].measures[0].corrected is not None
    panel = question(found, "panel").markers[0]
    assert len(panel.findings) == len(whole.MARKERS)
    assert panel.power
    assert question(found, "women").not_answered == "no_table_of_grain"
    assert {one.id for one in found.sensitivity} == {
        "first", "definitions", "moved", "complete", "young", "no_entry", "words",
    }  # fmt: skip


@pytest.mark.slow
def test_effects_that_were_simulated_lie_within_their_intervals(found: Results) -> None:
    # given the truth of the simulation: 0.35 for smoking, 0.03 per unit of body mass index
    terms = {term.name: term for term in question(found, "main").imputation[0].pooled.terms}
    for name, truth in (("smoker", 0.35), ("bmi", 0.03)):
        assert terms[name].lower < truth < terms[name].upper


@pytest.mark.slow
def test_the_same_plan_and_data_give_the_same_bytes_with_and_without_compiled_loops(
    made: tuple[Path, Path], tmp_path: Path
) -> None:
    # given three processes, one of them without compiled loops
    written = []
    for name, compiled in (("one", "1"), ("two", "1"), ("three", "0")):
        subprocess.run(
            [sys.executable, "-m", "gravida", "explain", str(made[1]), "--plan", str(made[0]),
             "--out", str(tmp_path / name), "--no-pdf", "--language", "en"],
            check=True, capture_output=True, cwd=HOME, env={**os.environ, "GRAVIDA_NUMBA": compiled},
        )  # fmt: skip
        written.append((tmp_path / name / "results.json").read_bytes())
    assert written[0] == written[1] == written[2]


class _Stopped(Exception):
    """The hand that stops a run."""


@pytest.mark.slow
def test_a_run_that_was_stopped_goes_on_and_ends_in_the_same_results(
    made: tuple[Path, Path], found: Results, tmp_path: Path
) -> None:
    wanted = asked(*made)
    source = checked_source(wanted)

    def stop_after_three(steps: list[Step]) -> Iterator[Step]:
        for number, step in enumerate(steps):
            if number == 3:
                raise _Stopped
            yield step

    # given a run stopped by hand after three steps
    with pytest.raises(_Stopped), work_folder(tmp_path, wanted) as kept:
        run(wanted, source, kept=kept, progress=stop_after_three)
    # when the same run is asked for again
    with work_folder(tmp_path, wanted) as kept:
        assert kept.steps == 3
        again = run(wanted, source, kept=kept)
    # then it ends as one that was never stopped, and nothing is left behind
    assert json_text(again) == json_text(found)
    assert list(tmp_path.iterdir()) == []


def test_a_step_cut_short_on_the_disk_is_done_again(made: tuple[Path, Path], tmp_path: Path) -> None:
    wanted = asked(*made)
    with pytest.raises(_Stopped), work_folder(tmp_path, wanted) as kept:
        (kept.folder / "describe.json").write_text('{"pregnancies": ', encoding="utf-8")
        assert kept.read("describe", Results) is None
        assert kept.steps == 0
        raise _Stopped
