"""POST /api/import: exports of every site, hostile files, and what is kept of them."""

from __future__ import annotations

import io
import json
import shutil
import zipfile

import pytest

pytest.importorskip("fastapi", reason="the service needs the extra: pip install 'artrec[serve]'")

from export_files import (
    GOODREADS,
    IMDB_RATINGS,
    LETTERBOXD,
    MOVIELENS_RATINGS,
    STORYGRAPH,
    archive,
    as_formula,
    film,
    letterboxd,
    sheet,
)

ZIP = letterboxd(
    ratings=[film("Alien", 1979, Rating="4.5"), film("Titanic", 1997, Rating=1)],
    watched=[film("Alien", 1979), film("Brazil", 1985), film("Titanic", 1997)],
    likes=[film("Brazil", 1985)],
    diary=[film("Alien", 1979, Rating=3, **{"Watched Date": "2020-01-01"})],
    watchlist=[film("Solaris", 1972), film("Godzilla"), film("A Film That Is Not Here", 2024)],
)


@pytest.fixture(scope="module")
def reader(published_world, tmp_path_factory):
    """A client that nobody changes: one for all tests that keep nothing."""
    from fastapi.testclient import TestClient

    from artrec.serving.app import create_app
    from artrec.serving.settings import Limits, ServingSettings

    folder = tmp_path_factory.mktemp("imports") / "data" / "published"
    shutil.copytree(published_world, folder)
    settings = ServingSettings(
        store=folder, secret="a secret for tests only", watch_seconds=0, limits=Limits(rate=0)
    )
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield client


def send(client, content, name="letterboxd.zip", **form):
    content = content.encode() if isinstance(content, str) else content
    return client.post("/api/import", files={"file": (name, content)}, data=form)


def test_a_letterboxd_archive_is_told_line_by_line(reader) -> None:
    answer = send(reader, ZIP)
    assert answer.status_code == 200
    told = answer.json()
    assert (told["site"], told["medium"], told["rows"]) == ("letterboxd", "movies", 10)
    assert {line["item"]: (line["rating"], line["liked"], line["seen"], line["want"])
            for line in told["matched"]} == {
        "movies:1": (4.5, False, True, False),
        "movies:11": (1.0, False, True, False),
        "movies:3": (None, True, True, False),
        "movies:8": (None, False, False, True),
    }  # fmt: skip
    (open_line,) = told["ambiguous"]
    assert {each["item"] for each in open_line["candidates"]} == {"movies:6", "movies:7"}
    assert open_line["file"] == "watchlist.csv"
    assert [line["title"] for line in told["unmatched"]] == ["A Film That Is Not Here"]
    assert told["pool"] == ["movies:8"]
    assert told["counts"] == {
        "matched": 4, "ambiguous": 1, "unmatched": 1, "rated": 2, "liked": 1, "seen": 3,
        "wanted": 1,
    }  # fmt: skip
    assert told["stored"] is None


BOOK_ROWS = [
    {"Title": "Mort (Discworld, #4)", "Author": "Terry Pratchett", "My Rating": 5,
     "ISBN": as_formula("0575041714"), "Exclusive Shelf": "read"},
    {"Title": "Emma", "Author": "Jane  Austen", "My Rating": 0, "Exclusive Shelf": "to-read"},
    {"Title": "Persuasion", "Author": "Jane Austen", "My Rating": 0, "Exclusive Shelf": "read"},
]  # fmt: skip


def test_a_goodreads_library_knows_shelves_isbns_and_books_not_rated(reader) -> None:
    told = send(reader, "\ufeff" + sheet(GOODREADS, BOOK_ROWS), "goodreads.csv").json()
    marks = ("item", "rating", "seen", "want")
    assert [tuple(line[mark] for mark in marks) for line in told["matched"]] == [
        ("books:1", 5.0, True, False),
        ("books:10", None, False, True),
        ("books:11", None, True, False),
    ]
    assert told["pool"] == ["books:10"]


IMDB = sheet(IMDB_RATINGS, [{"Const": "tt0000001", "Your Rating": 9}])
MOVIELENS = sheet(
    MOVIELENS_RATINGS, [{"imdb_id": "0000001", "rating": 4.5, "title": "Alien (1979)"}]
)
LETTERBOXD_RATINGS = sheet(LETTERBOXD["ratings.csv"], [film("Alien", 1979, Rating=4.5)])


@pytest.mark.parametrize(
    ("site", "name", "content"),
    [
        ("imdb", "ratings.csv", IMDB),
        ("movielens", "movielens-ratings.csv", MOVIELENS),
        ("letterboxd", "ratings.csv", LETTERBOXD_RATINGS),
        ("plain", "mine.csv", "Titel;Jahr;Note\r\nAlien;1979;4,5\r\n"),
    ],
)
def test_the_same_opinion_of_alien_comes_from_every_site(reader, site, name, content) -> None:
    told = send(reader, content, name).json()
    assert told["site"] == site
    assert [(line["item"], line["rating"]) for line in told["matched"]] == [("movies:1", 4.5)]


