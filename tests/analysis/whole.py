"""A source and a plan that ask for everything a report can hold: prognosis, markers, imputation, curves."""

from pathlib import Path

import numpy as np

from gravida.analysis.simulate import OUTCOMES, CohortTruth, simulate_cohort

MARKERS = tuple(f"marker_{number}" for number in range(1, 7))

PLAN = """\
id = "whole"
version = 3
status = "signed"
seed = 11

[population]
text.en = "Simulated women"
text.fr = "Femmes simulées"

[index_event]
rule = "every_pregnancy"
text.en = "Every pregnancy"
text.fr = "Chaque grossesse"

[input]
times_in = "months"

[input.columns]
woman = "woman"
order = "order"
ending = "ending"
weeks = "weeks"
recognised_week = "recognised_week"

[[outcome]]
id = "early_loss"
name.en = "Early loss"
name.fr = "Perte précoce"
event = "ending in ('miscarriage', 'fetal_death') and weeks < 14"
competing = ["birth", "late_loss", "induced", "ectopic"]

[[outcome]]
id = "birth"
name.en = "Live birth"
name.fr = "Naissance vivante"
event = "ending = 'live_birth'"
competing = ["early_loss", "late_loss", "induced", "ectopic"]

[[outcome]]
id = "late_loss"
name.en = "Late loss"
name.fr = "Perte tardive"
event = "ending in ('miscarriage', 'fetal_death') and weeks >= 14"
competing = ["early_loss", "birth", "induced", "ectopic"]

[[outcome]]
id = "induced"
name.en = "Termination"
name.fr = "Interruption"
event = "ending = 'termination'"

[[outcome]]
id = "ectopic"
name.en = "Ectopic pregnancy"
name.fr = "Grossesse extra-utérine"
event = "ending = 'ectopic'"

[[family]]
id = "known"
name.en = "Known"
name.fr = "Connus"
control = "none"

[[family]]
id = "habits"
name.en = "Way of life"
name.fr = "Mode de vie"
control = "benjamini_hochberg"

[[family]]
id = "immune"
name.en = "Immune markers"
name.fr = "Marqueurs immunitaires"
control = "benjamini_yekutieli"
markers = true

[[factor]]
id = "age"
name.en = "Age"
name.fr = "Âge"
variable = "age_years"
family = "known"
timing = "before_index"
shape = "spline"
adjust_for = []
why = "known"

[[factor]]
id = "losses"
name.en = "Earlier losses"
name.fr = "Pertes antérieures"
variable = "history.early_losses"
family = "known"
timing = "before_index"
adjust_for = ["age"]
why = "known"

[[factor]]
id = "smoker"
name.en = "Smoker"
name.fr = "Fumeuse"
variable = "smoker"
family = "habits"
timing = "before_index"
adjust_for = ["age"]
why = "known"

[[factor]]
id = "bmi"
name.en = "Body mass index"
name.fr = "Indice de masse corporelle"
variable = "bmi"
family = "habits"
timing = "before_index"
adjust_for = ["age"]
why = "known"

MARKERS

[[question]]
id = "main"
name.en = "Which pregnancies end early?"
name.fr = "Quelles grossesses s’arrêtent tôt ?"
grain = "pregnancy"
outcome = "early_loss"
population = "all"
models = ["logistic_cluster", "cluster_weighted", "standardised_risk", "firth", "ridge"]
factors = ["age", "losses", "smoker", "bmi"]
set_aside = ["induced", "ectopic"]
set_aside_why = "apart"
ongoing = "left_out"

[[question]]
id = "each"
name.en = "Each factor by itself"
name.fr = "Chaque facteur seul"
grain = "pregnancy"
outcome = "early_loss"
population = "all"
models = ["logistic_cluster"]
factors = []
set_aside = ["induced", "ectopic"]
set_aside_why = "apart"
ongoing = "left_out"

[[question]]
id = "when"
name.en = "When?"
name.fr = "Quand ?"
grain = "pregnancy"
outcome = "early_loss"
population = "all"
models = ["aalen_johansen", "cox_delayed_entry", "fine_gray", "weekly_hazards_logit"]
factors = ["smoker", "bmi"]
horizon_weeks = 14
by = "smoker"

[[question]]
id = "foretold"
name.en = "Can it be foretold?"
name.fr = "Peut-on le prédire ?"
grain = "pregnancy"
outcome = "early_loss"
population = "all"
purpose = "prediction"
models = ["prediction"]
factors = ["age", "losses", "smoker", "bmi"]
set_aside = ["induced", "ectopic"]
set_aside_why = "apart"
ongoing = "left_out"

[[question]]
id = "panel"
name.en = "Which markers?"
name.fr = "Quels marqueurs ?"
grain = "pregnancy"
outcome = "early_loss"
population = "all"
models = ["score_tests", "stability_selection"]
factors = [NAMES]
set_aside = ["induced", "ectopic"]
set_aside_why = "apart"
ongoing = "left_out"

[[question]]
id = "women"
name.en = "Which women?"
name.fr = "Quelles femmes ?"
grain = "woman"
outcome = "early_loss"
population = "women"
models = ["logistic_cluster"]
factors = ["smoker"]

[[sensitivity]]
id = "first"
kind = "first_index_only"
text.en = "First only."
text.fr = "La première seule."

[[sensitivity]]
id = "definitions"
kind = "other_definitions"
text.en = "Other definitions."
text.fr = "D’autres définitions."

[[sensitivity]]
id = "moved"
kind = "shift_weeks"
weeks = [-1, 1]
text.en = "Weeks moved."
text.fr = "Semaines déplacées."

[[sensitivity]]
id = "complete"
kind = "complete_cases"
text.en = "Complete cases."
text.fr = "Cas complets."

[[sensitivity]]
id = "young"
kind = "leave_out"
where = "age_years < 20"
text.en = "Without the youngest."
text.fr = "Sans les plus jeunes."

[[sensitivity]]
id = "no_entry"
kind = "without_entry"
questions = ["when"]
text.en = "Entry ignored."
text.fr = "Entrée ignorée."

[[sensitivity]]
id = "words"
text.en = "In words only."
text.fr = "En mots seulement."

[thresholds]
min_risk_set = 20
riley_c = 0.65

[imputation]
method = "chained_equations"
imputations = 5
iterations = 4
"""

