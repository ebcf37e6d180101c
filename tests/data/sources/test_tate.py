"""The Tate collection: years of making, trees of subjects, makers with their part; bad archives."""

from __future__ import annotations

import json
import zipfile

import pandas as pd
import pytest

from artrec import schema
from artrec.data.sources.base import SourceConfig
from artrec.data.sources.files import RawFile, open_raw
from artrec.data.sources.raw import RawRows
from artrec.data.sources.records import RecordFiles, open_records
from artrec.data.sources.tate import READER, creator_of, materials_of, parse, year_of
from artrec.errors import InputError

CONFIG = SourceConfig(reader="tate", name="tate")
ARTWORKS = "*[0-9][0-9][0-9][0-9][0-9]-[0-9]*.json"


def tree(name, *children):
    return {"name": name, "children": list(children)}


def leaf(name):
    return {"name": name}


RECORD = {
    "acno": "Z00001",
    "acquisitionYear": 1999,
    "title": "A Boat",
    "contributors": [{"id": 7, "fc": "Ann Lee", "role": "artist"}],
    "dateText": "c.1820\u201330",
    "dateRange": {"startYear": 1820, "endYear": 1830},
    "medium": "Ink and chalk on paper",
    "classification": "on paper, unique",
    "subjects": tree(
        "subject",
        tree("nature", tree("water", leaf("sea"), leaf("foam"))),
        tree("objects", tree("vessels", leaf("boat"), leaf("sea"))),
    ),
    "movements": [{"name": "Shore School"}],
    "foreignTitle": None,
    "groupTitle": "Boats",
}


def archive_of(folder, *records, name="collection.zip"):
    """A zip of works, each changed from one that is in order, in nested folders."""
    path = folder / name
    with zipfile.ZipFile(path, "w") as archive:
        for at, record in enumerate(records):
            inside = f"top/artworks/z/{at:03}/z{at:05}-{at}.json"
            archive.writestr(inside, json.dumps(RECORD | record, ensure_ascii=False))
        archive.writestr("top/artists/l/lee-ann-00007.json", json.dumps({"fc": "Ann Lee"}))
        archive.writestr(
            "top/artist_data.csv", 'id,name,placeOfBirth\n8,Bo,\n7,Ann,"Quay, Norge"\n'
        )
    return path


def parsed(folder, *records):
    path = archive_of(folder, *records)
    return parse({"artworks": open_records(RecordFiles(str(path), ARTWORKS))}, CONFIG)


def test_a_record_becomes_a_work(tmp_path):
    made = parsed(tmp_path, {})
    assert made.interactions is None
    assert made.rejected.empty
    work = made.works.iloc[0].to_dict()
    assert work == {
        "item_id": "Z00001",
        "title": "A Boat",
        "year": 1820,
        "genres": "nature|objects",
        "creators": "Ann Lee",
        "countries": None,
        "original_title": None,
        "series": "Boats",
        "materials": "ink|chalk|paper",
        "tags": "water|sea|foam|vessels|boat|on paper, unique|Shore School",
    }
    assert made.variant.rows == {"artworks": 1}


@pytest.mark.parametrize(
    ("text", "dates", "year"),
    [
        ("1951\u20132", None, 1951),
        ("?c.1790\u201399", None, 1790),
        ("1965, printed after 1971", None, 1965),
        ("exhibited 1804", None, 1804),
        ("before 1700", None, 1700),
        ("1930s", None, 1930),
        ("date not known", None, None),
        ("date not known", {"startYear": 1814, "endYear": 1825}, 1814),
        ("date not known", {"startYear": "1972"}, 1972),
        ("about 123456 hours", None, None),
        ("no. 91820", None, None),
        (None, None, None),
    ],
)
def test_the_first_year_of_making(text, dates, year):
    assert year_of(text, json.dumps(dates)) == year


def test_the_year_of_acquisition_is_no_year_of_making(tmp_path):
    works = parsed(tmp_path, {"dateText": "date not known", "dateRange": None}).works
    assert works["year"].isna().all()


def test_makers_are_told_with_their_part(tmp_path):
    contributors = [
        {"id": 7, "fc": "Ann Lee", "role": "artist"},
        {"id": 8, "fc": "Bo|Day", "role": "after"},
        {"id": 9, "fc": None, "role": "artist"},
    ]
    works = parsed(tmp_path, {"contributors": contributors}, {"acno": "Z2", "contributors": []})
    assert works.works["creators"].tolist() == ["Ann Lee|after Bo/Day", None]
    assert creator_of({"fc": "Ann Lee"}) == "Ann Lee"


def test_what_stands_for_no_title_is_none(tmp_path):
    titles = ["[no title]", "[title not known]", "Untitled", None, " "]
    records = [{"acno": f"Z{at}", "title": title} for at, title in enumerate(titles)]
    assert parsed(tmp_path, *records).works["title"].tolist() == [
        None,
        None,
        "Untitled",
        None,
        None,
    ]


