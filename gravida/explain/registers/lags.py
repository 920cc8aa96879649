"""What a woman's earlier pregnancies say, as window sums: `analysis.history_lags`, row for row.

Every step makes the columns of all lags at once, so that an engine passes over the rows a few times, not once
for each lag. Columns of the steps begin with an underscore and are dropped at the end.
"""

from collections.abc import Mapping

import ibis
from ibis.expr.types import BooleanValue, Table, Value

from gravida.explain.registers.facts import COUNTED, Facts

HISTORY = (
    *COUNTED,
    "earlier_pregnancies",
    "losses_immediately_before",
    "losses_in_a_row",
    "longest_run",
    "previous_was_loss",
)
CANNOT_TELL = 4
Flags = Mapping[str, BooleanValue]


def in_places(pregnancies: Table, ordered_by: str) -> Table:
    """Pregnancies with `when`, `number` within the woman, whether her places are shared up to here.

    A woman of whom any time is missing has all her pregnancies in one place: nothing says their order.
    """
    table = pregnancies.mutate(_told=pregnancies[ordered_by])
    table = table.mutate(
        _unplaced=table._told.isnull().cast("int64").max().over(ibis.window(group_by="woman"))
    )
    table = table.mutate(when=ibis.ifelse(table._unplaced == 1, 0.0, table._told))
    table = table.mutate(
        number=ibis.row_number().over(_in_order()) + 1, _in_place=table.when.count().over(_place())
    )
    table = table.mutate(_shared=(table._in_place > 1).cast("int64").max().over(_so_far()))
    # Rows of one place are told apart by their number only: all of them count as shared.
    table = table.mutate(is_shared=table._shared.max().over(_place()) == 1)
    return table.drop("_told", "_unplaced", "_in_place", "_shared")


def with_lags(table: Table, facts: Facts, *, definition: bool) -> Table:
    """The lags as columns NAME__fewest and NAME__most, and loss_type.

    Under a definition also `defined`, counted in all, and `defined_longest`, the longest run.
    """
    flags = {name: facts.has(table, name) for name in facts.names}
    counts, runs = _counts(flags, definition), _runs(flags, definition)
    kept = table.columns
    births = flags["live_births"].cast("int64")
    steps = {f"_certain {name}": certain.cast("int64") for name, (certain, _) in counts.items()}
    steps |= {f"_possible {name}": possible.cast("int64") for name, (_, possible) in counts.items()}
    steps |= {f"_loss {name}": losses.cast("int64") for name, (losses, _) in runs.items()}
    steps |= {f"_ends {name}": ends.cast("int64") for name, (_, ends) in runs.items()}
    table = table.mutate(**steps, _births=births, _early=flags["early_losses"])
    table = _with_sums(table, counts, runs)
    table = _with_since(table, counts, runs)
    table = _with_reached(table, runs)
    return _told(table, kept, counts, definition=definition)


def _counts(flags: Flags, definition: bool) -> dict[str, tuple[BooleanValue, BooleanValue]]:
    """What is counted: surely so, possibly so."""
    every = ibis.literal(True)
    births, may_birth = flags["live_births"], flags["may live_births"]
    unsure = (flags["early_losses"] != flags["may early_losses"]) | (births != may_birth)
    counts = {name: (flags[name], flags[f"may {name}"]) for name in COUNTED}
    counts |= {"earlier_pregnancies": (every, every), "unsure": (unsure, unsure)}
    counts |= {"may run": (flags["run: may loss"], flags["run: may loss"])}
    if definition:
        counts |= {"defined": (flags["definition: loss"], flags["definition: may loss"])}
    return counts


def _runs(flags: Flags, definition: bool) -> dict[str, tuple[BooleanValue, BooleanValue]]:
    """Runs of losses: what lengthens one, what ends it."""
    certain, possible = flags["early_losses"], flags["may early_losses"]
    runs = {"before fewest": (certain, ~certain), "before most": (possible, ~possible)}
    for name, rule in (("run", "run"), *((("defined", "definition"),) if definition else ())):
        runs |= {
            f"{name} fewest": (flags[f"{rule}: loss"], flags[f"{rule}: may end"]),
            f"{name} most": (flags[f"{rule}: may loss"], flags[f"{rule}: ends"]),
        }
    return runs


def _place() -> ibis.expr.builders.WindowBuilder:
    return ibis.window(group_by=["woman", "when"])


def _in_order() -> ibis.expr.builders.WindowBuilder:
    return ibis.window(group_by="woman", order_by=["when", "row"])


