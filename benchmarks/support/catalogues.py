"""Invented catalogues and bundles of any size, to be served: titles of made-up words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from artrec.bundle import publish, write_member
from artrec.data.interactions import Interactions
from artrec.models.base import Scorer

SYLLABLES = [
    "ka",
    "lo",
    "mi",
    "ran",
    "tel",
    "vos",
    "e",
    "shi",
    "dor",
    "pa",
    "une",
    "gri",
    "ta",
    "fol",
    "be",
    "nym",
    "sa",
    "qui",
    "zo",
    "lar",
]
GENRES = [
    "Drama",
    "Comedy",
    "Thriller",
    "Romance",
    "Action",
    "Horror",
    "Fantasy",
    "Crime",
    "Mystery",
    "War",
    "Western",
]


def words(rng: np.random.Generator, n: int) -> list[str]:
    """Made-up words, some of them often."""
    return ["".join(rng.choice(SYLLABLES, size=rng.integers(1, 4))) for _ in range(n)]


def works(n: int, seed: int = 1, mark: str = "") -> pd.DataFrame:
    """A catalogue of n works; `mark` stands at the end of every title."""
    rng = np.random.default_rng(seed)
    vocabulary = words(rng, 9000)
    people = [
        f"{a.title()} {b.title()}" for a, b in zip(words(rng, 6000), words(rng, 6000), strict=True)
    ]
    rank = (len(vocabulary) * rng.random((n, 4)) ** 3).astype(int)
    length = rng.integers(1, 5, n)
    titles = [
        " ".join(vocabulary[at] for at in row[:size]).capitalize() + mark
        for row, size in zip(rank, length, strict=True)
    ]
    return pd.DataFrame(
        {
            "item_id": [str(1 + at) for at in range(n)],
            "title": titles,
            "year": pd.array(rng.integers(1930, 2024, n), dtype="Int64"),
            "genres": ["|".join(rng.choice(GENRES, 2, replace=False)) for _ in range(n)],
            "creators": [people[int(6000 * rng.random() ** 2)] for _ in range(n)],
        }
    )


def interactions(n_users: int, n_items: int, n: int, seed: int = 2) -> Interactions:
    """Ratings: few works are rated by many."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "user_id": rng.integers(0, n_users, n).astype(str),
            "item_id": (1 + (n_items * rng.random(n) ** 2.5).astype(int)).astype(str),
            "rating": rng.choice([1.0, 2.0, 3.0, 4.0, 5.0], n, p=[0.05, 0.1, 0.25, 0.35, 0.25]),
            "timestamp": rng.integers(10**9, 10**9 + 10**8, n),
        }
    ).drop_duplicates(["user_id", "item_id"])
    return Interactions.from_table(table, 4.0)


def store(folder: Path, medium: str, scorer: Scorer, told: Interactions, **catalogue: Any) -> Path:
    """Publish a bundle of one invented medium; the store."""
    write_member(
        folder / "bundle",
        medium,
        scorer,
        works(**catalogue),
        told,
        positive_from=4.0,
        source={"name": "invented"},
        metrics={},
        licence="CC0-1.0",
        attribution="nobody",
    )
    publish(folder / "bundle", folder / "published")
    return folder / "published"