MARKER = """\
[[factor]]
id = "{name}"
name.en = "{name}"
name.fr = "{name}"
variable = "{name}"
family = "immune"
timing = "before_index"
adjust_for = ["age", "losses"]
why = "panel"
"""
ENDINGS = dict(
    zip(OUTCOMES, ("live_birth", "fetal_death", "miscarriage", "termination", "ectopic"), strict=True)
)


def plan_file(folder: Path) -> Path:
    """The plan as a file."""
    text = PLAN.replace("MARKERS", "\n".join(MARKER.format(name=name) for name in MARKERS))
    text = text.replace("NAMES", ", ".join(f'"{name}"' for name in MARKERS))
    path = folder / "plan.toml"
    path.write_text(text, encoding="utf-8")
    return path


def source_file(folder: Path, *, women: int = 1300, seed: int = 5) -> Path:
    """Simulated pregnancies with markers and some unknown body mass indices."""
    random = np.random.default_rng(seed)
    cohort = simulate_cohort(women=women, generator=random, truth=CohortTruth())
    panel = random.normal(size=(len(cohort.woman), len(MARKERS))) + random.normal(size=(len(cohort.woman), 1))
    known = random.random(len(cohort.woman)) > 0.08
    header = "woman,order,ending,weeks,recognised_week,age_years,smoker,bmi," + ",".join(MARKERS)
    lines = [header]
    for row in range(len(cohort.woman)):
        bmi = f"{cohort.bmi[row]:.1f}" if known[row] else ""
        told = [
            f"W{cohort.woman[row]:04d}",
            str(cohort.order[row]),
            ENDINGS[OUTCOMES[cohort.outcome[row]]],
            str(cohort.weeks[row]),
            str(cohort.recognised_week[row]),
            f"{cohort.age_years[row]:.1f}",
            str(int(cohort.smoker[row])),
            bmi,
            *(f"{value:.3f}" for value in panel[row]),
        ]
        lines.append(",".join(told))
    path = folder / "pregnancies.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