def test_storygraph_quarters_go_to_the_nearest_step_of_the_mediums_scale(reader) -> None:
    book = {"Authors": "Jane Austen", "Read Status": "read"}
    rows = [
        book | {"Title": "Emma", "Star Rating": "3.75"},
        book | {"Title": "Persuasion", "Star Rating": "4.25"},
    ]
    told = send(reader, sheet(STORYGRAPH, rows), "storygraph.csv").json()
    assert [line["rating"] for line in told["matched"]] == [3.5, 4.0]


# --- kept -----------------------------------------------------------------------------------------


def test_an_import_is_kept_once_and_shows_in_the_feedback(client, person) -> None:
    first = send(client, ZIP, store="true").json()["stored"]
    again = send(client, ZIP, store="true").json()["stored"]
    assert first == {"accepted": 4, "repeated": 0}
    assert again == {"accepted": 0, "repeated": 4}
    state = client.app.state.service.feedback.state(person)
    assert state["movies:1"].rating == 4.5
    assert state["movies:3"].liked
    assert state["movies:8"].want
    assert not state["movies:8"].seen


def test_a_rating_changed_and_changed_back_is_the_last_one(client, person) -> None:
    for rating, day in ((4, "2025-01-01"), (5, "2025-01-02"), (4, "2025-01-03")):
        rows = [film("Alien", 1979, Rating=rating) | {"Date": day}]
        send(client, sheet(LETTERBOXD["ratings.csv"], rows), "ratings.csv", store="true")
    assert client.app.state.service.feedback.state(person)["movies:1"].rating == 4.0


def test_keeping_needs_a_session_and_reading_does_not(client) -> None:
    assert send(client, ZIP, store="true").status_code == 401
    assert send(client, ZIP).status_code == 200


def test_another_site_cannot_import_for_a_person(client) -> None:
    client.post("/api/session")
    assert send(client, ZIP, store="true").status_code == 403


# --- what strangers send --------------------------------------------------------------------------


def bomb() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("ratings.csv", b"0" * (64 << 20))
    return content.getvalue()


HOSTILE = {
    "empty": (b"", "empty"),
    "web page": (b"<!DOCTYPE html><html>log in</html>", "web page"),
    "NUL": (b"Name,Year\0\0\0", "NUL"),
    "picture": (b"\x89PNG\r\n\x1a\n", "picture"),
    "bomb": (bomb(), "unpacks to more"),
    "traversal": (archive({"../../etc/ratings.csv": "Date,Name\r\n"}), "outside"),
    "nested": (archive({"inner.zip": ZIP}), "another archive"),
    "cut off": (ZIP[: len(ZIP) // 2], "damaged"),
    "other columns": (b"alpha,beta\r\n1,2\r\n", "no column names works"),
    "one long line": (b"Name,Year,Letterboxd URI\r\n" + b"a" * (1 << 20), "longer than"),
    "open quote": (b'Name,Year,Letterboxd URI\r\n"' + b"a\r\n" * (1 << 18), "longer than"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_export_gets_a_clear_answer(reader, kind) -> None:
    content, told = HOSTILE[kind]
    answer = send(reader, content, "export.zip")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert told in answer.json()["detail"] + answer.json()["hint"]
    assert answer.json()["hint"]


def test_the_wrong_site_is_told(reader) -> None:
    answer = send(reader, ZIP, site="goodreads")
    assert answer.status_code == 422
    assert "looks like one of letterboxd" in answer.json()["detail"]
    assert send(reader, ZIP, site="myspace").status_code == 422


def test_a_file_beyond_the_bound_is_refused(make_client, settings) -> None:
    limits = settings.limits.model_copy(update={"upload": 4096})
    answer = send(make_client(limits=limits), b"a" * 10_000, "big.csv")
    assert answer.status_code == 413


def test_unknown_fields_and_no_file_are_refused(reader) -> None:
    assert send(reader, ZIP, password="x").status_code == 422
    assert reader.post("/api/import", data={"site": "imdb"}).status_code == 422


def test_formulas_and_markup_stay_text(reader) -> None:
    rows = [film("=cmd|' /C calc'!A0", 2001, Rating=4), film("<script>alert(1)</script>", 2001)]
    answer = send(reader, sheet(LETTERBOXD["ratings.csv"], rows), "<b>x\x01/ratings.csv")
    told = answer.json()
    assert [line["title"] for line in told["unmatched"]] == [
        "=cmd|' /C calc'!A0",
        "<script>alert(1)</script>",
    ]
    assert answer.headers["content-type"] == "application/json"
    assert json.loads(answer.content)["files"] == ["ratings.csv"]


def test_too_many_imports_at_once_wait_for_their_turn(reader) -> None:
    desk = reader.app.state.service.extras["importing"]
    desk.n_here = 10
    answer = send(reader, ZIP)
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    desk.n_here = 0
    assert send(reader, ZIP).status_code == 200