def _so_far() -> ibis.expr.builders.WindowBuilder:
    return ibis.window(group_by="woman", order_by=["when", "row"], preceding=None, following=0)


def _before(values: Value, otherwise: int = 0) -> Value:
    """The value of the row before, within the woman."""
    return values.lag(1).over(_in_order()).fill_null(otherwise)


def _with_sums(table: Table, counts: Mapping[str, object], runs: Mapping[str, object]) -> Table:
    """Sums up to and with each row."""
    sums = {}
    for name in counts:
        sums[f"_sure {name}"] = table[f"_certain {name}"].sum().over(_so_far())
        sums[f"_maybe {name}"] = table[f"_possible {name}"].sum().over(_so_far())
    for name in runs:
        sums[f"_sum {name}"] = table[f"_loss {name}"].sum().over(_so_far())
    return table.mutate(**sums, _births_before=table._births.sum().over(_so_far()) - table._births)


def _with_since(table: Table, counts: Mapping[str, object], runs: Mapping[str, object]) -> Table:
    """Counts before each row; losses since the last pregnancy before it that ended a run."""
    found = {}
    for name in counts:
        # Those that share the place may have been earlier.
        in_place = table[f"_certain {name}"].sum().over(_place())
        found[f"_fewest {name}"] = table[f"_sure {name}"].max().over(_place()) - in_place
        found[f"_most {name}"] = table[f"_maybe {name}"].max().over(_place()) - table[f"_possible {name}"]
    for name in runs:
        at_end = ibis.ifelse(table[f"_ends {name}"] == 1, table[f"_sum {name}"], 0)
        found[f"_last {name}"] = at_end.max().over(_so_far())
    at_loss = ibis.ifelse(table._early, table._births_before, ibis.null("int64"))
    found |= {"_first_births": at_loss.min().over(_so_far()), "_last_births": at_loss.max().over(_so_far())}
    table = table.mutate(**found)
    since = {
        f"_since {name}": _before(table[f"_sum {name}"]) - _before(table[f"_last {name}"]) for name in runs
    }
    return table.mutate(**since)


def _with_reached(table: Table, runs: Mapping[str, object]) -> Table:
    """The longest run before each row."""
    reached = {
        f"_reached {name}": ibis.ifelse(
            table[f"_ends {name}"] == 1, 0, table[f"_since {name}"] + table[f"_loss {name}"]
        )
        for name in runs
    }
    table = table.mutate(**reached)
    table = table.mutate(
        **{f"_highest {name}": table[f"_reached {name}"].max().over(_so_far()) for name in runs}
    )
    return table.mutate(**{f"_longest {name}": _before(table[f"_highest {name}"]) for name in runs})


def _told(table: Table, kept: tuple[str, ...], counts: Mapping[str, object], *, definition: bool) -> Table:
    told: dict[str, Value] = {}
    for name in counts:
        if name not in ("unsure", "may run"):
            told |= {f"{name}__fewest": table[f"_fewest {name}"], f"{name}__most": table[f"_most {name}"]}
    shared, early = table.is_shared, table["_most early_losses"]
    open_runs = [
        ("losses_immediately_before", "_since before", early),
        ("losses_in_a_row", "_since run", table["_most may run"]),
        ("longest_run", "_longest run", table["_most may run"]),
    ]
    if definition:
        open_runs.append(("defined_longest", "_longest defined", table["_most defined"]))
    for name, source, possible in open_runs:
        # Nothing says what came between rows of one place: from there on a run is open.
        told[f"{name}__fewest"] = ibis.ifelse(shared, 0, table[f"{source} fewest"])
        told[f"{name}__most"] = ibis.ifelse(shared, possible, table[f"{source} most"])
    certain, maybe = _before(table["_certain early_losses"]), _before(table["_possible early_losses"])
    told |= {
        "previous_was_loss__fewest": ibis.ifelse(shared, 0, certain),
        "previous_was_loss__most": ibis.ifelse(shared, (early > 0).cast("int64"), maybe),
        "loss_type": _loss_type(table),
    }
    return table.select(*(table[name] for name in kept), **told)


def _loss_type(table: Table) -> Value:
    """Primary, secondary, tertiary by births before the first and last early loss; places in LOSS_TYPES."""
    at_first, at_last = _before(table._first_births, -1), _before(table._last_births, -1)
    kind = ibis.cases(
        ((table["_most unsure"] > 0) | table.is_shared, CANNOT_TELL),
        (at_first < 0, 0),
        (at_last > at_first, 3),
        (at_first > 0, 2),
        else_=1,
    )
    return kind.cast("int64")
