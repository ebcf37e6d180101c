"""Extracts as texts of works: right on the judged sample; people settle what names leave open."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest

from artrec import schema
from artrec.data.enrich.registry import enrichment
from artrec.data.enrich.wikidata_films import link_films, with_film_metadata
from artrec.data.enrich.wikipedia_extracts import link_extracts, with_extracts
from artrec.data.sources.raw import RawRows
from artrec.data.sources.records import RecordFiles, open_records
from artrec.data.sources.wikipedia_extracts import EXTRACTS, tidy

VERDICTS = Path(__file__).parents[1] / "extract_link_verdicts.csv"


def works_of(*rows):
    """Works from (title, year, creators); item ids are m0, m1, ..."""
    return pd.DataFrame(
        {
            "item_id": [f"m{at}" for at in range(len(rows))],
            "title": [row[0] for row in rows],
            "year": [row[1] for row in rows],
            "genres": None,
            "creators": pd.Series([row[2] for row in rows], dtype="object"),
        }
    )


def extracts_of(*rows):
    """Extracts from (title, year, text); pages are P0, P1, ..."""
    table = pd.DataFrame(rows, columns=["title", "year", "text"])
    told = table["text"].str.extract(r"(\d{4})")[0].astype("Float64").astype("Int64")
    return EXTRACTS.conform(
        table.assign(page=[f"P{at}" for at in range(len(rows))], told_year=told, cast=None)
    )


def targets(works, extracts):
    return link_extracts(works_of(*works), extracts_of(*extracts))["target_id"].tolist()


def test_a_name_and_a_year_link():
    links = link_extracts(works_of(("Alma", 1950, None)), extracts_of(("Alma", 1950, "A film.")))
    assert links.loc[0, "target_id"] == "P0"
    assert links.loc[0, "reason"] == "title: same words; same year; people unknown"


def test_people_settle_between_two_films_of_one_name():
    two = [("Alma", 1950, "A film by Ida Roe."), ("Alma", 1950, "A film by Bo Day.")]
    assert targets([("Alma", 1950, None)], two) == [None]
    assert targets([("Alma", 1950, "Bo Day")], two) == ["P1"]
    assert targets([("Alma", 1950, "Ida Roe"), ("Alma", 1950, "Bo Day")], two) == ["P0", "P1"]


def test_people_settle_between_two_works_of_one_page():
    one = [("Alma", 1950, "A film by Bo Day.")]
    assert targets([("Alma", 1950, "Ida Roe"), ("Alma", 1950, "Bo Day")], one) == [None, "P0"]


def test_other_people_and_another_year_are_another_film():
    assert targets([("Alma", 1951, "Ida Roe")], [("Alma", 1950, "A film by Bo Day.")]) == [None]
    assert targets([("Alma", 1950, "Ida Roe")], [("Alma", 1950, "A film by Bo Day.")]) == ["P0"]
    assert targets([("Alma", 1951, None)], [("Alma", 1950, "A film by Bo Day.")]) == ["P0"]


def test_the_year_a_page_tells_counts_beside_that_of_the_list():
    late = [("Alma", 2007, "A 2005 film by Bo Day.")]
    assert targets([("Alma", 2005, None)], late) == ["P0"]
    assert targets([("Alma", 2003, None)], late) == [None]


def test_a_page_that_tells_of_an_older_film_is_of_a_remake_unless_people_agree():
    remake = [("Alma", 2023, "A remake of the 1989 film, by Bo Day.")]
    assert targets([("Alma", 1989, None)], remake) == [None]
    assert targets([("Alma", 1989, "Ida Roe")], remake) == [None]
    assert targets([("Alma", 1989, "Bo Day")], remake) == ["P0"]


def test_a_person_s_name_is_whole_words():
    assert targets([("Alma", 1951, "Bo Day")], [("Alma", 1950, "By Bo Dayton.")]) == [None]


def test_a_work_s_own_text_stays():
    works = works_of(("Alma", 1950, None), ("Bela", 1960, None)).assign(text=["Own.", None])
    extracts = extracts_of(("Alma", 1950, "A film."), ("Bela", 1960, "Another film."))
    told = with_extracts(works, extracts, link_extracts(works, extracts))
    assert told["text"].tolist() == ["Own.", "Another film."]


def test_the_registered_enrichment_reads_links_and_fills():
    raw = pd.DataFrame(
        {
            "title": ["Alma", "Bela"],
            "year": ["1950", "1960"],
            "cast": ['["Ann Lee"]', "[]"],
            "href": ["Alma", "Bela"],
            "extract": ["Alma is a 1950 film.", None],
        }
    )
    works = works_of(("Alma", 1950, "Ann Lee"), ("Bela", 1960, None))
    enriched = enrichment("wikipedia_extracts").enrich(works, RawRows.of(raw))
    assert enriched.works["text"].tolist() == ["Alma is a 1950 film.", None]
    assert enriched.links["status"].tolist() == ["linked", "unmatched"]
    assert enriched.rejected["reason"].tolist() == ["no extract"]
    assert list(enriched.works["item_id"]) == ["m0", "m1"]


def test_without_works_there_are_no_links():
    none = schema.WORKS.conform(works_of(("Alma", 1950, None)).iloc[:0])
    assert link_extracts(none, extracts_of(("Alma", 1950, "A film."))).empty
    assert link_extracts(works_of(("Alma", 1950, None)), extracts_of())["status"].tolist() == [
        "unmatched"
    ]


@pytest.mark.mirror
def test_the_judged_sample(mirror, parsed_snapshot, wikidata_table, capsys):
    """On 236 judged films precision >= 98%, recall >= 90%; at least 85% of ratings get a text."""
    raw = open_records(RecordFiles(str(mirror / "wikipedia-movies"), "movies-*.json"))
    films = link_films(parsed_snapshot.works, wikidata_table)
    works = with_film_metadata(parsed_snapshot.works, wikidata_table, films)
    enriched = enrichment("wikipedia_extracts").enrich(works, raw)
    records = raw.whole().dropna(subset=["href", "extract"]).drop_duplicates("href")
    texts = pd.Series(
        records["extract"].map(tidy).to_numpy(), index=records["href"].map(unquote).to_numpy()
    )
    verdicts = pd.read_csv(VERDICTS, dtype=str).merge(enriched.links, on="item_id")
    assert len(verdicts) == 236
    linked = verdicts["status"] == "linked"
    right = linked & (verdicts["page"].map(texts) == verdicts["target_id"].map(texts))
    precision, recall = right.sum() / linked.sum(), right.sum() / verdicts["page"].notna().sum()
    told = set(enriched.works.loc[enriched.works["text"].notna(), "item_id"])
    share = parsed_snapshot.interactions["item_id"].isin(told).mean()
    with capsys.disabled():
        print(  # noqa: T201
            f"\nextracts: {len(told) / len(works):.1%} of films, {share:.1%} of ratings; judged "
            f"sample: precision {precision:.1%} of {linked.sum()} links, recall {recall:.1%}"
        )
    assert precision >= 0.98
    assert recall >= 0.90
    assert share >= 0.85
