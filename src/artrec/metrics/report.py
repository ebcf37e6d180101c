"""All models on one holdout: every figure of them as result rows, whole and by slice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from artrec import schema
from artrec.data.ids import IdMap
from artrec.metrics.beyond_accuracy import Background
from artrec.metrics.bootstrap import Measured
from artrec.metrics.comparison import COMPARISON_COLUMNS, compare
from artrec.metrics.lists import relevant_items
from artrec.metrics.overlap import overlaps, unexpected
from artrec.metrics.ranking import EvaluationConfig, per_user
from artrec.metrics.rating import rating_measured
from artrec.metrics.slices import (
    Found,
    age_labels,
    by_user,
    genre_labels,
    labelled,
    rows_of_slices,
    taste_labels,
)
from artrec.metrics.summary import (
    Label,
    SetLevel,
    Told,
    ranking_measured,
    rows_of_all,
    without_list,
)

MODEL = "model"
COMPARED = "ndcg"
PRIMITIVE = "popularity"
HISTORY: Final = "history of the user"
POPULARITY: Final = "popularity of the item"
TASTE: Final = "taste of the user"
AGE: Final = "age of the work"
GENRE: Final = "genre of the work"
# what is also told of groups of people
OF_GROUPS: Final = ("popularity_lift", "calibration_kl", "calibration_js")


@dataclass(frozen=True, eq=False)
class Truth:
    """What all models of one holdout are judged on and sliced by.

    Attributes:
        fit: What they were fitted on (`schema.INTERACTIONS`).
        profiles: What they knew of each person.
        withheld: What the lists are judged on.
        works: The whole catalogue (`schema.WORKS`).
        works_features: Table with item_id and ``popularity``; ``age_years`` where there are
            times.
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

    @cached_property
    def relevant(self) -> pd.DataFrame:
        """Table user_id, item_id of what a list should have found."""
        return relevant_items(self.withheld, self.positive_from)

    @cached_property
    def background(self) -> Background:
        """What lists are held against beyond accuracy."""
        liked = relevant_items(self.profiles, self.positive_from)
        return Background.of(self.fit, self.profiles, self.works, liked)

    def user_labels(self) -> dict[str, pd.Series]:
        """What people are sliced by, and the label of each."""
        people = self.background.people
        at = people.find(IdMap.of(self.relevant[schema.USER_ID]).index)
        judged = at[at >= 0]
        return {
            HISTORY: self.users_features.set_index(schema.USER_ID)["history"],
            TASTE: taste_labels(people.index[judged], self.background.chosen[judged]),
        }

    def item_labels(self) -> dict[str, pd.DataFrame]:
        """What works are sliced by, and the labels of each relevant pair."""
        labels = {
            POPULARITY: self.works_features.set_index(schema.ITEM_ID)["popularity"],
            AGE: age_labels(self.works, self.works_features),
            GENRE: genre_labels(self.works),
        }
        return {
            by: labelled(self.relevant, each) for by, each in labels.items() if each is not None
        }


@dataclass(frozen=True, eq=False)
class Judged:
    """The figures of all models.

    Attributes:
        per_user: Frame of `artrec.metrics.ranking.per_user`, with the column model in front.
        results: Result rows over all users.
        slices: Result rows by groups of people (length of the history; how popular the works of
            their profiles are) and of works (popularity, age, genre).
        comparisons: Comparisons of NDCG at every cut-off, pair by pair.
        overlaps: How alike the lists of two models are, at every cut-off.
    """

    per_user: pd.DataFrame
    results: pd.DataFrame
    slices: pd.DataFrame
    comparisons: pd.DataFrame
    overlaps: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Figures:
    """One model's figures before anything is resampled.

    Attributes:
        label: What they are about.
        values: Frame of `artrec.metrics.ranking.per_user`.
        listed: People with a list, those that `beyond` is over.
        beyond: Figures beyond accuracy.
        others: Figures of what is measured apart: serendipity, errors of predicted ratings.
        found: Where each relevant item stands.
    """

    label: Label
    values: pd.DataFrame
    listed: IdMap
    beyond: list[Measured | SetLevel]
    others: list[Measured]
    found: Found

    def told(self) -> list[Told]:
        """What there is to say over everybody."""
        ranking = ranking_measured(self.values)
        unlisted = without_list(self.values)
        of_lists = [each for each in self.others if each.k]
        of_ratings = [each for each in self.others if not each.k]
        return [
            Told(self.label, [*ranking, *self.beyond, *of_lists], unlisted),
            Told(self.label, of_ratings, 0),
        ]

    def told_of_group(self, values: pd.DataFrame) -> Told:
        """What there is to say of some people: rows of `values`."""
        group = IdMap.of(values[schema.USER_ID])
        inside = group.find(self.listed.index) >= 0
        beyond = [
            _part(each, inside)
            for each in self.beyond
            if isinstance(each, Measured) and each.metric in OF_GROUPS
        ]
        return Told(self.label, [*ranking_measured(values), *beyond], without_list(values))


