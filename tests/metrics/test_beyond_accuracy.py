"""Beyond accuracy: arithmetic, brute force over pairs, and what an empty list means."""

from __future__ import annotations

from itertools import combinations
from math import log2, sqrt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artrec.errors import UnknownIdError
from artrec.metrics.beyond_accuracy import Lists, beyond_accuracy, coverage, gini

pytestmark = pytest.mark.filterwarnings("error")

GENRES = {"a": "Drama", "b": "Drama|War", "c": "Comedy", "d": None, "e": "", "f": "War|Drama|War"}


def works_table(genres=None):
    genres = GENRES if genres is None else genres
    return pd.DataFrame({"item_id": list(genres), "genres": list(genres.values())})


def recommended(**lists):
    rows = [
        (user, item, 0.0, rank)
        for user, items in lists.items()
        for rank, item in enumerate(items, start=1)
    ]
    return pd.DataFrame(rows, columns=["user_id", "item_id", "score", "rank"])


def met(**items):
    rows = [(user, item) for user, each in items.items() for item in each]
    return pd.DataFrame(rows, columns=["user_id", "item_id"])


FIT = met(p="abc", q="ab", r="a", s="a")


def figures(lists, k, profiles=None, fit=FIT, genres=None):
    profiles = fit if profiles is None else profiles
    found = beyond_accuracy(lists, fit, profiles, works_table(genres), [k])
    return {each.metric: each for each in found}


def test_every_metric_at_every_cut_off():
    found = beyond_accuracy(recommended(p="d"), FIT, FIT, works_table())
    names = ["coverage", "gini", "novelty", "intra_list_diversity", "popularity_lift"]
    names += ["calibration_kl", "calibration_js"]
    assert [(each.metric, each.k) for each in found] == [(n, k) for k in (5, 10, 20) for n in names]


def test_coverage_is_the_share_of_the_catalogue_in_some_list():
    lists = recommended(p="ab", q="bc")
    assert figures(lists, 2)["coverage"].figure == 3 / 6
    assert figures(lists, 1)["coverage"].figure == 2 / 6
    assert figures(lists, 2)["coverage"].n_users == 2


def test_gini_is_zero_where_all_are_shown_equally_and_largest_where_one_is():
    equal = recommended(p="abc", q="def")
    assert figures(equal, 3)["gini"].figure == pytest.approx(0)
    one = recommended(p="c", q="c", r="c")
    assert figures(one, 1)["gini"].figure == pytest.approx(1 - 1 / 6)
    # counts 0 0 0 0 1 3: 2 * (5 * 1 + 6 * 3) / (6 * 4) - 7 / 6
    uneven = recommended(p="c", q="c", r="c", s="a")
    assert figures(uneven, 1)["gini"].figure == pytest.approx(2 * (5 + 18) / (6 * 4) - 7 / 6)
    assert figures(uneven, 1)["gini"].n_users == 4


@given(st.lists(st.integers(0, 7), min_size=1, max_size=40))
def test_gini_is_half_the_relative_mean_difference(shown):
    items = np.array(shown)
    lists = Lists(5, np.zeros(len(items), dtype=np.int64), items, 1, 8)
    counts = np.bincount(items, minlength=8)
    pairs = np.abs(counts[:, None] - counts[None, :]).sum()
    assert gini(lists).figure == pytest.approx(pairs / (2 * 8**2 * counts.mean()))


def test_no_lists_cover_nothing_and_have_no_concentration():
    nothing = np.zeros(0, dtype=np.int64)
    lists = Lists(5, nothing, nothing, 0, 8)
    assert coverage(lists).figure == 0
    assert np.isnan(gini(lists).figure)
    assert (gini(lists).metric, gini(lists).k, gini(lists).n_users) == ("gini", 5, 0)


def test_novelty_is_the_mean_self_information_of_a_list():
    # of four users all met a, two met b, one met c; nobody met d, which counts as one
    novelty = figures(recommended(p="dab", q="c"), 3)["novelty"]
    first = (-log2(1 / 4) - log2(4 / 4) - log2(2 / 4)) / 3
    assert novelty.numerators.tolist() == pytest.approx([first, -log2(1 / 4)])
    assert novelty.figure == pytest.approx((first + 2) / 2)
    assert figures(recommended(p="dab", q="c"), 1)["novelty"].figure == pytest.approx(2)


