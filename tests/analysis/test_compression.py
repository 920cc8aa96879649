"""Exact compression: patterns, pairs and signatures give the numbers of the rows themselves."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gravida.analysis import compression
from gravida.analysis.compression import (
    CompressedRows,
    Covariate,
    compress,
    gridded,
    pack,
    treatment_design,
    unpack,
    with_outcome,
)
from gravida.analysis.compression_pairs import count_pairs
from gravida.analysis.compression_women import woman_signatures
from gravida.analysis.logistic import inverse_cluster_size_weights, logistic, logistic_by_pattern
from gravida.analysis.sandwich import cluster_meat

COLUMNS = (
    Covariate(name="age", levels=("25-29", "<25", "30-34", ">=35")),
    Covariate(name="losses", levels=("0", "1", "2", ">=3")),
    Covariate(name="smoker", levels=("no", "yes")),
)


@pytest.fixture
def cohort() -> dict[str, Any]:
    """2,000 pregnancies of women in mixed order, one to nine each."""
    random = np.random.default_rng(7)
    woman = random.permutation(np.repeat(np.arange(800), random.integers(1, 10, 800))[:2000])
    codes = {column.name: random.integers(0, len(column.levels), 2000) for column in COLUMNS}
    risk = 1 / (1 + np.exp(1.2 - 0.4 * codes["losses"] - random.normal(size=800)[woman]))
    return {"codes": codes, "outcome": (random.random(2000) < risk).astype(int), "woman": woman}


@pytest.fixture
def rows(cohort: dict[str, Any]) -> CompressedRows:
    """The cohort, compressed."""
    return compress(**cohort, covariates=COLUMNS)


def _indicators(cohort: dict[str, Any]) -> np.ndarray:
    return np.column_stack(
        [
            cohort["codes"][column.name] == level
            for column in COLUMNS
            for level in range(1, len(column.levels))
        ]
    ).astype(float)


@pytest.mark.parametrize("link", ["logit", "cloglog"])
@pytest.mark.parametrize("correction", ["CR0", "CR1", "CR1S", "CR2"])
def test_patterns_give_the_fit_of_the_rows(
    cohort: dict[str, Any], rows: CompressedRows, correction: Any, link: Any
) -> None:
    design, names = treatment_design(rows.table)

    short = logistic_by_pattern(rows=rows, design=design, names=names, correction=correction, link=link)
    long = logistic(
        outcome=cohort["outcome"],
        factors=_indicators(cohort),
        names=names,
        clusters=cohort["woman"],
        correction=correction,
        link=link,
    )

    assert len(rows.table.keys) == 32
    assert names[:4] == ("age=<25", "age=30-34", "age=>=35", "losses=1")
    np.testing.assert_allclose(short.estimates, long.estimates, rtol=1e-11)
    np.testing.assert_allclose(short.covariance, long.covariance, rtol=1e-10, atol=1e-16)
    np.testing.assert_allclose(short.model_covariance, long.model_covariance, rtol=1e-10, atol=1e-16)
    assert short.log_likelihood == pytest.approx(long.log_likelihood, rel=1e-13)
    assert (short.n_rows, short.n_events, short.n_clusters) == (
        long.n_rows,
        long.n_events,
        long.n_clusters,
    )


def test_pairs_give_the_clustered_covariance_of_the_rows(rows: CompressedRows) -> None:
    design, names = treatment_design(rows.table)

    streamed = logistic_by_pattern(rows=rows, design=design, names=names)
    paired = logistic_by_pattern(rows=rows, design=design, names=names, pairs=count_pairs(rows))

    np.testing.assert_allclose(paired.covariance, streamed.covariance, rtol=1e-11, atol=1e-17)


def test_pairs_of_two_partitions_add_up(cohort: dict[str, Any], rows: CompressedRows) -> None:
    # Given: women split in two, on one pattern table.
    half = int(rows.starts[len(rows.starts) // 2])
    cut = len(rows.starts) // 2

    def part(span: slice, starts: np.ndarray) -> CompressedRows:
        pattern, outcome = rows.pattern[span], rows.outcome[span]
        table = replace(
            rows.table,
            trials=np.bincount(pattern, minlength=32),
            events=np.bincount(pattern[outcome == 1], minlength=32),
        )
        return CompressedRows(table=table, pattern=pattern, outcome=outcome, starts=starts)

    # When
    one = count_pairs(part(slice(0, half), rows.starts[: cut + 1]))
    other = count_pairs(part(slice(half, None), rows.starts[cut:] - half))
    whole = count_pairs(rows)

    # Then
    for name in ("number", "first_events", "second_events", "both_events"):
        together = getattr(one, name) + getattr(other, name)
        assert abs(together - getattr(whole, name)).max() == 0
    assert ((one.trials + other.trials) == whole.trials).all()


def test_signatures_hold_every_woman_and_give_the_same_meat(rows: CompressedRows) -> None:
    random = np.random.default_rng(1)
    design, residuals = random.normal(size=(32, 5)), random.normal(size=(2, 32))

    signatures = woman_signatures(rows)
    by_signature = np.zeros((5, 5))
    for at, women in enumerate(signatures.women):
        span = slice(int(signatures.rows.starts[at]), int(signatures.rows.starts[at + 1]))
        pattern, outcome = signatures.rows.pattern[span], signatures.rows.outcome[span]
        score = residuals[outcome.astype(int), pattern] @ design[pattern]
        by_signature += women * np.outer(score, score)

    assert signatures.women.sum() == len(rows.starts) - 1
    assert len(signatures.women) < len(rows.starts) - 1
    expected = cluster_meat(design=design, residuals=residuals, rows=rows.clustered())
    np.testing.assert_allclose(by_signature, expected, rtol=1e-12)


def test_signatures_do_not_see_the_order_of_a_woman_s_rows() -> None:
    rows = compress(
        codes={"smoker": np.array([0, 1, 1, 0, 1])},
        covariates=COLUMNS[2:],
        outcome=[1, 0, 0, 1, 1],
        woman=[1, 1, 2, 2, 3],
    )

    signatures = woman_signatures(rows)

    assert sorted(signatures.women.tolist()) == [1, 2]


def test_weights_by_cluster_size_are_those_of_the_rows(cohort: dict[str, Any], rows: CompressedRows) -> None:
    design, names = treatment_design(rows.table)

    short = logistic_by_pattern(rows=rows, design=design, names=names, inverse_cluster_size=True)
    long = logistic(
        outcome=cohort["outcome"],
        factors=_indicators(cohort),
        names=names,
        clusters=cohort["woman"],
        weights=inverse_cluster_size_weights(cohort["woman"]),
    )

    np.testing.assert_allclose(short.estimates, long.estimates, rtol=1e-10)
    np.testing.assert_allclose(short.covariance, long.covariance, rtol=1e-9, atol=1e-16)


def test_many_possible_patterns_are_sorted_instead_of_counted(
    cohort: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = compress(**cohort, covariates=COLUMNS)
    monkeypatch.setattr(compression, "LARGEST_TABLE", 1)

    sorted_ = compress(**cohort, covariates=COLUMNS)

    assert (sorted_.table.keys == counted.table.keys).all()
    assert (sorted_.table.trials == counted.table.trials).all()
    assert (sorted_.table.events == counted.table.events).all()
    assert (sorted_.pattern == counted.pattern).all()


def test_packed_keys_unpack_to_the_same_codes(cohort: dict[str, Any]) -> None:
    codes = [cohort["codes"][column.name] for column in COLUMNS]

    keys = pack(codes, covariates=COLUMNS)

    assert keys.dtype == np.int32
    assert (unpack(keys, levels=[4, 4, 2]) == np.column_stack(codes)).all()


def test_a_key_that_needs_more_than_32_bits_has_64() -> None:
    wide = [Covariate(name=f"c{at}", levels=tuple("abcdefgh")) for at in range(12)]
    codes = [np.array([7, 0]) for _ in wide]

    keys = pack(codes, covariates=wide)

    assert keys.tolist() == [8**12 - 1, 0]


def test_more_patterns_than_64_bits_are_refused() -> None:
    wide = [Covariate(name=f"c{at}", levels=tuple("abcdefgh")) for at in range(21)]

    with pytest.raises(ValueError, match="beyond 64 bits"):
        pack([np.array([0]) for _ in wide], covariates=wide)


@pytest.mark.parametrize("code", [-1, 2])
def test_a_code_out_of_range_is_refused_by_name(code: int) -> None:
    with pytest.raises(ValueError, match=r"smoker holds codes .* wanted 0 to 1"):
        pack([np.array([0, code])], covariates=COLUMNS[2:])


def test_another_outcome_on_the_same_rows(cohort: dict[str, Any], rows: CompressedRows) -> None:
    other = with_outcome(rows, 1 - rows.outcome)

    assert (other.table.events == rows.table.trials - rows.table.events).all()


def test_a_continuous_covariate_lies_on_its_declared_grid() -> None:
    covariate, code = gridded(name="age", values=[31.26, 29.74, 31.3], step=0.5)

    assert covariate.values == (29.5, 31.5)
    assert code.tolist() == [1, 0, 1]


def test_a_model_can_use_some_of_the_covariates(rows: CompressedRows) -> None:
    design, names = treatment_design(rows.table, use=("losses",))

    assert names == ("losses=1", "losses=2", "losses=>=3")
    assert design.shape == (32, 3)
    with pytest.raises(KeyError, match="no covariate 'bmi'"):
        treatment_design(rows.table, use=("bmi",))


def test_an_outcome_of_another_length_is_refused(cohort: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"outcome of shape \(1999,\)"):
        compress(**{**cohort, "outcome": cohort["outcome"][1:]}, covariates=COLUMNS)
