"""Which rows Great Expectations need look at: all but those that pass for certain.

It judges row by row in Python, which millions of rows cannot wait for. What is left out here passes
every rule of the stage; what is left in may pass as well. So no verdict changes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from artrec.quality.rules import Rule

Flags = npt.NDArray[np.bool_]
FEW_VALUES = 64


def compact(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with its text as categories, so that each text is looked at once.

    Columns that hold anything but text stay as they are.
    """
    made = {}
    for name in frame:
        column = frame[name]
        if column.dtype == object and not _holds_other_than_text(column):
            codes, unique = pd.factorize(column)
            made[name] = pd.Categorical.from_codes(codes, categories=pd.Index(unique, dtype=object))
    return frame.assign(**made) if made else frame


def as_objects(frame: pd.DataFrame) -> pd.DataFrame:
    """The same with categories as text again, missing cells None."""
    made = {}
    for name in frame:
        if isinstance(frame[name].dtype, pd.CategoricalDtype):
            cells = frame[name].astype(object)
            made[name] = cells.where(cells.notna(), None)
    return frame.assign(**made) if made else frame


def suspects(frame: pd.DataFrame, rules: Sequence[Rule]) -> npt.NDArray[np.int64]:
    """Positions of rows that may fail a rule, ascending, and always of the first row.

    Args:
        frame: The table.
        rules: About single rows. One of a kind not known here suspects every row.
    """
    suspected = np.zeros(len(frame), dtype=bool)
    suspected[:1] = True
    for rule in rules:
        find = FINDERS.get(rule.expectation)
        if find is None or "mostly" in rule.arguments:
            suspected[:] = True
            break
        suspected |= find(frame, **rule.arguments)
    return np.flatnonzero(suspected)


def _missing(frame: pd.DataFrame, column: str) -> Flags:
    return np.asarray(frame[column].isna())


def _unlike(frame: pd.DataFrame, column: str, regex: str) -> Flags:
    cells = frame[column]
    if not isinstance(cells.dtype, pd.CategoricalDtype):
        return np.ones(len(frame), dtype=bool)
    pattern = re.compile(regex)
    # a missing cell has the code -1: the last one
    wrong = np.array([*(pattern.search(each) is None for each in cells.cat.categories), False])
    return np.asarray(wrong[cells.cat.codes.to_numpy()])


def _outside(
    frame: pd.DataFrame, column: str, min_value: Any = None, max_value: Any = None
) -> Flags:
    cells = frame[column]
    if cells.dtype.kind not in "iuf":
        return np.ones(len(frame), dtype=bool)
    values = cells.to_numpy()
    inside = np.ones(len(frame), dtype=bool)
    if min_value is not None:
        inside &= values >= min_value
    if max_value is not None:
        inside &= values <= max_value
    return np.asarray(~inside)


def _not_among(frame: pd.DataFrame, column: str, value_set: Sequence[Any]) -> Flags:
    cells = frame[column]
    if cells.dtype == bool:
        known = np.array([False in value_set, True in value_set])
        return np.asarray(~known[cells.to_numpy().astype(np.int8)])
    numeric = all(isinstance(each, int | float) and not math.isnan(each) for each in value_set)
    if cells.dtype.kind in "iuf" and numeric and len(value_set) <= FEW_VALUES:
        values = cells.to_numpy()
        among = np.zeros(len(values), dtype=bool)
        for each in value_set:
            among |= values == each
        return ~among
    return np.asarray(~cells.isin(list(value_set)))


def _repeated(frame: pd.DataFrame, column_list: Sequence[str]) -> Flags:
    """Rows whose values come more than once; two columns at a time, fewer rows are left."""
    left = np.arange(len(frame))
    key, n_keys = np.zeros(len(frame), dtype=np.int64), 1
    for column in column_list:
        codes, n_codes = _codes(frame[column].iloc[left])
        # both count rows, so that their product fits
        key, n_keys = key * n_codes + codes, n_keys * n_codes
        if n_keys <= len(frame) and column != column_list[-1]:
            continue
        again = _again(key)
        left, (key, unique) = left[again], pd.factorize(key[again])
        key, n_keys = key.astype(np.int64), len(unique)
    found = np.zeros(len(frame), dtype=bool)
    found[left] = True
    return found


def _codes(column: pd.Series) -> tuple[npt.NDArray[np.int64], int]:
    """A number below the count given for each cell, equal ones for equal cells."""
    values = column.to_numpy()
    # false of NaN as well
    small = len(values) and values.dtype.kind in "if" and 0 <= values.min() <= values.max()
    if small and values.max() <= len(values):
        numbers = values.astype(np.int64)
        if (numbers == values).all():
            return numbers, int(numbers.max()) + 1
    codes, unique = pd.factorize(column, use_na_sentinel=False)
    return codes.astype(np.int64), len(unique)


def _again(key: npt.NDArray[np.int64]) -> Flags:
    """Which numbers come more than once."""
    ordered = np.sort(key)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    if not len(twice):
        return np.zeros(len(key), dtype=bool)
    return np.asarray(pd.Series(key).isin(np.unique(twice)))


def _repeated_values(frame: pd.DataFrame, column: str) -> Flags:
    return _repeated(frame, [column])


def _holds_other_than_text(column: pd.Series) -> bool:
    return pd.api.types.infer_dtype(column, skipna=True) not in ("string", "empty")


FINDERS: dict[str, Callable[..., Flags]] = {
    "ExpectColumnValuesToNotBeNull": _missing,
    "ExpectColumnValuesToMatchRegex": _unlike,
    "ExpectColumnValuesToBeBetween": _outside,
    "ExpectColumnValuesToBeInSet": _not_among,
    "ExpectColumnValuesToBeUnique": _repeated_values,
    "ExpectCompoundColumnsToBeUnique": _repeated,
}
