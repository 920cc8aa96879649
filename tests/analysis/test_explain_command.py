"""`gravida explain`: what it writes, and what it says where it cannot."""

import json
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from gravida.__main__ import main
from gravida.analysis.report.schema import schema_text
from tests.analysis import plans, whole

HOME = Path(__file__).resolve().parents[2]


@pytest.fixture
def small(tmp_path: Path) -> tuple[Path, Path]:
    """A plan of one question, and five hundred women."""
    age = plans.factor("age")
    plan = plans.toml(tmp_path / "plan.toml", plans.OUTCOMES, age, plans.question())
    return plan, plans.cohort(tmp_path / "pregnancies.csv")


def test_a_run_writes_results_tables_and_a_report_in_each_language(
    small: tuple[Path, Path], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert main(["explain", str(small[1]), "--plan", str(small[0]), "--out", str(out), "--no-pdf"]) == 0
    names = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
    assert {
        "results.json",
        "report.en.html",
        "report.fr.html",
        "tables/terms.csv",
        "tables/flow.csv",
    } <= names
    assert not [name for name in names if "part" in name or name.startswith(".")]
    results = json.loads((out / "results.json").read_text(encoding="utf-8"))
    jsonschema.validate(results, json.loads(schema_text()))
    # every table names the plan
    plan_hash = results["identity"]["plan_hash"]
    for path in out.glob("tables/*.csv"):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert lines[0].endswith(",plan_hash")
        assert all(line.endswith(plan_hash) for line in lines[1:])


def test_nothing_of_this_machine_or_of_the_time_stands_in_the_results(
    small: tuple[Path, Path], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    main(
        ["explain", str(small[1]), "--plan", str(small[0]), "--out", str(out), "--no-pdf", "--language", "en"]
    )
    text = (out / "results.json").read_text(encoding="utf-8")
    assert str(tmp_path) not in text
    assert small[1].name not in text
    assert not re.search(r"20\d\d-\d\d-\d\d", text)


def test_the_report_of_a_language_no_longer_asked_for_is_removed(
    small: tuple[Path, Path], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    command = ["explain", str(small[1]), "--plan", str(small[0]), "--out", str(out), "--no-pdf"]
    assert main(command) == 0
    assert main([*command, "--language", "fr"]) == 0
    assert not (out / "report.en.html").exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (["--plan", "nobody"], "nobody: found no plan, wanted a file or one of etm, infert, nsfg"),
        (["--resume"], "found no interrupted run of this plan on these data"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    change: list[str], said: str, small: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    code = main(["explain", str(small[1]), "--plan", str(small[0]), "--out", str(out), "--no-pdf", *change])
    assert code == 1
    assert said in capsys.readouterr().err
    assert not (out / "results.json").exists()


def test_a_source_that_is_not_there_or_holds_nonsense_is_named_with_its_line(
    small: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["explain", str(tmp_path / "no.csv"), "--plan", str(small[0]), "--out", str(out)]) == 1
    assert "found nothing there" in capsys.readouterr().err
    text = small[1].read_text(encoding="utf-8").splitlines()
    text[3] = text[3].replace(text[3].split(",")[2], "something_else")
    small[1].write_text("\n".join(text) + "\n", encoding="utf-8")
    assert main(["explain", str(small[1]), "--plan", str(small[0]), "--out", str(out)]) == 1
    assert re.search(r"pregnancies\.csv:4, column ending: found “something_else”", capsys.readouterr().err)
    assert not out.exists()


def test_a_plan_that_would_mislead_is_refused_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lagged = plans.factor("lost", "history.early_losses")
    asked = plans.question('["gee_exchangeable"]', factors='["lost"]')
    plan = plans.toml(tmp_path / "plan.toml", plans.OUTCOMES, lagged, asked)
    data = plans.cohort(tmp_path / "pregnancies.csv")
    assert main(["explain", str(data), "--plan", str(plan), "--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err
    assert "would give wrong numbers" in said
    assert "Pepe and Anderson" in said
    assert not (tmp_path / "out").exists()


# The command, to which the keyboard sends its signal as soon as one step is kept. Started in the background,
# as a whole run of the tests may be, it would ignore that signal.
STOPPED_AFTER_ONE_STEP = """
import os, signal, sys
from gravida.__main__ import main
from gravida.analysis.run_kept import Kept
signal.signal(signal.SIGINT, signal.default_int_handler)
keep = Kept.keep
def keep_and_stop(*told):
    kept = keep(*told)
    os.kill(os.getpid(), signal.SIGINT)
    return kept
Kept.keep = keep_and_stop
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.slow
def test_a_run_stopped_by_hand_says_so_and_the_same_command_goes_on(tmp_path: Path) -> None:
    # given a run of many steps
    plan, data, out = whole.plan_file(tmp_path), whole.source_file(tmp_path), tmp_path / "out"
    command = ["explain", str(data), "--plan", str(plan), "--out", str(out), "--no-pdf", "--language", "en"]
    # when it is stopped from the keyboard
    stopped = subprocess.run(
        [sys.executable, "-c", STOPPED_AFTER_ONE_STEP, *command],
        cwd=HOME, capture_output=True, text=True, check=False,
    )  # fmt: skip
    # then it says that what was done is kept, nothing half-written stands there, and it goes on
    assert stopped.returncode == 130
    assert "the same command goes on from there" in stopped.stderr
    assert [path.name for path in out.glob(".unfinished-*/*")] == ["describe.json"]
    assert not (out / "results.json").exists()
    again = subprocess.run(
        [sys.executable, "-m", "gravida", *command, "--resume"],
        cwd=HOME, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "Going on from" in again.stdout
    assert (out / "results.json").exists()
    assert not list(out.glob(".unfinished-*"))
