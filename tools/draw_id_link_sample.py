"""Draws the films of MovieTweetings whose MovieLens counterparts are judged by hand.

    python tools/draw_id_link_sample.py "$ARTREC_MIRROR/movietweetings/movies.dat" \
        "$ARTREC_MIRROR/movielens/ml-latest-small.zip" > sample.csv

A film enters the first stratum that has room for it, in the order of `STRATA`; within a stratum the
choice is random under a fixed seed. The strata are cut by plain comparison of ids, titles and
years, not by the matcher, which did not exist when the sample was drawn. Writes item_id (the IMDb
id as MovieTweetings has it), title, year, stratum.
"""

from __future__ import annotations

import argparse
import sys
import zipfile
from pathlib import Path

import pandas as pd
from drawing import drawn, plain

SEED = 210
TITLE_AND_YEAR = r"^(?P<title>.*) \((?P<year>\d{4})\)\s*$"
# name of the stratum, films drawn from it
STRATA = {
    "same id, year off by more than one": 25,
    "same id, another title": 50,
    "same id, year off by one": 15,
    "same id, leading zero": 20,
    "same id": 55,
    "another id, same title and year": 30,
    "another id, same title, year off by one": 15,
    "no id, no title": 45,
}


def read_tweeted(path: str) -> pd.DataFrame:
    """Films of MovieTweetings: item_id, title, year."""
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    films = pd.DataFrame([line.split("::")[:2] for line in lines], columns=["item_id", "title"])
    parts = films["title"].str.extract(TITLE_AND_YEAR)
    return films.assign(title=parts["title"].fillna(films["title"]), year=parts["year"])


def read_lens(path: str) -> pd.DataFrame:
    """Films of MovieLens: imdb, title, year."""
    with zipfile.ZipFile(path) as archive:
        folder = archive.namelist()[0].split("/")[0]
        movies = pd.read_csv(archive.open(f"{folder}/movies.csv"), dtype=str)
        links = pd.read_csv(archive.open(f"{folder}/links.csv"), dtype=str)
    parts = movies["title"].str.strip().str.extract(TITLE_AND_YEAR)
    movies = movies.assign(title=parts["title"].fillna(movies["title"]), year=parts["year"])
    return movies.merge(links, on="movieId").rename(columns={"imdbId": "imdb"})


def strata_of(tweeted: pd.DataFrame, lens: pd.DataFrame) -> dict[str, pd.Series]:
    """Boolean of length n_films for each stratum."""
    year = tweeted["year"].astype("Float64")
    same = tweeted.merge(lens, left_on="item_id", right_on="imdb", how="left")
    has = same["imdb"].notna()
    gap = (same["year_y"].astype("Float64") - year).abs()
    names = plain(tweeted["title"])
    years = lens.groupby(plain(lens["title"]))["year"].agg(lambda each: set(each.dropna()))
    known = [years.get(name, set()) for name in names]
    exact = pd.Series([y in k for y, k in zip(tweeted["year"], known, strict=True)])
    near = pd.Series(
        [bool(k & {str(int(y) - 1), str(int(y) + 1)}) for y, k in zip(year, known, strict=True)]
    )
    return {
        "same id, year off by more than one": has & gap.gt(1).fillna(True),
        "same id, another title": has & names.ne(plain(same["title_y"])),
        "same id, year off by one": has & gap.eq(1).fillna(False),
        "same id, leading zero": has & tweeted["item_id"].str.startswith("00"),
        "same id": has,
        "another id, same title and year": ~has & exact,
        "another id, same title, year off by one": ~has & near,
        "no id, no title": ~has & ~exact & ~near,
    }


def main() -> None:
    """Draw and print the sample."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tweeted", help="movies.dat of MovieTweetings")
    parser.add_argument("lens", help="ml-latest-small.zip")
    arguments = parser.parse_args()
    tweeted = read_tweeted(arguments.tweeted)
    member = strata_of(tweeted, read_lens(arguments.lens))
    drawn(tweeted, member, STRATA, SEED).to_csv(sys.stdout, index=False)


if __name__ == "__main__":
    main()
