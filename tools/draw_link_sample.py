"""Draws the 200 films whose links to the film table are judged by hand.

    python tools/draw_link_sample.py data/01_raw/movielens_snapshot/ratings.csv.gz \
        data/01_raw/wikidata_films/films.parquet > sample.csv

A film enters the first stratum that has room for it, in the order of `STRATA`; within a stratum the
choice is random under a fixed seed. The strata are cut by plain text comparison, not by the
matcher, which did not exist when the sample was drawn. Writes item_id, title, year, stratum.
"""

from __future__ import annotations

import argparse
import sys

import pandas as pd
from drawing import drawn, read_snapshot

SEED = 200
ARTICLES = r", (?:The|A|An|Le|La|Les|L'|Der|Die|Das|El|Il|Los|Las|Un|Une)(?: \(|$)"
# name of the stratum, films drawn from it
STRATA = {
    "no year": 5,
    "title and year twice": 4,
    "same title, another film": 36,
    "year off by one": 16,
    "brackets": 28,
    "accents": 12,
    "article": 18,
    "nothing of that title": 25,
    "outside the table's years": 6,
    "random": 50,
}


def strata_of(snapshot: pd.DataFrame, films: pd.DataFrame) -> dict[str, pd.Series]:
    """Boolean of length n_films for each stratum."""
    title = snapshot["title"].str.casefold()
    plain = title.str.replace(r" \(.*", "", regex=True)
    plain = plain.str.replace(r"^(.*), (the|a|an)$", r"\2 \1", regex=True)
    years = films.groupby(films["title"].str.casefold())["year"].agg(set)
    known = plain.map(years)
    has = known.notna()
    exact = pd.Series(
        [h and y in k for h, k, y in zip(has, known, snapshot["year"], strict=True)],
        index=snapshot.index,
    )
    near = pd.Series(
        [
            h and (y - 1 in k or y + 1 in k)
            for h, k, y in zip(has, known, snapshot["year"], strict=True)
        ],
        index=snapshot.index,
    )
    return {
        "no year": snapshot["year"].isna(),
        "title and year twice": snapshot.duplicated(["title", "year"], keep=False),
        "same title, another film": has
        & (plain.duplicated(keep=False) | known.map(len, na_action="ignore").fillna(0).gt(1)),
        "year off by one": near & ~exact,
        "brackets": snapshot["title"].str.contains("(", regex=False, na=False),
        "accents": snapshot["title"].str.contains(r"[^\x00-\x7f]", na=False),
        "article": snapshot["title"].str.contains(ARTICLES, na=False),
        "nothing of that title": ~has & snapshot["year"].between(1940, 2014),
        "outside the table's years": ~snapshot["year"].between(1940, 2014),
        "random": pd.Series(True, index=snapshot.index),
    }


def main() -> None:
    """Draw and print the sample."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ratings", help="ratings.csv.gz of the snapshot")
    parser.add_argument("films", help="films.parquet")
    arguments = parser.parse_args()
    snapshot = read_snapshot(arguments.ratings)
    member = strata_of(snapshot, pd.read_parquet(arguments.films))
    sample = drawn(snapshot, member, STRATA, SEED)[["movieId", "title", "year", "stratum"]]
    sample.rename(columns={"movieId": "item_id"}).to_csv(sys.stdout, index=False)


if __name__ == "__main__":
    main()
