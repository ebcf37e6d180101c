"""How many (user, item) pairs a second the ranking metrics judge, beside ranx, round by round.

    python benchmarks/evaluation.py [--users 50000] [--items 20000] [--rounds 5]

Every contender starts from the same two tables with text ids and ends with NDCG, precision,
recall, MAP, MRR and hit rate at 5, 10, 20, a value a user. A pair is one row of a list. Tables are
read from Parquet, so that equal ids are as many objects as in a real run. ranx, which compiles on
its first call, is warmed up outside the clock; `ranx, its own tables` leaves the conversion of our
tables out and times its metrics alone.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd

from artrec.metrics.ranking import METRICS, column, per_user

CUTOFFS = (5, 10, 20)
RELEVANT = 8


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    for name, default in [("users", 50_000), ("items", 20_000), ("rounds", 5)]:
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = parser.parse_args()
    for length in (20, 100):
        lists, relevant = tables(asked.users * 20 // length, asked.items, length)
        times = measure(contenders(lists, relevant), asked.rounds)
        print(f"\n{len(lists)} pairs, lists of {length}, {len(relevant)} relevant pairs")
        print(f"{'':24}{'M pairs/s (min med max)':>28}{'times as fast (min med max)':>30}")
        for name, seconds in times.items():
            rates = len(lists) / 1e6 / seconds
            ratios = times["ranx"] / seconds if "ranx" in times else np.ones_like(seconds)
            print(f"{name:24}{spread(rates):>28}{spread(ratios):>30}")


def tables(n_users: int, n_items: int, length: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lists in which about one place in three of the first eight is a hit."""
    rng = np.random.default_rng(0)
    users = np.array([f"u{at:07}" for at in range(n_users)], dtype=object)
    items = np.array([f"movies:{at}" for at in range(n_items)], dtype=object)
    # steps that never repeat an item within a list
    start = rng.integers(n_items, size=(n_users, 1))
    listed = (start + 7 * np.arange(length)) % n_items
    found = (start + 7 * rng.permuted(np.tile(np.arange(24), (n_users, 1)), axis=1)) % n_items
    lists = pd.DataFrame(
        {
            "user_id": np.repeat(users, length),
            "item_id": items[listed.ravel()],
            "score": np.tile(np.arange(length, 0, -1.0), n_users),
            "rank": np.tile(np.arange(1, length + 1), n_users),
        }
    )
    relevant = pd.DataFrame(
        {
            "user_id": np.repeat(users, RELEVANT),
            "item_id": items[found[:, :RELEVANT].ravel()],
        }
    )
    return through_a_file(lists), through_a_file(relevant)


def through_a_file(table: pd.DataFrame) -> pd.DataFrame:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.parquet"
        table.to_parquet(path)
        return pd.read_parquet(path)


def contenders(lists: pd.DataFrame, relevant: pd.DataFrame) -> dict[str, Callable[[], object]]:
    """Name to what is timed."""
    found: dict[str, Callable[[], object]] = {
        "artrec per_user": lambda: per_user(lists, relevant, CUTOFFS)
    }
    if find_spec("ranx"):
        from ranx import Qrels, Run, evaluate

        names = [column(metric, k) for metric in METRICS for k in CUTOFFS]
        truth = relevant.assign(score=1)

        def converted() -> tuple[Qrels, Run]:
            qrels = Qrels.from_df(truth, q_id_col="user_id", doc_id_col="item_id")
            return qrels, Run.from_df(lists, q_id_col="user_id", doc_id_col="item_id")

        qrels, run = converted()
        found["ranx"] = lambda: evaluate(*converted(), names, make_comparable=True)
        found["ranx, its own tables"] = lambda: evaluate(qrels, run, names)
    return found


def measure(contenders: dict[str, Callable[[], object]], rounds: int) -> dict[str, np.ndarray]:
    """Seconds of each contender in each round, all in turn within a round, the first unclocked."""
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for at in range(rounds + 1):
        for name, run in contenders.items():
            start = time.perf_counter()
            run()
            if at:
                times[name].append(time.perf_counter() - start)
    return {name: np.array(each) for name, each in times.items()}


def spread(values: np.ndarray) -> str:
    return f"{values.min():.2f}  {np.median(values):.2f}  {values.max():.2f}"


if __name__ == "__main__":
    main()
