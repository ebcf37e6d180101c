"""The hybrid against tuned EASE and the tuned blend, on one split, judged once.

    python benchmarks/hybrid.py books MIRROR
    python benchmarks/hybrid.py films               (run the main job first: it reads its tables)
    ... [--split random] [--judged 10000] [--users 8000] [--seed 20161016] [--grid 6] [--out FILE]

Books: goodbooks-10k, a random fifth of everybody's ratings is the test, a twelfth of the rest is
validation (so little, because the trees meet scorers fitted on it too afterwards). Films: the
committed snapshot, the last fifth of everybody's, or with `--split random` a random fifth; the main
job's parameters. Scorers are fitted on train; blend and hybrid learn from validation, which these
scorers have not seen; then everything is fitted on train and validation, and the same weights and
trees rank for the test. EASE's regularisation, input weights and user exponent are tuned on
validation (`--grid` configurations). NDCG@10 with 95% bootstrap intervals over people; ratios are
paired.
"""

from __future__ import annotations

import argparse
import resource
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from cold import NAMES, POSITIVE_FROM, Data, books, films

from artrec import schema
from artrec.data.content import Content
from artrec.data.interactions import Interactions
from artrec.features.content import content_at
from artrec.features.fields import FieldsConfig
from artrec.features.pairs import PairConfig, work_features
from artrec.features.text.documents import documents
from artrec.features.text.encoding import TextConfig
from artrec.features.works import FeatureConfig, latest_time, works_as_of
from artrec.metrics.bootstrap import resampled_sums
from artrec.metrics.lists import relevant_items
from artrec.metrics.ranking import per_user
from artrec.models.base import Scorer
from artrec.models.blend import BlendConfig, fit_blend
from artrec.models.fitting import TrainingConfig, fit_model
from artrec.models.hybrid import HybridConfig, fit_hybrid
from artrec.models.registry import config_class
from artrec.models.trees import TreesConfig
from artrec.recommend.lists import lists_for_withheld
from artrec.splitting.base import Holdout, Split, SplittingConfig
from artrec.splitting.holdout import random_holdout
from artrec.splitting.temporal import per_user_last

COLUMN = "ndcg@10"
Parameters = dict[str, object]


@dataclass(frozen=True)
class Setting:
    """What is configured for one data set."""

    scorers: dict[str, Parameters]
    ease_grid: tuple[Parameters, ...]
    fields: dict[str, float]
    lists: Parameters
    pairs: PairConfig
    trees: Parameters


LOADERS = {"books": partial(books, shelves=True), "films": films}
BELOW: Parameters = {"below_in_fit": 0.5, "below_in_profile": 0.4}
SETTINGS = {
    "books": Setting(
        scorers={
            "popularity": {},
            "item_knn": {"n_neighbors": 2000, "shrinkage": 200.0, **BELOW},
            "content_ease": BELOW,
        },
        ease_grid=(
            {"regularization": 8.0, "user_exponent": 0.25, **BELOW},
            {"regularization": 12.0, "user_exponent": 0.25, **BELOW},
            {"regularization": 12.0, "user_exponent": 0.125, **BELOW},
            {"regularization": 20.0, **BELOW},
            {"regularization": 6.0, "user_exponent": 0.35, **BELOW},
            {"regularization": 20.0, "below_in_fit": 0.0, "below_in_profile": 0.0},
        ),
        fields={"text": 1.0, "tags": 1.0, "creators": 1.0, "series": 1.0},
        lists={
            "n_ranked": 100,
            "stopping_share": 0.35,
            "quotas": {"content_ease": 3.0, "ease": 2.0, "item_knn": 0.5, "popularity": 0.05},
            "unweighed": ("popularity",),  # counts of the source are capped at 100 a book
        },
        pairs=PairConfig(
            leave_out=(
                "work.n_interactions",
                "work.mean_rating",
                "work.n_creators",
                "work.n_genres",
            ),
            contributing=("content_ease",),
            loved_from=5.0,
        ),
        trees={
            "n_leaves": 8,
            "learning_rate": 0.12,
            "n_rounds": 80,
            "stop_after": None,
            "truncation": 30,
        },
    ),
    "films": Setting(
        scorers={
            "popularity": {"below_in_fit": 0.4},
            "item_knn": {"n_neighbors": 400, "shrinkage": 0.0},
            "user_knn": {"n_neighbors": 25, "shrinkage": 10.0, "below_in_fit": 0.3},
            "content": {},
        },
        ease_grid=(
            {"regularization": 200.0, "below_in_fit": 0.3},
            {"regularization": 400.0, "below_in_fit": 0.3},
            {"regularization": 200.0},
            {"regularization": 200.0, "below_in_fit": 0.3, "below_in_profile": 0.3},
            {"regularization": 10.0, "user_exponent": 0.25, "item_exponent": 0.25},
            {"regularization": 60.0, "item_exponent": 0.25},
        ),
        fields={},
        lists={"n_ranked": 100},
        pairs=PairConfig(  # when others first met a film dates it
            leave_out=(
                "work.days_known",
                "work.n_last_7_days",
                "work.n_last_30_days",
                "work.n_last_90_days",
            )
        ),
        trees={
            "min_leaf": 50,
            "n_leaves": 7,
            "learning_rate": 0.08,
            "n_rounds": 60,
            "stop_after": None,
        },
    ),
}


