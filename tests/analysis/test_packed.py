"""Packed files beside a Parquet: the same rows as without them, used only where nothing has changed."""

import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from gravida.analysis import packed, packed_file
from gravida.analysis.compression import CompressedRows, Covariate, compress, treatment_design
from gravida.analysis.logistic import logistic_by_pattern
from gravida.analysis.packed import packed_rows

BAND = Covariate(name="band", levels=("25-29", "below 25", "30 or more"))
LOSSES = Covariate(name="losses", levels=("0", "1", "2", "3"))
AGE = Covariate(name="age", levels=("24", "24.5", "25"), values=(24.0, 24.5, 25.0))
COVARIATES = (BAND, LOSSES, AGE)


def columns(*, seed: int, rows: int = 400) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(seed)
    return {
        "woman": generator.integers(0, rows // 3, rows),
        "band": np.array(BAND.levels)[generator.integers(0, 3, rows)],
        "losses": generator.integers(0, 4, rows).astype(np.int8),
        "age": np.array(AGE.values)[generator.integers(0, 3, rows)],
        "early_loss": (generator.random(rows) < 0.3).astype(np.uint8),
    }


def write(path: Path, told: dict[str, np.ndarray]) -> Path:
    parquet.write_table(pa.table(told), path)
    return path


def directly(told: dict[str, np.ndarray]) -> CompressedRows:
    codes = {
        "band": np.array([BAND.levels.index(word) for word in told["band"]]),
        "losses": told["losses"],
        "age": np.searchsorted(AGE.values, told["age"]),
    }
    return compress(codes=codes, covariates=COVARIATES, outcome=told["early_loss"], woman=told["woman"])


def equal(one: CompressedRows, other: CompressedRows) -> bool:
    return (
        np.array_equal(one.table.keys, other.table.keys)
        and np.array_equal(one.table.trials, other.table.trials)
        and np.array_equal(one.table.events, other.table.events)
        and np.array_equal(one.pattern, other.pattern)
        and np.array_equal(one.outcome, other.outcome)
        and np.array_equal(one.starts, other.starts)
    )


def test_a_kept_packing_gives_the_rows_of_the_parquet_itself(tmp_path: Path) -> None:
    # given
    told = columns(seed=1)
    file = write(tmp_path / "register.parquet", told)
    # when
    without = packed_rows(file, covariates=COVARIATES, keep=False)
    first, second = (packed_rows(file, covariates=COVARIATES) for _ in range(2))
    # then
    assert (without.was_kept, first.was_kept, second.was_kept) == (False, False, True)
    assert without.file is None
    assert first.file == second.file
    for each in (without, first, second):
        assert equal(each.rows, directly(told))


def test_a_model_on_mapped_rows_has_the_same_bits(tmp_path: Path) -> None:
    # given
    file = write(tmp_path / "register.parquet", columns(seed=2))
    fresh, kept = (packed_rows(file, covariates=COVARIATES).rows for _ in range(2))
    # when
    design, names = treatment_design(kept.table)
    fits = [logistic_by_pattern(rows=rows, design=design, names=names) for rows in (fresh, kept)]
    # then
    assert np.array_equal(fits[0].estimates, fits[1].estimates)
    assert np.array_equal(fits[0].covariance, fits[1].covariance)


def test_a_folder_of_files_is_one_register_whose_women_may_be_split(tmp_path: Path) -> None:
    # given
    told = columns(seed=3)
    folder = tmp_path / "register"
    folder.mkdir()
    write(folder / "a.parquet", {name: values[:150] for name, values in told.items()})
    write(folder / "b.parquet", {name: values[150:] for name, values in told.items()})
    # when
    found = packed_rows(folder, covariates=COVARIATES)
    # then
    assert equal(found.rows, directly(told))
    assert packed_rows(folder, covariates=COVARIATES).was_kept


def test_women_may_have_names_of_any_kind(tmp_path: Path) -> None:
    # given
    told = columns(seed=4)
    named = told | {"woman": np.array([f"w{each:04d}" for each in told["woman"]])}
    # when
    found = packed_rows(write(tmp_path / "register.parquet", named), covariates=COVARIATES).rows
    # then
    wanted = directly(told)
    assert np.array_equal(found.table.trials, wanted.table.trials)
    assert sorted(np.diff(found.starts)) == sorted(np.diff(wanted.starts))


@pytest.mark.parametrize(
    "change", ["other rows", "same size, later", "same time, other size", "a column more"]
)
def test_a_stale_packing_is_made_anew(tmp_path: Path, change: str) -> None:
    # given
    file = write(tmp_path / "register.parquet", columns(seed=5))
    packed_rows(file, covariates=COVARIATES)
    before = file.stat()
    told = columns(seed=6, rows=400 if change != "same time, other size" else 500)
    if change == "a column more":
        told = columns(seed=5) | {"more": np.zeros(400)}
    # when
    write(file, told)
    if change == "same time, other size":
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    found = packed_rows(file, covariates=COVARIATES)
    # then
    assert not found.was_kept
    assert "another source" in str(found.not_trusted)
    assert equal(found.rows, directly(told))
    assert packed_rows(file, covariates=COVARIATES).was_kept


def test_other_rows_of_the_same_size_and_time_are_known_by_the_footer(tmp_path: Path) -> None:
    # given
    told = columns(seed=7)
    file = write(tmp_path / "register.parquet", told)
    packed_rows(file, covariates=COVARIATES)
    before = file.stat()
    told["age"] = np.where(told["age"] == 25.0, 24.5, told["age"])
    # when
    write(file, told)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    # then
    assert equal(packed_rows(file, covariates=COVARIATES).rows, directly(told))


@pytest.mark.parametrize("share", [0.0, 0.001, 0.01, 0.2, 0.5, 0.9, 0.9999])
def test_a_torn_packing_is_made_anew(tmp_path: Path, share: float) -> None:
    # given
    told = columns(seed=8)
    file = write(tmp_path / "register.parquet", told)
    kept = packed_rows(file, covariates=COVARIATES).file
    assert kept is not None
    whole = kept.read_bytes()
    # when
    kept.write_bytes(whole[: int(len(whole) * share)])
    found = packed_rows(file, covariates=COVARIATES)
    # then
    assert not found.was_kept
    assert found.not_trusted is not None
    assert equal(found.rows, directly(told))
    assert kept.read_bytes() == whole


def test_a_packing_with_any_changed_byte_is_made_anew(tmp_path: Path) -> None:
    # given
    told = columns(seed=9, rows=60)
    file = write(tmp_path / "register.parquet", told)
    kept = packed_rows(file, covariates=COVARIATES).file
    assert kept is not None
    whole = kept.read_bytes()
    wanted = directly(told)
    # when, then
    for at in range(0, len(whole), 7):
        kept.write_bytes(whole[:at] + bytes([whole[at] ^ 0x40]) + whole[at + 1 :])
        found = packed_rows(file, covariates=COVARIATES)
        assert equal(found.rows, wanted), f"byte {at}"


def test_another_list_of_covariates_has_a_packing_of_its_own(tmp_path: Path) -> None:
    # given
    file = write(tmp_path / "register.parquet", columns(seed=10))
    # when
    found = [packed_rows(file, covariates=chosen) for chosen in (COVARIATES, (BAND, LOSSES), (LOSSES, BAND))]
    # then
    assert len({each.file for each in found}) == 3
    assert [len(each.rows.table.covariates) for each in found] == [3, 2, 2]
    assert all(not each.was_kept for each in found)


def test_a_folder_that_cannot_be_written_is_read_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    def refused(*args: object, **named: object) -> None:
        raise PermissionError(13, "Permission denied")

    told = columns(seed=11)
    file = write(tmp_path / "register.parquet", told)
    monkeypatch.setattr(packed, "write_packed", refused)
    # when
    found = packed_rows(file, covariates=COVARIATES)
    # then
    assert found.file is None
    assert equal(found.rows, directly(told))


def test_a_writing_that_is_cut_short_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    file = write(tmp_path / "register.parquet", columns(seed=12))
    monkeypatch.setattr(packed_file.os, "fsync", full)
    # when
    packed_rows(file, covariates=COVARIATES)
    # then
    assert [each.name for each in tmp_path.iterdir()] == ["register.parquet"]


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("band", ["25-29", None, "below 25"], "missing in 1 of 3"),
        ("band", ["25-29", "young", "below 25"], "holds 'young': wanted 25-29"),
        ("losses", [0, 1, 4], "losses holds codes 0 to 4: wanted 0 to 3"),
        ("age", [24.0, 24.5, 31.0], "holds 31: wanted numbers on a grid from 24 to 25"),
        ("early_loss", [0, 1, 2], "holds 0 to 2: wanted 0 or 1"),
        ("early_loss", [0.0, 1.0, 0.5], "wanted 0 or 1 in whole numbers"),
        ("woman", [1, None, 2], "missing in 1 of 3"),
    ],
)
def test_a_column_that_cannot_be_packed_is_named(
    tmp_path: Path, name: str, values: list[object], said: str
) -> None:
    # given
    told = {key: pa.array(cells[:3]) for key, cells in columns(seed=13).items()} | {name: pa.array(values)}
    parquet.write_table(pa.table(told), tmp_path / "register.parquet")
    # when, then
    with pytest.raises(ValueError, match=said):
        packed_rows(tmp_path / "register.parquet", covariates=COVARIATES)


def test_a_column_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    file = write(tmp_path / "register.parquet", {"woman": np.zeros(3)})
    with pytest.raises(ValueError, match="no column 'early_loss': it has woman"):
        packed_rows(file, covariates=COVARIATES)


def test_a_folder_without_parquet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no \.parquet file"):
        packed_rows(tmp_path, covariates=COVARIATES)
