"""Titles as people type them find the work they mean, or the works they may mean."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from artrec.data.work_names import search_names
from artrec.errors import UnknownIdError
from artrec.recommend.search import AmbiguousTitleError, TitleIndex
from film_world import film_works


@pytest.fixture(scope="module")
def title_index() -> TitleIndex:
    works = film_works()
    return TitleIndex(works, np.arange(len(works)))


@pytest.mark.parametrize(
    ("typed", "item"),
    [
        ("Alien", "1"),
        ("alien", "1"),
        ("  ALIEN ", "1"),
        ("Alien (1979)", "1"),
        ("Alien(1979)", "1"),
        ("Alien (1980)", "1"),  # one year beside is the usual disagreement between catalogues
        ("Alein", "1"),
        ("Aliens", "2"),
        ("blade runer", "4"),
        ("Runner Blade", "4"),
        ("hill noting", "13"),
        ("The Thing", "5"),
        ("Thing, The", "5"),
        ("thing", "5"),
        ("Godzilla (1998)", "7"),
        ("Godzilla (1954)", "6"),
        ("godzila (1954)", "6"),
        ("amelie", "10"),
        ("Amélie", "10"),
        ("fabuleux destin d'Amelie Poulain", "10"),
        ("le fabuleux destin d\u2019amélie poulain", "10"),
        ("Casblanca", "12"),
        ("Before", "15"),
        ("rec of love", "16"),
        ("[rec] of Love (1999)", "16"),  # a work without a year may be of any
    ],
)
def test_a_title_finds_its_work(title_index: TitleIndex, typed: str, item: str) -> None:
    assert title_index.resolve(typed).item_id == item


def test_equal_titles_are_ambiguous_and_come_by_popularity(title_index: TitleIndex) -> None:
    with pytest.raises(AmbiguousTitleError, match="may mean 2 works") as caught:
        title_index.resolve("Godzilla")
    # 1998 stands later in the catalogue, which is its popularity here
    assert [each.label for each in caught.value.candidates] == [
        "Godzilla (1998)",
        "Godzilla (1954)",
    ]
    assert "Godzilla (1998)" in caught.value.hint


def test_the_exact_title_comes_before_more_popular_ones(title_index: TitleIndex) -> None:
    found = [each.title for each in title_index.find("Alien")]
    assert found[:2] == ["Alien", "Aliens"]  # Aliens is the more popular here


def test_a_wrong_year_is_not_taken_silently(title_index: TitleIndex) -> None:
    with pytest.raises(AmbiguousTitleError) as caught:
        title_index.resolve("Alien (1950)")
    # whatever is far behind the best is not listed
    assert [each.label for each in caught.value.candidates] == ["Alien (1979)"]
    assert "is no title, but resembles one" in caught.value.problem


def test_what_resembles_two_titles_lists_both() -> None:
    works = pd.DataFrame(
        {
            "item_id": ["1", "2", "3"],
            "title": [
                "Lord of the Rings: The Two Towers",
                "Lord of the Rings: The Return",
                "Lord of the Flies",  # alike, but far behind the two
            ],
            "year": [2002, 2003, 2009],
        }
    )
    index = TitleIndex(works, np.array([1, 5, 9]))
    with pytest.raises(AmbiguousTitleError) as caught:
        index.resolve("The Lord of the Rings")
    assert [each.item_id for each in caught.value.candidates] == ["2", "1"]
    assert index.resolve("two towers").item_id == "1"
    assert index.resolve("towers rings").item_id == "1"


def test_a_longer_title_that_begins_so_is_meant_rather_than_a_shorter_one() -> None:
    works = pd.DataFrame(
        {
            "item_id": ["1", "2", "3"],
            "title": ["Terminator, The", "Terminator 2: Judgment Day", "Toy Story 2"],
            "year": [1984, 1991, 1999],
        }
    )
    index = TitleIndex(works, np.array([9, 1, 1]))
    assert index.resolve("Terminator 2").item_id == "2"
    assert index.resolve("terminator").item_id == "1"
    assert index.resolve("toy storey 2").item_id == "3"


def test_twins_of_one_year_are_told_apart_by_id() -> None:
    works = pd.DataFrame({"item_id": ["1", "2"], "title": ["Emma"] * 2, "year": [1996] * 2})
    with pytest.raises(AmbiguousTitleError) as caught:
        TitleIndex(works, np.array([1, 2])).resolve("Emma (1996)")
    assert caught.value.hint == "give the item id, '2'"


def test_an_unknown_title_offers_near_ones(title_index: TitleIndex) -> None:
    with pytest.raises(UnknownIdError, match="no title like 'Casa de Papel'") as caught:
        title_index.resolve("Casa de Papel")
    assert not isinstance(caught.value, AmbiguousTitleError)
    assert "Casablanca (1942)" in caught.value.hint


@pytest.mark.parametrize("typed", ["", "   ", "!!!", "(1979)", "\u0000", "x" * 10_000])
def test_nonsense_is_unknown(title_index: TitleIndex, typed: str) -> None:
    with pytest.raises(UnknownIdError):
        title_index.resolve(typed)


def test_titles_in_other_scripts_are_found() -> None:
    works = pd.DataFrame(
        {"item_id": ["1", "2"], "title": ["七人の侍", "Сталкер"], "year": [1954, None]}
    )
    works["year"] = works["year"].astype("Int64")
    index = TitleIndex(works, np.zeros(2, dtype=np.int64))
    assert index.resolve("七人の侍 (1954)").item_id == "1"
    assert index.resolve("сталкер").item_id == "2"


def test_works_without_title_and_an_empty_catalogue_are_no_obstacle() -> None:
    works = pd.DataFrame({"item_id": ["1", "2"], "title": [None, "Up"], "year": [None, 2009]})
    works["year"] = works["year"].astype("Int64")
    assert TitleIndex(works, np.zeros(2, dtype=np.int64)).resolve("up").item_id == "2"
    nothing = TitleIndex(works.iloc[:0], np.zeros(0, dtype=np.int64))
    assert nothing.find("up") == []
    with pytest.raises(UnknownIdError, match="among 0 works"):
        nothing.resolve("up")


def test_the_limit_holds(title_index: TitleIndex) -> None:
    assert len(title_index.find("Godzilla", limit=1)) == 1


def test_names_put_articles_first_and_take_brackets_apart() -> None:
    assert search_names("Seventh Seal, The (Sjunde inseglet, Det)") == [
        "the seventh seal",
        "det sjunde inseglet",
        "seventh seal the sjunde inseglet det",
    ]
    assert search_names("...And Justice for All") == ["and justice for all"]
    assert search_names("(500)") == ["500"]


def test_every_label_finds_its_own_work(title_index: TitleIndex) -> None:
    for work in film_works().itertuples():
        year = "" if pd.isna(work.year) else f" ({work.year})"
        assert title_index.resolve(f"{work.title}{year}").item_id == work.item_id


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("ali", "2"),  # of those that begin so the best known
        ("alien", "1"),  # but a whole title before those that go on
        ("Alein", "1"),
        ("bla run", "4"),
        ("run bla", "4"),
        ("fabuleux dest", "10"),
        ("noting hil", "13"),
        ("the thi", "5"),
        ("godzilla (1954)", "6"),
    ],
)
def test_an_unfinished_title_is_guessed(title_index: TitleIndex, typed: str, first: str) -> None:
    ids = film_works()["item_id"]
    assert ids[title_index.suggest(typed)[0].place] == first


def test_suggestions_are_bounded_and_best_first(title_index: TitleIndex) -> None:
    found = title_index.suggest("a", 3)
    assert len(found) == 3
    orders = [each.order for each in title_index.suggest("a", 50)]
    assert orders == sorted(orders, reverse=True)
    assert title_index.suggest("") == title_index.suggest("!") == []
    assert title_index.suggest("zzzzzz") == []


def test_a_large_catalogue_gives_what_a_look_at_every_name_would() -> None:
    rng = np.random.default_rng(8)
    words = ["".join(rng.choice(list("abcdefgh"), size=5)) for _ in range(300)]
    titles = [" ".join(rng.choice(words, size=int(rng.integers(1, 5)))) for _ in range(2000)]
    works = pd.DataFrame({"item_id": [f"{n:04}" for n in range(2000)], "title": titles})
    works["year"] = 2000
    index = TitleIndex(works, np.arange(2000))
    for at in range(0, 2000, 97):
        typed = titles[at][:-1] + "x" if len(titles[at]) > 8 else titles[at]
        looked_at = set(index._candidates(typed).tolist())
        best = [each.item_id for each in index.find(typed, 1)]
        index._candidates = lambda _: np.arange(len(index._names))  # type: ignore[method-assign]
        assert [each.item_id for each in index.find(typed, 1)] == best
        del index._candidates  # type: ignore[method-assign]
        assert len(looked_at) < 2000
