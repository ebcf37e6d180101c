"""EASE fit against bare potrf + potri of the same matrix in the same precision, pair by pair.

    python benchmarks/ease_fit.py [--rounds 7] [--items 9000] [--users 12000] [--dtype float32]

Each round times the factorisation and inversion alone (the regularised Gram matrix already in
memory, LAPACK's preferred order, overwritten in place) and then a whole fit on the item side: input
weights, Gram matrix, inverse, symmetrisation. A ratio is fit / bare within a round, so that a busy
machine slows both. The bar is 1.3. The user side, where it is smaller, is timed for comparison.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from artrec.data.filters import min_support
from artrec.data.ids import IdMap
from artrec.data.interactions import Interactions
from artrec.models.base import FloatArray
from artrec.models.ease import Ease, EaseConfig
from artrec.models.ease_solve import gram, invert_lower

SNAPSHOT = Path(__file__).parents[1] / "data/01_raw/movielens_snapshot/ratings.csv.gz"
RNG = np.random.default_rng(0)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    for name, default in [("users", 12_000), ("items", 9_000), ("rounds", 7)]:
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--dtype", choices=["float32", "float64"], default="float32")
    asked = parser.parse_args()
    report("snapshot", snapshot(), asked.rounds, asked.dtype)
    if asked.items > 0:
        made = synthetic(asked.users, asked.items)
        report("synthetic", made, max(1, asked.rounds // 2), asked.dtype)


def snapshot() -> Interactions:
    """The committed ratings, films with at least three."""
    names = {"userId": "user_id", "movieId": "item_id"}
    table = pd.read_csv(SNAPSHOT, dtype={"userId": str, "movieId": str}).rename(columns=names)
    return Interactions.from_table(min_support(table, 3).table, positive_from=4.0)


def synthetic(users: int, items: int) -> Interactions:
    """Long-tailed likes, about 1% of all pairs."""
    popularity = 1 / np.arange(1, items + 1) ** 0.8
    chance = np.minimum(popularity * (0.01 * items / popularity.sum()), 0.5).astype(np.float32)
    rows = [np.flatnonzero(RNG.random(items, dtype=np.float32) < chance) for _ in range(users)]
    indptr = np.concatenate(([0], np.cumsum([len(row) for row in rows])))
    indices = np.concatenate(rows).astype(np.int32)
    return Interactions(
        IdMap.of(f"{user:07}" for user in range(users)),
        IdMap.of(f"{item:07}" for item in range(items)),
        indptr.astype(np.int64),
        indices,
        np.full(len(indices), 5, dtype=np.float32),
        np.zeros(len(indices), dtype=np.int64),
        np.ones(len(indices), dtype=bool),
    )


def report(name: str, data: Interactions, rounds: int, dtype: str) -> None:
    """Measure one set and print a line a contender."""
    config = EaseConfig(side="items", dtype=dtype)
    square = gram(data.weights().astype(dtype))
    np.einsum("ii->i", square)[...] += config.regularization
    spare = np.empty_like(square)
    contenders: dict[str, Callable[[], object]] = {
        "bare potrf + potri": lambda: invert_lower(spare, config.regularization),
        "fit, item side": lambda: Ease.fit(data, config, RNG),
        "of it: Gram matrix": lambda: gram(data.weights().astype(dtype)),
    }
    if data.shape[0] < data.shape[1]:
        by_users = config.model_copy(update={"side": "users"})
        contenders["fit, user side"] = lambda: Ease.fit(data, by_users, RNG)
    times: dict[str, list[float]] = {each: [] for each in contenders}
    for _ in range(rounds + 1):  # the first round warms up
        for each, run in contenders.items():
            spare[...] = square
            times[each].append(timed(run))
    print(f"{name}: {data.shape[0]} users x {data.shape[1]} items, {len(data)} pairs, {dtype}")
    print(f"{'':20}{'seconds (min med max)':>26}{'x bare (min med max)':>26}")
    bare = np.array(times["bare potrf + potri"][1:])
    for each, seconds in times.items():
        kept = np.array(seconds[1:])
        print(f"{each:20}{spread(kept, '.2f'):>26}{spread(kept / bare, '.2f'):>26}")
    rate = len(square) ** 3 / np.median(bare) / 1e9
    print(f"{'':20}bare runs at {rate:.0f} GFLOPS in the median\n", flush=True)


def timed(run: Callable[[], object]) -> float:
    """Seconds of one call."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def spread(values: FloatArray, form: str) -> str:
    """Minimum, median and maximum."""
    return "  ".join(f"{each:{form}}" for each in (values.min(), np.median(values), values.max()))


if __name__ == "__main__":
    main()
