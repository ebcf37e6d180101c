"""The embedded film metadata: counts, separators, and no figure of 2026."""

from __future__ import annotations

import pandas as pd
import pytest

from artrec.data.sources.wikidata_films import FILMS, parse, split_names
from artrec.errors import InputError

ROW = dict.fromkeys(FILMS.required, "x") | {
    "wikidata_id": "Q1",
    "year": "1979",
    "runtime_minutes": "117.0",
}


def test_the_counts_everybody_quotes(wikidata_table):
    assert len(wikidata_table) == 17_472
    assert wikidata_table["wikidata_id"].is_unique
    assert (wikidata_table["year"].min(), wikidata_table["year"].max()) == (1940, 2014)
    assert wikidata_table["imdb_id"].str.match(r"tt\d{7,}$").all()


def test_no_empty_text_stands_for_missing(wikidata_table):
    assert not wikidata_table.eq("").any(axis=None)
    assert wikidata_table["directors"].isna().sum() == 66


def test_two_films_may_share_an_imdb_id(wikidata_table):
    redux = wikidata_table[wikidata_table["imdb_id"] == "tt0078788"]
    assert sorted(redux["title"]) == ["Apocalypse Now", "Apocalypse Now Redux"]


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Joel Coen, Ethan Coen", "Joel Coen|Ethan Coen"),
        ("Gordon Parks, Jr.", "Gordon Parks, Jr."),
        ("Max Baer, Jr., Spike Lee", "Max Baer, Jr.|Spike Lee"),
        ("Terror, Inc., Pixar", "Terror, Inc.|Pixar"),
        ("Italy, Spain", "Italy|Spain"),
        ("Drama, Junior", "Drama|Junior"),
        ("Ann, Jrue", "Ann|Jrue"),
    ],
)
def test_names_are_parted_at_commas_that_part_names(cell, names):
    assert split_names(cell) == names


def test_bad_rows_are_set_aside():
    rows = [{}, {"year": "soon"}, {"title": ""}, {"wikidata_id": "Q1"}, {"runtime_minutes": "long"}]
    raw = pd.DataFrame([{**ROW, "wikidata_id": f"Q{at}", **row} for at, row in enumerate(rows, 1)])
    films, rejected = parse(raw)
    assert films["wikidata_id"].tolist() == ["Q1"]
    assert rejected["reason"].tolist() == [
        "year 'soon' is not a number",
        "title is missing",
        "Q1 came before",
        "runtime_minutes 'long' is not a number",
    ]


def test_without_metadata_there_are_no_films():
    films, rejected = parse(pd.DataFrame())
    assert films.empty
    assert rejected.empty
    assert list(films.columns) == list(FILMS.required)


def test_another_table_is_refused():
    with pytest.raises(InputError, match="no column 'wikidata_id'"):
        parse(pd.DataFrame({"imdb_id": ["tt1"]}))
