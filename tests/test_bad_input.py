"""Bad input on its way through Kedro: what is said, what is set aside, and that nothing is lost."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project

from artrec.hooks import plain_text
from project_world import ROOT, START, copied_project, own_ratings

HEADER = "user_id,item_id,timestamp,rating"
MS = 1000
FILE = Path("data") / "01_raw" / "own" / "ratings.csv"
CHECKED = Path("data") / "own" / "03_primary" / "movies"
PARSED = Path("data") / "own" / "02_intermediate" / "movies"


def as_csv(table: pd.DataFrame) -> bytes:
    return table.to_csv(index=False).encode()


GOOD = as_csv(own_ratings())
ALL_BAD = "every one of the 1,200 rows is bad"


@pytest.fixture(scope="module")
def own_job(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project whose own data were good so far."""
    project = copied_project(tmp_path_factory.mktemp("bad_input"))
    (project / FILE).write_bytes(GOOD)
    ingest(project)
    yield project
    bootstrap_project(ROOT)


def run(project: Path, *stages: str) -> None:
    bootstrap_project(project)
    with KedroSession.create(project_path=project, env="own") as session:
        session.run(pipeline_names=list(stages))


def ingest(project: Path) -> pd.DataFrame:
    run(project, "ingest", "validate")
    return pd.read_parquet(project / CHECKED / "interactions.parquet")


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def said_when_it_stops(project: Path) -> str:
    """What a person reads; the last good tables must have stayed as they were."""
    before = content(project / CHECKED)
    with pytest.raises(Exception) as raised:
        ingest(project)
    assert content(project / CHECKED) == before
    assert len(before) == 2
    text = plain_text(raised.value)
    assert text is not None, f"a traceback would be shown: {raised.value!r}"
    assert "hint: " in text
    return text


def changed(**columns: Any) -> bytes:
    return as_csv(own_ratings().assign(**columns))


def text_columns(old: str, new: str) -> bytes:
    return GOOD.replace(old.encode(), new.encode())


STOPS: dict[str, tuple[bytes | None, list[str]]] = {
    "missing": (None, ["no file at", "ratings.csv", "nothing is in its folder"]),
    "empty": (b"", ["ratings.csv is empty (0 bytes)", "export it again"]),
    "header_only": (f"{HEADER}\n".encode(), ["no rows below the header"]),
    "truncated": (gzip.compress(GOOD)[:-200], ["damaged or cut off", "download it again"]),
    "wrong_delimiter": (text_columns(",", ";"), ["set the file's delimiter to ';'"]),
    "utf_16": (GOOD.decode().encode("utf-16"), ["is not utf-8", "'utf-16'"]),
    "latin_1": (text_columns("u00", "Zoë").decode().encode("latin-1"), ["is not utf-8", "cp1252"]),
    "ragged": (GOOD + b"u00,001,5,5,5,5\n", ["lines that do not fit its header", "double quotes"]),
    "missing_column": (
        as_csv(own_ratings().drop(columns="timestamp")),
        ["no column 'timestamp'", "columns.timestamp"],
    ),
    "misnamed_column": (text_columns("item_id", "itemid"), ["did you mean 'itemid'?"]),
    "all_text": (
        changed(rating="good"),
        [ALL_BAD, "rating … is not a number"],
    ),
    "out_of_scale": (
        changed(rating="11"),
        [ALL_BAD, "outside 0.5 to 5"],
    ),
    "milliseconds": (
        as_csv(own_ratings().assign(timestamp=lambda table: table["timestamp"] + "000")),
        [ALL_BAD, "timestamp looks like milliseconds"],
    ),
    "too_early": (changed(timestamp="0"), [ALL_BAD, "1990-01-01"]),
}


@pytest.mark.parametrize("kind", STOPS)
def test_a_file_that_cannot_be_used_is_named_with_what_to_do(own_job: Path, kind: str) -> None:
    file, (bad, says) = own_job / FILE, STOPS[kind]
    try:
        file.unlink() if bad is None else file.write_bytes(bad)
        text = said_when_it_stops(own_job)
    finally:
        file.write_bytes(GOOD)
    assert [each for each in says if each not in text] == [], text