def test_what_the_only_user_met_is_no_news():
    assert figures(recommended(p="a"), 1, fit=met(p="a"))["novelty"].figure == 0


def test_a_user_without_anything_near_enough_has_no_value():
    lists = recommended(p="dc", z="a")
    lists.loc[lists["user_id"] == "z", "rank"] = 9
    found = figures(lists, 2)
    for metric in ("novelty", "popularity_lift", "intra_list_diversity"):
        assert found[metric].denominators[1] == 0
    assert found["novelty"].n_users == found["popularity_lift"].n_users == 1
    assert found["novelty"].figure == pytest.approx(2)


def test_diversity_is_the_mean_distance_of_genre_sets():
    # a {Drama}, b {Drama, War}, c {Comedy}
    diversity = figures(recommended(p="abc"), 3)["intra_list_diversity"]
    assert diversity.figure == pytest.approx(((1 - 1 / sqrt(2)) + 1 + 1) / 3)


def test_items_without_genres_are_left_out_of_the_pairs():
    # d and e have none: only the pair (a, b) is left; a list with one such item has no value
    diversity = figures(recommended(p="dabe", q="ad", r="de"), 4)["intra_list_diversity"]
    assert diversity.figure == pytest.approx(1 - 1 / sqrt(2))
    assert diversity.n_users == 1


def test_a_genre_named_twice_counts_once():
    assert figures(recommended(p="bf"), 2)["intra_list_diversity"].figure == pytest.approx(0)


genre_sets = st.sets(st.sampled_from(["w", "x", "y", "z"]), max_size=4)


@given(st.lists(genre_sets, min_size=2, max_size=7))
def test_diversity_agrees_with_every_pair_one_by_one(sets):
    items = [f"i{at}" for at in range(len(sets))]
    genres = {item: "|".join(sorted(each)) for item, each in zip(items, sets, strict=True)}
    lists = recommended(p=items)
    found = figures(lists, 7, fit=met(p=["i0"]), genres=genres)["intra_list_diversity"]
    distances = [
        1 - len(one & other) / sqrt(len(one) * len(other))
        for one, other in combinations([each for each in sets if each], 2)
    ]
    if distances:
        assert found.figure == pytest.approx(np.mean(distances), abs=1e-12)
    else:
        assert found.n_users == 0


def test_popularity_lift_compares_lists_with_what_these_people_chose():
    # popularity: a 4, b 2, c 1, others 0
    profiles = met(p="bc", q="c", stranger="a")
    lists = recommended(q="ab", p="ab", nobody="a")
    lift = figures(lists, 2, profiles=profiles)["popularity_lift"]
    chosen = (2 + 1) / 2 + 1 / 1
    shown = (4 + 2) / 2 + (4 + 2) / 2
    assert lift.figure == pytest.approx((shown - chosen) / chosen)
    assert lift.n_users == 2
    assert (lift.metric, lift.k) == ("popularity_lift", 2)


def test_lists_as_popular_as_the_profiles_have_no_lift():
    lists = recommended(p="ab", q="c")
    profiles = met(p="ab", q="c")
    assert figures(lists, 2, profiles=profiles)["popularity_lift"].figure == pytest.approx(0)


def test_lists_are_cut_at_k_by_rank_not_by_row():
    lists = recommended(p="abc").iloc[::-1]
    assert figures(lists, 1)["novelty"].figure == pytest.approx(0)
    assert figures(lists, 1)["coverage"].figure == 1 / 6


@pytest.mark.parametrize("place", ["lists", "fit", "profiles"])
def test_an_item_outside_the_catalogue_is_named(place):
    given_tables = {"lists": recommended(p="a"), "fit": FIT, "profiles": FIT}
    given_tables[place] = given_tables[place].assign(item_id="nowhere")
    with pytest.raises(UnknownIdError, match="nowhere"):
        beyond_accuracy(*given_tables.values(), works_table(), [5])


def test_nothing_given_is_changed():
    tables = [recommended(p="ab", q="c"), FIT.copy(), met(p="b"), works_table()]
    before = [each.copy() for each in tables]
    beyond_accuracy(*tables)
    for table, copy in zip(tables, before, strict=True):
        pd.testing.assert_frame_equal(table, copy)
