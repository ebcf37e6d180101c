"""Ranking metrics, a value a user: precision, recall, NDCG, MAP, MRR and hit rate at k.

What holds for all of them:

- relevance is binary; the truth is a set of items a user;
- **ties** do not occur: the order of a list is its ranks, given out by (-score, item);
- **short lists**: places that a list does not fill hold nothing relevant; nothing is divided by
  the length of the list;
- **no list**: every metric is 0;
- **empty truth**: a user without a relevant item has no value and enters no mean;
- values lie in [0, 1], the mean is over users, each counting the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import AfterValidator, Field, PositiveInt

from artrec import schema
from artrec.config import Config, ascending
from artrec.errors import ConfigError, near_names
from artrec.metrics.lists import Matched, match

FloatArray = npt.NDArray[np.float64]
Metric = Callable[[Matched, int], FloatArray]

N_RELEVANT: Final = "n_relevant"
N_LISTED: Final = "n_listed"


class EvaluationConfig(Config):
    """At which cut-offs lists are judged, and how intervals are made."""

    cutoffs: Annotated[tuple[PositiveInt, ...], AfterValidator(ascending)] = Field(
        default=(5, 10, 20), min_length=1, description="Lengths at which lists are cut."
    )
    n_bootstrap: int = Field(
        default=1000, ge=100, description="Resamples of the users for intervals and tests."
    )
    confidence: float = Field(
        default=0.95, gt=0, lt=1, description="Share of resampled means inside an interval."
    )
    medium: str = Field(default="works", description="What the works are, for the report's title.")
    people_shown: int = Field(
        default=20, ge=0, description="People whose lists the report sets beside each other."
    )
    people_on_curves: int = Field(
        default=1000,
        ge=1,
        description="People, drawn at random, that curves of accuracy against diversity are over.",
    )

    @property
    def shown(self) -> int:
        """The cut-off of the report's tables: the middle one."""
        return self.cutoffs[len(self.cutoffs) // 2]


def precision(matched: Matched, k: int) -> FloatArray:
    """Precision@k = (relevant items among the first k) / k.

    Variant: over k even where the list is shorter. No list: 0. Short lists: unfilled places
    count as misses. Ties: none, by rank. Empty truth: no value.
    Source: Manning, Raghavan, Schütze, Introduction to Information Retrieval (2008), section 8.4.
    """
    return np.asarray(_hits_within(matched, k) / k)


def recall(matched: Matched, k: int) -> FloatArray:
    """Recall@k = (relevant items among the first k) / |relevant|.

    Variant: over all relevant items, so that with more than k of them 1 is out of reach
    (`recall_min` is the other one). No list: 0. Short lists: as they are. Ties: none, by rank.
    Empty truth: no value. Source: Manning, Raghavan, Schütze (2008), section 8.3.
    """
    return np.asarray(_hits_within(matched, k) / matched.n_relevant)


def recall_min(matched: Matched, k: int) -> FloatArray:
    """Truncated recall@k = (relevant items among the first k) / min(k, |relevant|).

    Variant: only to set a figure beside a published table that uses it. No list: 0. Short
    lists: as they are. Ties: none, by rank. Empty truth: no value.
    Source: Liang, Krishnan, Hoffman, Jebara, Variational Autoencoders for Collaborative
    Filtering (2018).
    """
    return np.asarray(_hits_within(matched, k) / np.minimum(matched.n_relevant, k))


def hit_rate(matched: Matched, k: int) -> FloatArray:
    """HitRate@k = 1 where at least one of the first k is relevant, else 0.

    No list: 0. Short lists: as they are. Ties: none, by rank. Empty truth: no value.
    Source: Deshpande, Karypis, Item-based top-N recommendation algorithms (2004).
    """
    return np.asarray(matched.hits[:, :k].any(axis=1), dtype=np.float64)


def mrr(matched: Matched, k: int) -> FloatArray:
    """MRR@k = 1 / (rank of the first relevant item) where that rank is <= k, else 0.

    No list: 0. Short lists: as they are. Ties: none, by rank. Empty truth: no value.
    Source: Voorhees, The TREC-8 question answering track report (1999); cut at k.
    """
    near = matched.hits[:, :k]
    return np.where(near.any(axis=1), 1.0 / (near.argmax(axis=1) + 1.0), 0.0)


def average_precision(matched: Matched, k: int) -> FloatArray:
    """AP@k = (sum over the relevant ranks i <= k of Precision@i) / |relevant|; its mean is MAP.

    Variant: over all relevant items, not over min(k, |relevant|) and not over the hits. No
    list: 0. Short lists: as they are. Ties: none, by rank. Empty truth: no value.
    Source: Buckley, Voorhees, Evaluating evaluation measure stability (2000); cut at k as
    trec_eval's map_cut.
    """
    near = matched.hits[:, :k]
    precisions = np.cumsum(near, axis=1) / np.arange(1, near.shape[1] + 1)
    return np.asarray((precisions * near).sum(axis=1) / matched.n_relevant)


def ndcg(matched: Matched, k: int) -> FloatArray:
    """NDCG@k = DCG@k / IDCG@k, DCG@k = sum over the relevant ranks i <= k of 1 / log2(i + 1).

    Variant: gain 1 for a relevant item, and IDCG@k = the DCG of min(k, |relevant|) relevant
    items in a row, so that a perfect list of any length has 1. No list: 0. Short lists:
    unfilled places add nothing. Ties: none, by rank. Empty truth: no value.
    Source: Järvelin, Kekäläinen, Cumulated gain-based evaluation of IR techniques (2002), with
    the discount log2(i + 1) of Burges et al. (2005).
    """
    near = matched.hits[:, :k]
    # shape (k,): by how much rank i counts
    discounts = 1.0 / np.log2(np.arange(2, k + 2))
    ideal = np.cumsum(discounts)[np.minimum(matched.n_relevant, k) - 1]
    return np.asarray((near * discounts[: near.shape[1]]).sum(axis=1) / ideal)


METRICS: Final[dict[str, Metric]] = {
    "precision": precision,
    "recall": recall,
    "ndcg": ndcg,
    "map": average_precision,
    "mrr": mrr,
    "hit_rate": hit_rate,
}
"""The metrics of every evaluation, by the name in result rows."""

TABLE_METRICS: Final[dict[str, Metric]] = {"recall_min": recall_min}
"""Metrics that only stand beside published tables which use them."""


def column(metric: str, k: int) -> str:
    """Name of a metric's column, for example ``ndcg@10``."""
    return f"{metric}@{k}"


def per_user(
    recommendations: pd.DataFrame,
    relevant: pd.DataFrame,
    cutoffs: Sequence[int] = (5, 10, 20),
    users: Iterable[str] | None = None,
    metrics: Sequence[str] = tuple(METRICS),
) -> pd.DataFrame:
    """Every metric at every cut-off, one row a user with at least one relevant item.

    Args:
        recommendations: `schema.RECOMMENDATIONS`; lists as long as the largest cut-off, or
            shorter where there was nothing more to recommend.
        relevant: Table user_id, item_id without repeats (`artrec.metrics.lists.relevant_items`).
        cutoffs: Lengths at which lists are cut.
        users: Whom to average over, of those with a relevant item; by default all of them.
        metrics: Names of `METRICS` or `TABLE_METRICS`.

    Returns:
        user_id (ascending), n_relevant, n_listed (recommendations within the largest cut-off,
        0 without a list), and a column a metric and cut-off, named by `column`.

    Raises:
        ConfigError: A metric is unknown or a cut-off is below 1.
        InputError: See `artrec.metrics.lists.match`.
    """
    require_cutoffs(cutoffs)
    return figures_of(match(recommendations, relevant, max(cutoffs), users), cutoffs, metrics)


def figures_of(
    matched: Matched, cutoffs: Sequence[int], metrics: Sequence[str] = tuple(METRICS)
) -> pd.DataFrame:
    """The table of `per_user`, of lists that have met their truth already.

    Args:
        matched: Hits at least as deep as the largest cut-off.
        cutoffs: Lengths at which lists are cut.
        metrics: Names of `METRICS` or `TABLE_METRICS`.

    Raises:
        ConfigError: A metric is unknown.
    """
    known: dict[str, Metric] = {**METRICS, **TABLE_METRICS}
    for name in metrics:
        if name not in known:
            raise ConfigError(f"unknown metric {name!r}", near_names(name, known))
    columns: dict[str, npt.NDArray[Any]] = {
        schema.USER_ID: matched.users.index.to_numpy(dtype=object),
        N_RELEVANT: matched.n_relevant,
        N_LISTED: matched.n_listed,
    }
    for name in metrics:
        for k in cutoffs:
            columns[column(name, k)] = known[name](matched, k)
    return pd.DataFrame(columns)


def require_cutoffs(cutoffs: Sequence[int]) -> None:
    """Raise where a list cannot be cut so.

    Raises:
        ConfigError: There is no cut-off, or one is below 1.
    """
    if not cutoffs or min(cutoffs) < 1:
        raise ConfigError(
            f"cut-offs are whole numbers from 1; got {list(cutoffs)}",
            "the protocol's are 5, 10 and 20",
        )


def _hits_within(matched: Matched, k: int) -> FloatArray:
    return np.asarray(matched.hits[:, :k].sum(axis=1), dtype=np.float64)
