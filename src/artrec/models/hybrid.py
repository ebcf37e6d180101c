"""Hybrid: candidates of several scorers, ranked by trees that learned from what was withheld."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Final, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field, NonNegativeFloat, PositiveInt

from artrec.config import Config
from artrec.data.content import Content
from artrec.data.ids import MISSING, IdMap
from artrec.data.interactions import Interactions
from artrec.features.pairs import PairConfig, PairFeatures, group_of
from artrec.models.base import MadeOfParts, Scorer
from artrec.models.blending import Blending, Floats, Indices, Sums, pick, views_of
from artrec.models.candidate_lists import (
    Lists,
    ListsConfig,
    PanelBlocks,
    features_of,
    gather,
    labelled_users,
    leading,
    learned_blend,
    pair_features,
    together,
)
from artrec.models.checks import as_config, check_profiles, sealed
from artrec.models.trees import Forest, TreesConfig, best_share, grow
from artrec.recommend.candidates import Panel

START: Final = "start"


class HybridConfig(ListsConfig):
    """Candidates, features and trees of the hybrid."""

    pairs: PairConfig = Field(default=PairConfig(), description="Features of (user, candidate).")
    trees: TreesConfig = Field(default=TreesConfig(), description="How the trees are grown.")
    n_ranked: PositiveInt = Field(
        default=500,
        description="Candidates that the trees rank: those the blend puts first; the others "
        "follow in its order. Fewer are faster, and lose what the blend puts low.",
    )
    n_users: PositiveInt = Field(
        default=6000, description="Users whose lists the trees learn from, at most."
    )
    stopping_share: float = Field(
        default=0.2,
        gt=0,
        lt=1,
        description="Share of them that teach nothing: they choose the blend's share, and end the "
        "trees' growth where `trees.stop_after` says so.",
    )
    blend_shares: tuple[NonNegativeFloat, ...] = Field(
        default=(0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0),
        min_length=1,
        description="What the blend may weigh beside the trees, which weigh 1.",
    )
    regularization: NonNegativeFloat = Field(
        default=1e-3, description="Penalty on the blend's squared weights (items not ranked)."
    )

    def made(self) -> PairConfig:
        """Features that are made: those of scorers that do not count are left out too."""
        return self.pairs.model_copy(update={"leave_out": (*self.pairs.leave_out, *self.unweighed)})


@dataclass(frozen=True, eq=False)
class Hybrid(MadeOfParts):
    """Trees over (user, candidate) features; items that are no candidates follow by the blend.

    Learned out of fold: the scorers that made the features it learned from had not seen the
    withheld interactions that are its labels. The trees rank the candidates that a blend of the
    scorers puts first: the mean of the ensembles' raw scores, each over its own spread, and the
    blend's, by the share that served the stopping users best. All other items, the seen ones
    among them, stand below, in the order of the blend.

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
        scales: ndarray of shape (n_ensembles + 1,): what each ensemble's score, and last the
            blend's, is multiplied by.
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
        return PanelBlocks(self.panel.score(profiles), self.config, self._finished, self.groups)

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """What a score is the sum of: the scorers, other groups of features, and `START`.

        A scorer's is what its features add to the trees' score and what it adds to the blend;
        ``start`` is what every item starts from: where the trees do, and below all of theirs
        where they do not rank an item.
        """
        others = (group_of(name) for name in self.names)
        return tuple(dict.fromkeys([*self.panel.scorers, *others, START]))

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
        pairs = PairFeatures.of(panel.items, known, works, content, self.config.made())
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
        n_texts = sum(name.startswith("trees_") for name in arrays)
        texts = (bytes(arrays[f"trees_{at}"]).decode() for at in range(n_texts))
        return cls(
            items,
            typed,
            Panel.of(parts),
            PairFeatures.from_arrays(items, typed.made(), arrays),
            tuple(plain["names"]),
            arrays["weights"],
            tuple(texts),
            arrays["scales"],
            plain["report"],
        )

    @cached_property
    def forest(self) -> Forest:
        """The trees, loaded."""
        return Forest(self.texts, self.scales.tolist())

    def _finished(self, stacked: Floats, candidates: Indices, profiles: Interactions) -> _Finished:
        blending = Blending(stacked, candidates, self.weights)
        blended = blending.all()
        nothing = np.zeros(len(blended))
        if not self.texts:
            none = np.full((len(blended), 0), MISSING, dtype=np.int64)
            empty = np.zeros((*none.shape, len(self.names)), dtype=np.float32)
            return _Finished(self, blended, blending, none, empty, nothing)
        ranked = self._ranked(blended, candidates)
        rows, places = np.nonzero(ranked != MISSING)
        items = ranked[rows, places]
        made = self._made(stacked, ranked, profiles)
        raw = self.forest.predict(made[rows, places]) + self.scales[-1] * blended[rows, items]
        lowest = np.zeros(len(ranked))
        np.minimum.at(lowest, rows, raw)
        below = blended.copy()
        below[rows, items] = -np.inf
        highest = np.where(np.isinf(below), -np.inf, below).max(axis=1)
        shift = np.where(np.isfinite(highest), highest, 0) - lowest + 1
        blended -= shift[:, np.newaxis]
        blended[rows, items] = raw
        return _Finished(self, blended, blending, ranked, made, shift)

    def _ranked(self, blended: Floats, candidates: Indices) -> Indices:
        own = np.take_along_axis(blended, np.maximum(candidates, 0), axis=1)
        kept = leading(own, candidates, self.config.n_ranked)
        return np.take_along_axis(candidates, kept, axis=1)

    def _made(self, stacked: Floats, ranked: Indices, profiles: Interactions) -> Floats:
        made = pair_features(self.panel, self.pairs, profiles, ranked, pick(stacked, ranked))
        unknown = np.full(ranked.shape, np.nan, dtype=np.float32)
        return together({name: made.get(name, unknown) for name in self.names}, ranked)