def test_materials_keep_black_and_white_together():
    assert materials_of("Photograph, black and white, on paper\r\n") == [
        "photograph",
        "black and white",
        "paper",
    ]
    assert materials_of("") == []


def test_countries_of_birth_come_from_the_table_of_artists(tmp_path):
    contributors = [{"id": at, "fc": f"A{at}", "role": "artist"} for at in (7, 8)]
    path = archive_of(tmp_path, {"contributors": contributors}, {"acno": "Z2", "contributors": []})
    records = open_records(RecordFiles(str(path), ARTWORKS))
    artists = open_raw(RawFile(str(path), member="artist_data.csv"))
    made = parse({"artworks": records, "artists": artists}, CONFIG)
    assert made.works["countries"].tolist() == ["Norge", None]
    assert made.variant.rows == {"artworks": 2, "artists": 2}


def test_only_makers_count_for_countries(tmp_path):
    artists = RawRows.of(pd.DataFrame({"id": ["7"], "placeOfBirth": ["Norge"]}))
    path = archive_of(tmp_path, {"contributors": [{"id": 7, "fc": "Ann", "role": "after"}]})
    records = open_records(RecordFiles(str(path), ARTWORKS))
    made = parse({"artworks": records, "artists": artists}, CONFIG)
    assert made.works["countries"].tolist() == [None]


def test_of_works_with_one_id_the_first_stays_and_conflicts_are_told(tmp_path):
    made = parsed(tmp_path, {}, {"title": "A Ship"}, {}, {"acno": None})
    assert made.works["title"].tolist() == ["A Boat"]
    assert made.rejected["reason"].tolist() == [
        "acno 'Z00001' came before, as 'A Boat'",
        "acno 'Z00001' came before",
        "acno is missing",
    ]


def test_a_work_of_which_nothing_is_told_is_kept(tmp_path):
    bare = dict.fromkeys([name for name in RECORD if name != "acno"])
    made = parsed(tmp_path, {}, bare | {"acno": "Z2"}, {"acno": "Z3", "subjects": "none"})
    assert made.rejected.empty
    work = made.works.set_index("item_id").loc["Z2"]
    assert work.isna().all()
    assert made.works.set_index("item_id").loc["Z3", "genres"] is None


@pytest.mark.parametrize(
    "title",
    [
        "\u0642\u0627\u0631\u0628 \u0639\u0644\u0649 \u0627\u0644\u0628\u062d\u0631",
        "\u05e1\u05d9\u05e8\u05d4",
        "Boat \U0001f6a3\u200d\u2640\ufe0f",
        "Ein Boot am Meer",
        "x" * 5_000_000,
    ],
    ids=["arabic", "hebrew", "emoji", "german", "five megabytes"],
)
def test_any_title_is_kept(tmp_path, title):
    assert parsed(tmp_path, {"title": title}).works["title"].tolist() == [title]


def test_files_of_artists_beside_are_not_works(tmp_path):
    path = archive_of(tmp_path, {})
    made = parse({"artworks": open_records(RecordFiles(str(path), "*.json"))}, CONFIG)
    assert made.works["item_id"].tolist() == ["Z00001"]
    assert made.rejected["reason"].tolist() == ["acno is missing"]


def test_a_cut_off_archive_is_refused(tmp_path):
    path = archive_of(tmp_path, {})
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(InputError, match="damaged or cut off"):
        open_records(RecordFiles(str(path), ARTWORKS))


def test_an_archive_of_something_else_is_refused(tmp_path):
    path = tmp_path / "other.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "nothing")
    with pytest.raises(InputError, match="holds no file like"):
        open_records(RecordFiles(str(path), ARTWORKS))
    with pytest.raises(InputError, match="no column 'acno'"):
        parse({"artworks": RawRows.of(pd.DataFrame({"title": ["A Boat"]}))}, CONFIG)


def test_no_works_are_refused():
    none = RawRows.of(pd.DataFrame(columns=list(RECORD)))
    with pytest.raises(InputError, match="no rows"):
        parse({"artworks": none}, CONFIG)


@pytest.mark.mirror
def test_the_sample_as_it_came(mirror):
    path = str(mirror / "tate" / "collection-sample.zip")
    tables = {
        "artworks": open_records(RecordFiles(path, ARTWORKS)),
        "artists": open_raw(RawFile(path, member="artist_data.csv")),
    }
    assert {*tables} == {*READER.tables, *READER.optional}
    made = parse(tables, CONFIG)
    works = made.works
    assert made.rejected.empty
    assert made.variant.rows == {"artworks": 6_000, "artists": 3_532}
    assert len(works) == 6_000
    assert works["item_id"].is_unique
    assert works["title"].isna().sum() == 426
    assert works["year"].notna().sum() == 5_333
    assert (works["year"].min(), works["year"].max()) == (1545, 2012)
    assert works["genres"].str.split(schema.SEPARATOR).explode().nunique() == 15
    assert works[["genres", "creators", "materials", "tags"]].notna().all(axis=None)
    turner = works["creators"].str.contains("Joseph Mallord William Turner")
    assert turner.sum() < 60
