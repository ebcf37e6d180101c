"""Where time matters: the departure from recent popularity against it, over rolling cuts.

    ARTREC_MIRROR=DIR python benchmarks/movietweetings.py [--tune] [--k 10] [--seed 0]

MovieTweetings 100K, liked is 8 of 10 and more. Six test cuts 14 days apart, each judged on the 14
days that follow it, before them four validation cuts; whatever is chosen is chosen on those four.
Claims are about people with a like before the cut; the others are reported apart. Films met before
the cut are the candidates, films seen with any rating are left out of the lists.

Prints for each cut NDCG of popularity over the whole history, of the best recent popularity
(twelve windows and half-lives tried), of EASE, of the departure (twelve configurations tried), and
their means over cuts, each cut counting the same. Intervals resample people, who stay
themselves from cut to cut; beside them stands the spread over cuts. `--tune` tries the
configurations again in place of those kept here.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from artrec.data.filters import keep_latest
from artrec.data.sources.base import SourceConfig
from artrec.data.sources.files import RawFile, open_raw
from artrec.data.sources.registry import reader
from artrec.metrics.bootstrap import resampled_sums, tails
from artrec.metrics.lists import relevant_items
from artrec.metrics.ranking import column, per_user
from artrec.models.base import Scorer
from artrec.models.departure import Departure, DepartureConfig, Window
from artrec.models.departure_features import feature_names
from artrec.models.fitting import TrainingConfig, fit_model
from artrec.models.registry import config_class
from artrec.recommend.departing import windows_of
from artrec.recommend.lists import lists_for_withheld
from artrec.splitting.base import Holdout
from artrec.splitting.rolling import RollingConfig, rolling, with_taste

POSITIVE_FROM = 8.0
BAR = 1.0
N_BOOTSTRAP = 10_000
TRAINING = TrainingConfig()
ROLLING = RollingConfig()

RECENT = [{"window_days": days} for days in (3, 5, 7, 10, 14, 30)]
RECENT += [{"half_life_days": days} for days in (1, 2, 3, 4, 5, 7)]
EASE = [
    {
        "regularization": strength,
        "below_in_fit": below,
        "below_in_profile": below,
        "user_exponent": 0.25,
        "item_exponent": 0.25,
    }
    for strength in (2.0, 5.0, 10.0, 20.0)
    for below in (0.0, 0.5, 1.0)
]
GROUPS = ("history", "freshness", "mainstream", "ratings", "pace", "genres", "decades")
DEPARTURE: list[dict[str, Any]] = [{}, *({"leave_out": (group,)} for group in GROUPS)]
DEPARTURE += [{"regularization": strength} for strength in (30.0, 100.0)]
DEPARTURE += [{"n_windows": n_windows} for n_windows in (3, 8)]
KEPT: dict[str, dict[str, Any]] = {  # what --tune chose
    "recent_popularity": {"half_life_days": 2},
    "ease": {
        "regularization": 20.0,
        "below_in_fit": 0.5,
        "below_in_profile": 0.5,
        "user_exponent": 0.25,
        "item_exponent": 0.25,
    },
    "departure": {"leave_out": ("history",)},
}
SVD = {"n_factors": 8, "below_in_fit": 1.0, "below_in_profile": 1.0}

LABELS = {"recent_popularity": "recent popularity", "ease": "ease", "departure": "departure"}

Fit = Callable[[Holdout], Scorer]


def main() -> None:
    """Choose, measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--tune", action="store_true")
    parser.add_argument("--k", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    mirror = os.environ.get("ARTREC_MIRROR")
    if not mirror:
        print("set ARTREC_MIRROR to a folder that holds movietweetings/ratings.dat and movies.dat")
        return
    table, works = read(Path(mirror) / "movietweetings")
    cuts = rolling(table, ROLLING)
    study = Study(works, asked.k, asked.seed)
    chosen = study.choose(cuts.validation) if asked.tune else KEPT
    print(f"{len(table)} ratings; chosen on {len(cuts.validation)} validation cuts: {chosen}\n")
    fits = study.contenders(chosen)
    taste, others = study.figures(fits, cuts.test)
    print_cuts(f"NDCG@{asked.k}, people with a like before the cut", taste)
    print_comparison(taste, np.random.default_rng(asked.seed))
    print_cuts(f"\nNDCG@{asked.k}, everybody else", others)
    print_coefficients(study.departure(cuts.test[-1], chosen))


def read(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Interactions and works as the reader of the source gives them."""
    layouts = {
        "ratings": ("user_id", "movie_id", "rating", "timestamp"),
        "movies": ("movie_id", "title", "genres"),
    }
    tables = {
        name: open_raw(RawFile(str(folder / f"{name}.dat"), delimiter="::", columns=columns))
        for name, columns in layouts.items()
    }
    config = SourceConfig(
        reader="movietweetings", name="movietweetings", positive_from=POSITIVE_FROM
    )
    parsed = reader(config.reader).parse(tables, config)
    return keep_latest(parsed.interactions).table, parsed.works


class Study:
    """The contenders, fitted and judged.

    Args:
        works: Table `schema.WORKS`.
        k: List cut-off.
        seed: Of every fit.
    """

    def __init__(self, works: pd.DataFrame, k: int, seed: int) -> None:
        self.works, self.k, self.seed = works, k, seed
        self.fitted = lru_cache(maxsize=None)(self._fit)
        self.tables: dict[tuple[int, int], pd.DataFrame] = {}
        self.asked: dict[tuple[str, str], int] = {}
        self.windows: dict[tuple[str, str], tuple[Window, list[Window]]] = {}

    def one(self, name: str, table: pd.DataFrame, config: Mapping[str, Any]) -> Scorer:
        """A model fitted on a table; the same one is not fitted twice."""
        key = (len(table), int(table["timestamp"].max()))
        self.tables.setdefault(key, table)
        return self.fitted(name, key, tuple(config.items()))

    def _fit(self, name: str, key: tuple[int, int], config: tuple[tuple[str, Any], ...]) -> Scorer:
        typed = config_class(name).model_validate(dict(config))
        rng = np.random.default_rng(self.seed)
        return fit_model(name, self.tables[key], typed, TRAINING, POSITIVE_FROM, rng)

    def departure(self, holdout: Holdout, chosen: Mapping[str, Mapping[str, Any]]) -> Departure:
        """The level is the chosen recent popularity; the parts are the chosen EASE, and SVD."""
        parts = {name: chosen[name] for name in ("recent_popularity", "ease")} | {"svd": SVD}
        config = DepartureConfig.model_validate(chosen["departure"])
        key = (holdout.split_id, str(parts))
        if self.asked.get(key, 0) < config.n_windows:
            self.asked[key] = config.n_windows
            self.windows[key] = windows_of(
                holdout.fit,
                self.works,
                config,
                lambda table: {name: self.one(name, table, each) for name, each in parts.items()},
                POSITIVE_FROM,
                holdout.cut,
            )
        now, earlier = self.windows[key]
        rng = np.random.default_rng(self.seed)
        return Departure.fit(now, earlier[: config.n_windows], config, rng)

    def contenders(self, chosen: Mapping[str, Mapping[str, Any]]) -> dict[str, Fit]:
        """Name to how it is fitted."""
        return {
            "popularity, ever": lambda each: self.one("popularity", each.fit, {}),
            "recent popularity": lambda each: self.one(
                "recent_popularity", each.fit, chosen["recent_popularity"]
            ),
            "ease": lambda each: self.one("ease", each.fit, chosen["ease"]),
            "departure": lambda each: self.departure(each, chosen),
        }

    def choose(self, holdouts: Sequence[Holdout]) -> dict[str, dict[str, Any]]:
        """Each model's best of its grid, by the mean over validation cuts."""
        chosen: dict[str, dict[str, Any]] = {name: {} for name in LABELS}
        grids = {"recent_popularity": RECENT, "ease": EASE, "departure": DEPARTURE}
        for name, grid in grids.items():
            print(f"{name}, {len(grid)} trials on validation")
            means = []
            for config in grid:
                fit = self.contenders(chosen | {name: config})[LABELS[name]]
                taste, _ = self.figures({name: fit}, holdouts)
                means.append(float(np.mean([each[name].mean() for each in taste.values()])))
                print(f"  {means[-1]:.4f}  {config}", flush=True)
            chosen[name] = grid[int(np.argmax(means))]
        print()
        return chosen

    def figures(
        self, fits: Mapping[str, Fit], holdouts: Sequence[Holdout]
    ) -> tuple[dict[str, pd.DataFrame], dict[str, pd.DataFrame]]:
        """A column a model and a row a person, for each cut; with taste, and everybody else."""
        taste, others = {}, {}
        for holdout in holdouts:
            columns = {name: self.judged(fit(holdout), holdout) for name, fit in fits.items()}
            frame = pd.DataFrame(columns)
            known = frame.index.isin(with_taste(holdout, POSITIVE_FROM).index)
            day = holdout.split_id.partition("d_")[2][:8]
            told = "  ".join(f"{name} {mean:.4f}" for name, mean in frame[known].mean().items())
            print(f"{day}  {told}", file=sys.stderr, flush=True)
            taste[day], others[day] = frame[known], frame[~known]
        return taste, others

    def judged(self, scorer: Scorer, holdout: Holdout) -> pd.Series:
        """NDCG of everybody who liked something in the window."""
        relevant = relevant_items(holdout.withheld, POSITIVE_FROM)
        lists = lists_for_withheld(
            scorer, holdout.fit, holdout.profiles, holdout.withheld, POSITIVE_FROM, self.k
        )
        found = per_user(lists, relevant, (self.k,), metrics=("ndcg",))
        return found.set_index("user_id")[column("ndcg", self.k)]


def print_cuts(title: str, cuts: Mapping[str, pd.DataFrame]) -> None:
    """A row a cut, and the mean over cuts."""
    table = pd.DataFrame({day: frame.mean() for day, frame in cuts.items()}).T
    table.loc["mean"] = table.mean()
    table.insert(0, "people", [*(len(frame) for frame in cuts.values()), ""])
    if {"departure", "recent popularity"} <= set(table.columns):
        table["ratio"] = table["departure"] / table["recent popularity"]
    print(title)
    print(table.to_string(float_format=lambda value: f"{value:.4f}"))


def print_comparison(cuts: Mapping[str, pd.DataFrame], rng: np.random.Generator) -> None:
    """The departure against recent popularity: ratio and difference of means over cuts."""
    ours, theirs = "departure", "recent popularity"
    people = sorted(set().union(*(frame.index for frame in cuts.values())))
    columns = []
    for frame in cuts.values():
        whole = frame.reindex(people)
        present = whole[ours].notna().to_numpy(dtype=float)
        columns += [whole[ours].fillna(0), whole[theirs].fillna(0), present]
    values = np.column_stack(columns)
    sums = np.vstack([values.sum(axis=0), resampled_sums(values, N_BOOTSTRAP, rng)])
    means = (
        (sums[:, 0::3] / sums[:, 2::3]).mean(axis=1),
        (sums[:, 1::3] / sums[:, 2::3]).mean(axis=1),
    )
    ratio, difference = means[0] / means[1], means[0] - means[1]
    for name, drawn in (("ratio", ratio), ("difference", difference)):
        low, high = np.quantile(drawn[1:], tails(0.95))
        print(f"{name:12}{drawn[0]:8.4f}  95% over people [{low:.4f}, {high:.4f}]")
    away = np.abs(difference[1:] - difference[0]) >= abs(difference[0])
    print(
        f"p            {(1 + away.sum()) / (1 + N_BOOTSTRAP):.4f}, two-sided, {len(people)} people"
    )
    by_cut = np.array([frame[ours].mean() / frame[theirs].mean() for frame in cuts.values()])
    gains = np.array([(frame[ours] - frame[theirs]).mean() for frame in cuts.values()])
    spread = gains.std(ddof=1)
    print(
        f"over {len(gains)} cuts: ratio {by_cut.min():.3f} to {by_cut.max():.3f}, above 1 at "
        f"{(by_cut > 1).sum()}; difference {gains.mean():.4f}, standard deviation {spread:.4f}, "
        f"t {gains.mean() / (spread / np.sqrt(len(gains))):.2f}"
    )
    print(f"bar: {BAR:.2f} x; {'kept' if ratio[0] >= BAR else 'missed'}")


def print_coefficients(scorer: Departure) -> None:
    """What was learned for the last cut."""
    names = feature_names(scorer.config.leave_out, list(scorer.parts()))
    print("\ncoefficients at the last cut")
    for (group, name), value in zip(names, scorer.coefficients.tolist(), strict=True):
        print(f"  {group:12}{name:24}{value:8.3f}")


if __name__ == "__main__":
    main()
