"""Draws the pairs of books that are judged by hand: two editions of one book, or two books?

    python tools/draw_edition_sample.py goodbooks-10k/books.csv > sample.csv

A pair enters the first stratum that has room for it, in the order of `STRATA`; within a stratum the
choice is random under a fixed seed. Unless its name says otherwise, the two books of a stratum
share an author, in whatever place. The strata are cut by plain text comparison, not by the matcher,
which did not exist when the sample was drawn. Writes the stratum, and both books' id, title,
authors and year.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher
from itertools import combinations

import numpy as np
import pandas as pd

SEED = 10_000
ALIKE = 0.8
COLLECTION = re.compile(
    r"box|\bset\b|omnibus|collect|complete|trilogy|treasury|volumes|bundle|#\d+ ?[-\u2013] ?\d| / ",
    re.I,
)
# name of the stratum, pairs drawn from it
STRATA = {
    "same title": 60,
    "title is the other's original title": 60,
    "same original title": 40,
    "same series and number": 40,
    "same main title": 60,
    "title within title": 50,
    "alike titles": 20,
    "another language": 20,
    "collection and part": 20,
    "same series": 20,
    "same title, another author": 30,
    "same original title, another author": 10,
}
SHOWN = ["book_id", "title", "authors", "original_publication_year"]
Pairs = set[tuple[int, int]]


def plain(text: str) -> str:
    """A title without what stands in brackets, lower case, words only."""
    return " ".join(re.findall(r"\w+", re.sub(r"\([^()]*\)", " ", text).casefold()))


def numbered(title: str) -> list[str]:
    """Each series and number of a title, as in "(Discworld, #4; Death, #1)"."""
    found = re.findall(r"[(;,]\s*([^();#]+?),? *# ?([\d.]+(?: ?[-\u2013] ?[\d.]+)?)", title)
    return [f"{plain(series)} {number}" for series, number in found]


def pairs_of_groups(keys: Iterable[Iterable[str]]) -> Pairs:
    """Pairs of positions that share a key; an empty key is shared with nobody."""
    groups: dict[str, list[int]] = defaultdict(list)
    for at, own in enumerate(keys):
        for key in sorted(set(own) - {""}):
            groups[key].append(at)
    return {pair for group in groups.values() for pair in combinations(group, 2)}


def pairs_of_strata(books: pd.DataFrame) -> dict[str, Pairs]:
    """The pairs (positions, lower first) that belong to each stratum."""
    names = books["title"].tolist()
    title = books["title"].map(plain).tolist()
    main_title = books["title"].str.split(":").str[0].map(plain).tolist()
    original = books["original_title"].map(plain).tolist()
    series = [[each.rsplit(" ", 1)[0] for each in numbered(name)] for name in names]
    code = books["language_code"]
    foreign = (~code.str.startswith("en") & (code != "")).tolist()
    authors = [[plain(name) for name in cell.split(",")] for cell in books["authors"]]
    related = pairs_of_groups(authors)
    same_title = pairs_of_groups([each] for each in title)
    same_original = pairs_of_groups([each] for each in original)
    either = pairs_of_groups(zip(title, original, strict=True))

    def among(pairs: Pairs, fits: Callable[[int, int], bool]) -> Pairs:
        return {(one, other) for one, other in pairs if fits(one, other)}

    def within(one: int, other: int) -> bool:
        short, long = sorted((title[one], title[other]), key=len)
        return bool(short) and f" {short} " in f" {long} "

    def alike(one: int, other: int) -> bool:
        return SequenceMatcher(None, title[one], title[other], autojunk=False).ratio() >= ALIKE

    def collected(one: int, other: int) -> bool:
        return bool(COLLECTION.search(names[one])) != bool(COLLECTION.search(names[other]))

    return {
        "same title": related & same_title,
        "title is the other's original title": related & (either - same_title - same_original),
        "same original title": related & same_original,
        "same series and number": related & pairs_of_groups(map(numbered, names)),
        "same main title": related & pairs_of_groups([each] for each in main_title),
        "title within title": among(related, within),
        "alike titles": among(related, alike),
        "another language": among(related, lambda one, other: foreign[one] != foreign[other]),
        "collection and part": among(related & pairs_of_groups(series), collected),
        "same series": related & pairs_of_groups(series),
        "same title, another author": same_title - related,
        "same original title, another author": same_original - related,
    }


def main() -> None:
    """Draw and print the sample."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("books", help="books.csv of goodbooks-10k")
    books = pd.read_csv(parser.parse_args().books, dtype=str, keep_default_na=False)
    rng = np.random.default_rng(SEED)
    taken: Pairs = set()
    drawn = []
    members = pairs_of_strata(books)
    for stratum, size in STRATA.items():
        left = sorted(members[stratum] - taken)
        chosen = [left[at] for at in rng.permutation(len(left))[:size]]
        taken.update(chosen)
        sys.stderr.write(f"{stratum}: {len(members[stratum])} pairs, {len(chosen)} drawn\n")
        for pair in sorted(chosen):
            one, other = (books.iloc[at][SHOWN].rename(str) for at in pair)
            drawn.append(
                {"stratum": stratum}
                | {f"{name}_1": one[name] for name in SHOWN}
                | {f"{name}_2": other[name] for name in SHOWN}
            )
    pd.DataFrame(drawn).to_csv(sys.stdout, index=False)


if __name__ == "__main__":
    main()
