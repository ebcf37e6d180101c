"""Blend and hybrid, and their lists for the people they learn from, made out of fold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from artrec import schema
from artrec.data.content import Content
from artrec.models.base import Scorer
from artrec.models.blend import Blend, BlendConfig, fit_blend
from artrec.models.candidate_lists import Lists, ListsConfig, gather, labelled_users
from artrec.models.hybrid import Hybrid, HybridConfig, fit_hybrid, pairs_for
from artrec.recommend.candidates import Panel
from artrec.recommend.lists import lists_for_withheld

N_FOLDS = 2

Learned = TypeVar("Learned", bound=Scorer)
Learn = Callable[[npt.NDArray[np.object_], np.random.Generator], Learned]


def hybrid_with_lists(
    profiles: pd.DataFrame,
    withheld: pd.DataFrame,
    scorers: Mapping[str, Scorer],
    works: pd.DataFrame,
    content: Content | None,
    config: HybridConfig,
    positive_from: float | None,
    k: int,
    rng: np.random.Generator,
    unjudged: pd.DataFrame | None = None,
) -> tuple[Hybrid, pd.DataFrame]:
    """Learn a hybrid; and rank for everybody by trees that learned from other people only.

    Where enough people are not judged (`unjudged`), it learns from these alone. Otherwise, where
    there are at least twice as many people as a hybrid learns from (`config.n_users`), it learns
    from some of them and ranks for all others, and a second one, learned from those, ranks for
    the first. Where there are fewer it learns from everybody, people are cut in two halves by
    chance, and each half's lists are made by a hybrid that learned from the other. So one holdout
    serves for learning and for comparing the hybrid with models that never saw it.

    Args:
        profiles: Table `schema.INTERACTIONS` the scorers were fitted on.
        withheld: Table `schema.INTERACTIONS`, unknown to the scorers.
        scorers: See `artrec.models.hybrid.fit_hybrid`, as all that follows.
        works: Works with features as of the end of `profiles`.
        content: Content of works, or None.
        config: The hybrid's.
        positive_from: Lowest rating that counts as positive; None for implicit feedback.
        k: Length of the lists.
        rng: Cuts the people and grows the trees.
        unjudged: Table `schema.INTERACTIONS`, what is withheld of people who get no lists; looked
            at where they are at least as many as a hybrid learns from.

    Returns:
        The hybrid, and the lists: table `schema.RECOMMENDATIONS`.

    Raises:
        InputError: There is nobody to learn from, or not in both parts.
    """
    known = (works, content, config, positive_from)
    pairs = pairs_for(profiles, scorers, *known)
    if unjudged is not None and unjudged[schema.USER_ID].nunique() >= config.n_users:
        hybrid = fit_hybrid(profiles, unjudged, scorers, *known, rng, pairs=pairs)
        lists = lists_for_withheld(hybrid, profiles, profiles, withheld, positive_from, k)
        return hybrid, lists
    gathered = _lists_of_few(profiles, withheld, scorers, config, config.n_users, positive_from)

    def learn(some: npt.NDArray[np.object_], own: np.random.Generator) -> Hybrid:
        return fit_hybrid(profiles, withheld, scorers, *known, own, some, pairs, gathered)

    return _with_lists(profiles, withheld, learn, config.n_users, positive_from, k, rng)


def blend_with_lists(
    profiles: pd.DataFrame,
    withheld: pd.DataFrame,
    scorers: Mapping[str, Scorer],
    config: BlendConfig,
    positive_from: float | None,
    k: int,
    rng: np.random.Generator,
    unjudged: pd.DataFrame | None = None,
) -> tuple[Blend, pd.DataFrame]:
    """Learn a blend; and rank for everybody by weights learned from other people only.

    See `hybrid_with_lists`.
    """
    if unjudged is not None and unjudged[schema.USER_ID].nunique() >= config.n_users:
        blend = fit_blend(profiles, unjudged, scorers, scorers, config, positive_from, rng)
        lists = lists_for_withheld(blend, profiles, profiles, withheld, positive_from, k)
        return blend, lists
    gathered = _lists_of_few(profiles, withheld, scorers, config, config.n_users, positive_from)

    def learn(some: npt.NDArray[np.object_], own: np.random.Generator) -> Blend:
        return fit_blend(
            profiles, withheld, scorers, scorers, config, positive_from, own, some, gathered
        )

    return _with_lists(profiles, withheld, learn, config.n_users, positive_from, k, rng)


def _lists_of_few(
    profiles: pd.DataFrame,
    withheld: pd.DataFrame,
    scorers: Mapping[str, Scorer],
    config: ListsConfig,
    n_users: int,
    positive_from: float | None,
) -> Lists | None:
    """Candidates of everybody, where people are so few that all three learn from the same ones."""
    n_people = withheld[schema.USER_ID].nunique()
    if n_people >= N_FOLDS * n_users:
        return None
    rng = np.random.default_rng(0)  # chooses nobody: all may come
    chosen = labelled_users(profiles, withheld, positive_from, n_people, rng)
    return gather(Panel.of(scorers), config, *chosen)


def _with_lists(
    profiles: pd.DataFrame,
    withheld: pd.DataFrame,
    learn: Learn[Learned],
    n_users: int,
    positive_from: float | None,
    k: int,
    rng: np.random.Generator,
) -> tuple[Learned, pd.DataFrame]:
    people = np.sort(withheld[schema.USER_ID].unique().astype(object))
    order = rng.permutation(len(people))
    own, *others = rng.spawn(1 + N_FOLDS)
    enough = len(people) >= N_FOLDS * n_users
    first = order < n_users if enough else order % N_FOLDS == 0
    scorer = learn(people[first] if enough else people, own)
    ranked = []
    for asked, taught, generator in zip((~first, first), (first, ~first), others, strict=True):
        by = scorer if enough and taught is first else learn(people[taught], generator)
        truth = withheld[withheld[schema.USER_ID].isin(people[asked])]
        ranked.append(lists_for_withheld(by, profiles, profiles, truth, positive_from, k))
    joined = pd.concat(ranked).sort_values([schema.USER_ID, schema.RANK], ignore_index=True)
    return scorer, schema.RECOMMENDATIONS.conform(joined)
