"""Several holdouts of one protocol: what they say together, and how far they lie apart."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd

SUMMARISED: Final = ("ndcg", "recall", "hit_rate", "coverage", "popularity_lift", "rmse")
NUMBER: Final = re.compile(r"_\d+$")


def protocol_name(holdout: str) -> str:
    """A holdout's name without the number of its cut."""
    return NUMBER.sub("", holdout)


def by_protocol(holdouts: Sequence[str]) -> dict[str, list[str]]:
    """Holdouts that differ by their number only, together; in their order."""
    groups: dict[str, list[str]] = {}
    for holdout in holdouts:
        groups.setdefault(protocol_name(holdout), []).append(holdout)
    return groups


def over_cuts(results: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Result rows of several cuts as one: means over the cuts, each counting the same.

    Args:
        results: Result rows of each cut (`artrec.metrics.summary`); of one cut they are returned
            as they are.

    Returns:
        Result rows; ``low`` and ``high`` are the lowest and the highest cut, n_users the sum over
        cuts, ``split_id`` names their number. A column ``spread``: standard deviation over cuts.
    """
    if len(results) == 1:
        return results[0]
    rows = pd.concat(results, ignore_index=True)
    keys = ["model", "metric", "k"]
    grouped = rows.groupby(keys, sort=False)
    first = grouped.first().drop(columns=["mean", "low", "high", "n_users"])
    means = grouped["mean"]
    told = first.assign(
        n_users=grouped["n_users"].sum(),
        n_users_without_list=grouped["n_users_without_list"].sum(),
        mean=means.mean(),
        low=means.min(),
        high=means.max(),
        spread=means.std(),
    ).reset_index()
    name = rows["split_id"].iloc[0].rpartition("_")[0] or rows["split_id"].iloc[0]
    return told.assign(split_id=f"{name}, mean of {len(results)} cuts")[[*rows.columns, "spread"]]


def cuts_table(results: Sequence[pd.DataFrame], metric: str, k: int) -> pd.DataFrame:
    """One metric, a row a model, a column a cut, then mean and standard deviation over cuts."""
    columns = {
        table["split_id"].iloc[0]: table[(table["metric"] == metric) & (table["k"] == k)].set_index(
            "model"
        )["mean"]
        for table in results
    }
    cuts = pd.DataFrame(columns)
    told = cuts.assign(mean=cuts.mean(axis=1), spread=cuts.std(axis=1))
    return told.sort_values("mean", ascending=False)


def summary_table(results: Mapping[str, pd.DataFrame], k: int) -> pd.DataFrame:
    """A row a protocol and model, best first: the figures people ask for, in one small table.

    Args:
        results: Holdout to its result rows; cuts of one protocol are summarised (`over_cuts`).
        k: Cut-off of the figures.
    """
    rows = []
    for holdouts in by_protocol(list(results)).values():
        table = over_cuts([results[each] for each in holdouts])
        near = table[table["k"].isin((0, k))].set_index(["model", "metric"])
        order = near.xs(SUMMARISED[0], level="metric")["mean"].sort_values(ascending=False)
        for model in order.index:
            own = near.loc[model]
            first = own.loc[SUMMARISED[0]]
            row = {"split": first["split_id"], "model": model, "n_users": first["n_users"]}
            row |= {
                f"{metric}@{k}" if own.loc[metric, "k"] else metric: round(
                    own.loc[metric, "mean"], 4
                )
                for metric in SUMMARISED
                if metric in own.index
            }
            low, high = round(first["low"], 4), round(first["high"], 4)
            rows.append(row | {f"{SUMMARISED[0]}_low": low, f"{SUMMARISED[0]}_high": high})
    return pd.DataFrame(rows)
