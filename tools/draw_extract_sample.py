"""Draws the films of the snapshot whose Wikipedia extracts are judged by hand.

    python tools/draw_extract_sample.py data/01_raw/movielens_snapshot/ratings.csv.gz \
        "$ARTREC_MIRROR/wikipedia-movies" > sample.csv

A film enters the first stratum that has room for it, in the order of `STRATA`; within a stratum the
choice is random under a fixed seed. The strata are cut by plain text comparison, not by the
matcher, which did not exist when the sample was drawn. Writes item_id, title, year, stratum.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import pandas as pd
from drawing import drawn, plain, read_snapshot

SEED = 240
# name of the stratum, films drawn from it
STRATA = {
    "no year": 2,
    "title and year twice": 4,
    "page without extract": 8,
    "extract that names no film": 22,
    "extract of another year": 22,
    "title several records carry": 24,
    "year off by one": 18,
    "title of another year only": 20,
    "brackets": 20,
    "accents": 8,
    "article": 12,
    "nothing of that title": 30,
    "random": 50,
}


def strata_of(snapshot: pd.DataFrame, records: pd.DataFrame) -> dict[str, pd.Series]:
    """Boolean of length n_films for each stratum."""
    names = plain(snapshot["title"])
    exact = snapshot.assign(plain=names).merge(
        records.assign(plain=plain(records["title"])).drop_duplicates(["plain", "year"]),
        on=["plain", "year"],
        how="left",
        suffixes=("", "_record"),
    )
    extract = exact["extract"]
    told = extract.str.extract(r"\b(1[89]\d\d|20\d\d)\b")[0].astype("Float64")
    carried = plain(records["title"]).value_counts()
    years = records.groupby(plain(records["title"]))["year"].agg(set)
    known = names.map(years)
    off = pd.Series(
        [
            isinstance(k, set) and not pd.isna(y) and bool(k & {y - 1, y + 1}) and y not in k
            for k, y in zip(known, snapshot["year"], strict=True)
        ],
        index=snapshot.index,
    )
    found = exact["title_record"].notna()
    return {
        "no year": snapshot["year"].isna(),
        "title and year twice": snapshot.duplicated(["title", "year"], keep=False),
        "page without extract": found & extract.isna(),
        "extract that names no film": extract.notna() & ~extract.str.contains("film", na=False),
        "extract of another year": extract.notna() & told.ne(exact["year"]).fillna(True),
        "title several records carry": found & names.map(carried).gt(1),
        "year off by one": off,
        "title of another year only": known.notna() & ~found & ~off,
        "brackets": snapshot["title"].str.contains("(", regex=False, na=False),
        "accents": snapshot["title"].str.contains(r"[^\x00-\x7f]", na=False),
        "article": snapshot["title"].str.contains(r", (?:The|A|An)$", na=False),
        "nothing of that title": known.isna(),
        "random": pd.Series(True, index=snapshot.index),
    }


def main() -> None:
    """Draw and print the sample."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ratings", help="ratings.csv.gz of the snapshot")
    parser.add_argument("extracts", help="folder of the files movies-<decade>s.json")
    arguments = parser.parse_args()
    snapshot = read_snapshot(arguments.ratings)
    files = sorted(Path(arguments.extracts).glob("movies-*.json"))
    records = pd.DataFrame([each for file in files for each in json.loads(file.read_text("utf-8"))])
    member = strata_of(snapshot, records)
    sample = drawn(snapshot, member, STRATA, SEED)[["movieId", "title", "year", "stratum"]]
    sample.rename(columns={"movieId": "item_id"}).to_csv(sys.stdout, index=False)


if __name__ == "__main__":
    main()
