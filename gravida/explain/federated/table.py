"""A site's table, Parquet or CSV, as the columns a plan reads."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import dataset

from gravida.analysis.federated.plan import FederatedPlan


class TableUnusable(ValueError):
    """A table that cannot be read: which file, what was found."""


def read_columns(path: Path, plan: FederatedPlan) -> dict[str, NDArray[Any]]:
    """The plan's columns: numbers with NaN where missing, texts with "" where missing.

    A Parquet file or a folder of them, or a CSV with a header. TableUnusable names file and column.
    """
    try:
        read = dataset.dataset(path, format="csv" if path.suffix.lower() == ".csv" else "parquet")
        for name in plan.columns:
            if name not in read.schema.names:
                raise TableUnusable(f"{path}: no column {name!r}; it has {', '.join(read.schema.names)}")
        table = read.to_table(columns=list(plan.columns))
    except (pa.ArrowInvalid, pa.ArrowTypeError) as problem:
        raise TableUnusable(f"{path}: {problem}") from problem
    return {name: _column(table.column(name)) for name in plan.columns}


def _column(cells: pa.ChunkedArray) -> NDArray[Any]:
    type_ = cells.type
    if pa.types.is_boolean(type_):
        cells = cells.cast(pa.int8())
    elif not (pa.types.is_integer(type_) or pa.types.is_floating(type_) or pa.types.is_decimal(type_)):
        return np.asarray(cells.cast(pa.string()).fill_null("").to_pylist(), dtype=np.str_)
    if pa.types.is_integer(cells.type) and not cells.null_count:
        return np.asarray(cells.to_numpy())
    return np.asarray(cells.cast(pa.float64()).to_numpy(), dtype=np.float64)
