"""The words of a plan file: models, roles of columns, endings, what earlier pregnancies say."""

# What the analysis can fit. Those of MISLEADING are names only so that the analysis can say why it refuses
# them where it does: on repeated pregnancies of one woman they give wrong numbers without a sign.
MISLEADING = ("gee_exchangeable", "logistic_laplace")
MODELS = (
    "logistic_cluster",  # working independence, sandwich by woman
    "logistic_agq",  # random intercept, adaptive quadrature, without history covariates
    "cluster_weighted",  # weights 1 / pregnancies of the woman
    "logistic_survey",  # survey weights, strata and sampling units
    "logistic_single",  # one row per woman: no clusters
    "weekly_hazards_logit",
    "weekly_hazards_cloglog",
    "cox_delayed_entry",
    "cox_breslow",
    "aalen_johansen",
    "fine_gray",
    "recurrent_andersen_gill",  # every loss alike, on one clock
    "recurrent_total_times",  # by the order of the loss, on one clock (Prentice, Williams and Peterson)
    "recurrent_gap_times",  # by the order of the loss, the clock beginning anew at each
    "recurrent_frailty",  # a gamma frailty of each woman
    "conditional_logistic",
    "standardised_risk",  # risk difference and ratio
    "age_spline",
    "firth",
    "ridge",
    "score_tests",
    "stability_selection",
    "prediction",  # penalised, with optimism by woman bootstrap and calibration
    *MISLEADING,
)
TIME_MODELS = frozenset(
    {
        "weekly_hazards_logit",
        "weekly_hazards_cloglog",
        "cox_delayed_entry",
        "cox_breslow",
        "aalen_johansen",
        "fine_gray",
    }
)
RECURRENT_MODELS = frozenset(
    {"recurrent_andersen_gill", "recurrent_total_times", "recurrent_gap_times", "recurrent_frailty"}
)
GRAINS = ("woman", "pregnancy", "transfer")
CONTROLS = ("none", "benjamini_hochberg", "benjamini_yekutieli", "holm")
# When a factor was measured, seen from the pregnancy that is the outcome.
TIMINGS = ("fixed", "before_index", "at_recognition", "during_index", "after_outcome")
SHAPES = ("linear", "spline", "categories", "terms")
INDEX_RULES = ("every_pregnancy", "after_losses", "after_inclusion")
SENSITIVITIES = (
    "",
    "first_index_only",
    "other_definitions",
    "shift_weeks",
    "complete_cases",
    "leave_out",
    "survey_weights",
    "without_entry",
    "closed_entry",
)

# What a woman's earlier pregnancies say, at the time of each pregnancy; written history.NAME in a plan.
HISTORY = (
    "early_losses",
    "losses",
    "live_births",
    "stillbirths",
    "terminations",
    "ectopics",
    "moles",
    "losses_immediately_before",
    "losses_in_a_row",
    "longest_run",
    "previous_was_loss",
    "earlier_pregnancies",
)
# Of these the outcome itself is the source: with them, models that share something between the pregnancies
# of one woman are not valid (Pepe and Anderson 1994; initial conditions of a random intercept).
LAGGED_OUTCOMES = frozenset(
    {
        "early_losses",
        "losses",
        "losses_immediately_before",
        "losses_in_a_row",
        "longest_run",
        "previous_was_loss",
    }
)

# What the columns of the input stand for.
ROLES = (
    "woman",
    "order",
    "ending",
    "weeks",
    "weeks_span",
    "recognised_week",
    "began",
    "ended",
    "included",
    "followed_until",
    "weight",
    "stratum",
    "sampling_unit",
    "trying_since",
    "observed_from",
    "last_news",
    "transferred",
    "dated",
    "sample",
    "explained",
)
# Of these, what tables beside the pregnancies hold: of women, transfers, contacts, dated forms, samples.
ROLES_BESIDE = frozenset(
    {"trying_since", "observed_from", "last_news", "transferred", "dated", "sample", "explained"}
)
ENDINGS = (
    "live_birth",
    "stillbirth",
    "fetal_death",  # dead-born, called so at any age: a loss before 22 weeks, a stillbirth from then on
    "miscarriage",
    "biochemical",
    "pul_resolved",
    "pul_treated",
    "loss",  # of a type nobody wrote down
    "ectopic",
    "complete_mole",
    "partial_mole",
    "termination",
    "ongoing",
    "unknown",
)


# In a question about repeated losses: years from the first conception to the beginning of each interval.
INTERVAL_YEARS = "interval.years"


def is_made(name: str) -> bool:
    """Whether a full name stands in no table: the history, or how long a woman has been watched."""
    return is_history(name) or name == INTERVAL_YEARS


def is_history(name: str) -> bool:
    """Whether a full name belongs to what earlier pregnancies say."""
    return name.startswith("history.")
