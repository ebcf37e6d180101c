"""Labels of works (genres, people, countries): a cell of joined values as a row of a matrix."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from artrec import schema
from artrec.data.ids import IdMap


def label_matrix(
    works: pd.DataFrame, column: str, catalogue: IdMap
) -> tuple[sparse.csr_array, npt.NDArray[np.object_]]:
    """Which labels each work has in one column of values joined by `schema.SEPARATOR`.

    Args:
        works: Table with item_id and the column; a label that is repeated counts once.
        column: For example ``genres``.
        catalogue: Ids of all the works, the rows of the matrix.

    Returns:
        csr_array of shape (n_works, n_labels) of ones, and the labels in ascending order.

    Raises:
        UnknownIdError: A work is not in the catalogue.
    """
    names = works[column].fillna("").str.split(schema.SEPARATOR, regex=False)
    rows = catalogue.to_index(works[schema.ITEM_ID])
    long = pd.DataFrame({"row": rows, "label": names}).explode("label", ignore_index=True)
    long = long[long["label"].fillna("") != ""].drop_duplicates()
    codes, labels = pd.factorize(long["label"], sort=True)
    shape = (len(catalogue), len(labels))
    at = (long["row"].to_numpy(dtype=np.int64), codes)
    return sparse.csr_array((np.ones(len(long)), at), shape=shape), np.asarray(labels, dtype=object)


def label_shares(works: pd.DataFrame, column: str, catalogue: IdMap) -> sparse.csr_array:
    """p(label | work): each of a work's n labels counts 1 / n; works without labels are zero.

    Returns:
        csr_array of shape (n_works, n_labels); see `label_matrix`.
    """
    ones, _ = label_matrix(works, column, catalogue)
    counts = np.repeat(np.diff(ones.indptr), np.diff(ones.indptr))
    return sparse.csr_array((1.0 / counts, ones.indices, ones.indptr), shape=ones.shape)
