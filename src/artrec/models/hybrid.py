"""Hybrid: candidates of several scorers, ranked by trees that learned from what was withheld."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Final, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field, NonNegativeFloat, PositiveInt

from artrec import schema
from artrec.config import Config
from artrec.data.content import Content
from artrec.data.ids import MISSING, IdMap
from artrec.data.interactions import Interactions
from artrec.errors import InputError
from artrec.features.pairs import PairConfig, PairFeatures, group_of
from artrec.models.base import Scorer
from artrec.models.blending import Floats, Indices, blend_all, learn_weights, pick, views_of
from artrec.models.candidate_lists import (
    ListsConfig,
    PanelBlocks,
    by_name,
    gather,
    labelled_users,
    together,
)
from artrec.models.checks import as_config, check_profiles, sealed
from artrec.models.trees import Forest, TreesConfig, grow
from artrec.recommend.candidates import Panel

GROUP: Final = "group"
CONTRIBUTION: Final = "contribution"
START: Final = "start"


class HybridConfig(ListsConfig):
    """Candidates, features and trees of the hybrid."""

    pairs: PairConfig = Field(default=PairConfig(), description="Features of (user, candidate).")
    trees: TreesConfig = Field(default=TreesConfig(), description="How the trees are grown.")
    n_users: PositiveInt = Field(
        default=6000, description="Users whose lists the trees learn from, at most."
    )
    stopping_share: float = Field(
        default=0.15, gt=0, lt=1, description="Share of them that only ends the growth."
    )
    regularization: NonNegativeFloat = Field(
        default=1e-3, description="Penalty on the blend's squared weights (items not ranked)."
    )


@dataclass(frozen=True, eq=False)
class Hybrid:
    """Trees over (user, candidate) features; items that are no candidates follow by the blend.

    Learned out of fold: the scorers that made the features it learned from had not seen the
    withheld interactions that are its labels. A candidate's score is the mean of the ensembles'
    raw scores, each over its own spread; all other items, the seen ones among them, stand below
    the user's last candidate, in the order of the blend.

    Source: Burges, "From RankNet to LambdaRank to LambdaMART: an overview", 2010.

    Attributes:
        items: Items it scores: the union of the scorers'.
        config: Its configuration.
        panel: The scorers.
        pairs: What the features know of items.
        names: Names of the features, in the trees' order.
        weights: ndarray of shape (2 * n_scorers,), float32: the blend's.
        texts: LightGBM's model texts; none where there was nothing to learn an order from, and
            then the blend ranks.
        scales: ndarray of shape (n_ensembles,): what each ensemble's score is multiplied by.
        report: How it was learned: candidates' recall, users, rounds.
    """

    name: ClassVar[str] = "hybrid"

    items: IdMap
    config: HybridConfig
    panel: Panel
    pairs: PairFeatures
    names: tuple[str, ...]
    weights: Floats
    texts: tuple[str, ...]
    scales: npt.NDArray[np.float64]
    report: Mapping[str, float]

    def parts(self) -> Mapping[str, Scorer]:
        """See `Composite.parts`."""
        return self.panel.scorers

    def score(self, profiles: Interactions) -> PanelBlocks:
        """See `Scorer.score`."""
        check_profiles(profiles, self.items, self.name)
        return PanelBlocks(self.panel.score(profiles), self.config, self._final)

    def reasons(self, profile: Interactions, item_ids: Iterable[str]) -> pd.DataFrame:
        """What each group of features adds to the scores of some candidates of one profile.

        Args:
            profile: One row, over any items.
            item_ids: Outer ids; items that are no candidates of the profile have no rows.

        Returns:
            Table item_id, group, contribution: items in the order asked, the largest contribution
            by magnitude first. The group ``start`` is what every candidate starts from; the
            contributions of an item sum to its score.

        Raises:
            InputError: The profile has not exactly one row.
            UnknownIdError: An item is not known.
        """
        if len(profile.users) != 1:
            raise InputError(
                f"reasons are for one person at a time; the profile has {len(profile.users)} rows",
                "choose one with Interactions.take_users([row])",
            )
        asked = self.items.to_index(list(item_ids))
        features, candidates = self._features_of(profile.onto_items(self.items))
        groups = [*(group_of(name) for name in self.names), START]
        tables = []
        for item in asked[np.isin(asked, candidates)].tolist() if self.texts else []:
            row = features[candidates == item]
            added = pd.Series(self._forest.contributions(row)[0]).groupby(groups).sum()
            added = added.reindex(added.abs().sort_values(ascending=False, kind="stable").index)
            table = pd.DataFrame({GROUP: added.index, CONTRIBUTION: added.to_numpy()})
            table.insert(0, schema.ITEM_ID, self.items.index[item])
            tables.append(table)
        empty = pd.DataFrame(columns=[schema.ITEM_ID, GROUP, CONTRIBUTION])
        return pd.concat(tables, ignore_index=True) if tables else empty

    def with_parts(
        self,
        scorers: Mapping[str, Scorer],
        known: Interactions,
        works: pd.DataFrame,
        content: Content | None,
    ) -> Self:
        """The same trees over scorers of the same names that were fitted on more.

        Args:
            scorers: Fitted on `known`.
            known: What is known now.
            works: Works and their features as of now; see `PairFeatures.of`.
            content: Content of works, or None where it was learned without.
        """
        panel = Panel.of({name: scorers[name] for name in self.panel.scorers})
        pairs = PairFeatures.of(panel.items, known, works, content, self.config.pairs)
        return replace(self, items=panel.items, panel=panel, pairs=pairs)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """See `Scorer.arrays`."""
        plain = {"names": list(self.names), "report": dict(self.report)}
        texts = {f"trees_{at}": _as_bytes(text) for at, text in enumerate(self.texts)}
        described = _as_bytes(json.dumps(plain, sort_keys=True))
        own: dict[str, npt.NDArray[Any]] = {
            "described": described,
            "weights": self.weights,
            "scales": self.scales,
        }
        return {**own, **texts, **self.pairs.arrays()}

    @classmethod
    def from_arrays(
        cls, items: IdMap, config: Config, arrays: Mapping[str, npt.NDArray[Any]]
    ) -> Self:
        """Refused: a scorer made of others is restored by `from_parts`."""
        return cls.from_parts(items, config, arrays, {})

    @classmethod
    def from_parts(
        cls,
        items: IdMap,
        config: Config,
        arrays: Mapping[str, npt.NDArray[Any]],
        parts: Mapping[str, Scorer],
    ) -> Self:
        """See `Composite.from_parts`."""
        typed = as_config(config, HybridConfig)
        plain = json.loads(bytes(arrays["described"]))
        texts = (bytes(arrays[f"trees_{at}"]).decode() for at in range(len(arrays["scales"])))
        return cls(
            items,
            typed,
            Panel.of(parts),
            PairFeatures.from_arrays(items, typed.pairs, arrays),
            tuple(plain["names"]),
            arrays["weights"],
            tuple(texts),
            arrays["scales"],
            plain["report"],
        )

    @cached_property
    def _forest(self) -> Forest:
        return Forest(self.texts, self.scales.tolist())

    def _final(self, stacked: Floats, candidates: Indices, profiles: Interactions) -> Floats:
        blended = blend_all(stacked, candidates, self.weights)
        if not self.texts:
            return blended
        rows, places = np.nonzero(candidates != MISSING)
        made = self._made(stacked, candidates, profiles)
        raw = self._forest.predict(made[rows, places])
        lowest = np.zeros(len(candidates))
        np.minimum.at(lowest, rows, raw)
        blended -= blended.max(axis=1, keepdims=True) - lowest[:, np.newaxis] + 1
        blended[rows, candidates[rows, places]] = raw
        return blended

    def _made(self, stacked: Floats, candidates: Indices, profiles: Interactions) -> Floats:
        scores = by_name(self.panel, pick(stacked, candidates))
        made = self.pairs.block(profiles, candidates, scores)
        unknown = np.full(candidates.shape, np.nan, dtype=np.float32)
        return together({name: made.get(name, unknown) for name in self.names}, candidates)

    def _features_of(self, profile: Interactions) -> tuple[Floats, Indices]:
        blocks = self.score(profile)
        stacked = blocks.scores.block(slice(0, 1))
        candidates = blocks._candidates(stacked, profile)
        return self._made(stacked, candidates, profile)[0], candidates[0]


def fit_hybrid(
    profiles: pd.DataFrame,
    withheld: pd.DataFrame,
    inner: Mapping[str, Scorer],
    works: pd.DataFrame,
    content: Content | None,
    config: HybridConfig,
    positive_from: float | None,
    rng: np.random.Generator,
    among: npt.NDArray[np.object_] | None = None,
) -> Hybrid:
    """Learn to rank what was withheld from people, by what was known before.

    The result uses the inner scorers; `Hybrid.with_parts` puts those fitted on more in place.

    Args:
        profiles: Table `schema.INTERACTIONS` that the scorers and everything else given here
            rest on; nothing of `withheld` is in it.
        withheld: Table `schema.INTERACTIONS`; its positives are the labels.
        inner: Scorers fitted on `profiles`: they have not seen the labels.
        works: Works with features as of the end of `profiles` (see `PairFeatures.of`).
        content: Content of works, or None.
        config: Candidates, features, trees.
        positive_from: Lowest rating that counts as positive; None for implicit feedback.
        rng: The only randomness.
        among: Ids of users who may be learned from; by default all.
    """
    panel = Panel.of(inner)
    known = Interactions.from_table(profiles, positive_from)
    kept_out = (*config.pairs.leave_out, *config.unweighed)
    chosen_features = config.pairs.model_copy(update={"leave_out": kept_out})
    config = config.model_copy(update={"pairs": chosen_features})
    pairs = PairFeatures.of(panel.items, known, works, content, config.pairs)
    chosen = labelled_users(profiles, withheld, positive_from, config.n_users, rng, among)
    lists = gather(panel, pairs, config, *chosen)
    weights = learn_weights(views_of(lists.picked), lists.labels, config.regularization)
    for at, name in enumerate(panel.scorers):
        if name in config.unweighed:
            weights[2 * at : 2 * at + 2] = 0
    stopping = rng.random(len(lists.labels)) < config.stopping_share
    ensembles = grow(
        lists.features,
        lists.labels,
        lists.present,
        lists.names,
        stopping,
        config.trees,
        int(rng.integers(2**31 - 1)),
    )
    report = {"candidate_recall": lists.recall, "users": float(len(lists.labels))}
    for objective, each in zip(config.trees.objectives, ensembles, strict=False):
        report[f"{objective}.rounds"] = float(each.n_rounds)
        report[f"{objective}.ndcg"] = each.stopped_at
    return Hybrid(
        panel.items,
        config,
        panel,
        pairs,
        lists.names,
        sealed(weights),
        tuple(each.text for each in ensembles),
        sealed(np.asarray([each.scale for each in ensembles], dtype=np.float64)),
        report,
    )


def _as_bytes(text: str) -> npt.NDArray[np.uint8]:
    return np.frombuffer(text.encode(), dtype=np.uint8)
