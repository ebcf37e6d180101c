"""How well lines of exports find their works: on judged lines, and on public titles (mirror)."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from artrec import schema
from artrec.data.editions import edition_groups
from artrec.data.enrich.matching import imdb_key
from artrec.data.enrich.wikidata_films import link_films, with_film_metadata
from artrec.data.exports.book_matching import BookMatcher
from artrec.data.exports.bounds import ExportBounds
from artrec.data.exports.film_matching import FilmMatcher
from artrec.data.exports.importing import read_export
from artrec.data.exports.records import Record
from artrec.data.sources import goodbooks
from artrec.data.sources.base import SourceConfig
from artrec.data.sources.film_titles import split_year
from artrec.data.sources.raw import RawRows
from export_files import verdict_file

FOLDER = Path(__file__).parent
SITES = {"letterboxd": 110, "imdb": 42, "movielens": 20, "plain": 44, "goodreads": 60,
         "storygraph": 24}  # fmt: skip
# what goes wrong, by line: two a catalogue cannot tell (46, 83), three it has another title of
KNOWN_FAILURES = {46, 83, 212, 221, 261}


@pytest.fixture(scope="module")
def lines():
    with (FOLDER / "verdicts.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def catalogues(parsed_snapshot, wikidata_table):
    films = parsed_snapshot.works
    films = with_film_metadata(films, wikidata_table, link_films(films, wikidata_table))
    books = pd.read_csv(FOLDER / "books.csv", dtype=str).assign(genres=None)
    books[schema.YEAR] = books[schema.YEAR].astype("Int64")
    books = schema.WORKS.conform(books)
    return {"movies": films, "books": books.assign(edition_of=edition_groups(books))}


@pytest.fixture(scope="module")
def outcomes(lines, catalogues):
    """Line number to (verdict, right items, outcome, items found)."""
    matchers = {
        "movies": FilmMatcher(catalogues["movies"]),
        "books": BookMatcher(catalogues["books"]),
    }
    found = {}
    for line in lines:
        medium = line["medium"]
        plain = {"movies": "plain films", "books": "plain books"}[medium]
        name, content = verdict_file(plain if line["site"] == "plain" else line["site"], [line])
        (record,) = read_export(io.BytesIO(content), name, ExportBounds()).records
        outcome = matchers[medium].match(record)
        ids = catalogues[medium][schema.ITEM_ID]
        items = [ids[at] for at in outcome.places]
        found[int(line["line"])] = (line["verdict"], line["items"].split("|"), outcome, items)
    return found


def is_right(verdict, right, outcome, items) -> bool:
    if outcome.status != verdict:
        return False
    if verdict == "matched":
        return items[0] in right
    return verdict == "unmatched" or set(items) == set(right)


def test_the_lines_are_three_hundred_and_name_works_of_the_catalogues(lines, catalogues) -> None:
    assert [int(line["line"]) for line in lines] == list(range(1, 301))
    assert Counter(line["site"] for line in lines) == SITES
    known = {medium: set(works[schema.ITEM_ID]) for medium, works in catalogues.items()}
    for line in lines:
        items = set(line["items"].split("|")) - {""}
        assert items <= known[line["medium"]], line
        assert bool(items) == (line["verdict"] != "unmatched"), line


def test_precision_is_99_and_recall_95_per_cent_at_least(outcomes) -> None:
    told = [each for each in outcomes.values() if each[2].status == "matched"]
    meant = [each for each in outcomes.values() if each[0] == "matched"]
    right = sum(verdict == "matched" and items[0] in good for verdict, good, _, items in told)
    assert len(meant) == 237
    assert right / len(told) >= 0.99, f"precision {right} of {len(told)}"
    assert right / len(meant) >= 0.95, f"recall {right} of {len(meant)}"


def test_what_goes_wrong_is_known(outcomes) -> None:
    wrong = {line for line, told in outcomes.items() if not is_right(*told)}
    assert wrong == KNOWN_FAILURES


def test_an_ambiguous_line_offers_the_works_it_may_mean(outcomes) -> None:
    open_ones = [told for told in outcomes.values() if told[0] == "ambiguous"]
    assert len(open_ones) == 13
    for _, right, outcome, items in open_ones:
        assert outcome.status == "ambiguous"
        assert set(items) == set(right)


# --- public titles, the ids as truth --------------------------------------------------------------


@pytest.mark.mirror
def test_titles_of_imdb_find_their_films_by_title_and_year_alone(mirror: Path) -> None:
    """MovieTweetings writes IMDb's titles; the truth is the IMDb id of ml-latest-small's links."""
    with zipfile.ZipFile(mirror / "movielens" / "ml-latest-small.zip") as archive:
        movies, links = (
            pd.read_csv(archive.open(f"ml-latest-small/{name}.csv"), dtype=str)
            for name in ("movies", "links")
        )
    parts = [split_year(title) for title in movies["title"]]
    works = pd.DataFrame(
        {
            "item_id": movies["movieId"],
            "title": [title for title, _ in parts],
            "year": pd.array([int(year) if year else None for _, year in parts], dtype="Int64"),
            "genres": None,
            "creators": None,
        }
    )
    by_id = links.set_index("movieId")["imdbId"].reindex(works["item_id"]).map(imdb_key)
    place_of = {key: at for at, key in enumerate(by_id)}
    matcher = FilmMatcher(works)
    n_matched = n_meant = n_right = 0
    with (mirror / "movietweetings" / "movies.dat").open(encoding="utf-8") as file:
        for row in file:
            key, text, _ = row.split("::")
            title, year = split_year(text)
            outcome = matcher.match(Record(title, int(year) if year else None))
            right = place_of.get(imdb_key(key))
            n_meant += right is not None
            n_matched += outcome.status == "matched"
            n_right += outcome.status == "matched" and outcome.places[0] == right
    assert n_meant > 5000
    assert n_right / n_matched >= 0.99
    assert n_right / n_meant >= 0.95


@pytest.mark.mirror
@pytest.mark.slow
def test_each_title_of_goodreads_finds_its_own_book_among_ten_thousand(mirror: Path) -> None:
    """Titles with their series in brackets and the first author, as an export has them."""
    folder = mirror / "goodbooks-10k"
    books = pd.read_csv(folder / "books.csv", dtype=str)
    ratings = pd.read_csv(folder / "ratings.csv", dtype=str, nrows=100)
    tables = {"books": RawRows.of(books), "ratings": RawRows.of(ratings)}
    works = goodbooks.parse(tables, SourceConfig(reader="goodbooks", name="goodbooks")).works
    place_of = {item: at for at, item in enumerate(works["item_id"])}
    ids = books["book_id"] if "goodreads_book_id" in books else books["id"]
    matcher, told = BookMatcher(works), Counter()
    for item, title, authors in zip(ids, books["title"], books["authors"], strict=True):
        outcome = matcher.match(Record(title, creators=(authors.split(",")[0],)))
        book = works["edition_of"][place_of[item]]
        right = bool(outcome.places) and works["edition_of"][outcome.places[0]] == book
        told[outcome.status, right] += 1
    assert told["matched", False] <= 0.001 * len(books)
    assert told["matched", True] >= 0.99 * len(books)
