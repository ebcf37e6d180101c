"""Significance letters: models that share a letter do not differ significantly."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_lowercase

import pandas as pd


def letters(models: Sequence[str], comparisons: pd.DataFrame, level: float = 0.05) -> pd.Series:
    """Compact letter display of pairwise comparisons.

    Columns of models that are pairwise alike are found by inserting, for each significant pair,
    and absorbing columns inside others; letters then follow the order of the models.
    Source: Piepho, An algorithm for a letter-based representation of all-pairwise comparisons
    (2004), insert and absorb.

    Args:
        models: Names, the best first.
        comparisons: Table with model, other and p_holm, one row a pair
            (`artrec.metrics.comparison.compare` at one metric and cut-off).
        level: Pairs with a p_holm below it differ.

    Returns:
        Letters by model, for example ``a``, ``ab``.
    """
    columns = [set(models)]
    significant = comparisons[comparisons["p_holm"] < level]
    for one, other in zip(significant["model"], significant["other"], strict=True):
        parted: list[set[str]] = []
        for column in columns:
            both = {one, other} <= column
            parted += [column - {one}, column - {other}] if both else [column]
        columns = _absorbed(parted)
    order = {model: place for place, model in enumerate(models)}
    columns.sort(key=lambda column: sorted(order[model] for model in column))
    return pd.Series(
        {
            model: "".join(
                _letter(place) for place, column in enumerate(columns) if model in column
            )
            for model in models
        },
        dtype="object",
    )


def _absorbed(columns: list[set[str]]) -> list[set[str]]:
    """Without those that another one holds whole; of equal ones the first stays."""
    kept: list[set[str]] = []
    for place, column in enumerate(columns):
        inside = any(
            column < other or (column == other and at < place)
            for at, other in enumerate(columns)
            if at != place
        )
        if not inside:
            kept.append(column)
    return kept


def _letter(place: int) -> str:
    """A ... z, then aa, ab, ..., so that any number of columns has a name."""
    high, low = divmod(place, len(ascii_lowercase))
    return (_letter(high - 1) if high else "") + ascii_lowercase[low]