PASSES: dict[str, bytes] = {
    "byte_order_mark": b"\xef\xbb\xbf" + GOOD,
    "windows_lines": GOOD.replace(b"\n", b"\r\n"),
    "compressed": gzip.compress(GOOD),
    "reordered": as_csv(own_ratings()[["rating", "timestamp", "item_id", "user_id"]]),
    "extra_column": changed(comment="x, y"),
}


@pytest.mark.parametrize("kind", PASSES)
def test_another_shape_of_the_same_table_is_read_the_same(own_job: Path, kind: str) -> None:
    (own_job / FILE).write_bytes(PASSES[kind])
    run(own_job, "ingest")
    found = pd.read_parquet(own_job / PARSED / "parsed_interactions.parquet")
    expected = own_ratings().astype({"timestamp": "int64", "rating": float})
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)
    assert pd.read_parquet(own_job / PARSED / "rejected_rows.parquet").empty


LATER, EARLIER = START + 86_400 * 3000, START - 86_400
# row of the file (from 1) to what is wrong in it and why it is set aside
BAD_VALUES: dict[int, tuple[str, str, str]] = {
    4: ("rating", "five", "rating 'five' is not a number"),
    40: ("rating", "NaN", "rating 'NaN' is not a number"),
    80: ("rating", "", "rating is missing"),
    120: ("rating", "inf", "rating 'inf' is not a number"),
    160: ("rating", "5.5", "rating lies outside 0.5 to 5"),
    200: ("rating", "-1", "rating lies outside 0.5 to 5"),
    240: ("rating", "3.3", "rating is not one of the steps of 0.5 from 0.5"),
    280: ("timestamp", "-5", "timestamp is negative"),
    320: ("timestamp", str(START * MS), "timestamp looks like milliseconds, seconds are expected"),
    360: ("timestamp", "4102444800", "timestamp lies in the future, after"),
    400: ("timestamp", "soon", "timestamp 'soon' is not a number"),
    440: ("user_id", "", "user_id is missing"),
    480: ("item_id", "", "item_id is missing"),
}
# rows added at the end: a row of the file again, with another time, and which of the two goes
AGAIN: list[tuple[int, int | None, str, str]] = [
    (500, None, "added", "the same row stands above already; the first one is kept"),
    (540, LATER, "first", "the user has another row for this item; the latest in time is kept"),
    (580, EARLIER, "added", "the user has another row for this item; the latest in time is kept"),
]


def test_bad_rows_are_set_aside_with_their_reasons_and_all_others_are_used(own_job: Path) -> None:
    table = own_ratings()
    expected = {}
    for row, (column, value, reason) in BAD_VALUES.items():
        table.loc[row - 1, column] = value
        expected[row] = reason
    for row, time, which, reason in AGAIN:
        again = table.iloc[[row - 1]].assign(**({} if time is None else {"timestamp": str(time)}))
        table = pd.concat([table, again], ignore_index=True)
        expected[len(table) if which == "added" else row] = reason
    (own_job / FILE).write_bytes(as_csv(table))
    found = ingest(own_job)
    aside = pd.read_parquet(own_job / PARSED / "quarantine.parquet").set_index("row")
    assert sorted(aside.index) == sorted(expected)
    wrong = {row: why for row, why in aside["reason"].items() if not why.startswith(expected[row])}
    assert wrong == {}
    assert json.loads(aside.loc[240, "values"])["rating"] == 3.3
    rest = table.drop(index=[row - 1 for row in expected])
    assert found["user_id"].tolist() == rest["user_id"].tolist()
    assert found["rating"].tolist() == rest["rating"].astype(float).tolist()
    assert found["timestamp"].tolist() == rest["timestamp"].astype("int64").tolist()


def test_odd_ids_stay_as_they_are(own_job: Path) -> None:
    odd = ["0007", "0", "日本 映画", "x" * 10_000, "a|b", "nan", "1e5", "Zoë"]
    names = {f"u{number:02d}": each for number, each in enumerate(odd)}
    names |= {f"{number:03d}": each for number, each in enumerate(odd)}
    table = own_ratings().replace(names)
    (own_job / FILE).write_bytes(as_csv(table))
    found = ingest(own_job)
    assert found["user_id"].tolist() == table["user_id"].tolist()
    assert found["item_id"].tolist() == table["item_id"].tolist()
    assert set(odd) <= set(found["user_id"]) & set(found["item_id"])
