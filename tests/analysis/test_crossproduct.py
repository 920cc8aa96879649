"""Products in blocks: equal to the whole product, whatever the number of rows."""

import numpy as np
import pytest

from gravida.analysis.crossproduct import (
    cross_of_two,
    linear_predictor,
    weighted_cross,
    weighted_product,
    weighted_sum,
)


@pytest.mark.parametrize(("rows", "terms"), [(1, 1), (433, 24), (434, 24), (5000, 3), (700, 120)])
def test_blocks_add_up_to_the_whole(rows: int, terms: int) -> None:
    random = np.random.default_rng(rows)
    design, other = random.normal(size=(rows, terms)), random.normal(size=(rows, 2))
    weights, estimates = random.random(rows), random.normal(size=terms)

    np.testing.assert_allclose(
        weighted_cross(design, weights), (design * weights[:, None]).T @ design, atol=1e-10
    )
    np.testing.assert_allclose(weighted_cross(design), design.T @ design, atol=1e-10)
    np.testing.assert_allclose(cross_of_two(design, other), design.T @ other, atol=1e-10)
    np.testing.assert_allclose(
        weighted_product(other.T, weights, design), (other.T * weights) @ design, atol=1e-10
    )
    np.testing.assert_allclose(weighted_sum(design, weights), weights @ design, atol=1e-10)
    np.testing.assert_allclose(
        linear_predictor(design, estimates, weights), design @ estimates + weights, atol=1e-11
    )
