"""What the tools share that draw a sample of films to be judged by hand."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd


def read_snapshot(path: str) -> pd.DataFrame:
    """Films of the MovieLens snapshot's ratings file, in the order of their ids."""
    films = pd.read_csv(path).drop_duplicates("movieId").sort_values("movieId")
    films = films.reset_index(drop=True)
    films["year"] = films["year"].astype("Int64")
    return films


def plain(title: pd.Series) -> pd.Series:
    """Lower case, without brackets, "Title, The" turned round, letters and digits only."""
    folded = title.str.casefold().str.replace(r" \(.*", "", regex=True)
    folded = folded.str.replace(r"^(.*), (the|a|an)$", r"\2 \1", regex=True)
    return folded.str.replace(r"[^0-9a-z]", "", regex=True)


def drawn(
    films: pd.DataFrame,
    member: Mapping[str, pd.Series],
    strata: Mapping[str, int],
    seed: int,
) -> pd.DataFrame:
    """Draw from each stratum what no earlier one took.

    Args:
        films: All films.
        member: Boolean of length n_films for each stratum.
        strata: How many films of each stratum, in the order they are drawn.
        seed: Of the draw.

    Returns:
        The films drawn, by stratum and then in the order of `films`, with a column ``stratum``.
    """
    rng = np.random.default_rng(seed)
    taken = pd.Series(False, index=films.index)
    parts = []
    for stratum, size in strata.items():
        among = np.flatnonzero((member[stratum].fillna(False).astype(bool) & ~taken).to_numpy())
        chosen = np.sort(rng.choice(among, min(size, len(among)), replace=False))
        taken.iloc[chosen] = True
        parts.append(films.iloc[chosen].assign(stratum=stratum))
    return pd.concat(parts)
