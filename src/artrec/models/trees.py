"""LightGBM over candidate lists: growing, stopping early, predicting and explaining."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt

from artrec.config import Config
from artrec.models.blending import ndcg_at

Floats = npt.NDArray[np.float32]
Objective = Literal["lambdarank", "binary", "rank_xendcg"]

METRIC_AT: Final = 10
STOP_AT: Final = 50


class TreesConfig(Config):
    """How the trees are grown; several objectives are averaged."""

    objectives: tuple[Objective, ...] = Field(
        default=("lambdarank", "binary"),
        min_length=1,
        description="What each ensemble of trees is grown for; their scores are averaged.",
    )
    n_rounds: PositiveInt = Field(default=200, description="Trees of an ensemble at most.")
    stop_after: PositiveInt | None = Field(
        default=50,
        description="Rounds without a better NDCG@50, or log loss where binary, on the stopping "
        "users that end it, and then the best round's trees are kept; null keeps all.",
    )
    learning_rate: PositiveFloat = Field(default=0.06, description="Shrinkage of each tree.")
    n_leaves: int = Field(default=15, ge=2, description="Leaves of a tree.")
    min_leaf: PositiveInt = Field(default=200, description="Candidates in a leaf at least.")
    feature_share: float = Field(
        default=0.5, gt=0, le=1, description="Share of the features each tree may look at."
    )
    l2: NonNegativeFloat = Field(default=5.0, description="Penalty on a leaf's squared value.")
    truncation: PositiveInt = Field(
        default=50, description="LambdaRank's truncation level: pairs count that touch the first."
    )
    n_bins: int = Field(default=63, ge=3, description="Bins of a feature.")
    n_threads: PositiveInt = Field(
        default=2, description="Threads while growing; the same number gives the same trees."
    )


@dataclass(frozen=True)
class Ensemble:
    """Trees of one objective as LightGBM's text, and by how much their score is multiplied.

    Attributes:
        text: LightGBM's model text.
        scale: One over the spread of its scores within a list.
        n_rounds: Trees kept.
        stopped_at: NDCG@50, or log loss where binary, on the stopping users; 0 without any.
    """

    text: str
    scale: float
    n_rounds: int
    stopped_at: float


def grow(
    features: Floats,
    labels: npt.NDArray[np.bool_],
    present: npt.NDArray[np.bool_],
    names: Sequence[str],
    stopping: npt.NDArray[np.bool_],
    config: TreesConfig,
    seed: int,
) -> tuple[Ensemble, ...]:
    """Grow one ensemble an objective on full candidate lists, one group a user.

    Lists without a relevant candidate, or with nothing else, teach no order and are left out.

    Args:
        features: Shape (n_users, n_candidates, n_features).
        labels: Shape (n_users, n_candidates).
        present: Shape (n_users, n_candidates); False where there is no candidate.
        names: Names of the features.
        stopping: Shape (n_users,); users that end the growth and teach nothing.
        config: How.
        seed: Of LightGBM's choices.

    Returns:
        The ensembles; none where no list teaches an order.
    """
    import lightgbm

    telling = labels.any(axis=1) & (present.sum(axis=1) > labels.sum(axis=1))
    learning, watching = telling & ~stopping, telling & stopping
    if not learning.any():
        return ()
    base = _parameters(config, seed)
    train = _dataset(features, labels, present, learning, names, base, None)
    valid = _dataset(features, labels, present, watching, names, base, train)
    some = features[np.flatnonzero(learning)[:200]]
    found = []
    for objective in config.objectives:
        booster = lightgbm.train(
            {**base, **_objective(objective, config)},
            train,
            config.n_rounds,
            valid_sets=[valid] if valid is not None else None,
            callbacks=_stopping(config) if valid is not None else None,
        )
        rounds = booster.best_iteration or config.n_rounds
        flat = some.reshape(-1, some.shape[2])
        scores = booster.predict(flat, raw_score=True, num_iteration=rounds, num_threads=1)
        spread = float(np.asarray(scores).reshape(some.shape[:2]).std(axis=1).mean())
        best = next(iter(booster.best_score.get("valid_0", {}).values()), 0.0)
        text = booster.model_to_string(num_iteration=rounds)
        found.append(Ensemble(text, 1.0 / max(spread, 1e-9), rounds, float(best)))
    return tuple(found)


class Forest:
    """Loaded ensembles, added up.

    Args:
        texts: LightGBM's model texts.
        scales: What each one's score is multiplied by before they are added.
    """

    def __init__(self, texts: Sequence[str], scales: Sequence[float]) -> None:
        import lightgbm

        self._boosters = [lightgbm.Booster(model_str=text) for text in texts]
        self._weights = list(scales)

    def predict(self, flat: Floats) -> npt.NDArray[np.float64]:
        """Raw score of each row of features, shape (n_rows,)."""
        total = np.zeros(len(flat))
        for booster, weight in zip(self._boosters, self._weights, strict=False):
            total += weight * np.asarray(booster.predict(flat, raw_score=True, num_threads=1))
        return total

    def contributions(self, flat: Floats) -> npt.NDArray[np.float64]:
        """What each feature adds to each row's raw score, shape (n_rows, n_features + 1).

        The last column is what every row starts from; a row's sum is its raw score.
        """
        total = np.zeros((len(flat), flat.shape[1] + 1))
        for booster, weight in zip(self._boosters, self._weights, strict=False):
            added = booster.predict(flat, pred_contrib=True, num_threads=1)
            total += weight * np.asarray(added)
        return total


def best_share(
    raw: npt.NDArray[np.float64],
    blended: Floats,
    labels: npt.NDArray[np.bool_],
    shares: Sequence[float],
) -> float:
    """By how much a blend counts beside the trees: the share of the highest NDCG@10.

    Args:
        raw: The trees' scores, shape (n_users, n_candidates), ``-inf`` where there is none.
        blended: The blend's, of the same shape.
        labels: Of the same shape; users without any do not count.
        shares: What may be chosen; of equal ones the first.
    """
    telling = labels.any(axis=1)
    if not telling.any():
        return float(shares[0])
    figures = [
        ndcg_at((raw + share * blended)[telling], labels[telling], METRIC_AT) for share in shares
    ]
    return float(shares[int(np.argmax(figures))])


def _parameters(config: TreesConfig, seed: int) -> dict[str, Any]:
    return {
        "num_threads": config.n_threads,
        "deterministic": True,
        "force_row_wise": True,
        "seed": seed,
        "verbose": -1,
        "learning_rate": config.learning_rate,
        "num_leaves": config.n_leaves,
        "min_data_in_leaf": config.min_leaf,
        "feature_fraction": config.feature_share,
        "lambda_l2": config.l2,
        "max_bin": config.n_bins,
        "feature_pre_filter": False,
        "eval_at": [STOP_AT],  # the first ten alone stop by chance
    }


def _stopping(config: TreesConfig) -> list[Any]:
    """What ends the growth early: nothing where all rounds are kept."""
    import lightgbm

    if config.stop_after is None:
        return []
    return [lightgbm.early_stopping(config.stop_after, verbose=False)]


def _objective(objective: Objective, config: TreesConfig) -> dict[str, Any]:
    metric = "binary_logloss" if objective == "binary" else "ndcg"
    chosen: dict[str, Any] = {"objective": objective, "metric": metric}
    if objective == "lambdarank":
        chosen["lambdarank_truncation_level"] = config.truncation
    return chosen


def _dataset(
    features: Floats,
    labels: npt.NDArray[np.bool_],
    present: npt.NDArray[np.bool_],
    users: npt.NDArray[np.bool_],
    names: Sequence[str],
    parameters: dict[str, Any],
    reference: Any,
) -> Any:
    import lightgbm

    if not users.any():
        return None
    kept = present[users]
    dataset = lightgbm.Dataset(
        features[users][kept],
        labels[users][kept].astype(np.int32),
        group=kept.sum(axis=1),
        feature_name=[_plain(name) for name in names],
        params=parameters,
        reference=reference,
        free_raw_data=True,
    )
    return dataset.construct()


def _plain(name: str) -> str:
    """A feature's name as LightGBM takes it."""
    return "".join(each if each.isalnum() or each in "._" else "_" for each in name)