def main() -> None:
    """Tune and learn on validation, judge on test, print."""
    asked = arguments()
    data, setting = LOADERS[asked.data](asked.mirror), SETTINGS[asked.data]
    split = split_of(asked.data, asked.split, data, np.random.default_rng(asked.seed))
    inner, outer = split.for_validation(), split.for_test()
    rng = np.random.default_rng(asked.seed)
    began = time.perf_counter()
    ease = tuned_ease(setting, inner, asked.grid, rng)
    print(f"EASE tuned: {ease} [{time.perf_counter() - began:.0f} s]", flush=True)
    scorers, works, content = fitted(data, setting, ease, inner)
    print(f"scorers fitted on train [{time.perf_counter() - began:.0f} s]", flush=True)
    learning = time.perf_counter()
    trees = TreesConfig.model_validate(setting.trees)
    given = {"n_users": asked.users, **setting.lists}
    config = HybridConfig(pairs=setting.pairs, trees=trees, **given)
    hybrid = fit_hybrid(
        inner.fit, inner.withheld, scorers, works, content, config, POSITIVE_FROM, rng
    )
    print(f"hybrid learned in {time.perf_counter() - learning:.0f} s: {hybrid.report}", flush=True)
    blend = fit_blend(
        inner.fit,
        inner.withheld,
        scorers,
        scorers,
        BlendConfig.model_validate(
            {k: v for k, v in given.items() if k in BlendConfig.model_fields}
        ),
        POSITIVE_FROM,
        rng,
    )
    scorers, works, content = fitted(data, setting, ease, outer)
    known = Interactions.from_table(outer.fit, POSITIVE_FROM)
    judged: dict[str, Scorer] = {
        **scorers,
        "blend": blend.with_parts(scorers),
        "hybrid": hybrid.with_parts(scorers, known, works, content),
    }
    values = {name: ndcg(each, outer, asked.judged, asked.seed) for name, each in judged.items()}
    report(values, np.random.default_rng(asked.seed), asked.out)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{time.perf_counter() - began:.0f} s in all, {peak:.2f} GB at its peak")


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("data", choices=sorted(SETTINGS))
    parser.add_argument("mirror", nargs="?", type=Path)
    parser.add_argument("--split", choices=("own", "random"), default="own")
    parser.add_argument("--judged", type=int, default=10_000)
    parser.add_argument("--users", type=int, default=8000)
    parser.add_argument("--grid", type=int, default=6)
    parser.add_argument("--seed", type=int, default=20161016)
    parser.add_argument("--out", type=Path)
    return parser.parse_args()


def split_of(name: str, asked: str, data: Data, rng: np.random.Generator) -> Split:
    """The split a data set is judged by."""
    if name == "films" and asked == "own":
        return per_user_last(data.table, SplittingConfig())
    if name == "films":
        return random_holdout(data.table, SplittingConfig(), rng)
    return random_holdout(data.table, SplittingConfig(validation_share=0.08), rng)


