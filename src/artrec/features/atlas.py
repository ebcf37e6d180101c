"""A map of works: two coordinates each, so that works liked by the same people lie together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from artrec import schema
from artrec.data.ids import IdMap
from artrec.data.interactions import Interactions
from artrec.data.labels import label_matrix

Floats = npt.NDArray[np.float64]

MOST_WORKS: Final = 20_000
LEAST_LIKES: Final = 5
LEAST_WORKS: Final = 10
DENSE_UP_TO: Final = 400
LABELS: Final = (schema.GENRES, schema.CREATORS)
DECIMALS: Final = 4


@dataclass(frozen=True, eq=False)
class Atlas:
    """Where works lie on the map.

    Attributes:
        places: ndarray of shape (n,), int32: rows of the works table, the best known first.
        points: ndarray of shape (n, 2), float32: coordinates from -1 to 1.
    """

    places: npt.NDArray[np.int32]
    points: npt.NDArray[np.float32]


def draw_atlas(works: pd.DataFrame, profiles: Interactions) -> Atlas:
    """Draw the map of a catalogue.

    Works lie where a correspondence analysis of people and what they liked puts them; where too
    little was liked, of works and their genres and creators. Masses of rare works are raised by the
    mean mass, or a few of them would be the axes. Coordinates are half those of the analysis and
    half their ranks, so that points spread over the whole map.

    Source: Greenacre, "Theory and applications of correspondence analysis", 1984; the raised
    masses as in Amini et al., "Pseudo-likelihood methods for community detection", 2013.

    Args:
        works: Table `schema.WORKS`.
        profiles: What known users met and liked.

    Returns:
        The map: of works liked by at least five people where there are ten such works, else of
        those that have a genre or creator; 20,000 works at most. Deterministic.
    """
    liked = _liked_by(works, profiles)
    counts = np.diff(liked.indptr)
    chosen = np.flatnonzero(counts >= LEAST_LIKES)
    if len(chosen) < LEAST_WORKS:
        liked = _labelled(works)
        counts = np.diff(liked.indptr)
        chosen = np.flatnonzero(counts > 0)
    chosen = chosen[np.argsort(-counts[chosen], kind="stable")][:MOST_WORKS]
    points = _analysed(liked[chosen])
    return Atlas(chosen.astype(np.int32), np.round(points, DECIMALS).astype(np.float32))


def _liked_by(works: pd.DataFrame, profiles: Interactions) -> sparse.csr_array:
    """Who liked each work, as ones: shape (n_works, n_users)."""
    catalogue = IdMap.of(works[schema.ITEM_ID])
    by_item = profiles.onto_items(catalogue).weights().T.tocsr()
    return sparse.csr_array(by_item[catalogue.to_index(works[schema.ITEM_ID])])


def _labelled(works: pd.DataFrame) -> sparse.csr_array:
    """Genres and creators of each work, as ones: shape (n_works, n_labels)."""
    catalogue = IdMap.of(works[schema.ITEM_ID])
    parts = [label_matrix(works, column, catalogue)[0] for column in LABELS]
    both = sparse.hstack(parts, format="csr")
    return sparse.csr_array(both[catalogue.to_index(works[schema.ITEM_ID])])


def _analysed(table: sparse.csr_array) -> Floats:
    """Coordinates of the rows of a table of ones, shape (n_rows, 2)."""
    n_rows = table.shape[0]
    if n_rows < 3 or table.shape[1] < 3:
        return np.zeros((n_rows, 2))
    rows = np.asarray(table.sum(axis=1), dtype=np.float64).ravel()
    columns = np.asarray(table.sum(axis=0), dtype=np.float64).ravel()
    by_row = 1 / np.sqrt(rows + rows.mean())
    by_column = 1 / np.sqrt(columns + columns.mean())
    scaled = sparse.csr_array(table.astype(np.float64).multiply(by_row[:, np.newaxis]))
    scaled = sparse.csr_array(scaled.multiply(by_column[np.newaxis, :]))
    left = _leading_vectors(scaled)[:, 1:3] * by_row[:, np.newaxis]  # the first is the masses
    return np.column_stack([_spread(_signed(axis)) for axis in left.T])


def _leading_vectors(matrix: sparse.csr_array) -> Floats:
    """Three leading left singular vectors, the first first: shape (n_rows, 3)."""
    if min(matrix.shape) <= DENSE_UP_TO:
        left, _, _ = np.linalg.svd(matrix.toarray(), full_matrices=False)
        return np.asarray(left[:, :3])
    from scipy.sparse.linalg import svds

    start = np.ones(min(matrix.shape))
    left, values, _ = svds(matrix, k=3, v0=start, return_singular_vectors="u")
    return np.asarray(left[:, np.argsort(-values)])


def _signed(axis: Floats) -> Floats:
    """An axis whose largest value by magnitude is positive."""
    return axis if axis[np.argmax(np.abs(axis))] >= 0 else -axis


def _spread(axis: Floats) -> Floats:
    """Half the value, cut at three standard deviations, half the rank; from -1 to 1."""
    deviation = axis.std() or 1.0
    value = np.clip((axis - axis.mean()) / (3 * deviation), -1, 1)
    ranks = np.empty(len(axis))
    ranks[np.argsort(axis, kind="stable")] = np.linspace(-1, 1, len(axis))
    return np.asarray((value + ranks) / 2)
