"""One model on one holdout: every figure of it as result rows, whole and by slice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from artrec import schema
from artrec.metrics.beyond_accuracy import beyond_accuracy
from artrec.metrics.comparison import COMPARISON_COLUMNS, compare
from artrec.metrics.lists import relevant_items
from artrec.metrics.overlap import serendipity
from artrec.metrics.ranking import EvaluationConfig, per_user
from artrec.metrics.rating import rating_measured
from artrec.metrics.slices import by_item, by_user, slice_rows
from artrec.metrics.summary import Label, ranking_measured, result_rows, without_list

MODEL = "model"
COMPARED = "ndcg"
PRIMITIVE = "popularity"


@dataclass(frozen=True, eq=False)
class Truth:
    """What all models of one holdout are judged on and sliced by.

    Attributes:
        fit: What they were fitted on (`schema.INTERACTIONS`).
        profiles: What they knew of each person.
        withheld: What the lists are judged on.
        works: The whole catalogue (`schema.WORKS`).
        works_features: Table with item_id and ``popularity``.
        users_features: Table with user_id and ``history``.
        positive_from: Lowest rating that makes a withheld item relevant.
    """

    fit: pd.DataFrame
    profiles: pd.DataFrame
    withheld: pd.DataFrame
    works: pd.DataFrame
    works_features: pd.DataFrame
    users_features: pd.DataFrame
    positive_from: float | None

    @property
    def relevant(self) -> pd.DataFrame:
        """Table user_id, item_id of what a list should have found."""
        return relevant_items(self.withheld, self.positive_from)


@dataclass(frozen=True, eq=False)
class Judged:
    """One model's figures.

    Attributes:
        per_user: Frame of `artrec.metrics.ranking.per_user`, with the column model in front.
        results: Result rows over all users.
        slices: Result rows by history length of users and popularity of items.
    """

    per_user: pd.DataFrame
    results: pd.DataFrame
    slices: pd.DataFrame


def judge_all(
    labels: Mapping[str, Label],
    lists: Mapping[str, pd.DataFrame],
    predictions: Mapping[str, pd.DataFrame],
    truth: Truth,
    config: EvaluationConfig,
    seed: int,
) -> tuple[Judged, pd.DataFrame]:
    """Judge every model of a holdout, and compare them pair by pair.

    Args:
        labels: Model name to what its figures are about.
        lists: Model name to its lists.
        predictions: Model name to its predicted ratings, for the rating models.
        truth: What all are judged on.
        config: Cut-offs, resamples, confidence.
        seed: Each model's resamples start from it, so that a model more changes no other's rows.

    Returns:
        The figures of all models, and the comparisons of NDCG at every cut-off. Where nobody has a
        relevant withheld item, means are NaN, n_users is 0 and there are no comparisons.
    """
    judged = {
        model: judge(
            labels[model],
            lists[model],
            truth,
            config,
            np.random.default_rng(seed),
            predictions.get(model),
            lists.get(PRIMITIVE),
        )
        for model in lists
    }
    values = {model: each.per_user for model, each in judged.items()}
    rng = np.random.default_rng(seed)
    cutoffs = config.cutoffs if len(truth.relevant) else ()  # nobody to compare on
    comparisons = [compare(values, COMPARED, k, config, rng) for k in cutoffs]
    return (
        Judged(
            pd.concat(values.values(), ignore_index=True),
            pd.concat([each.results for each in judged.values()], ignore_index=True),
            pd.concat([each.slices for each in judged.values()], ignore_index=True),
        ),
        pd.concat(comparisons or [pd.DataFrame(columns=COMPARISON_COLUMNS)], ignore_index=True),
    )


def headline(results: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Model to figure name (``ndcg@10``, ``rmse``) to mean: what DVC and the bundle carry."""
    names = results["metric"] + results["k"].map(lambda k: f"@{k}" if k else "")
    rows = zip(results[MODEL], names, results["mean"], strict=True)
    figures: dict[str, dict[str, float]] = {}
    for model, name, mean in rows:
        if not np.isnan(mean):
            figures.setdefault(str(model), {})[str(name)] = round(float(mean), 6)
    return figures


def judge(
    label: Label,
    lists: pd.DataFrame,
    truth: Truth,
    config: EvaluationConfig,
    rng: np.random.Generator,
    predictions: pd.DataFrame | None = None,
    primitive: pd.DataFrame | None = None,
) -> Judged:
    """Every figure of one model's lists, and of its predicted ratings where it predicts.

    Args:
        label: What the figures are about.
        lists: `schema.RECOMMENDATIONS` for the users of the withheld part.
        truth: What the lists are judged on.
        config: Cut-offs, resamples, confidence.
        rng: The only randomness.
        predictions: Table user_id, item_id, rating, prediction; None for a ranking model.
        primitive: Popularity's lists, which serendipity is measured against; None leaves it out.
    """
    relevant = truth.relevant
    values = per_user(lists, relevant, config.cutoffs)
    judged = lists[lists[schema.USER_ID].isin(values[schema.USER_ID])]
    unlisted = without_list(values)
    liked = relevant_items(truth.profiles, truth.positive_from)
    beyond = beyond_accuracy(judged, truth.fit, truth.profiles, truth.works, config.cutoffs, liked)
    rows = [
        result_rows(label, ranking_measured(values), unlisted, config, rng),
        result_rows(label, beyond, unlisted, config, rng),
    ]
    if primitive is not None:
        unexpected = [serendipity(lists, primitive, relevant, k) for k in config.cutoffs]
        rows.append(result_rows(label, unexpected, unlisted, config, rng))
    if predictions is not None:
        rows.append(result_rows(label, rating_measured(predictions), 0, config, rng))
    history = truth.users_features.set_index(schema.USER_ID)["history"]
    popularity = truth.works_features.set_index(schema.ITEM_ID)["popularity"]
    slices = [
        slice_rows(label, "history of the user", by_user(values, history), config, rng),
        slice_rows(
            label,
            "popularity of the item",
            by_item(lists, relevant, popularity, config.cutoffs),
            config,
            rng,
        ),
    ]
    values.insert(0, MODEL, label.model)
    return Judged(values, pd.concat(rows, ignore_index=True), pd.concat(slices, ignore_index=True))
