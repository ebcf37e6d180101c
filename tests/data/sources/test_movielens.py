"""MovieLens archives: the real one, and invented ones with every quirk and trouble."""

from __future__ import annotations

import zipfile

import pandas as pd
import pytest

from artrec import schema
from artrec.data.sources.base import SourceConfig
from artrec.data.sources.files import RawFile, open_raw
from artrec.data.sources.movielens import READER
from artrec.data.sources.registry import parse
from artrec.datasets.files import RawTable
from artrec.errors import ArtrecWarning, InputError

RATINGS = """\
userId,movieId,rating,timestamp
1,1,4.0,964982703
2,31,0.5,964982704
2,1,5.0,964982705
1,999,3.0,964982706
"""
MOVIES = """\
movieId,title,genres
1,Lost Film (1995),Adventure|Comedy
31,"Dinner, The (Dîner, Le) (1998) ",(no genres listed)
7,Night Show,Sci-Fi
8,"Series, A (2006\u20132007)",Drama
9,2012 (2009),Action
10,שלום 🎬 (2001),Drama
"""
LINKS = "movieId,imdbId,tmdbId\n1,0000012,862\n31,114709,\n7,,5\n8,toy,1\n8,0000099,1\n1,13,1\n"
TAGS = """\
userId,movieId,tag,timestamp
1,1,Dark  Comedy,1
2,1,dark comedy,2
2,1,dark comedy,3
2,1,a|b,3
3,1,Zany,4
1,31,שלום 🎬,5
1,404,lost,6
1,31,  ,7
"""
GENOME_TAGS = "tagId,tag\n1,Zany\n2,atmospheric\n"
GENOME_SCORES = """\
movieId,tagId,relevance
1,1,0.95
1,2,0.81
31,1,0.79
7,2,0.8
7,9,0.9
404,1,0.99
31,2,high
"""
FILES = {
    "ratings": RATINGS,
    "movies": MOVIES,
    "links": LINKS,
    "tags": TAGS,
    "genome-scores": GENOME_SCORES,
    "genome-tags": GENOME_TAGS,
}
SMALL = ("ratings", "movies", "links", "tags")


def config(**rules):
    return SourceConfig(reader="movielens", name="films", tag_rules=rules)


def archive(folder, **files):
    path = folder / "ml-tiny.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in files.items():
            packed.writestr(f"ml-tiny/{name}.csv", content)
        packed.writestr("ml-tiny/README.txt", "what it is")
    return path


def tables_of(folder, names=tuple(FILES), **changed):
    content = {name: FILES[name] for name in names} | changed
    path = str(archive(folder, **content))
    return {
        name.replace("-", "_"): open_raw(RawFile(path, member=f"{name}.csv")) for name in content
    }


def read(folder, names=("ratings", "movies"), rules=None, **changed):
    return parse(tables_of(folder, names, **changed), config(**(rules or {})))


def column(parsed, name):
    return dict(zip(parsed.works["item_id"], parsed.works[name], strict=True))


def test_ratings_come_as_they_are_those_of_unknown_films_too(tmp_path):
    interactions = read(tmp_path).interactions
    assert interactions.to_numpy().tolist() == [
        ["1", "1", 964982703, 4.0],
        ["2", "31", 964982704, 0.5],
        ["2", "1", 964982705, 5.0],
        ["1", "999", 964982706, 3.0],
    ]


def test_titles_lose_their_year_and_nothing_else(tmp_path):
    parsed = read(tmp_path)
    assert column(parsed, "title") == {
        "1": "Lost Film",
        "31": "Dinner, The (Dîner, Le)",
        "7": "Night Show",
        "8": "Series, A",
        "9": "2012",
        "10": "שלום 🎬",
    }
    years = parsed.works.set_index("item_id")["year"]
    assert years.dropna().to_dict() == {"1": 1995, "31": 1998, "8": 2006, "9": 2009, "10": 2001}
    assert column(parsed, "genres")["31"] is None
    assert column(parsed, "genres")["1"] == "Adventure|Comedy"
    pd.testing.assert_frame_equal(parsed.works, schema.WORKS.conform(parsed.works))


def test_imdb_ids_keep_their_leading_zeros(tmp_path):
    parsed = read(tmp_path, (*SMALL[:3],))
    assert column(parsed, "imdb_id") == {
        "1": "tt0000012",
        "31": "tt0114709",
        "7": None,
        "8": None,
        "9": None,
        "10": None,
    }
    assert parsed.rejected[["table", "row", "reason"]].to_numpy().tolist() == [
        ["links", 4, "imdbId 'toy' is no IMDb id"],
        ["links", 5, "film 8 came before"],
        ["links", 6, "film 1 came before"],
    ]