def judge_all(
    labels: Mapping[str, Label],
    lists: Mapping[str, pd.DataFrame],
    predictions: Mapping[str, pd.DataFrame],
    truth: Truth,
    config: EvaluationConfig,
    seed: int,
) -> Judged:
    """Judge every model of a holdout, and compare them pair by pair.

    Args:
        labels: Model name to what its figures are about.
        lists: Model name to its lists, of the people of the withheld part.
        predictions: Model name to its predicted ratings, for the rating models.
        truth: What all are judged on.
        config: Cut-offs, resamples, confidence.
        seed: All models share resamples that start from it, so that a model more changes no
            other's rows.

    Returns:
        All figures. Where nobody has a relevant withheld item, means are NaN, n_users is 0 and
        there are no comparisons.
    """
    depth = max(config.cutoffs)
    obvious = Found.of(lists[PRIMITIVE], truth.relevant, depth) if PRIMITIVE in lists else None
    figures = {
        model: figures_of_model(
            labels[model],
            table,
            truth,
            config,
            predictions.get(model),
            obvious,
        )
        for model, table in lists.items()
    }
    told = [each for model in figures.values() for each in model.told()]
    values = {model: each.values for model, each in figures.items()}
    rng = np.random.default_rng(seed)
    cutoffs = config.cutoffs if len(truth.relevant) else ()  # nobody to compare on
    comparisons = [compare(values, COMPARED, k, config, rng) for k in cutoffs]
    named = [each.assign(**{MODEL: name})[[MODEL, *each]] for name, each in values.items()]
    return Judged(
        pd.concat(named, ignore_index=True),
        rows_of_all(told, config, np.random.default_rng(seed)),
        slices_of(figures, truth, config, seed),
        pd.concat(comparisons or [pd.DataFrame(columns=COMPARISON_COLUMNS)], ignore_index=True),
        overlaps(lists, config.cutoffs),
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


def figures_of_model(
    label: Label,
    lists: pd.DataFrame,
    truth: Truth,
    config: EvaluationConfig,
    predictions: pd.DataFrame | None = None,
    obvious: Found | None = None,
) -> Figures:
    """Every figure of one model's lists, and of its predicted ratings where it predicts.

    Args:
        label: What the figures are about.
        lists: `schema.RECOMMENDATIONS` for the users of the withheld part.
        truth: What the lists are judged on.
        config: Cut-offs.
        predictions: Table user_id, item_id, rating, prediction; None for a ranking model.
        obvious: Where popularity's lists hold the relevant items, which serendipity is measured
            against; None leaves it out.
    """
    values = per_user(lists, truth.relevant, config.cutoffs)
    judged = lists[lists[schema.USER_ID].isin(values[schema.USER_ID])]
    listed, beyond = truth.background.figures(judged, config.cutoffs)
    found = Found.of(lists, truth.relevant, max(config.cutoffs))
    others: list[Measured] = []
    if obvious is not None:
        others += [unexpected(found, obvious, k) for k in config.cutoffs]
    if predictions is not None:
        others += rating_measured(predictions)
    return Figures(label, values, listed, beyond, others, found)


def slices_of(
    figures: Mapping[str, Figures], truth: Truth, config: EvaluationConfig, seed: int
) -> pd.DataFrame:
    """Result rows of all models by groups of people and of works.

    Args:
        figures: Model name to its figures.
        truth: What they were judged on, and what people and works are sliced by.
        config: Resamples and confidence.
        seed: Every slice's resamples start from it.
    """
    tables = []
    for by, labels in truth.user_labels().items():
        groups: dict[str, list[Told]] = {}
        for each in figures.values():
            for name, values in by_user(each.values, labels).items():
                groups.setdefault(name, []).append(each.told_of_group(values))
        tables.append(rows_of_slices(by, groups, config, np.random.default_rng(seed)))
    for by, pairs in truth.item_labels().items():
        groups = {}
        for each in figures.values():
            for name, values in each.found.by_label(pairs, config.cutoffs).items():
                told = Told(each.label, ranking_measured(values), without_list(values))
                groups.setdefault(name, []).append(told)
        tables.append(rows_of_slices(by, groups, config, np.random.default_rng(seed)))
    return pd.concat(tables, ignore_index=True)


def _part(measured: Measured, inside: npt.NDArray[np.bool_]) -> Measured:
    return Measured(
        measured.metric,
        measured.k,
        measured.numerators[inside],
        measured.denominators[inside],
        measured.finish,
    )
