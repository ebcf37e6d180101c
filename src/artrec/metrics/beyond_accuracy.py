"""Beyond accuracy: coverage, concentration, novelty, diversity and popularity of lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from artrec import schema
from artrec.data.ids import IdMap
from artrec.data.labels import label_matrix, label_shares
from artrec.metrics.bootstrap import FloatArray, Measured, plain_mean
from artrec.metrics.calibration import calibration, genre_tastes
from artrec.metrics.cut_lists import Lists, means_of
from artrec.metrics.summary import SetLevel


def beyond_accuracy(
    recommendations: pd.DataFrame,
    fit: pd.DataFrame,
    profiles: pd.DataFrame,
    works: pd.DataFrame,
    cutoffs: Sequence[int] = (5, 10, 20),
    liked: pd.DataFrame | None = None,
) -> list[Measured | SetLevel]:
    """All metrics of this file at every cut-off, ready for `artrec.metrics.summary.result_rows`.

    They look at every list of the table, whether or not its user has a relevant item; users
    without a list have no value.

    Args:
        recommendations: `schema.RECOMMENDATIONS`.
        fit: `schema.INTERACTIONS` the model was fitted on; popularity is the number of
            interactions in it.
        profiles: `schema.INTERACTIONS` the lists were made from.
        works: `schema.WORKS`, the catalogue; its genres are what diversity looks at.
        cutoffs: Lengths at which lists are cut.
        liked: Table user_id, item_id of what people liked in their profiles; its genres are
            what calibration compares lists with. By default all of the profiles.

    Raises:
        UnknownIdError: A recommended or rated item is not in the catalogue.
    """
    background = Background.of(fit, profiles, works, liked)
    return background.figures(recommendations, cutoffs)[1]


@dataclass(frozen=True, eq=False)
class Background:
    """What lists are held against: the same for every model of a holdout.

    Attributes:
        catalogue: All works.
        people: Those with a profile.
        popularity: ndarray of shape (n_items,); interactions fitted on.
        information: ndarray of shape (n_items,); see `self_information`.
        genres: Genre sets of works, see `genre_vectors`.
        shares: p(genre | work).
        chosen: ndarray of shape (n_people,); mean popularity of each profile.
        tastes: ndarray of shape (n_people, n_genres); p(genre | user).
    """

    catalogue: IdMap
    people: IdMap
    popularity: FloatArray
    information: FloatArray
    genres: sparse.csr_array
    shares: sparse.csr_array
    chosen: FloatArray
    tastes: FloatArray

    @classmethod
    def of(
        cls,
        fit: pd.DataFrame,
        profiles: pd.DataFrame,
        works: pd.DataFrame,
        liked: pd.DataFrame | None = None,
    ) -> Background:
        """See `beyond_accuracy` for the tables.

        Raises:
            UnknownIdError: A rated item is not in the catalogue.
        """
        catalogue = IdMap.of(works[schema.ITEM_ID])
        people = IdMap.of(profiles[schema.USER_ID])
        fitted = catalogue.to_index(fit[schema.ITEM_ID])
        popularity = np.bincount(fitted, minlength=len(catalogue)).astype(np.float64)
        shares = label_shares(works, schema.GENRES, catalogue)
        return cls(
            catalogue,
            people,
            popularity,
            self_information(popularity, fit[schema.USER_ID].nunique()),
            genre_vectors(works, catalogue),
            shares,
            profile_popularity(profiles, people, catalogue, popularity),
            genre_tastes(profiles if liked is None else liked, people, catalogue, shares),
        )

    def figures(
        self, recommendations: pd.DataFrame, cutoffs: Sequence[int]
    ) -> tuple[IdMap, list[Measured | SetLevel]]:
        """The users with a list, and every figure over them.

        Raises:
            UnknownIdError: A recommended item is not in the catalogue.
        """
        users = IdMap.of(recommendations[schema.USER_ID])
        rows = users.to_index(recommendations[schema.USER_ID])
        items = self.catalogue.to_index(recommendations[schema.ITEM_ID])
        ranks = recommendations[schema.RANK].to_numpy(dtype=np.int64)
        at = self.people.find(users.index)
        # the row past the end is that of somebody without a profile
        chosen = np.append(self.chosen, np.nan)[at]
        tastes = np.vstack([self.tastes, np.zeros(self.tastes.shape[1])])[at]
        figures: list[Measured | SetLevel] = []
        for k in cutoffs:
            near = ranks <= k
            lists = Lists(k, rows[near], items[near], len(users), len(self.catalogue))
            figures += [
                coverage(lists),
                gini(lists),
                novelty(lists, self.information),
                intra_list_diversity(lists, self.genres),
                popularity_lift(lists, self.popularity, chosen),
                *calibration(lists, tastes, self.shares),
            ]
        return users, figures


def coverage(lists: Lists) -> SetLevel:
    """Catalogue coverage@k = items in at least one list / items of the catalogue.

    Short lists and users without one add what they hold. Ties: none, by rank. No lists: 0.
    It grows with the number of users: compare over the same users only.
    Source: Ge, Delgado-Battenfeld, Jannach, Beyond accuracy (2010).
    """
    share = len(np.unique(lists.items)) / lists.n_items
    return SetLevel("coverage", lists.k, share, lists.n_users)


def gini(lists: Lists) -> SetLevel:
    """Gini@k of how often each catalogue item is recommended: 0 equally, towards 1 a few only.

    G = 2 sum(i * c_i) / (n * sum(c_i)) - (n + 1) / n, with counts c ascending and i from 1 over
    all n items of the catalogue, those never recommended included. Ties: none, by rank. Short
    lists count what they hold. No lists: NaN.
    Source: Fleder, Hosanagar, Blockbuster culture's next rise or fall (2009).
    """
    counts = np.sort(np.bincount(lists.items, minlength=lists.n_items)).astype(np.float64)
    size, total = lists.n_items, counts.sum()
    if not total:
        return SetLevel("gini", lists.k, float("nan"), lists.n_users)
    weighted = float((np.arange(1, size + 1) * counts).sum())
    value = 2 * weighted / (size * total) - (size + 1) / size
    return SetLevel("gini", lists.k, float(value), lists.n_users)


def novelty(lists: Lists, information: FloatArray) -> Measured:
    """Novelty@k = mean self-information, in bits, of a list's items; the mean over users with one.

    An item that a share p of the fitted users has met carries -log2(p) bits
    (`self_information`). Short lists: mean over what they hold. No list: no value. Ties: none,
    by rank. Source: Zhou et al., Solving the apparent diversity-accuracy dilemma (2010).
    """
    return plain_mean("novelty", lists.k, lists.mean_of(information))


def intra_list_diversity(lists: Lists, genres: sparse.csr_array) -> Measured:
    """ILD@k = mean over all pairs of a list of 1 - cosine of their genre sets; mean over users.

    The cosine of two sets is |A and B| / sqrt(|A| |B|). Items without a genre are left out; a
    list with fewer than two items with genres has no value, and so has no list. Ties: none, by
    rank. Source: Ziegler et al., Improving recommendation lists through topic diversification
    (2005), as a mean distance (Vargas, Castells 2011).
    """
    ones = np.ones(len(lists.rows))
    shown = sparse.csr_array(
        (ones, (lists.rows, lists.items)), shape=(lists.n_users, lists.n_items)
    )
    # of unit vectors: |sum|^2 = n + 2 * (sum of the cosines of all pairs)
    lengths = np.asarray((shown @ genres).power(2).sum(axis=1)).ravel()
    labelled = (np.diff(genres.indptr) > 0).astype(np.float64)
    counts = shown @ labelled
    pairs = counts * (counts - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.where(pairs > 0, 1.0 - (lengths - counts) / pairs, np.nan)
    return plain_mean("intra_list_diversity", lists.k, values)


def popularity_lift(lists: Lists, popularity: FloatArray, tastes: FloatArray) -> Measured:
    """Popularity lift@k = (GAP of the lists - GAP of the profiles) / GAP of the profiles.

    GAP, the group average popularity, is the mean over users of the mean popularity of their
    items. 0: as popular as what these people chose; 1: twice as popular. Over users with both a
    list and a profile. Short lists: mean over what they hold. Ties: none, by rank.
    Source: Abdollahpouri et al., The connection between popularity bias, calibration, and
    fairness in recommendation (2020).
    """
    means = lists.mean_of(popularity)
    both = ~np.isnan(means) & ~np.isnan(tastes)
    return Measured(
        "popularity_lift",
        lists.k,
        np.where(both, means, 0.0),
        np.where(both, tastes, 0.0),
        lambda ratio: ratio - 1.0,
    )


def self_information(popularity: FloatArray, n_users: int) -> FloatArray:
    """-log2(share of users who met the item), bits; an item nobody met counts as met by one."""
    return -np.log2(np.maximum(popularity, 1.0) / max(n_users, 1))


def genre_vectors(works: pd.DataFrame, catalogue: IdMap) -> sparse.csr_array:
    """Genre sets as rows of length 1, csr_array of shape (n_items, n_genres); empty if none."""
    ones, _ = label_matrix(works, schema.GENRES, catalogue)
    lengths = np.sqrt(np.repeat(np.diff(ones.indptr), np.diff(ones.indptr)))
    return sparse.csr_array((1.0 / lengths, ones.indices, ones.indptr), shape=ones.shape)


def profile_popularity(
    profiles: pd.DataFrame, users: IdMap, catalogue: IdMap, popularity: FloatArray
) -> FloatArray:
    """Mean popularity of each user's profile, shape (n_users,); NaN without one."""
    known = profiles[profiles[schema.USER_ID].isin(users.index)]
    items = catalogue.to_index(known[schema.ITEM_ID])
    return means_of(users.to_index(known[schema.USER_ID]), popularity[items], len(users))