def test_tags_of_people_the_most_used_first(tmp_path):
    parsed = read(tmp_path, ("ratings", "movies", "tags"))
    tags = column(parsed, "tags")
    assert tags["1"] == "dark comedy|a b|zany"
    assert tags["31"] == "שלום 🎬"
    assert tags["7"] is None
    assert parsed.rejected[["table", "row", "reason"]].to_numpy().tolist() == [
        ["tags", 7, "movieId '404' is no work of the catalogue"],
        ["tags", 8, "tag is blank"],
    ]


def test_a_tag_may_need_several_people(tmp_path):
    tags = column(read(tmp_path, ("ratings", "movies", "tags"), {"min_users": 2}), "tags")
    assert {film: each for film, each in tags.items() if each} == {"1": "dark comedy"}


def test_the_genome_adds_what_is_relevant_enough(tmp_path):
    parsed = read(tmp_path, FILES)
    tags = column(parsed, "tags")
    assert tags["1"] == "dark comedy|a b|zany|atmospheric"
    assert tags["7"] == "atmospheric"
    assert tags["31"] == "שלום 🎬"
    of_genome = parsed.rejected.query("table == 'genome_scores'")
    assert of_genome["reason"].tolist() == [
        "tagId names no tag of genome_tags",
        "movieId '404' is no work of the catalogue",
        "relevance 'high' is not a number",
    ]
    strict = column(read(tmp_path, FILES, {"min_relevance": 0.9, "min_users": 2}), "tags")
    assert strict["1"] == "dark comedy|zany"


def test_a_tag_counts_from_when_enough_people_had_given_it(tmp_path):
    tables = ("ratings", "movies", "tags")
    times = column(read(tmp_path, tables), "tag_times")
    assert times["1"] == "1|3|4"  # dark comedy, a b, zany
    assert (times["31"], times["7"]) == ("5", None)
    assert column(read(tmp_path, tables, {"min_users": 2}), "tag_times")["1"] == "2"
    again = TAGS + "1,1,DARK comedy,9\n2,1,zany,2\n"
    assert column(read(tmp_path, tables, tags=again), "tag_times")["1"] == "1|2|3"


def test_of_the_genome_nobody_knows_since_when(tmp_path):
    times = column(read(tmp_path, FILES), "tag_times")
    assert (times["1"], times["7"]) == ("1|3|4|-", "-")


def test_a_tag_without_a_time_is_set_aside(tmp_path):
    parsed = read(tmp_path, ("ratings", "movies", "tags"), tags=TAGS + "3,7,odd,soon\n3,7,odd,\n")
    assert column(parsed, "tags")["7"] is None
    assert parsed.rejected["reason"].tolist()[-2:] == [
        "timestamp 'soon' is not a number",
        "timestamp is missing",
    ]


def test_an_archive_without_genome_is_read_without(tmp_path):
    path = str(archive(tmp_path, **{name: FILES[name] for name in SMALL}))
    genome = RawTable(filepath=path, member="genome-scores.csv", optional=True).load()
    assert not genome.present
    assert column(parse(tables_of(tmp_path, SMALL) | {"genome_scores": genome}, config()), "tags")


def test_every_table_counts_in_the_variant(tmp_path):
    whole = read(tmp_path, FILES).variant
    assert list(whole.rows) == [
        name.replace("-", "_") for name in FILES if "genome" not in name
    ] + [
        "genome_tags",
        "genome_scores",
    ]
    assert read(tmp_path, FILES, tags=TAGS.replace("Zany", "Zanier")).variant != whole


def test_ids_as_floats_are_whole_numbers(tmp_path):
    parsed = read(
        tmp_path,
        ratings="userId,movieId,rating,timestamp\n1.0,31.0,4,5\n",
        movies="movieId,title,genres\n31.0,A (1990),Drama\n",
        links="movieId,imdbId,tmdbId\n31.0,114709.0,862.0\n",
    )
    assert parsed.interactions[["user_id", "item_id"]].to_numpy().tolist() == [["1", "31"]]
    assert column(parsed, "imdb_id") == {"31": "tt0114709"}


