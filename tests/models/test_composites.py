"""What blend and hybrid keep to, as scorers made of other scorers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import worlds
from artrec import schema
from artrec.data.ids import IdMap
from artrec.data.interactions import Interactions
from artrec.errors import BundleError, InputError
from artrec.features.pairs import PairConfig, work_features
from artrec.models.base import Composite, GroupedScores, Scorer
from artrec.models.blend import Blend, BlendConfig, fit_blend
from artrec.models.hybrid import START, Hybrid, HybridConfig, fit_hybrid
from artrec.models.registry import HYBRID_MODELS, config_class, model_class
from artrec.models.store import load_scorer, save_scorer
from artrec.models.trees import TreesConfig
from artrec.splitting.base import Split, SplittingConfig
from artrec.splitting.holdout import random_holdout

EVERYTHING = slice(None)
SMALL = TreesConfig(n_rounds=12, min_leaf=5, n_leaves=7, learning_rate=0.2, n_threads=1)
SCORERS = {
    "popularity": {},
    "item_knn": {"n_neighbors": 10},
    "ease": {"regularization": 5.0, "side": "items"},
}
KINDS = ("blend", "hybrid")


def scorers_of(table: pd.DataFrame, **more: Scorer) -> dict[str, Scorer]:
    data = Interactions.from_table(table, worlds.POSITIVE_FROM)
    return {
        name: model_class(name).fit(
            data, config_class(name)(**parameters), np.random.default_rng(1)
        )
        for name, parameters in SCORERS.items()
    } | more


def works_of(table: pd.DataFrame) -> pd.DataFrame:
    ids = sorted(table[schema.ITEM_ID].unique())
    years = [1950.0 + 7 * at for at in range(len(ids))]
    return pd.DataFrame({schema.ITEM_ID: ids, "year": years, "constant": 1.0, "missing": np.nan})


def split_of(world: worlds.World) -> Split:
    return random_holdout(world.table, SplittingConfig(), np.random.default_rng(2))


def learnt(kind: str, split: Split, inner: Mapping[str, Scorer] | None = None) -> Blend | Hybrid:
    inner = scorers_of(split.train) if inner is None else inner
    rng = np.random.default_rng(5)
    if kind == "blend":
        config = BlendConfig(n_candidates=12)
        return fit_blend(
            split.train, split.validation, inner, inner, config, worlds.POSITIVE_FROM, rng
        )
    return fit_hybrid(
        split.train,
        split.validation,
        inner,
        works_of(split.train),
        worlds.content_for(IdMap.of(split.train[schema.ITEM_ID]), np.random.default_rng(5)),
        HybridConfig(n_candidates=12, trees=SMALL),
        worlds.POSITIVE_FROM,
        rng,
    )


def all_scores(scorer: Scorer, profiles: Interactions) -> np.ndarray:
    return scorer.score(profiles).block(EVERYTHING, EVERYTHING)


@pytest.fixture(scope="module")
def world() -> worlds.World:
    return worlds.two_tastes(np.random.default_rng(11))


@pytest.fixture(scope="module")
def split(world: worlds.World) -> Split:
    return split_of(world)


@pytest.fixture(scope="module")
def fitted(split: Split) -> dict[str, Blend | Hybrid]:
    return {kind: learnt(kind, split) for kind in KINDS}


@pytest.fixture(params=KINDS)
def scorer(request: pytest.FixtureRequest, fitted: dict[str, Blend | Hybrid]) -> Blend | Hybrid:
    return fitted[request.param]


@pytest.fixture(scope="module")
def profiles(split: Split) -> Interactions:
    return Interactions.from_table(split.train, worlds.POSITIVE_FROM)


def test_these_models_are_made_of_others() -> None:
    assert set(KINDS) <= set(HYBRID_MODELS)


def test_scores_are_finite_and_shaped(scorer: Blend | Hybrid, profiles: Interactions) -> None:
    scores = scorer.score(profiles)
    assert scores.shape == profiles.shape
    block = scores.block(EVERYTHING, EVERYTHING)
    assert block.shape == profiles.shape
    assert np.isfinite(block).all()
    assert isinstance(scorer, Scorer)
    assert isinstance(scorer, Composite)


def test_a_block_is_a_part_of_the_whole(scorer: Blend | Hybrid, profiles: Interactions) -> None:
    scores = scorer.score(profiles)
    whole = scores.block(EVERYTHING, EVERYTHING)
    np.testing.assert_allclose(scores.block(slice(3, 9), slice(5, 17)), whole[3:9, 5:17], atol=1e-5)


def test_batch_scores_are_single_scores(scorer: Blend | Hybrid, profiles: Interactions) -> None:
    batch = all_scores(scorer, profiles)[:20]
    singles = [all_scores(scorer, profiles.take_users([row]))[0] for row in range(20)]
    np.testing.assert_allclose(batch, np.array(singles), atol=1e-5)


def test_a_stranger_with_a_users_history_gets_that_users_scores(
    scorer: Blend | Hybrid, profiles: Interactions
) -> None:
    stranger = replace(profiles.take_users([4]), users=IdMap.of(["stranger"]))
    np.testing.assert_allclose(
        all_scores(scorer, stranger)[0], all_scores(scorer, profiles)[4], atol=1e-5
    )


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([], id="nothing"),
        pytest.param([("u", "i03", 5.0)], id="one positive"),
        pytest.param([("u", "i03", 1.0), ("u", "i04", 2.0)], id="dislikes only"),
        pytest.param([("u", f"i{at:02}", 5.0) for at in range(40)], id="saw everything"),
        pytest.param([("u", f"i{at:02}", 5.0) for at in range(39)], id="one candidate"),
        pytest.param([("u", "elsewhere", 5.0)], id="unknown works only"),
    ],
)
def test_odd_profiles_get_finite_scores(
    scorer: Blend | Hybrid, rows: list[tuple[str, str, float]]
) -> None:
    table = worlds.table_of(rows)
    odd = Interactions.from_table(table, worlds.POSITIVE_FROM, IdMap.of(["u"]))
    assert np.isfinite(all_scores(scorer, odd.onto_items(scorer.items))).all()


def test_profiles_over_other_items_are_refused(scorer: Blend | Hybrid, split: Split) -> None:
    others = Interactions.from_table(split.train.iloc[:6], worlds.POSITIVE_FROM)
    with pytest.raises(InputError, match="onto_items"):
        scorer.score(others)


def test_save_and_load_keep_scores_config_and_parts(
    scorer: Blend | Hybrid, profiles: Interactions, tmp_path: Path
) -> None:
    save_scorer(scorer, tmp_path)
    loaded = load_scorer(tmp_path)
    assert type(loaded) is type(scorer)
    assert loaded.config == scorer.config
    if isinstance(loaded, Hybrid) and isinstance(scorer, Hybrid):
        assert loaded.names == scorer.names
        assert loaded.report == scorer.report
    assert list(loaded.parts()) == list(scorer.parts())
    np.testing.assert_array_equal(all_scores(loaded, profiles), all_scores(scorer, profiles))


@pytest.mark.parametrize("kind", KINDS)
def test_same_seed_gives_the_same_bytes(kind: str, split: Split, tmp_path: Path) -> None:
    for run in ("one", "two"):
        save_scorer(learnt(kind, split), tmp_path / run)
    files = [
        {
            each.relative_to(tmp_path / run).as_posix(): each.read_bytes()
            for each in (tmp_path / run).rglob("*")
            if each.is_file()
        }
        for run in ("one", "two")
    ]
    assert files[0] == files[1]
    assert "parts/ease/scorer.json" in files[0]


def test_saving_another_scorer_leaves_no_parts(scorer: Blend | Hybrid, tmp_path: Path) -> None:
    save_scorer(scorer, tmp_path)
    save_scorer(scorer.parts()["ease"], tmp_path)
    assert not (tmp_path / "parts").exists()


@pytest.mark.parametrize("name", ["../ease", "a/b", "", 3])
def test_a_part_outside_the_folder_is_refused(
    scorer: Blend | Hybrid, name: object, tmp_path: Path
) -> None:
    import json

    save_scorer(scorer, tmp_path)
    described = json.loads((tmp_path / "scorer.json").read_text(encoding="utf-8"))
    described["parts"] = [name]
    (tmp_path / "scorer.json").write_text(json.dumps(described), encoding="utf-8")
    with pytest.raises(BundleError, match="parts"):
        load_scorer(tmp_path)


def test_a_lost_part_is_named(scorer: Blend | Hybrid, tmp_path: Path) -> None:
    save_scorer(scorer, tmp_path)
    (tmp_path / "parts" / "ease" / "scorer.json").unlink()
    with pytest.raises(BundleError, match="ease"):
        load_scorer(tmp_path)


def test_arrays_are_read_only_and_input_is_left(scorer: Blend | Hybrid) -> None:
    for value in vars(scorer).values():
        assert not isinstance(value, np.ndarray) or not value.flags.writeable


@pytest.mark.parametrize("kind", KINDS)
def test_two_tastes_are_learnt(kind: str, world: worlds.World, fitted: dict[str, Scorer]) -> None:
    data = world.interactions
    scores = np.where(data.seen().toarray() > 0, -np.inf, all_scores(fitted[kind], data))
    shares = []
    for row, user in enumerate(data.users.index):
        answer = world.answers[user]
        leading = data.items.to_id(np.argsort(-scores[row], kind="stable")[: len(answer)])
        shares.append(len(answer & set(leading)) / len(answer))
    assert np.mean(shares) > 0.85  # popularity: below 0.75


def test_candidates_stand_above_all_others(
    fitted: dict[str, Scorer], profiles: Interactions
) -> None:
    hybrid = fitted["hybrid"]
    scores = all_scores(hybrid, profiles)
    seen = profiles.seen().toarray() > 0
    leading = np.argsort(-scores, axis=1)[:, :12]
    unseen = (~seen).sum(axis=1)
    assert (unseen >= 12).all()
    assert not np.take_along_axis(seen, leading, axis=1).any()


@pytest.mark.parametrize("kind", KINDS)
def test_what_groups_add_sums_to_the_score(
    fitted: dict[str, Scorer], profiles: Interactions, kind: str
) -> None:
    scores = fitted[kind].score(profiles)
    assert isinstance(scores, GroupedScores)
    finished = scores.finished(slice(3, 9))
    assert np.array_equal(finished.scores, all_scores(fitted[kind], profiles)[3:9])
    everything = np.tile(np.arange(scores.shape[1]), (6, 1))
    added = finished.added(everything)  # candidates, others and seen ones
    assert added.shape == (*everything.shape, len(scores.groups))
    assert added.sum(axis=2) == pytest.approx(finished.scores, abs=1e-4)
    # each item's are its own, whatever else is asked for; and of nothing, nothing
    few = finished.added(np.array([[5, -1]] * 6))
    assert few[:, 0] == pytest.approx(added[:, 5])
    assert not few[:, 1].any()


def test_a_hybrids_groups_are_its_scorers_and_what_it_knows_of_works(
    fitted: dict[str, Scorer], profiles: Interactions
) -> None:
    hybrid = fitted["hybrid"]
    assert isinstance(hybrid, Hybrid)
    assert hybrid.groups[:3] == tuple(SCORERS)
    assert {"liked_together", "work", "user", "match", START} <= set(hybrid.groups)
    finished = hybrid.score(profiles).finished(slice(0, 1))
    leading = np.argsort(-finished.scores, axis=1)[:, :5]
    added = dict(zip(hybrid.groups, finished.added(leading)[0].T, strict=True))
    assert np.abs(added["ease"]).max() > 0
    # the trees start everywhere alike
    assert added[START] == pytest.approx(np.full(5, added[START][0]))


def test_the_same_trees_over_scorers_fitted_on_more(
    fitted: dict[str, Scorer], split: Split
) -> None:
    known = split.for_test().fit
    data = Interactions.from_table(known, worlds.POSITIVE_FROM)
    content = worlds.content_for(data.items, np.random.default_rng(5))
    outer = scorers_of(known)
    later = fitted["hybrid"].with_parts(outer, data, works_of(known), content)
    assert later.texts == fitted["hybrid"].texts
    assert later.parts()["ease"] is outer["ease"]
    assert np.isfinite(all_scores(later, data)).all()
    assert fitted["blend"].with_parts(outer).parts()["ease"] is outer["ease"]


def test_groups_left_out_are_no_features(split: Split) -> None:
    hybrid = fit_hybrid(
        split.train,
        split.validation,
        scorers_of(split.train),
        works_of(split.train),
        None,
        HybridConfig(
            n_candidates=12,
            trees=SMALL,
            unweighed=("popularity",),
            pairs=PairConfig(leave_out=("work.year",)),
        ),
        worlds.POSITIVE_FROM,
        np.random.default_rng(5),
    )
    groups = {name.partition(".")[0] for name in hybrid.names}
    assert "popularity" not in groups
    assert not [name for name in hybrid.names if name.endswith(".year")]
    at = list(hybrid.parts()).index("popularity")
    assert not hybrid.weights[2 * at : 2 * at + 2].any()


def test_nobody_to_learn_from_is_refused(split: Split) -> None:
    with pytest.raises(InputError, match="nothing to learn"):
        learnt("hybrid", replace(split, validation=split.validation.iloc[:0]))


def test_without_an_order_to_learn_the_blend_ranks() -> None:
    rows = [(f"u{user}", f"i{item}", 5.0) for user in range(4) for item in range(3)]
    known = worlds.table_of(rows)
    withheld = worlds.table_of([("u0", "elsewhere", 5.0)])
    hybrid = fit_hybrid(
        known,
        withheld,
        scorers_of(known),
        works_of(known),
        None,
        HybridConfig(n_candidates=5, trees=SMALL),
        worlds.POSITIVE_FROM,
        np.random.default_rng(1),
    )
    assert hybrid.texts == ()
    data = Interactions.from_table(known, worlds.POSITIVE_FROM)
    assert np.isfinite(all_scores(hybrid, data)).all()
    finished = hybrid.score(data).finished(slice(0, 1))
    added = finished.added(np.array([[0, 1, 2]]))
    assert added.sum(axis=2) == pytest.approx(finished.scores[:, :3])
    assert not added[:, :, hybrid.groups.index(START)].any()


def test_the_catalogues_numbers_join_the_derived() -> None:
    works = pd.DataFrame(
        {"item_id": ["a", "b"], "title": ["A", "B"], "year": [1, 2], "series_number": ["1", None]}
    )
    derived = pd.DataFrame({"item_id": ["b", "a"], "n_interactions": [5, 6]})
    joined = work_features(works, derived)
    assert list(joined.columns) == ["item_id", "n_interactions", "year", "series_number"]
    assert joined["year"].tolist() == [2, 1]


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_not_restored_without_its_parts(fitted: dict[str, Scorer], kind: str) -> None:
    scorer = fitted[kind]
    with pytest.raises(BundleError, match=f"a {kind} is made of other scorers"):
        type(scorer).from_arrays(scorer.items, scorer.config, scorer.arrays())
