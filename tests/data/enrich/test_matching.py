"""Links by IMDb id: zeros and prefixes do not matter, doubtful claims are left apart."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artrec.data.enrich.base import LINKED
from artrec.data.enrich.matching import imdb_key, link_by_imdb_id
from artrec.data.enrich.wikidata_films import link_films, with_film_metadata
from artrec.data.sources.wikidata_films import FILMS

VERDICTS = Path(__file__).parents[1] / "id_link_verdicts.csv"
TITLE_AND_YEAR = r"^(?P<title>.*) \((?P<year>\d{4})\)\s*$"


def table_of(id_column, *rows):
    """Works or records from (id, title, year, imdb_id)."""
    table = pd.DataFrame(rows, columns=[id_column, "title", "year", "imdb_id"], dtype="object")
    return table.assign(genres=None, creators=None)


def films_of(*rows):
    """Films from (wikidata_id, title, year, imdb_id)."""
    table = table_of("wikidata_id", *rows).reindex(columns=list(FILMS.required))
    return FILMS.conform(table.assign(directors="Ida Roe"))


def link(works, targets):
    return link_by_imdb_id(table_of("item_id", *works), table_of("target_id", *targets))


@pytest.mark.parametrize("written", ["0000012", "tt0000012", "12", "012", " tt0000012 "])
def test_an_id_has_one_form(written):
    assert imdb_key(written) == "tt0000012"


@pytest.mark.parametrize("written", ["", "tt", "nm0000012", "12.0", "twelve", None])
def test_what_is_no_id_has_none(written):
    assert imdb_key(written) is None


@given(st.integers(0, 10**9))
def test_the_form_of_a_form_is_itself(number):
    assert imdb_key(imdb_key(str(number))) == imdb_key(f"{number:07}") == imdb_key(f"tt{number}")


def test_the_id_links_whatever_the_title():
    links = link([("a", "Alma", 1950, "0000012")], [("9", "L'âme", 1940, "tt0000012")])
    assert links.loc[0, "target_id"] == "9"
    assert links.loc[0, "reason"] == "IMDb id alone"
    links = link([("a", "Alma", 1950, "0000012")], [("9", "Alma", 1951, "tt0000012")])
    assert links.loc[0, "reason"] == "IMDb id: title and year agree"


def test_another_id_is_another_film():
    links = link(
        [("a", "Alma", 1950, "12"), ("b", "Bela", 1950, None)], [("9", "Alma", 1950, "13")]
    )
    assert links["status"].tolist() == ["unmatched", "unmatched"]
    assert links["reason"].tolist() == ["no film of that IMDb id", "no IMDb id"]


def test_title_and_year_tell_records_of_one_id_apart():
    two = [("8", "Alma", 1950, "12"), ("9", "Alma Redux", 1979, "12")]
    assert link([("a", "Alma", 1950, "12")], two)["target_id"].tolist() == ["8"]
    assert link([("a", "L'âme", 1950, "12")], two)["status"].tolist() == ["ambiguous"]


def test_of_two_works_of_one_id_the_better_title_has_the_record():
    works = [("a", "L'âme", 1950, "12"), ("b", "Alma", 1950, "12")]
    links = link(works, [("9", "Alma", 1950, "12")])
    assert links["status"].tolist() == ["ambiguous", "linked"]
    same = link([(each, "Alma", 1950, "12") for each in "ab"], [("9", "Alma", 1950, "12")])
    assert same["status"].tolist() == ["ambiguous", "ambiguous"]


def test_a_film_is_linked_by_its_id_before_its_name():
    films = films_of(("Q1", "Alma", 1950, "tt0000012"), ("Q2", "L'âme", 1950, "tt0000013"))
    works = table_of(
        "item_id",
        ("a", "Alma", 1950, "0000013"),
        ("b", "Alma", 1950, None),
        ("c", "Alma", 1950, "0000014"),
        ("d", None, None, "0000015"),
    )
    links = link_films(works, films)
    assert links["target_id"].tolist() == ["Q2", "Q1", None, None]
    assert links["reason"].tolist()[2:] == ["no film of that IMDb id"] * 2


def test_an_id_needs_no_title_and_no_year():
    films = films_of(("Q1", "Alma", 1950, "tt0000012"))
    works = table_of("item_id", ("a", None, None, "12"))
    filled = with_film_metadata(works, films, link_films(works, films))
    assert filled["creators"].tolist() == ["Ida Roe"]
    assert filled["imdb_id"].tolist() == ["12"]


def tweeted(mirror):
    """Films and rated film ids of MovieTweetings."""
    folder = mirror / "movietweetings"
    lines = (folder / "movies.dat").read_text(encoding="utf-8").splitlines()
    films = pd.DataFrame([line.split("::")[:2] for line in lines], columns=["item_id", "title"])
    parts = films["title"].str.extract(TITLE_AND_YEAR)
    works = films.assign(
        title=parts["title"],
        year=parts["year"].astype("Int64"),
        imdb_id=films["item_id"],
        genres=None,
        creators=None,
    )
    ratings = (folder / "ratings.dat").read_text(encoding="utf-8").splitlines()
    return works, pd.Series([line.split("::")[1] for line in ratings])


def movielens(mirror):
    """Films of ml-latest-small: target_id, title, year, imdb_id."""
    with zipfile.ZipFile(mirror / "movielens" / "ml-latest-small.zip") as archive:
        movies, links = (
            pd.read_csv(archive.open(f"ml-latest-small/{name}.csv"), dtype=str)
            for name in ("movies", "links")
        )
    films = movies.merge(links, on="movieId")
    parts = films["title"].str.extract(TITLE_AND_YEAR)
    return pd.DataFrame(
        {
            "target_id": films["movieId"],
            "title": parts["title"],
            "year": parts["year"].astype("Int64"),
            "imdb_id": films["imdbId"],
        }
    )


@pytest.mark.mirror
def test_tweeted_films_are_linked_as_judged(mirror, capsys):
    """On 202 judged films precision >= 98%, recall >= 90%; 85% of the ratings are linked."""
    works, rated = tweeted(mirror)
    links = link_by_imdb_id(works, movielens(mirror))
    verdicts = pd.read_csv(VERDICTS, dtype=str).merge(links, on="item_id")
    assert len(verdicts) == 202
    linked = verdicts["status"] == LINKED
    right = linked & (verdicts["movielens_id"] == verdicts["target_id"])
    precision = right.sum() / linked.sum()
    recall = right.sum() / verdicts["movielens_id"].notna().sum()
    share = rated.isin(links.loc[links["status"] == LINKED, "item_id"]).mean()
    with capsys.disabled():
        print(  # noqa: T201
            f"\nIMDb ids: {share:.1%} of ratings; judged sample: precision {precision:.1%} of "
            f"{linked.sum()} links, recall {recall:.1%}"
        )
    assert precision >= 0.98
    assert recall >= 0.90
    assert share == pytest.approx(0.852, abs=0.001)


@pytest.mark.mirror
def test_tweeted_films_get_their_makers_by_id(mirror, wikidata_table):
    works, rated = tweeted(mirror)
    shares = []
    for known in (works, works.drop(columns="imdb_id")):
        links = link_films(known, wikidata_table)
        shares.append(rated.isin(links.loc[links["status"] == LINKED, "item_id"]).mean())
    assert shares == pytest.approx([0.940, 0.891], abs=0.001)
