"""Extracts: what a page says of a film is kept, what it says of anything else is set aside."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from artrec.data.sources.raw import RawRows
from artrec.data.sources.records import RecordFiles, open_records
from artrec.data.sources.wikipedia_extracts import (
    EXTRACTS,
    names_of_list,
    parse,
    tells_of_film,
    tidy,
    told_year,
)
from artrec.errors import InputError

FILM = "Alma is a 1950 American drama film directed by Ida Roe."


def raw_of(*records):
    """The text table of records, each changed from one that is in order."""
    plain = {"title": "Alma", "year": 1950, "cast": ["Ann Lee", "Bo Day"], "genres": []}
    whole = [plain | {"href": f"P{at}", "extract": FILM} | each for at, each in enumerate(records)]
    cells = [
        {name: json.dumps(cell) if isinstance(cell, list) else cell for name, cell in each.items()}
        for each in whole
    ]
    return RawRows.of(pd.DataFrame(cells)).whole()


def test_a_record_becomes_a_row():
    extracts, rejected = parse(raw_of({"href": "Alma_%28film%29"}))
    assert rejected.empty
    row = extracts.iloc[0].to_dict()
    assert row == {
        "page": "Alma_(film)",
        "title": "Alma",
        "year": 1950,
        "told_year": 1950,
        "cast": "Ann Lee|Bo Day",
        "text": FILM,
    }


def test_what_cannot_be_used_is_set_aside_with_its_reason():
    extracts, rejected = parse(
        raw_of(
            {},
            {"extract": None},
            {"extract": " \n "},
            {"href": None},
            {"title": None},
            {"year": "soon"},
            {"extract": "Alma is a 1948 novel by Ida Roe. A film followed."},
            {"href": "P0"},
        )
    )
    assert extracts["page"].tolist() == ["P0"]
    assert rejected["reason"].tolist() == [
        "no extract",
        "no extract",
        "no page",
        "title is missing",
        "year 'soon' is not a number",
        "the extract is not of a film",
        "P0 came before",
    ]
    assert rejected["row"].tolist() == [2, 3, 4, 5, 6, 7, 8]


def test_a_renamed_page_is_one_page_and_a_page_may_have_several_names():
    renamed = [{"href": "Zora"}, {"href": "Alma", "year": 1951}]
    extracts, _ = parse(raw_of(*renamed, {"href": "Alma", "title": "Alma 3D"}))
    assert extracts["page"].tolist() == ["Alma", "Alma", "Alma"]
    assert sorted(zip(extracts["title"], extracts["year"], strict=True)) == [
        ("Alma", 1950),
        ("Alma", 1951),
        ("Alma 3D", 1950),
    ]


@pytest.mark.parametrize(
    "text",
    [
        FILM,
        "Alma is a comic book superhero film.",
        "Alma is a 1950 novel adaptation film.",
        "Alma is a 1990 American crime comedy directed by Ida Roe.",
        "Alma is a documentary about a play by Ida Roe.",
        "Alma (1950), a film about a song.",
        "A film of 1950 in which nothing happens.",
    ],
)
def test_these_tell_of_a_film(text):
    assert tells_of_film(text)


@pytest.mark.parametrize(
    "text",
    [
        "Alma is a play by Ida Roe.",
        "Alma was an American actress, who starred in films.",
        "This is a complete list of the 10 shorts in the series Alma.",
        "Alma was a concert by the group The Days, filmed in 1976.",
        "Alma is a rank in some navies.",
        "",
    ],
)
def test_these_do_not(text):
    assert not tells_of_film(text)


def test_years_of_the_title_are_not_told():
    assert told_year("2000 is a 1998 film; its sequel is of 2003.", "2000") == 1998
    assert told_year("Alma is a film.", "Alma") is None
    assert told_year("Alma cost 19800 dollars.", "Alma") is None


def test_a_cast_that_is_no_list_stays_as_it_is():
    assert names_of_list("Ann Lee, Bo Day") == "Ann Lee, Bo Day"
    assert names_of_list('{"a": 1}') == '{"a": 1}'
    assert names_of_list('["A|B", " "]') == "A/B"


def test_any_script_and_length_is_kept():
    text = "\u0641\u064a\u0644\u0645 \u2014 Alma is a film \U0001f3ac " + "long " * 1_000_000
    extracts, rejected = parse(raw_of({"extract": text}))
    assert rejected.empty
    assert extracts["text"].iloc[0] == tidy(text)


def test_without_rows_or_columns_there_is_a_clear_error():
    with pytest.raises(InputError, match="no column 'extract'"):
        parse(raw_of({}).drop(columns="extract"))
    with pytest.raises(InputError, match="no rows"):
        parse(raw_of({}).iloc[:0])


@pytest.mark.mirror
def test_the_files_as_they_came(mirror):
    raw = open_records(RecordFiles(str(mirror / "wikipedia-movies"), "movies-*.json")).whole()
    assert len(raw) == 36_273
    assert raw.duplicated(["title", "year"]).sum() == 30
    assert raw["extract"].isna().sum() == 1_741
    extracts, rejected = parse(raw)
    assert len(extracts) + len(rejected) == 36_273
    reasons = rejected["reason"].replace(r".* came before", "came before", regex=True)
    assert reasons.value_counts().to_dict() == {
        "no extract": 1_741,
        "the extract is not of a film": 166,
        "came before": 18,
    }
    assert not extracts.duplicated(list(EXTRACTS.key)).any()
    assert extracts["text"].str.len().max() < 2_000
