"""The catalogue takes metadata from linked films only, and only where the source is silent."""

from __future__ import annotations

import pandas as pd

from artrec import schema
from artrec.data.enrich.base import LINKS
from artrec.data.enrich.wikidata_films import FROM_FILMS, link_films, with_film_metadata
from artrec.data.sources.wikidata_films import FILMS, no_films

WORKS = pd.DataFrame(
    {
        "item_id": ["1", "2", "3"],
        "title": ["Alien", "Emma", None],
        "year": [1979, 1996, None],
        "genres": ["Horror", None, None],
        "creators": [None, None, None],
    }
)
FILM = dict.fromkeys(FILMS.required, "x") | {
    "wikidata_id": "Q1",
    "imdb_id": "tt0078748",
    "title": "Another Title",
    "year": 1980,
    "genres": "Sci-Fi",
    "directors": "Ridley Scott",
    "writers": None,
    "cast": "Sigourney Weaver|Tom Skerritt",
    "runtime_minutes": 117.0,
}


def links_of(*statuses):
    return LINKS.conform(
        pd.DataFrame(
            {
                "item_id": ["1", "2", "3"],
                "status": statuses,
                "target_id": ["Q1" if status == "linked" else None for status in statuses],
                "reason": "",
                "candidates": "Q1",
            }
        )
    )


def joined(works=WORKS, *statuses):
    links = links_of(*(statuses or ("linked", "ambiguous", "unmatched")))
    return with_film_metadata(works, pd.DataFrame([FILM]), links)


def test_a_linked_work_gets_the_film_s_makers():
    work = joined().iloc[0]
    assert work["creators"] == "Ridley Scott"
    assert work["cast"] == "Sigourney Weaver|Tom Skerritt"
    assert work["imdb_id"] == "tt0078748"
    assert work["runtime_minutes"] == 117.0
    assert work["writers"] is None


def test_title_year_and_genres_stay_the_source_s():
    pd.testing.assert_frame_equal(
        joined()[["item_id", "title", "year", "genres"]],
        schema.WORKS.conform(WORKS)[["item_id", "title", "year", "genres"]],
    )


def test_ambiguous_and_unmatched_works_get_nothing():
    assert joined().iloc[1:][["creators", "cast", "imdb_id", "runtime_minutes"]].isna().all(None)


def test_what_the_source_says_is_not_overwritten():
    told = WORKS.assign(creators=["Somebody", None, None], cast=[None, "Told", None])
    works = joined(told)
    assert works["creators"].tolist() == ["Somebody", None, None]
    assert works["cast"].tolist() == ["Sigourney Weaver|Tom Skerritt", "Told", None]


def test_every_column_is_there_without_metadata_too():
    links = link_films(WORKS, no_films())
    works = with_film_metadata(WORKS, no_films(), links)
    assert {*schema.WORKS.required, *FROM_FILMS} == set(works.columns)
    assert works["item_id"].tolist() == ["1", "2", "3"]


def test_figures_of_2026_are_not_in_the_catalogue(parsed_snapshot, wikidata_table):
    links = link_films(parsed_snapshot.works, wikidata_table)
    works = with_film_metadata(parsed_snapshot.works, wikidata_table, links)
    late = {"oscars", "awards", "metacritic", "box_office_usd", "critics_meter", "critics_rating"}
    assert not late & set(works.columns)
    assert not late & set(wikidata_table.columns)
    assert len(works) == 9066
    assert works["creators"].notna().mean() > 0.8
    alien = works[works["title"] == "Alien"].iloc[0]
    assert (alien["creators"], alien["imdb_id"]) == ("Ridley Scott", "tt0078748")
