"""A small world of films, some of tricky titles: people like science fiction or romances."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from artrec.bundle import Manifest, write_member
from artrec.data.interactions import Interactions
from artrec.models.base import Scorer

SCIENCE_FICTION = [
    ("1", "Alien", 1979),
    ("2", "Aliens", 1986),
    ("3", "Brazil", 1985),
    ("4", "Blade Runner", 1982),
    ("5", "Thing, The", 1982),
    ("6", "Godzilla", 1954),
    ("7", "Godzilla", 1998),
]
ROMANCES = [
    ("10", "Amélie (Le fabuleux destin d'Amélie Poulain)", 2001),
    ("11", "Titanic", 1997),
    ("12", "Casablanca", 1942),
    ("13", "Notting Hill", 1999),
    ("14", "Ghost", 1990),
    ("15", "Before Sunrise", 1995),
    ("16", "[rec] of Love", None),
]
OBSCURE = [("99", "Movies 7", 2003), ("98", "12", 2007)]
POSITIVE_FROM = 4.0
N_FANS = 20


def film_works() -> pd.DataFrame:
    """Works of the world; the obscure films are in the catalogue only."""
    films = [*SCIENCE_FICTION, *ROMANCES, *OBSCURE]
    works = pd.DataFrame(films, columns=["item_id", "title", "year"])
    works["year"] = works["year"].astype("Int64")
    return works.assign(genres="Drama", creators=None)


def film_table() -> pd.DataFrame:
    """Users s0... love four or five of the first kind and hate one of the second, r0... vice versa.

    The user ``s0`` has seen everything but Aliens, and ``s1`` everything there is.
    """
    rng = np.random.default_rng(4)
    rows = []
    for kind, loved, hated in (("s", SCIENCE_FICTION, ROMANCES), ("r", ROMANCES, SCIENCE_FICTION)):
        for number in range(2, N_FANS):
            chosen = rng.choice(len(loved), size=4 + number % 2, replace=False)
            rows += [(f"{kind}{number}", loved[at][0], 5.0) for at in chosen]
            rows.append((f"{kind}{number}", hated[int(rng.integers(len(hated)))][0], 1.0))
    everything = [*SCIENCE_FICTION, *ROMANCES]
    rows += [("s1", item, 4.0) for item, _, _ in everything]
    rows += [("s0", item, 4.0) for item, title, _ in everything if title != "Aliens"]
    table = pd.DataFrame(rows, columns=["user_id", "item_id", "rating"])
    return table.assign(timestamp=np.arange(len(table)) + 10**9)


def fit_film_scorer(name: str = "ease") -> Scorer:
    """EASE or popularity on the world's interactions."""
    from artrec.models.ease import Ease, EaseConfig
    from artrec.models.popularity import Popularity, PopularityConfig

    profiles = Interactions.from_table(film_table(), POSITIVE_FROM)
    rng = np.random.default_rng(0)
    if name == "ease":
        return Ease.fit(profiles, EaseConfig(regularization=5.0), rng)
    return Popularity.fit(profiles, PopularityConfig(), rng)


def write_films(
    folder: Path,
    model: str = "ease",
    medium: str = "movies",
    note: str = "",
    genres: Callable[[str], str] | None = None,
) -> Manifest:
    """Write a bundle of the world; `note` makes one that differs in its manifest alone.

    `genres` says those of an item id, which are all alike without it.
    """
    works = film_works()
    if genres is not None:
        works["genres"] = works["item_id"].map(genres)
    return write_member(
        folder,
        medium,
        fit_film_scorer(model),
        works,
        Interactions.from_table(film_table(), POSITIVE_FROM),
        positive_from=POSITIVE_FROM,
        source={"name": "film world", "variant": note},
        metrics={"ndcg@10": 0.5},
        licence="CC0-1.0",
        attribution="nobody",
    )
