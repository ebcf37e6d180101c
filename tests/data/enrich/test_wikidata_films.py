"""Linking: right on the judged sample, careful where two answers are possible."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artrec.data.enrich.base import LINKS, count_links
from artrec.data.enrich.wikidata_films import link_films
from artrec.data.sources.wikidata_films import FILMS, no_films

VERDICTS = Path(__file__).parents[1] / "film_link_verdicts.csv"


def works_of(*rows):
    """Works from (title, year); item ids are m0, m1, ..."""
    return pd.DataFrame(
        {
            "item_id": [f"m{at}" for at in range(len(rows))],
            "title": pd.Series([title for title, _ in rows], dtype="object"),
            "year": [year for _, year in rows],
            "genres": None,
            "creators": None,
        }
    )


def films_of(*rows):
    """Films from (title, year); Wikidata ids are Q0, Q1, ..."""
    films = pd.DataFrame({column: [None] * len(rows) for column in FILMS.required})
    films["wikidata_id"] = [f"Q{at}" for at in range(len(rows))]
    films["title"] = [title for title, _ in rows]
    films["year"] = [year for _, year in rows]
    return films


def link(works, films):
    return link_films(works_of(*works), films_of(*films))


@pytest.mark.parametrize(
    ("work", "film", "reason"),
    [
        (("Alien", 1979), ("Alien", 1979), "title: same words; same year"),
        (("Matrix, The", 1999), ("The Matrix", 1999), "title: same words; same year"),
        (("Night Flier", 1997), ("The Night Flier", 1997), "title: same but for the article"),
        (("Troll Hunter, The", 2010), ("Trollhunter", 2010), "title: same but for blanks"),
        (("Porky's", 1982), ("Porky\u2019s", 1981), "year off by one"),
        (("Oh Boy (A Coffee in Berlin)", 2012), ("A Coffee in Berlin", 2012), "name in brackets"),
        (("Léon", 1994), ("Leon", 1994), "title: same words; same year"),
    ],
)
def test_one_film_fits(work, film, reason):
    links = link([work], [film, ("Something Else", work[1])])
    assert links.loc[0, "status"] == "linked"
    assert links.loc[0, "target_id"] == "Q0"
    assert reason in links.loc[0, "reason"]


@pytest.mark.parametrize(
    ("work", "film"),
    [
        (("Alien", 1979), ("Aliens", 1979)),
        (("Together", 2000), ("Together", 2002)),
        (("Secret, The", 2006), ("A Secret", 2007)),
        (("Chainsaw", 2006), ("Chain Saw", 2007)),
        (("...", 2000), ("!!!", 2000)),
        (("Rocky II", 1979), ("Rocky", 1979)),
    ],
)
def test_no_film_fits(work, film):
    links = link([work], [film])
    assert links.loc[0, "status"] == "unmatched"
    assert links.loc[0, "target_id"] is None
    assert links.loc[0, "reason"] == "no film of that title and year"


@pytest.mark.parametrize("work", [(None, None), (None, 1990), ("Alien", None)])
def test_without_title_or_year_there_is_no_link(work):
    links = link([work], [("Alien", 1990)])
    assert links.loc[0, "status"] == "unmatched"
    assert links.loc[0, "reason"] == "no title or no year"


def test_two_films_of_the_same_title_and_year_are_left_apart():
    links = link([("Hamlet", 2000)], [("Hamlet", 2000), ("Hamlet", 2000)])
    assert links.loc[0, "status"] == "ambiguous"
    assert links.loc[0, "candidates"] == "Q0|Q1"
    assert links.loc[0, "target_id"] is None


def test_films_of_the_year_before_and_the_year_after_are_left_apart():
    links = link([("Emma", 2000)], [("Emma", 1999), ("Emma", 2001)])
    assert links.loc[0, "status"] == "ambiguous"


def test_two_works_that_claim_one_film_are_both_left_apart():
    links = link([("Hamlet", 2000), ("Hamlet", 2000)], [("Hamlet", 2000)])
    assert links["status"].tolist() == ["ambiguous", "ambiguous"]
    assert set(links["reason"]) == {"another work claims the same film"}


def test_the_better_claim_wins_and_the_other_is_left_apart():
    links = link([("Carmen", 1983), ("Carmen", 1984)], [("Carmen", 1984)])
    assert links["status"].tolist() == ["ambiguous", "linked"]


def test_the_right_year_wins_over_its_neighbour():
    links = link([("Pan", 2000)], [("Pan", 2001), ("Pan", 2000)])
    assert links.loc[0, "target_id"] == "Q1"


def test_the_same_year_wins_over_the_same_words():
    links = link([("The Chain Saw", 1974)], [("The Chain Saw", 1975), ("Chainsaw", 1974)])
    assert links.loc[0, "target_id"] == "Q1"


def test_the_title_wins_over_a_name_in_brackets():
    links = link([("One (Other)", 1990)], [("Other", 1990), ("One", 1990)])
    assert links.loc[0, "target_id"] == "Q1"


def test_without_films_or_works_nothing_is_linked():
    assert link_films(works_of(("Alien", 1979)), no_films())["status"].tolist() == ["unmatched"]
    assert link([], [("Alien", 1979)]).empty


titled = st.lists(
    st.tuples(st.sampled_from(["Pan", "Pan, The", "Emma", "Emma (Pan)"]), st.integers(2000, 2003)),
    max_size=8,
)


@settings(max_examples=30)
@given(titled, titled)
def test_every_work_has_one_row_and_no_film_two_works(works, films):
    links = link(works, films)
    assert links["item_id"].tolist() == [f"m{at}" for at in range(len(works))]
    assert not links["target_id"].dropna().duplicated().any()
    assert ((links["status"] == "linked") == links["target_id"].notna()).all()
    for at, film in links["target_id"].dropna().items():
        assert abs(works[at][1] - films[int(film[1:])][1]) <= 1


@settings(max_examples=30)
@given(titled, titled, st.randoms())
def test_the_order_of_the_rows_decides_nothing(works, films, random):
    table, other = works_of(*works), films_of(*films)
    expected = link_films(table, other)
    order = list(range(len(films)))
    random.shuffle(order)
    pd.testing.assert_frame_equal(link_films(table, other.iloc[order]), expected)


def test_counts_by_hand():
    links = LINKS.conform(
        pd.DataFrame(
            {
                "item_id": ["a", "b", "c"],
                "status": ["linked", "ambiguous", "unmatched"],
                "target_id": ["Q1", None, None],
                "reason": "",
                "candidates": None,
            }
        )
    )
    interactions = pd.DataFrame({"user_id": list("uuvv"), "item_id": list("aabc")})
    counts = count_links(links, interactions)
    assert (counts.linked, counts.ambiguous, counts.unmatched) == (1, 1, 1)
    assert counts.share_of_interactions == 2 / 4


def test_the_snapshot_joins_as_it_should(parsed_snapshot, wikidata_table, capsys):
    """At least 92% of ratings join; on 200 judged films precision >= 98%, recall >= 90%."""
    links = link_films(parsed_snapshot.works, wikidata_table)
    counts = count_links(links, parsed_snapshot.interactions)
    verdicts = pd.read_csv(VERDICTS, dtype=str).merge(links, on="item_id", suffixes=("_true", ""))
    assert len(verdicts) == 200
    linked = verdicts["status"] == "linked"
    right = linked & (verdicts["target_id"] == verdicts["wikidata_id"])
    precision = right.sum() / linked.sum()
    recall = right.sum() / verdicts["wikidata_id"].notna().sum()
    with capsys.disabled():
        print(  # noqa: T201
            f"\nlinks: {counts.linked:,} films, {counts.share_of_interactions:.1%} of "
            f"ratings, {counts.ambiguous} ambiguous, {counts.unmatched} unmatched; judged sample: "
            f"precision {precision:.1%} of {linked.sum()} links, recall {recall:.1%}"
        )
    assert precision >= 0.98
    assert recall >= 0.90
    assert counts.share_of_interactions >= 0.92
    assert counts.linked + counts.ambiguous + counts.unmatched == 9066
