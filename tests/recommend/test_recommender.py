"""A published bundle recommends to users it knows and to people it never saw."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import artrec
from artrec.bundle import publish
from artrec.data.interactions import Interactions
from artrec.errors import ArtrecWarning, BundleError, ConfigError, InputError, UnknownIdError
from artrec.recommend import rank
from artrec.recommend.recommender import COLUMNS
from artrec.recommend.search import AmbiguousTitleError
from film_world import (
    POSITIVE_FROM,
    SCIENCE_FICTION,
    film_table,
    film_works,
    fit_film_scorer,
    write_films,
)

FICTION_IDS = {item for item, _, _ in SCIENCE_FICTION}


@pytest.fixture(scope="module")
def film_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("film_bundle")
    write_films(folder)
    return folder


@pytest.fixture(scope="module")
def film_recommender(film_bundle: Path) -> artrec.Recommender:
    return artrec.Recommender.load(film_bundle)


def test_a_known_user_gets_what_the_ranking_function_gives(
    film_recommender: artrec.Recommender,
) -> None:
    table = film_recommender.recommend("r7", k=5)
    profiles = Interactions.from_table(film_table(), POSITIVE_FROM)
    expected = rank.recommend(fit_film_scorer(), profiles, 5)
    expected = expected[expected["user_id"] == "r7"]
    assert list(table.columns) == list(COLUMNS)
    assert table["item_id"].tolist() == expected["item_id"].tolist()
    assert table["score"].tolist() == pytest.approx(expected["score"].tolist(), abs=1e-6)
    assert table["rank"].tolist() == [1, 2, 3, 4, 5]


def test_nothing_of_the_history_comes_back_also_what_was_hated(
    film_recommender: artrec.Recommender,
) -> None:
    seen = set(film_table().query("user_id == 's5'")["item_id"])
    with pytest.warns(ArtrecWarning, match="are left to recommend"):
        everything = film_recommender.recommend("s5", k=100)
    assert not seen & set(everything["item_id"])
    assert len(everything) == 14 - len(seen)
    with pytest.warns(ArtrecWarning):
        mine = film_recommender.recommend({"Alien": 5, "Titanic": 1}, k=100)
    assert {"1", "11"}.isdisjoint(mine["item_id"])
    assert len(mine) == 14 - 2


@pytest.mark.parametrize(
    "history",
    [
        ["Alien (1979)", "Brazil"],
        ("1", "3"),
        ["movies:1", "movies:3"],
        {"Alien": 5.0, "3": 4.5},
        pd.DataFrame({"item_id": ["1", "3"]}),
        pd.DataFrame({"user_id": "me", "item_id": ["3", "1"], "rating": [5, 5]}),
    ],
    ids=["titles", "ids", "outer ids", "ratings", "table", "own table"],
)
def test_every_form_of_one_history_gives_the_same(
    film_recommender: artrec.Recommender, history: object
) -> None:
    table = film_recommender.recommend(history, k=5)  # type: ignore[arg-type]
    assert set(table["item_id"]) == FICTION_IDS - {"1", "3"}
    assert set("|".join(table["because"]).split("|")) == {"Alien (1979)", "Brazil (1985)"}


def test_a_rating_below_the_threshold_is_not_liked(film_recommender: artrec.Recommender) -> None:
    table = film_recommender.recommend({"Alien": 5, "Titanic": 1, "Ghost": 1, "Casablanca": 1}, k=6)
    assert set(table["item_id"]) == FICTION_IDS - {"1"}
    assert set(table["because"]) == {"Alien (1979)"}


def test_reasons_come_strongest_first_and_at_most_three(
    film_recommender: artrec.Recommender,
) -> None:
    liked = ["Alien", "Brazil", "Blade Runner", "Thing, The", "Godzilla (1998)"]
    top = film_recommender.recommend(liked, k=1).iloc[0]
    scorer = fit_film_scorer()
    profile = Interactions.from_table(
        pd.DataFrame({"user_id": "x", "item_id": ["1", "3", "4", "5", "7"]}), None
    ).onto_items(scorer.items)
    place = int(scorer.items.to_index([top["item_id"]])[0])
    items, added = scorer.contributions(profile, place)  # type: ignore[attr-defined]
    best = [film_recommender.label(each) for each in scorer.items.to_id(items[np.argsort(-added)])]
    assert top["because"] == "|".join(best[:3])


def test_a_model_that_cannot_explain_gives_empty_reasons(tmp_path: Path) -> None:
    write_films(tmp_path, model="popularity")
    popular = artrec.Recommender.load(tmp_path)
    table = popular.recommend(["Alien"], k=3)
    assert table["because"].tolist() == ["", "", ""]
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # an empty history is as good as any here
        assert len(popular.recommend([], k=3)) == 3


def test_similar_works_are_of_the_same_kind(film_recommender: artrec.Recommender) -> None:
    table = film_recommender.similar("Alien (1979)", k=4)
    assert set(table["item_id"]) <= FICTION_IDS - {"1"}
    assert table["score"].is_monotonic_decreasing
    assert len(table) == 4


def test_similar_leaves_out_what_the_work_says_nothing_about(
    film_recommender: artrec.Recommender,
) -> None:
    with pytest.warns(ArtrecWarning, match="asked for 13 works"):
        table = film_recommender.similar("1", k=13)
    assert (table["score"] > 0).all()  # EASE gives 0 to somebody without a history
    assert 6 <= len(table) < 13


def test_a_work_nobody_rated_has_no_similar_ones(film_recommender: artrec.Recommender) -> None:
    with pytest.raises(UnknownIdError, match=r"'Movies 7 \(2003\)' has too few ratings"):
        film_recommender.similar("Movies 7")


@pytest.mark.parametrize("history", [[], ["Movies 7"], {"Alien": 1}, pd.DataFrame({"item_id": []})])
def test_a_history_that_says_nothing_gets_the_most_popular_and_is_told(
    film_recommender: artrec.Recommender, history: object
) -> None:
    with pytest.warns(ArtrecWarning, match="most popular works"):
        table = film_recommender.recommend(history, k=3)  # type: ignore[arg-type]
    liked = film_table().query("rating >= 4")["item_id"].value_counts()
    liked = liked.drop("1") if isinstance(history, dict) else liked
    assert table["score"].tolist() == sorted(liked, reverse=True)[:3]
    assert [liked[each] for each in table["item_id"]] == table["score"].tolist()


def test_somebody_who_saw_everything_gets_an_empty_table_and_is_told(
    film_recommender: artrec.Recommender,
) -> None:
    with pytest.warns(ArtrecWarning, match="0 are left"):
        assert len(film_recommender.recommend("s1")) == 0
    with pytest.warns(ArtrecWarning, match="1 are left"):
        assert film_recommender.recommend("s0")["title"].tolist() == ["Aliens"]


def test_unknown_items_of_a_table_are_left_out_and_counted(
    film_recommender: artrec.Recommender,
) -> None:
    table = pd.DataFrame({"item_id": ["1", "777", "888"]})
    with pytest.warns(ArtrecWarning, match="2 of 3 items .* first '777'"):
        assert len(film_recommender.recommend(table, k=3)) == 3


def test_an_unknown_user_is_offered_near_ones(film_recommender: artrec.Recommender) -> None:
    with pytest.raises(UnknownIdError, match="user 'r77' is not among the 38 users") as caught:
        film_recommender.recommend("r77")
    assert "did you mean 'r7'?" in caught.value.hint


def test_unknown_and_ambiguous_titles_are_errors(film_recommender: artrec.Recommender) -> None:
    with pytest.raises(UnknownIdError, match="no title like 'Qwertz'"):
        film_recommender.recommend(["Qwertz"])
    with pytest.raises(AmbiguousTitleError):
        film_recommender.recommend(["Godzilla"])


@pytest.mark.parametrize("k", [0, -1, 2.5, True, "3"])
def test_k_is_a_positive_whole_number(film_recommender: artrec.Recommender, k: object) -> None:
    with pytest.raises(ConfigError, match="k must be a whole number"):
        film_recommender.recommend("r7", k=k)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="k must be a whole number"):
        film_recommender.similar("Alien", k=k)  # type: ignore[arg-type]


def test_a_huge_k_costs_nothing(film_recommender: artrec.Recommender) -> None:
    with pytest.warns(ArtrecWarning, match="asked for 1000000000000 works"):
        table = film_recommender.recommend(["Alien"], k=10**12)
    assert len(table) == 13


@pytest.mark.parametrize(
    ("history", "problem"),
    [
        (42, "got 42"),
        ([42], "got 42"),
        (pd.DataFrame({"user_id": ["a", "b"], "item_id": ["1", "1"]}), "2 users"),
    ],
)
def test_other_histories_are_refused(
    film_recommender: artrec.Recommender, history: object, problem: str
) -> None:
    with pytest.raises(InputError, match=problem):
        film_recommender.recommend(history)  # type: ignore[arg-type]


def test_find_lists_works_best_first(film_recommender: artrec.Recommender) -> None:
    table = film_recommender.find("alien", limit=2)
    assert list(table.columns) == ["item_id", "title", "year", "score"]
    assert table["title"].tolist() == ["Alien", "Aliens"]
    assert film_recommender.find("rec of love")["year"].isna().tolist() == [True]


def test_the_caller_cannot_change_the_catalogue(film_recommender: artrec.Recommender) -> None:
    copy = film_recommender.works
    copy["title"] = "overwritten"
    assert film_recommender.works["title"].iloc[0] != "overwritten"


def test_load_takes_a_store_and_finds_it_by_environment_or_from_below(
    film_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "data" / "published"
    version = publish(film_bundle, store)["version"]
    assert artrec.Recommender.load(store).version == version
    below = tmp_path / "notebooks" / "deep"
    below.mkdir(parents=True)
    monkeypatch.delenv("ARTREC_STORE", raising=False)
    monkeypatch.chdir(below)
    assert artrec.Recommender.load().version == version
    monkeypatch.chdir("/")
    with pytest.raises(BundleError, match="no data/published in") as caught:
        artrec.Recommender.load()
    assert "make recommend" in caught.value.hint
    monkeypatch.setenv("ARTREC_STORE", str(store))
    assert artrec.Recommender.load().version == version


def test_an_empty_store_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="no bundle was published in") as caught:
        artrec.Recommender.load(tmp_path)
    assert "make recommend" in caught.value.hint


def test_of_two_media_one_must_be_named(tmp_path: Path) -> None:
    write_films(tmp_path)
    write_films(tmp_path, medium="films_again", model="popularity")
    with pytest.raises(BundleError, match="holds 2 media: films_again, movies"):
        artrec.Recommender.load(tmp_path)
    assert artrec.Recommender.load(tmp_path, "movies").medium == "movies"
    with pytest.raises(BundleError, match="has no medium 'movie'") as caught:
        artrec.Recommender.load(tmp_path, "movie")
    assert "did you mean 'movies'?" in caught.value.hint


def test_a_usual_recommendation_warns_of_nothing(film_recommender: artrec.Recommender) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        film_recommender.recommend("r7", k=3)
        film_recommender.similar("Alien", k=3)


def test_works_keep_items_that_no_model_knows(film_recommender: artrec.Recommender) -> None:
    assert len(film_recommender.works) == len(film_works())


@pytest.mark.parametrize("history", ["r7", ["Alien", "Brazil"], {"Alien": 5, "Titanic": 1}])
def test_why_sums_to_the_score_and_names_the_works_behind_it(
    film_recommender: artrec.Recommender, history: object
) -> None:
    first = film_recommender.recommend(history, k=1).iloc[0]  # type: ignore[arg-type]
    why = film_recommender.why(history, f"movies:{first['item_id']}")  # type: ignore[arg-type]
    assert why.item_id == first["item_id"]
    assert why.title == film_recommender.label(why.item_id)
    assert why.score == pytest.approx(first["score"], abs=1e-6)
    assert sum(each.contribution for each in why.reasons) == pytest.approx(why.score, abs=1e-5)
    (reason,) = why.reasons
    assert reason.group == "ease"
    assert "works you liked" in reason.words
    assert "|".join(work.title for work in reason.works) == first["because"]
    assert all(0 < work.share <= 1 for work in reason.works)


def test_why_of_several_works_is_why_of_each(film_recommender: artrec.Recommender) -> None:
    several = film_recommender.why_each(["Alien"], ["Brazil", "Ghost"], n_works=1)
    assert several == [film_recommender.why(["Alien"], each, 1) for each in ("Brazil", "Ghost")]
    told = several[0].to_dict()
    assert told["title"] == "Brazil (1985)"
    assert told["reasons"][0]["works"][0]["title"] == "Alien (1979)"


def test_a_model_without_a_history_is_told_as_a_whole(tmp_path: Path) -> None:
    write_films(tmp_path, model="popularity")
    why = artrec.Recommender.load(tmp_path).why(["Alien"], "Brazil")
    assert [(each.group, each.works) for each in why.reasons] == [("popularity", ())]
    assert why.reasons[0].contribution == pytest.approx(why.score)


def test_who_is_not_known_is_told_how_many_liked_it(film_recommender: artrec.Recommender) -> None:
    why = film_recommender.why([], "Brazil")
    liked = int((film_table().query("rating >= 4")["item_id"] == "3").sum())
    assert [(each.group, each.contribution) for each in why.reasons] == [("liked_by_most", liked)]


def test_why_of_a_work_nobody_rated_is_refused(film_recommender: artrec.Recommender) -> None:
    with pytest.raises(UnknownIdError, match="too few ratings to be scored"):
        film_recommender.why(["Alien"], "Movies 7")


def test_diversity_mixes_genres_and_0_changes_nothing(tmp_path: Path) -> None:
    write_films(tmp_path, genres=lambda item: "Comedy" if item in ("2", "4") else "Drama")
    recommender = artrec.Recommender.load(tmp_path)

    def first(diversity: float) -> list[str]:
        return recommender.recommend(["Alien", "Brazil"], 2, diversity)["item_id"].tolist()

    plain = recommender.recommend(["Alien", "Brazil"], 2)["item_id"].tolist()
    assert first(0.0) == plain
    comedies = {"2", "4"}
    assert len(comedies & set(plain)) in (0, 2)
    assert len(comedies & set(first(0.9))) == 1


@pytest.mark.parametrize("diversity", [-0.1, 1.1, float("nan"), "much"])
def test_a_diversity_that_is_none_is_refused(
    film_recommender: artrec.Recommender, diversity: object
) -> None:
    with pytest.raises(ConfigError, match="diversity goes from 0 to 1"):
        film_recommender.recommend("r7", 3, diversity)  # type: ignore[arg-type]
