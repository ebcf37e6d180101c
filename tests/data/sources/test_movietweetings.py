"""MovieTweetings: the real files, and invented ones with every quirk and trouble."""

from __future__ import annotations

import pandas as pd
import pytest

from artrec import schema
from artrec.data.interactions import Interactions
from artrec.data.sources.base import SourceConfig
from artrec.data.sources.files import RawFile, open_raw
from artrec.data.sources.registry import parse
from artrec.errors import InputError

RATINGS = "1::0000012::8::1362062307\n2::0000012::7::1362062308\n2::1234567::0::1362062309\n"
MOVIES = """\
0000012::L'ombre: a "Film" (1913)::Crime|Drama
1234567::שלום 🎬 (2013)::
12345678::Long (1999)::Short
"""
COLUMNS = {
    "ratings": ("user_id", "movie_id", "rating", "timestamp"),
    "movies": ("movie_id", "title", "genres"),
}
CONFIG = SourceConfig(reader="movietweetings", name="tweets", positive_from=8)


def table(folder, name, content, **options):
    path = folder / f"{name}.dat"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return open_raw(RawFile(str(path), delimiter="::", columns=COLUMNS[name], **options))


def read(folder, ratings=RATINGS, movies=MOVIES, **options):
    tables = {"ratings": table(folder, "ratings", ratings, **options)}
    return parse(tables | {"movies": table(folder, "movies", movies, **options)}, CONFIG)


@pytest.mark.parametrize("chunk_characters", [7, 10_000])
def test_ratings_and_films(tmp_path, chunk_characters):
    parsed = read(tmp_path, chunk_characters=chunk_characters)
    assert parsed.interactions.to_numpy().tolist() == [
        ["1", "0000012", 1362062307, 8.0],
        ["2", "0000012", 1362062308, 7.0],
        ["2", "1234567", 1362062309, 0.0],
    ]
    assert parsed.works.to_numpy().tolist() == [
        ["0000012", 'L\'ombre: a "Film"', 1913, "Crime|Drama", None, "tt0000012"],
        ["1234567", "שלום 🎬", 2013, None, None, "tt1234567"],
        ["12345678", "Long", 1999, "Short", None, "tt12345678"],
    ]
    pd.testing.assert_frame_equal(parsed.works, schema.WORKS.conform(parsed.works))
    assert parsed.rejected.empty
    assert parsed.variant.rows == {"ratings": 3, "movies": 3}


def test_eight_and_more_is_liked(tmp_path):
    interactions = Interactions.from_table(read(tmp_path).interactions, CONFIG.positive_from)
    assert interactions.positive.tolist() == [True, False, False]


def test_ids_that_lost_their_zeros_or_became_floats(tmp_path):
    parsed = read(
        tmp_path, "1.0::12.0::8::5\n1::tt1234567::8::6\n", "12::A (1913)::\n1234567::B (1913)::\n"
    )
    assert parsed.interactions["user_id"].tolist() == ["1", "1"]
    assert parsed.interactions["item_id"].tolist() == ["0000012", "1234567"]
    assert parsed.works["item_id"].tolist() == ["0000012", "1234567"]


def test_ratings_of_unknown_films_stay_and_repeats_are_named(tmp_path):
    parsed = read(tmp_path, RATINGS + "3::7654321::9::1\n", MOVIES + "12::Other (1990)::Drama\n")
    assert parsed.interactions["item_id"].tolist()[-1] == "7654321"
    assert parsed.rejected[["table", "row", "reason"]].to_numpy().tolist() == [
        ["works", 4, f"item_id '0000012' came before, as {parsed.works['title'][0]!r}"]
    ]


def test_bad_rows_are_set_aside(tmp_path):
    bad = RATINGS + "3::12::great::1\n::12::9::1\n3::12::9\n"
    parsed = read(tmp_path, bad, MOVIES + "::No id (1990)::Drama\n")
    assert len(parsed.interactions) == 3
    assert parsed.rejected["reason"].tolist() == [
        "rating 'great' is not a number",
        "user_id is missing",
        "timestamp is missing",
        "movie_id is missing",
    ]


def test_lines_that_do_not_fit_are_named(tmp_path):
    with pytest.raises(InputError, match="do not fit its header") as caught:
        read(tmp_path, RATINGS + "1::2::3::4::5\n")
    assert "'::'" in caught.value.hint


@pytest.mark.parametrize("name", COLUMNS)
def test_nothing_there_latin_1_and_web_pages(tmp_path, name):
    for content, says in [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        ("1::Zoë::3::4\n".encode("latin-1"), "is not utf-8"),
        (b"<!doctype html><p>Not found", "web page"),
    ]:
        with pytest.raises(InputError, match=says):
            list(table(tmp_path, name, content))


@pytest.mark.mirror
def test_the_snapshot_as_it_came(mirror):
    folder = mirror / "movietweetings"
    tables = {
        name: open_raw(RawFile(str(folder / f"{name}.dat"), delimiter="::", columns=columns))
        for name, columns in COLUMNS.items()
    }
    parsed = parse(tables, CONFIG)
    assert len(parsed.interactions) == 100_000
    assert parsed.interactions["user_id"].nunique() == 16_554
    assert len(parsed.works) == 10_506
    assert parsed.works["year"].notna().all()
    assert parsed.works["item_id"].str.fullmatch(r"\d{7,}").all()
    assert sorted(parsed.interactions["rating"].unique()) == [*range(11)]
    assert set(parsed.interactions["item_id"]) == set(parsed.works["item_id"])
    assert parsed.rejected.empty
