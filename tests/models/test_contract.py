"""What every model keeps to: run over all of the registry, each in several shapes of config."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import worlds
from artrec.data.ids import IdMap
from artrec.data.interactions import NO_TIME, Interactions
from artrec.errors import ArtrecError, ConfigError, InputError
from artrec.models.base import ExplainingScorer, LinearScorer, Model, RatingPredictor, Scorer
from artrec.models.registry import (
    CONTENT_MODELS,
    HYBRID_MODELS,
    MODELS,
    config_class,
    content_model_class,
    model_class,
)
from artrec.models.store import load_scorer, save_scorer

EVERYTHING = slice(None)

VARIANTS = {
    "popularity": ("popularity", {}),
    "popularity-window": ("popularity", {"window_days": 30, "below_in_fit": 1}),
    "item_knn": ("item_knn", {"n_neighbors": 5}),
    "item_knn-below": (
        "item_knn",
        {"n_neighbors": 5, "below_in_fit": 0.5, "below_in_profile": 0.25},
    ),
    "svd": ("svd", {"n_factors": 4}),
    "svd-below": ("svd", {"n_factors": 4, "below_in_fit": 0.5, "below_in_profile": 0.5}),
    "biased_svd": ("biased_svd", {"n_factors": 3, "n_epochs": 4}),
    "ease": ("ease", {"regularization": 5, "side": "items"}),
    "ease-users": ("ease", {"regularization": 5, "side": "users"}),
    "ease-scaled": (
        "ease",
        {
            "regularization": 1,
            "item_exponent": 0.25,
            "user_exponent": 0.25,
            "below_in_fit": 0.5,
            "below_in_profile": 0.25,
            "side": "items",
        },
    ),
    "ease-scaled-users": (
        "ease",
        {
            "regularization": 1,
            "item_exponent": 0.25,
            "user_exponent": 0.25,
            "below_in_fit": 0.5,
            "below_in_profile": 0.25,
            "side": "users",
            "dtype": "float64",
        },
    ),
    "content": ("content", {"weights": {"text": 1, "topics": 0.5}}),
    "content-plain": (
        "content",
        {"weights": {"topics": 1, "absent": 1}, "centred": False, "below_in_profile": -0.5},
    ),
    "projection": ("projection", {"regularization": 5, "min_support": 1, "n_weights": 4}),
    "projection-rare": (
        "projection",
        {
            "regularization": 1,
            "weights": {"topics": 1},
            "sharpness": 4,
            "below_in_fit": 1,
            "below_in_profile": 0.5,
            "min_support": 1,
        },
    ),
    "user_knn": ("user_knn", {"n_neighbors": 5, "shrinkage": 1}),
    "user_knn-below": (
        "user_knn",
        {"n_neighbors": 50, "item_exponent": 0.5, "below_in_fit": 0.5, "below_in_profile": 0.25},
    ),
    "graph_filter": ("graph_filter", {"n_factors": 4}),
    "graph_filter-scaled": (
        "graph_filter",
        {"item_exponent": 0.25, "broad": 0, "below_in_fit": 0.5, "below_in_profile": 0.25},
    ),
    "content_ease": (
        "content_ease",
        {"regularization": 5, "field_weights": {"text": 1, "topics": 0.5}},
    ),
    "content_ease-below": (
        "content_ease",
        {"regularization": 2, "below_in_fit": 0.5, "below_in_profile": 0.25},
    ),
}


def fitted(variant: str, interactions: Interactions, seed: int = 7) -> Model:
    name, parameters = VARIANTS[variant]
    config, rng = config_class(name)(**parameters), np.random.default_rng(seed)
    if name in CONTENT_MODELS:
        content = worlds.content_for(interactions.items, np.random.default_rng(5))
        return content_model_class(name).fit(interactions, config, rng, content)
    return model_class(name).fit(interactions, config, rng)


def all_scores(scorer: Scorer, profiles: Interactions) -> np.ndarray:
    return scorer.score(profiles).block(EVERYTHING, EVERYTHING)


def empty_profile(items: IdMap) -> Interactions:
    table = worlds.table_of([])
    return Interactions.from_table(table, worlds.POSITIVE_FROM, IdMap.of(["nobody"]), items)


@pytest.fixture(params=VARIANTS)
def variant(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def mixed() -> Interactions:
    return worlds.mixed_feelings(np.random.default_rng(3)).interactions


def test_every_class_of_the_registry_has_a_variant_here() -> None:
    tested = {model_class(name) for name, _ in VARIANTS.values()}
    # those made of other scorers: test_composites.py
    assert tested == {model_class(name) for name in MODELS if name not in HYBRID_MODELS}


def test_a_class_is_found_by_the_name_it_is_stored_under() -> None:
    for name in MODELS:
        kind = model_class(name)
        assert model_class(kind.name) is kind


def test_scores_are_finite_and_shaped_by_profiles_and_items(
    variant: str, mixed: Interactions
) -> None:
    scorer = fitted(variant, mixed)
    scores = scorer.score(mixed)
    assert scores.shape == mixed.shape
    block = scores.block(EVERYTHING, EVERYTHING)
    assert block.shape == mixed.shape
    assert np.isfinite(block).all()
    assert isinstance(scorer, Scorer)


def test_items_are_those_of_the_fit(variant: str, mixed: Interactions) -> None:
    assert fitted(variant, mixed).items == mixed.items


def test_score_of_an_empty_profile_is_what_the_model_states(
    variant: str, mixed: Interactions
) -> None:
    scorer = fitted(variant, mixed)
    scores = all_scores(scorer, empty_profile(mixed.items))[0]
    if variant == "popularity":
        likes = np.bincount(mixed.indices[mixed.positive], minlength=len(mixed.items))
        assert scores.tolist() == likes.tolist()
    elif variant == "popularity-window":
        recent = mixed.timestamps > mixed.timestamps.max() - 30 * 86_400
        counts = np.bincount(mixed.indices[recent], minlength=len(mixed.items))
        assert scores.tolist() == counts.tolist()
    elif variant == "biased_svd":
        level = scorer.mean + scorer.item_side.biases
        np.testing.assert_allclose(scores, level, atol=1e-6)
    else:
        assert not scores.any()


def test_a_block_is_a_part_of_the_whole(variant: str, mixed: Interactions) -> None:
    scores = fitted(variant, mixed).score(mixed)
    whole = scores.block(EVERYTHING, EVERYTHING)
    part = scores.block(slice(3, 9), slice(5, 17))
    np.testing.assert_allclose(part, whole[3:9, 5:17], atol=1e-5)


def test_batch_scores_are_single_scores(variant: str, mixed: Interactions) -> None:
    scorer = fitted(variant, mixed)
    batch = all_scores(scorer, mixed)
    singles = [all_scores(scorer, mixed.take_users([row]))[0] for row in range(len(mixed.users))]
    np.testing.assert_allclose(batch, np.array(singles), atol=1e-5)


def test_save_and_load_keep_scores_config_and_items(
    variant: str, mixed: Interactions, tmp_path: Path
) -> None:
    scorer = fitted(variant, mixed)
    save_scorer(scorer, tmp_path / "scorer")
    for mmap in (True, False):
        loaded = load_scorer(tmp_path / "scorer", mmap=mmap)
        assert type(loaded) is type(scorer)
        assert loaded.config == scorer.config
        assert loaded.items == scorer.items
        np.testing.assert_array_equal(all_scores(loaded, mixed), all_scores(scorer, mixed))


def test_same_seed_gives_the_same_bytes(variant: str, mixed: Interactions, tmp_path: Path) -> None:
    for run in ("one", "two"):
        save_scorer(fitted(variant, mixed), tmp_path / run)
    one = {each.name: each.read_bytes() for each in (tmp_path / "one").iterdir()}
    two = {each.name: each.read_bytes() for each in (tmp_path / "two").iterdir()}
    assert one == two
    assert {"scorer.json", "items.ids.npy"} < set(one)


def test_saving_over_another_scorer_leaves_nothing_of_it(
    variant: str, mixed: Interactions, tmp_path: Path
) -> None:
    other = "svd" if variant != "svd" else "item_knn"
    save_scorer(fitted(other, mixed), tmp_path / "reused")
    save_scorer(fitted(variant, mixed), tmp_path / "reused")
    save_scorer(fitted(variant, mixed), tmp_path / "fresh")
    reused = {each.name: each.read_bytes() for each in (tmp_path / "reused").iterdir()}
    assert reused == {each.name: each.read_bytes() for each in (tmp_path / "fresh").iterdir()}


def test_input_is_left_as_it_was(variant: str, mixed: Interactions) -> None:
    arrays = ("indptr", "indices", "ratings", "timestamps", "positive")
    before = {name: getattr(mixed, name).copy() for name in arrays}
    scorer = fitted(variant, mixed)
    all_scores(scorer, mixed)
    for name in arrays:
        np.testing.assert_array_equal(getattr(mixed, name), before[name])


def test_a_fitted_model_cannot_be_changed(variant: str, mixed: Interactions) -> None:
    scorer = fitted(variant, mixed)
    with pytest.raises(AttributeError):
        scorer.items = mixed.items
    for value in vars(scorer).values():
        assert not isinstance(value, np.ndarray) or not value.flags.writeable
    before = all_scores(scorer, mixed)
    all_scores(scorer, mixed)[...] = 0
    np.testing.assert_array_equal(all_scores(scorer, mixed), before)


def test_a_stranger_with_a_users_history_gets_that_users_scores(
    variant: str, mixed: Interactions
) -> None:
    scorer = fitted(variant, mixed)
    stranger = replace(mixed.take_users([4]), users=IdMap.of(["stranger"]))
    np.testing.assert_allclose(
        all_scores(scorer, stranger)[0], all_scores(scorer, mixed)[4], atol=1e-5
    )


def test_profiles_over_other_items_are_refused(variant: str, mixed: Interactions) -> None:
    others = Interactions.from_table(mixed.to_table().iloc[:6], worlds.POSITIVE_FROM)
    with pytest.raises(InputError, match="onto_items"):
        fitted(variant, mixed).score(others)


def test_nothing_to_fit_on_is_refused(variant: str, mixed: Interactions) -> None:
    with pytest.raises(InputError, match="at least one interaction"):
        fitted(variant, empty_profile(mixed.items))


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([("u", "a", 5.0), ("u", "b", 2.0), ("u", "c", 4.0)], id="one user"),
        pytest.param([("u", "a", 5.0), ("v", "a", 2.0), ("w", "a", 4.0)], id="one item"),
        pytest.param([("u", "a", 5.0)], id="one interaction"),
        pytest.param([("u", "a", 1.0)], id="one dislike"),
        pytest.param([("u", "a", 0.0), ("v", "b", 0.0)], id="ratings of zero"),
        pytest.param(
            [("all", item, 5.0) for item in "abcde"] + [("v", "a", 4.0)], id="saw everything"
        ),
        pytest.param(
            [(user, item, 4.0) for user in "uvw" for item in "abcd"], id="all ratings equal"
        ),
        pytest.param([(user, item, 1.0) for user in "uvw" for item in "abcd"], id="all disliked"),
    ],
)
def test_odd_data_fits_and_scores_finitely(
    variant: str, rows: list[tuple[str, str, float]], tmp_path: Path
) -> None:
    odd = Interactions.from_table(worlds.table_of(rows), worlds.POSITIVE_FROM)
    scorer = fitted(variant, odd)
    scores = all_scores(scorer, odd)
    assert scores.shape == odd.shape
    assert np.isfinite(scores).all()
    save_scorer(scorer, tmp_path)
    np.testing.assert_array_equal(all_scores(load_scorer(tmp_path), odd), scores)


@settings(max_examples=25, deadline=None)
@given(
    pairs=st.sets(st.tuples(st.integers(0, 7), st.integers(0, 9)), min_size=1, max_size=60),
    name=st.sampled_from(sorted(VARIANTS)),
    seed=st.integers(0, 1000),
)
def test_any_data_fits_and_scores_finitely(
    pairs: set[tuple[int, int]], name: str, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    rows = [(f"u{u}", f"i{i}", float(rng.integers(1, 11)) / 2) for u, i in sorted(pairs)]
    data = Interactions.from_table(worlds.table_of(rows), worlds.POSITIVE_FROM)
    scorer = fitted(name, data)
    assert np.isfinite(all_scores(scorer, data)).all()
    assert np.isfinite(all_scores(scorer, empty_profile(data.items))).all()


def test_implicit_feedback_without_ratings_or_times(variant: str, mixed: Interactions) -> None:
    bare = replace(
        mixed,
        ratings=np.full_like(mixed.ratings, np.nan),
        timestamps=np.full_like(mixed.timestamps, NO_TIME),
        positive=np.ones_like(mixed.positive),
    )
    if variant == "biased_svd":
        with pytest.raises(InputError, match="needs ratings"):
            fitted(variant, bare)
    elif variant == "popularity-window":
        with pytest.raises(ConfigError, match="timestamp"):
            fitted(variant, bare)
    else:
        assert np.isfinite(all_scores(fitted(variant, bare), bare)).all()


@pytest.mark.parametrize(
    "explaining",
    [each for each in VARIANTS if hasattr(model_class(VARIANTS[each][0]), "contributions")],
)
def test_contributions_sum_to_the_score(explaining: str, mixed: Interactions) -> None:
    scorer = fitted(explaining, mixed)
    assert isinstance(scorer, ExplainingScorer)
    scores = all_scores(scorer, mixed)
    for row in (0, 5, 11):
        profile = mixed.take_users([row])
        for item in range(len(mixed.items)):
            chosen, added = scorer.contributions(profile, item)
            # people like oneself like what one likes: there an item speaks for itself too
            own = set() if scorer.name == "user_knn" else {item}
            assert set(chosen) <= set(profile.indices) - own
            assert added.sum() == pytest.approx(scores[row, item], abs=1e-5)


@pytest.mark.parametrize(
    "linear", [each for each in VARIANTS if hasattr(model_class(VARIANTS[each][0]), "adds")]
)
def test_what_items_add_sums_to_the_score(linear: str, mixed: Interactions) -> None:
    scorer = fitted(linear, mixed)
    assert isinstance(scorer, LinearScorer)
    scores = all_scores(scorer, mixed)
    below = scorer.config.below_in_profile  # type: ignore[attr-defined]
    weights = mixed.weights(below)
    for row in (0, 5, 11):
        inside = slice(weights.indptr[row], weights.indptr[row + 1])
        sources = weights.indices[inside].astype(np.int64)
        items = np.tile(np.arange(len(mixed.items)), (len(sources), 1))
        added = scorer.adds(sources, items)
        assert (added[sources[:, np.newaxis] == items] == 0).all()
        np.testing.assert_allclose(weights.data[inside] @ added, scores[row], atol=1e-5)


def test_only_the_rating_model_predicts_ratings(variant: str, mixed: Interactions) -> None:
    assert isinstance(fitted(variant, mixed), RatingPredictor) == (variant == "biased_svd")


def test_unknown_model_name_offers_the_near_one() -> None:
    with pytest.raises(ConfigError, match="did you mean 'ease'"):
        model_class("eaze")


def test_unknown_parameter_offers_the_near_one() -> None:
    with pytest.raises(ValueError, match="did you mean 'regularization'"):
        config_class("ease")(regularisation=3)


def test_every_parameter_is_described() -> None:
    for name in MODELS:
        for field, about in config_class(name).model_fields.items():
            assert (about.description or "").endswith("."), (name, field)


def test_another_models_config_is_refused(mixed: Interactions) -> None:
    scorer = fitted("svd", mixed)
    with pytest.raises(ArtrecError, match="SvdConfig"):
        type(scorer).from_arrays(scorer.items, config_class("ease")(), scorer.arrays())
