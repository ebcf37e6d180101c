"""Fields of works: genres, people, series, tags, years, ... as one matrix each, for content models.

What is counted (vocabulary, idf) is counted on the works a model is fitted on, never on the cold.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final, Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field, model_validator
from scipy import sparse

from artrec import schema
from artrec.config import Config
from artrec.data.content import Content
from artrec.data.content import Field as Matrix
from artrec.data.ids import IdMap
from artrec.data.titles import names_of, normalise
from artrec.errors import InputError
from artrec.features.text.rows import unit_dense, unit_rows

FieldName: TypeAlias = Literal[
    "title",
    "genres",
    "creators",
    "writers",
    "cast",
    "series",
    "tags",
    "countries",
    "languages",
    "companies",
    "materials",
    "year",
]
FIELDS: Final[tuple[FieldName, ...]] = get_args(FieldName)
TEXT_FIELD: Final = "text"


class FieldsConfig(Config):
    """Which fields of a works table become matrices, and how."""

    names: tuple[FieldName, ...] = Field(
        default=FIELDS,
        min_length=1,
        description="Columns taken, where the works table has them; title by its words, year by "
        "closeness.",
    )
    year_step: int = Field(
        default=10, ge=1, description="Years between two marks on the scale of years."
    )
    year_reach: int = Field(
        default=20,
        ge=1,
        description="Years from a mark at which a work's closeness to it ends.",
    )
    first_year: int = Field(
        default=1800, description="Earlier years count as this one; the scale begins here."
    )
    last_year: int = Field(
        default=2030, description="Later years count as this one; the scale ends here."
    )

    @model_validator(mode="after")
    def _years_in_order(self) -> FieldsConfig:
        if self.last_year <= self.first_year:
            raise ValueError(
                f"last_year should be after first_year; got {self.first_year}-{self.last_year}"
            )
        if self.year_reach < self.year_step:
            raise ValueError("year_reach should be at least year_step, or years fall in between")
        return self


def content_of(
    works: pd.DataFrame,
    text_matrix: Matrix | None,
    fitted_on: Iterable[str],
    config: FieldsConfig,
) -> Content:
    """Every work as one row a field.

    A cell with several values becomes a row with the idf of each, ``ln((1 + n) / (1 + df)) + 1``,
    scaled to length 1; values are compared without case, marks and punctuation. A value that no
    work of `fitted_on` has is left out. A year becomes its closeness to marks `year_step` apart,
    ``max(0, 1 - |year - mark| / year_reach)``, scaled to length 1.

    Args:
        works: `schema.WORKS`.
        text_matrix: What an encoder made of the works' texts, rows as in `works`, the encoder
            fitted on the same works; None where there is no text.
        fitted_on: Outer ids of the works that vocabulary and idf come from.
        config: Which fields.

    Returns:
        Content over all works of the table; columns the table lacks make no field, and neither
        do those that say nothing of any work of `fitted_on`.

    Raises:
        InputError: The text matrix has another number of rows, or a work comes twice.
    """
    items = IdMap.of(works[schema.ITEM_ID])
    if len(items) != len(works):
        raise InputError(
            f"works are unique; {len(works)} rows are {len(items)} works",
            "keep one row a work",
        )
    if text_matrix is not None and text_matrix.shape[0] != len(works):
        raise InputError(
            f"the text matrix has {text_matrix.shape[0]} rows; there are {len(works)} works",
            "encode the texts of the same works table, in its order",
        )
    at = items.to_index(works[schema.ITEM_ID])
    order = np.argsort(at)  # rows of the table in the order of the items
    fitted = np.zeros(len(items) + 1, dtype=bool)
    fitted[items.find(fitted_on)] = True  # unknown ids are -1: the place past the end
    ordered = works.iloc[order]
    fields: dict[str, Matrix] = {}
    if text_matrix is not None:
        fields[TEXT_FIELD] = _unit(text_matrix[order])
    for name in config.names:
        if name in ordered:
            made = _field(name, ordered[name], fitted[:-1], config)
            if made[np.flatnonzero(fitted[:-1])].nnz:
                fields[name] = made
    return Content(items, fields)


# every holdout describes the same works
_plain = lru_cache(maxsize=2**17)(normalise)


def _field(
    name: str, column: pd.Series, fitted: npt.NDArray[np.bool_], config: FieldsConfig
) -> sparse.csr_array:
    if name == schema.YEAR:
        return _closeness(column.astype("float64").to_numpy(), config)
    return _multi_hot(_words(column) if name == schema.TITLE else _values(column), fitted)


def _values(column: pd.Series) -> pd.Series:
    """Values of each cell, normalised; a list a row."""
    cells = column.fillna("").str.split(schema.SEPARATOR, regex=False)
    known = {each: _plain(each) for each in set(cells.explode().dropna())}
    return cells.map(lambda cell: [known[each] for each in cell])


def _words(titles: pd.Series) -> pd.Series:
    """Words of each title and of its other names; a list a row."""
    return titles.fillna("").map(
        lambda title: [word for name in names_of(title) for word in _plain(name).split()]
    )


def _multi_hot(values: pd.Series, fitted: npt.NDArray[np.bool_]) -> sparse.csr_array:
    """Rows of idf, length 1: csr_array of shape (n_works, n_values)."""
    long = pd.DataFrame({"row": np.arange(len(values)), "value": values.to_numpy()})
    long = long.explode("value").dropna().drop_duplicates()
    long = long[long["value"] != ""]
    document_counts = long.loc[fitted[long["row"].to_numpy(dtype=np.int64)], "value"].value_counts()
    names = document_counts.index.sort_values()
    idf = np.log((1 + fitted.sum()) / (1 + document_counts[names].to_numpy())) + 1
    columns = names.get_indexer(long["value"])
    known = columns >= 0
    rows, columns = long["row"].to_numpy(dtype=np.int64)[known], columns[known]
    shape = (len(values), len(names))
    return unit_rows(sparse.csr_array((idf[columns], (rows, columns)), shape=shape))


def _closeness(years: npt.NDArray[np.float64], config: FieldsConfig) -> sparse.csr_array:
    """Closeness of years to marks: csr_array of shape (n_works, n_marks)."""
    step = config.year_step
    marks = np.arange(config.first_year, config.last_year + step, step)
    clipped = np.clip(years, config.first_year, config.last_year)
    near = np.maximum(0, 1 - np.abs(clipped[:, None] - marks) / config.year_reach)
    return unit_rows(sparse.csr_array(np.nan_to_num(near)))


def _unit(matrix: Any) -> Matrix:
    if sparse.issparse(matrix):
        return unit_rows(sparse.csr_array(matrix))
    return unit_dense(np.asarray(matrix))
