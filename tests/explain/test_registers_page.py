"""The page on registers runs as it is printed."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.explain.register_tables import write_register
from tests.explain.test_registers import made

PAGE = Path(__file__).resolve().parents[2] / "docs/registers.md"


def test_the_code_of_the_page_runs_on_a_register(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # given a register with ages, in the folder that the page names
    for part in write_register(made(seed=5, women=2000), tmp_path / "register").iterdir():
        table = parquet.read_table(part)
        ages = pa.array(20.0 + np.arange(len(table)) % 20)
        parquet.write_table(table.append_column("age_years", ages), part)
    monkeypatch.chdir(tmp_path)
    (block,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    # when
    exec(compile(block, "docs/registers.md", "exec"), names)  # noqa: S102
    # then
    fit = names["fit"]
    assert fit.names[1:] == tuple(names["names"])
    assert np.isfinite(fit.standard_errors).all()
