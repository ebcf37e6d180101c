"""Enrichments are found by name, and add columns without touching the rows of works."""

from __future__ import annotations

import pandas as pd
import pytest

from artrec import schema
from artrec.data.enrich.base import LINKS
from artrec.data.enrich.registry import ENRICHMENTS, enrichment
from artrec.data.sources.raw import RawRows
from artrec.data.sources.wikidata_films import FILMS
from artrec.errors import ConfigError

FILM = dict.fromkeys(FILMS.required, "x") | {
    "wikidata_id": "Q1",
    "title": "Alma",
    "year": "1950",
    "runtime_minutes": "90",
    "directors": "Ida Roe, Bo Day",
}
EXTRACT = {
    "title": "Alma",
    "year": "1950",
    "cast": "[]",
    "href": "Alma",
    "extract": "Alma is a 1950 film directed by Ida Roe.",
}
RAW = {"wikidata_films": FILM, "wikipedia_extracts": EXTRACT}


def works():
    return pd.DataFrame(
        {
            "item_id": ["z", "a"],
            "title": ["Alma", "Bela"],
            "year": [1950, 1950],
            "genres": None,
            "creators": None,
        }
    )


def test_an_unknown_name_is_refused_with_near_ones():
    with pytest.raises(ConfigError, match="did you mean 'wikidata_films'"):
        enrichment("wikidata_film")


@pytest.mark.parametrize("name", sorted(RAW))
def test_every_film_enrichment_keeps_rows_and_their_order(name):
    raw = pd.DataFrame([RAW[name], RAW[name]])
    enriched = enrichment(name).enrich(works(), RawRows.of(raw))
    told = enriched.works
    pd.testing.assert_frame_equal(
        told[list(schema.WORKS.required)[:4]], schema.WORKS.conform(works()).iloc[:, :4]
    )
    assert list(told.columns) == list(schema.WORKS.conform(told).columns)
    assert list(enriched.links.columns) == list(LINKS.required)
    assert enriched.links["status"].tolist() == ["linked", "unmatched"]
    assert len(enriched.rejected) == 1
    assert set(enriched.rejected["table"]) == {ENRICHMENTS[name].table}


def test_one_enrichment_uses_what_another_told():
    of_wikidata, of_wikipedia = (
        RawRows.of(pd.DataFrame([row])) for row in (FILM, EXTRACT | {"year": "1951"})
    )
    told = enrichment("wikidata_films").enrich(works(), of_wikidata).works
    enriched = enrichment("wikipedia_extracts").enrich(told, of_wikipedia)
    assert enriched.works["creators"].tolist() == ["Ida Roe|Bo Day", None]
    assert enriched.works["text"].tolist() == [EXTRACT["extract"], None]
    assert enriched.links.loc[0, "reason"].endswith("people agree")


@pytest.mark.parametrize("name", sorted(RAW))
def test_without_the_other_source_nothing_is_linked(name):
    enriched = enrichment(name).enrich(works(), RawRows.absent())
    assert enriched.links["status"].tolist() == ["unmatched", "unmatched"]
    assert enriched.rejected.empty
    assert enriched.works["title"].tolist() == ["Alma", "Bela"]