@dataclass(frozen=True, eq=False)
class _Finished:
    """Final scores of a block of users, and what they were made of (`base.Finished`).

    Attributes:
        of: The hybrid.
        scores: Shape (n_users, n_items).
        blending: The blend that orders what the trees did not rank, and counts beside them.
        ranked: Candidates the trees ranked, shape (n_users, n_ranked), -1 where there are fewer.
        made: Their features, shape (n_users, n_ranked, n_features).
        shift: By how much all other items were put below, shape (n_users,).
    """

    of: Hybrid
    scores: Floats
    blending: Blending
    ranked: Indices
    made: Floats
    shift: Sums

    def added(self, items: Indices) -> Sums:
        """See `Finished.added`; the groups are `Hybrid.groups`."""
        of = self.of
        place_of = {name: place for place, name in enumerate(of.groups)}
        blend = self.blending.at(items)
        same = self.ranked[:, np.newaxis, :] == items[:, :, np.newaxis]
        by_trees = same.any(axis=2) & (items != MISSING)
        blend[by_trees] *= of.scales[-1]
        found = np.zeros((*items.shape, len(of.groups)))
        found[:, :, : len(of.panel.scorers)] = blend
        others = ~by_trees & (items != MISSING)
        found[:, :, place_of[START]] = np.where(others, -self.shift[:, np.newaxis], 0)
        rows, places = np.nonzero(by_trees)
        if len(rows):
            at = same.argmax(axis=2)[rows, places]
            member = np.zeros((len(of.names) + 1, len(of.groups)))
            for row, name in enumerate([*map(group_of, of.names), START]):
                member[row, place_of[name]] = 1
            found[rows, places] += of.forest.contributions(self.made[rows, at]) @ member
        return found


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
    pairs: PairFeatures | None = None,
    lists: Lists | None = None,
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
        pairs: What `pairs_for` makes of the same arguments, where it is at hand.
        lists: What `gather` makes of these people and maybe others, where it is at hand.
    """
    panel = Panel.of(inner)
    if pairs is None:
        pairs = pairs_for(profiles, inner, works, content, config, positive_from)
    chosen = labelled_users(profiles, withheld, positive_from, config.n_users, rng, among)
    lists = gather(panel, config, *chosen) if lists is None else lists.of(chosen[0].users)
    weights = learned_blend(lists, config, config.regularization)
    blended = views_of(lists.picked) @ weights
    kept = leading(blended, lists.candidates, config.n_ranked)
    best = lists.best(blended, config.n_ranked)
    features, names = features_of(best, panel, pairs)
    learned = _learn(features, names, best, np.take_along_axis(blended, kept, axis=1), config, rng)
    report = {"candidate_recall": lists.recall, "users": float(len(lists.labels)), **learned[2]}
    texts, scales = learned[:2]
    parts = (panel.items, config, panel, pairs, names, sealed(weights), texts)
    return Hybrid(*parts, sealed(scales), report)


def pairs_for(
    profiles: pd.DataFrame,
    inner: Mapping[str, Scorer],
    works: pd.DataFrame,
    content: Content | None,
    config: HybridConfig,
    positive_from: float | None,
) -> PairFeatures:
    """What a hybrid's features know of items; see `fit_hybrid` for the arguments."""
    known = Interactions.from_table(profiles, positive_from)
    return PairFeatures.of(Panel.of(inner).items, known, works, content, config.made())


def _learn(
    features: Floats,
    names: tuple[str, ...],
    lists: Lists,
    blended: Floats,
    config: HybridConfig,
    rng: np.random.Generator,
) -> tuple[tuple[str, ...], npt.NDArray[np.float64], dict[str, float]]:
    """Trees, what their scores and the blend's are multiplied by, and how it went."""
    stopping = rng.random(len(lists.labels)) < config.stopping_share
    present = lists.candidates != MISSING
    seed = int(rng.integers(2**31 - 1))
    ensembles = grow(features, lists.labels, present, names, stopping, config.trees, seed)
    report: dict[str, float] = {}
    for objective, each in zip(config.trees.objectives, ensembles, strict=False):
        report[f"{objective}.rounds"] = float(each.n_rounds)
        report[f"{objective}.stopped_at"] = each.stopped_at
    if not ensembles:
        return (), np.ones(1), report
    texts = tuple(each.text for each in ensembles)
    scales = [each.scale / len(ensembles) for each in ensembles]
    forest = Forest(texts, scales)
    asked = stopping if stopping.any() else ~stopping
    raw = np.full(present[asked].shape, -np.inf)
    raw[present[asked]] = forest.predict(features[asked][present[asked]])
    spread = 1 / max(float(blended.std(axis=1).mean()), 1e-9)
    share = best_share(raw, spread * blended[asked], lists.labels[asked], config.blend_shares)
    report["blend.share"] = share
    return texts, np.asarray([*scales, share * spread], dtype=np.float64), report


def _as_bytes(text: str) -> npt.NDArray[np.uint8]:
    return np.frombuffer(text.encode(), dtype=np.uint8)
