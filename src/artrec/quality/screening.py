"""Which rows Great Expectations need look at: all but those that pass for certain.

It judges row by row in Python, which millions of rows cannot wait for. What is left out here passes
every rule of the stage; what is left in may pass as well. So no verdict changes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from artrec.quality.rules import Rule

Flags = npt.NDArray[np.bool_]


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
    return np.asarray(~cells.isin(list(value_set)))


def _repeated(frame: pd.DataFrame, column_list: Sequence[str]) -> Flags:
    """Rows whose values come more than once; column by column, fewer rows are left to compare."""
    left = np.arange(len(frame))
    key = np.zeros(len(frame), dtype=np.int64)
    for column in column_list:
        codes, unique = pd.factorize(frame[column].iloc[left], use_na_sentinel=False)
        # both numbers lie below the count of rows, so that their product fits
        key = key * len(unique) + codes
        again = pd.Series(key).duplicated(keep=False).to_numpy()
        left, key = left[again], pd.factorize(key[again])[0].astype(np.int64)
    found = np.zeros(len(frame), dtype=bool)
    found[left] = True
    return found


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
