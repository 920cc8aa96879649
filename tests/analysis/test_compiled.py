"""Compiled loops: the numbers of the plain loop, and the switch that turns them off."""

import numpy as np
import pytest

from gravida.analysis.compiled import compiled, numba_is_wanted


def _running_product(values: np.ndarray) -> float:
    total = 0.0
    for value in values:
        total += value * (1.0 + total / 7.0)
    return total


def test_a_compiled_loop_gives_the_numbers_of_the_plain_one() -> None:
    pytest.importorskip("numba", reason="the extra [fast] is not installed")
    values = np.random.default_rng(4).normal(size=200)

    assert compiled(_running_product)(values) == pytest.approx(_running_product(values), rel=1e-12)


def test_the_operator_turns_compilation_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAVIDA_NUMBA", "0")

    assert not numba_is_wanted()