def tuned_ease(
    setting: Setting, holdout: Holdout, n_trials: int, rng: np.random.Generator
) -> Parameters:
    """The configuration of the grid that is best on validation."""
    grid = setting.ease_grid[:n_trials]
    if len(grid) == 1:
        return grid[0]
    config = config_class("ease")
    figures = []
    for each in grid:
        typed = config.model_validate(each)
        scorer = fit_model("ease", holdout.fit, typed, TrainingConfig(), POSITIVE_FROM, rng)
        figures.append(ndcg(scorer, holdout, 5000, 1).mean())
        print(f"  {each}: {figures[-1]:.4f} on validation", flush=True)
    return grid[int(np.argmax(figures))]


def fitted(
    data: Data, setting: Setting, ease: Parameters, holdout: Holdout
) -> tuple[dict[str, Scorer], pd.DataFrame, Content]:
    """Scorers, works' features and content as of a holdout's fit."""
    rng = np.random.default_rng(7)
    works = data.works.sort_values(schema.ITEM_ID, ignore_index=True)
    ids = holdout.fit[schema.ITEM_ID].unique().tolist()
    fields = FieldsConfig(names=NAMES if "tags" not in works else (*NAMES, "tags"))
    written = documents(works, data.reading)
    content = content_at(works, written, ids, TextConfig(), fields, rng)
    derived = works_as_of(works, holdout.fit, FeatureConfig(), latest_time(holdout.fit))
    scorers = {}
    for name, parameters in {**setting.scorers, "ease": ease}.items():
        own = {"field_weights": setting.fields} if name == "content_ease" else {}
        config = config_class(name).model_validate({**parameters, **own})
        scorers[name] = fit_model(
            name, holdout.fit, config, TrainingConfig(), POSITIVE_FROM, rng, content
        )
    return scorers, work_features(works, derived), content


def ndcg(scorer: Scorer, holdout: Holdout, n_users: int, seed: int) -> np.ndarray:
    """NDCG@10 of some people who liked something withheld, the same for every scorer."""
    relevant = relevant_items(holdout.withheld, POSITIVE_FROM)
    people = np.sort(relevant[schema.USER_ID].unique())
    rng = np.random.default_rng(seed)
    chosen = rng.choice(people, size=min(n_users, len(people)), replace=False)
    asked = holdout.withheld[holdout.withheld[schema.USER_ID].isin(chosen)]
    began = time.perf_counter()
    lists = lists_for_withheld(scorer, holdout.fit, holdout.profiles, asked, POSITIVE_FROM, 10)
    if len(chosen) < n_users or scorer.name in ("blend", "hybrid"):
        each = (time.perf_counter() - began) / len(chosen)
        print(f"  {scorer.name}: {1000 * each:.1f} ms a person", flush=True)
    relevant = relevant[relevant[schema.USER_ID].isin(chosen)]
    return per_user(lists, relevant, (10,), metrics=("ndcg",))[COLUMN].to_numpy()


def report(values: dict[str, np.ndarray], rng: np.random.Generator, out: Path | None) -> None:
    """Print every model with its interval, and the hybrid's ratio to each."""
    names = sorted(values, key=lambda name: -values[name].mean())
    columns = np.column_stack([values[name] for name in names])
    sums = resampled_sums(columns, 10_000, rng)
    own = names.index("hybrid")
    lines = ["| model | NDCG@10 | 95% | hybrid / model | 95% |", "|---|---|---|---|---|"]
    for at, name in enumerate(names):
        low, high = np.quantile(sums[:, at] / len(columns), (0.025, 0.975))
        ratio = np.quantile(sums[:, own] / np.maximum(sums[:, at], 1e-12), (0.025, 0.975))
        lines.append(
            f"| {name} | {columns[:, at].mean():.4f} | {low:.4f} to {high:.4f} | "
            f"{columns[:, own].mean() / columns[:, at].mean():.3f} | "
            f"{ratio[0]:.3f} to {ratio[1]:.3f} |"
        )
    lines.append(f"{len(columns)} people")
    print("\n".join(lines))
    if out is not None:
        out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