def test_a_film_with_two_titles_keeps_the_first_and_the_other_is_named(tmp_path):
    more = "1,Lost Film (1995),Drama\n1,Another Film (1996),Drama\n"
    parsed = read(tmp_path, movies=MOVIES + more)
    assert column(parsed, "title")["1"] == "Lost Film"
    assert parsed.rejected["reason"].tolist() == [
        "item_id '1' came before",
        "item_id '1' came before, as 'Lost Film'",
    ]


def test_latin_1_titles_are_refused_or_read_as_such(tmp_path):
    content = MOVIES.replace("שלום 🎬", "Zoë").replace("\u2013", "-").encode("latin-1")
    with pytest.raises(InputError, match="is not utf-8"):
        read(tmp_path, movies=content)
    path = str(archive(tmp_path, ratings=RATINGS, movies=content))
    tables = {
        name: open_raw(RawFile(path, member=f"{name}.csv", encoding="latin-1"))
        for name in READER.tables
    }
    parsed = parse(tables, config())
    assert column(parsed, "title")["31"] == "Dinner, The (Dîner, Le)"
    assert column(parsed, "title")["10"] == "Zoë"


def test_bad_rows_are_set_aside(tmp_path):
    bad = RATINGS + "x,1,great,5\n,1,4,5\n3,,4,5\n3,1,4,soon\n"
    parsed = read(tmp_path, ratings=bad, movies=MOVIES + ",No id (1990),Drama\n")
    assert len(parsed.interactions) == 4
    assert parsed.rejected[["table", "row"]].to_numpy().tolist() == [
        *[["ratings", row] for row in (5, 6, 7, 8)],
        ["works", 7],
    ]


@pytest.mark.parametrize("table", READER.tables)
def test_a_needed_table_without_rows_is_refused(tmp_path, table):
    header = FILES[table].splitlines(keepends=True)[0]
    with pytest.raises(InputError, match="no rows below the header"):
        read(tmp_path, FILES, **{table: header})


@pytest.mark.parametrize("table", [name for name in FILES if name not in READER.tables])
def test_an_optional_table_without_rows_counts_as_absent(tmp_path, table):
    header = FILES[table].splitlines(keepends=True)[0]
    with pytest.warns(ArtrecWarning, match="there are no rows below the header"):
        parsed = read(tmp_path, FILES, **{table: header})
    others = {name: each for name, each in FILES.items() if name != table}
    pd.testing.assert_frame_equal(parsed.works, read(tmp_path, others).works)


@pytest.mark.parametrize("table", FILES)
def test_a_missing_column_is_named(tmp_path, table):
    first = FILES[table].split(",")[0]
    with pytest.raises(InputError, match=f"no column '{first}'"):
        read(tmp_path, FILES, **{table: FILES[table].replace(first, "other", 1)})


def test_an_older_release_is_named_for_what_it_lacks(tmp_path):
    path = tmp_path / "ml-1m.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("ml-1m/ratings.dat", "1::2::3::4\n")
    with pytest.raises(InputError, match=r"holds no ratings\.csv; it holds ml-1m/ratings\.dat"):
        open_raw(RawFile(str(path), member="ratings.csv"))


def test_chunks_change_nothing(tmp_path):
    whole = parse(tables_of(tmp_path), config())
    path = str(tmp_path / "ml-tiny.zip")
    few = {
        name: open_raw(RawFile(path, member=f"{name.replace('_', '-')}.csv", chunk_characters=50))
        for name in (*READER.tables, *READER.optional)
    }
    chunked = parse(few, config())
    for one, other in [
        (whole.interactions, chunked.interactions),
        (whole.works, chunked.works),
        (whole.rejected, chunked.rejected),
    ]:
        pd.testing.assert_frame_equal(one, other)
    assert whole.variant == chunked.variant


@pytest.mark.mirror
def test_the_small_release_as_it_came(mirror):
    path = str(mirror / "movielens" / "ml-latest-small.zip")
    parsed = parse({n: open_raw(RawFile(path, member=f"{n}.csv")) for n in SMALL}, config())
    assert len(parsed.interactions) == 100_836
    assert parsed.interactions["user_id"].nunique() == 610
    assert len(parsed.works) == 9742
    assert parsed.works["year"].isna().sum() == 12
    assert parsed.works["genres"].isna().sum() == 34
    assert parsed.works["imdb_id"].str.fullmatch(r"tt\d{7,}").all()
    assert parsed.works["tags"].notna().sum() == 1572
    assert not parsed.works["title"].str.contains(r"\(\d{4}\)\s*$").any()
    assert parsed.rejected.empty
    assert set(parsed.interactions["item_id"]) < set(parsed.works["item_id"])
