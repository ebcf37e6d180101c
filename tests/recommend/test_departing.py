"""Departure from recent popularity: fads that people of two tastes share unevenly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from artrec import schema
from artrec.data.ids import IdMap
from artrec.data.interactions import Interactions
from artrec.errors import ConfigError, InputError
from artrec.metrics.lists import relevant_items
from artrec.metrics.ranking import per_user
from artrec.models.base import Composite
from artrec.models.checks import sealed
from artrec.models.departure import Departure, DepartureConfig
from artrec.models.departure_features import feature_names
from artrec.models.ease import Ease, EaseConfig
from artrec.models.popularity import Popularity, PopularityConfig
from artrec.models.registry import model_class
from artrec.models.store import load_scorer, save_scorer
from artrec.recommend.departing import fit_departure
from artrec.recommend.lists import lists_for_withheld
from artrec.splitting.rolling import holdout_at

DAY = 86_400
START = 1_000_000_000
WIDTH = 14
N_PERIODS = 7
EVERYTHING = slice(None)
CONFIG = DepartureConfig(width_days=WIDTH, n_windows=4, n_items=60, regularization=1.0)


def fads(seed=0, n_users=240, per_period=20):
    """Items are met in the period they appear in and the next; people prefer one of two genres.

    A person's taste stays, an item does not. Half the people like comedies, four times of five.
    """
    rng = np.random.default_rng(seed)
    n_items = N_PERIODS * per_period
    born = np.repeat(np.arange(N_PERIODS), per_period)
    comedy = np.arange(n_items) % 2 == 0
    appeal = 1 + rng.random(n_items)
    rows = []
    for period in range(N_PERIODS):
        alive = np.flatnonzero((born == period) | (born == period - 1))
        for user in range(n_users):
            own = comedy[alive] == (user % 2 == 0)
            weights = appeal[alive] * np.where(own, 4.0, 1.0)
            picked = rng.choice(alive, size=2, replace=False, p=weights / weights.sum())
            when = START + (period + rng.random(2)) * WIDTH * DAY
            rows += [
                (f"u{user:03}", f"i{item:03}", int(at), float(rng.choice([3.0, 4.0, 5.0])))
                for item, at in zip(picked, when, strict=True)
            ]
    table = pd.DataFrame(rows, columns=["user_id", "item_id", "timestamp", "rating"])
    table = table.sort_values("timestamp").drop_duplicates(["user_id", "item_id"])
    works = pd.DataFrame(
        {
            "item_id": [f"i{item:03}" for item in range(n_items)],
            "title": [f"I {item}" for item in range(n_items)],
            "year": pd.array([2001] * n_items, dtype="Int64"),
            "genres": np.where(comedy, "Comedy", "Drama"),
            "creators": [None] * n_items,
        }
    )
    return table.reset_index(drop=True), works


def fit_parts(table):
    known = Interactions.from_table(table, 4.0)
    rng = np.random.default_rng(0)
    level = Popularity.fit(known, PopularityConfig(half_life_days=7), rng)
    return {
        "recent_popularity": level,
        "ease": Ease.fit(known, EaseConfig(regularization=20), rng),
    }


def only_level(table):
    return {"recent_popularity": fit_parts(table)["recent_popularity"]}


def departure(table, works, config=CONFIG, parts=fit_parts, seed=0):
    return fit_departure(table, works, config, parts, 4.0, np.random.default_rng(seed))


def figure(scorer, holdout):
    lists = lists_for_withheld(scorer, holdout.fit, holdout.profiles, holdout.withheld, 4.0, k=10)
    found = per_user(lists, relevant_items(holdout.withheld, 4.0), (10,), metrics=("ndcg",))
    return found["ndcg@10"].mean()


@pytest.fixture(scope="module")
def world():
    return fads()


@pytest.fixture(scope="module")
def holdout(world):
    return holdout_at(world[0], START + (N_PERIODS - 1) * WIDTH * DAY, WIDTH * DAY)


@pytest.fixture(scope="module")
def fitted(world, holdout):
    return departure(holdout.fit, world[1])


def scores_of(scorer, profiles):
    return scorer.score(profiles).block(EVERYTHING, EVERYTHING)


def profiles_of(scorer, table):
    return Interactions.from_table(table, 4.0).onto_items(scorer.items)


@pytest.mark.parametrize("parts", [fit_parts, only_level])
def test_it_beats_the_level_where_people_depart_from_it(world, holdout, parts):
    level = figure(parts(holdout.fit)["recent_popularity"], holdout)
    assert figure(departure(holdout.fit, world[1], parts=parts), holdout) > 1.15 * level


def test_where_nobody_departs_it_stays_with_the_level(world, holdout):
    """Tastes dealt anew to every interaction: there is nothing to learn of anybody."""
    rng = np.random.default_rng(5)
    people = rng.permutation(world[0]["user_id"].to_numpy())
    table = world[0].assign(user_id=people).drop_duplicates(["user_id", "item_id"])
    mixed = holdout_at(table, holdout.cut, WIDTH * DAY)
    level = figure(only_level(mixed.fit)["recent_popularity"], mixed)
    assert figure(departure(mixed.fit, world[1]), mixed) > 0.93 * level


def test_nothing_from_the_cut_on_is_looked_at(world, holdout, fitted):
    """A table that goes on differently after the cut gives the same model: its fit is the same."""
    table, works = world
    late = table["timestamp"] >= holdout.cut
    told = table.copy()
    told.loc[late, "rating"] = 1.0
    again = departure(holdout_at(told, holdout.cut, WIDTH * DAY).fit, works)
    for name, array in fitted.arrays().items():
        assert np.array_equal(array, again.arrays()[name])


def test_scorers_of_a_window_never_see_its_labels(world, holdout):
    """Each is fitted on what was before its window; a planted leak would be here to be found."""
    asked = []

    def watched(table):
        asked.append(table)
        return only_level(table)

    departure(holdout.fit, world[1], parts=watched)
    end = int(holdout.fit["timestamp"].max()) + 1
    starts = [end - back * WIDTH * DAY for back in (1, 2, 3, 4)]
    assert len(asked) == 5
    for start, table in zip(starts, asked[:-1], strict=True):
        assert table["timestamp"].max() < start
        assert len(table) == (holdout.fit["timestamp"] < start).sum()
    pd.testing.assert_frame_equal(asked[-1], holdout.fit)


def test_what_people_do_in_a_window_is_not_known_before_it(world, holdout):
    """Whoever appears in it only is nobody that anything is known of."""
    end = int(holdout.fit["timestamp"].max()) + 1
    inside = holdout.fit["timestamp"] >= end - WIDTH * DAY
    strangers = np.array([f"stranger {at}" for at in range(len(inside))], dtype=object)
    told = holdout.fit.assign(user_id=np.where(inside, strangers, holdout.fit["user_id"]))
    config = CONFIG.model_copy(update={"n_windows": 1})
    with pytest.raises(InputError, match="nobody"):
        departure(told, world[1], config)


def test_windows_are_counted_back_from_the_cut_where_it_is_given(world, holdout):
    asked = []

    def watched(table):
        asked.append(table)
        return only_level(table)

    config = CONFIG.model_copy(update={"n_windows": 1})
    rng = np.random.default_rng(0)
    fit_departure(holdout.fit, None, config, watched, 4.0, rng, cut=holdout.cut)
    assert len(asked[0]) == (holdout.fit["timestamp"] < holdout.cut - WIDTH * DAY).sum()


def test_who_has_no_history_gets_the_level(fitted, holdout):
    nobody = Interactions.from_table(
        holdout.fit.iloc[:0], 4.0, IdMap.of(["nobody", "none"]), fitted.items
    )
    level = fit_parts(holdout.fit)["recent_popularity"].counts
    expected = np.log(level + CONFIG.prior)
    assert scores_of(fitted, nobody) == pytest.approx(np.vstack([expected, expected]), rel=1e-5)


def test_departures_of_all_together_leave_the_level(fitted, holdout):
    """Everybody here was active in the last two weeks: they are the people of the mean."""
    everybody = profiles_of(fitted, holdout.fit)
    mean = scores_of(fitted, everybody).mean(axis=0)
    assert mean == pytest.approx(fitted.log_level, abs=1e-4)


def test_scores_are_the_same_in_blocks_and_alone(fitted, holdout):
    profiles = profiles_of(fitted, holdout.fit)
    whole = scores_of(fitted, profiles)
    assert np.isfinite(whole).all()
    block = fitted.score(profiles).block(slice(3, 9), slice(10, 40))
    assert block == pytest.approx(whole[3:9, 10:40], abs=1e-5)
    alone = scores_of(fitted, profiles.take_users([7]))
    assert alone[0] == pytest.approx(whole[7], abs=1e-5)


def test_it_comes_back_from_arrays_and_parts(fitted, holdout):
    profiles = profiles_of(fitted, holdout.fit)
    arrays = {name: sealed(array.copy()) for name, array in fitted.arrays().items()}
    back = Departure.from_parts(fitted.items, fitted.config, arrays, fitted.parts())
    assert np.array_equal(scores_of(back, profiles), scores_of(fitted, profiles))
    assert set(back.parts()) == {"ease"}


def test_it_is_stored_with_its_parts(fitted, holdout, tmp_path):
    assert isinstance(fitted, Composite)
    assert model_class(fitted.name) is Departure
    save_scorer(fitted, tmp_path)
    back = load_scorer(tmp_path)
    profiles = profiles_of(fitted, holdout.fit)
    assert np.array_equal(scores_of(back, profiles), scores_of(fitted, profiles))
    assert back.config == fitted.config


def test_the_same_seed_gives_the_same_model_and_people_are_drawn(world, holdout):
    config = CONFIG.model_copy(update={"n_users": 50})
    one, two, other = (departure(holdout.fit, world[1], config, seed=each) for each in (1, 1, 2))
    assert np.array_equal(one.coefficients, two.coefficients)
    assert np.array_equal(one.means, two.means)
    assert not np.array_equal(one.coefficients, other.coefficients)


def test_what_groups_add_sums_to_the_score(fitted, holdout):
    profiles = profiles_of(fitted, holdout.fit)
    finished = fitted.score(profiles).finished(slice(6, 8))
    wanted = np.array([[5, 3, 90], [90, 5, -1]])
    added = finished.added(wanted)
    assert fitted.groups == (
        "level", "history", "freshness", "mainstream", "ratings", "pace", "genres", "decades",
        "ease",
    )  # fmt: skip
    scores = scores_of(fitted, profiles)
    assert added[0].sum(axis=1) == pytest.approx(scores[6, [5, 3, 90]], abs=1e-4)
    assert added[1, :2].sum(axis=1) == pytest.approx(scores[7, [90, 5]], abs=1e-4)
    assert not added[1, 2].any()
    comedy = [item % 2 == 0 for item in (90, 5)]  # user 7 likes dramas
    by_genre = added[1, :2, fitted.groups.index("genres")]
    assert ((by_genre < 0) == comedy).all()


def test_of_nobody_only_the_level_is_told(fitted, holdout):
    nobody = Interactions.from_table(holdout.fit.iloc[:0], 4.0, IdMap.of(["n"]), fitted.items)
    added = fitted.score(nobody).finished(slice(0, 1)).added(np.array([[5, 3, 90]]))[0]
    assert added[:, 0] == pytest.approx(fitted.log_level[[5, 3, 90]])
    assert not added[:, 1:].any()


def test_parts_may_know_other_items(world, holdout):
    def uneven(table):
        parts = fit_parts(table)
        known = Interactions.from_table(table, 4.0)
        fewer = known.onto_items(IdMap(known.items.index[::2]))
        ease = Ease.fit(fewer, EaseConfig(regularization=20), np.random.default_rng(0))
        return {**parts, "ease": ease}

    scorer = departure(holdout.fit, world[1], parts=uneven)
    profiles = profiles_of(scorer, holdout.fit)
    whole = scores_of(scorer, profiles)
    assert np.isfinite(whole).all()
    assert scorer.score(profiles).block(slice(0, 4), slice(5, 9)) == pytest.approx(
        whole[:4, 5:9], abs=1e-5
    )


def test_groups_that_are_left_out_have_no_coefficients(world, holdout, fitted):
    names = feature_names(CONFIG.leave_out, ["ease"])
    assert len(names) == len(fitted.coefficients)
    assert names[-2:] == [("ease", "plain"), ("ease", "relative")]
    config = CONFIG.model_copy(update={"leave_out": ("genres", "history")})
    fewer = departure(holdout.fit, world[1], config)
    assert (
        len(fewer.coefficients) == len(feature_names(config.leave_out, ["ease"])) == len(names) - 6
    )
    by_name = dict(zip(names, fitted.coefficients.tolist(), strict=True))
    assert by_name[("genres", "share")] > 0


def test_without_catalogue_or_ratings_it_is_fitted_all_the_same(world, holdout):
    table = holdout.fit.drop(columns=schema.RATING)
    scorer = fit_departure(table, None, CONFIG, fit_parts, None, np.random.default_rng(0))
    assert np.isfinite(scores_of(scorer, profiles_of(scorer, table))).all()


def test_what_cannot_be_fitted_says_why(world, holdout):
    table, works = holdout.fit, world[1]
    with pytest.raises(ConfigError, match="recent_popularity"):
        departure(table, works, parts=lambda each: {"ease": fit_parts(each)["ease"]})
    with pytest.raises(InputError, match="timestamp"):
        departure(table.drop(columns="timestamp"), works)
    with pytest.raises(InputError, match="leaves nothing before it"):
        departure(table, works, CONFIG.model_copy(update={"width_days": 5000.0}))
    dislikes = replace(holdout, fit=table.assign(rating=1.0)).fit
    with pytest.raises(InputError, match="there is nobody"):
        departure(dislikes, works)
