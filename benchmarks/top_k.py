"""How close `top_k` comes to the bare score product, and what others reach, pair by pair.

    python benchmarks/top_k.py [--users 10000] [--items 60000] [--factors 128] [-k 100] [--rounds 7]

Each round times the product alone and then every contender on the same factors; a ratio is
(time of the product) / (time of the contender) within a round, so that a busy machine slows both.
faiss and implicit take part where they are installed.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from importlib.util import find_spec

import numpy as np
import numpy.typing as npt

from artrec.models.base import ProductScores
from artrec.recommend.rank import top_k

Factors = npt.NDArray[np.float32]
BATCH = 1024


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    for name, default in [("users", 10_000), ("items", 60_000), ("factors", 128), ("rounds", 7)]:
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("-k", type=int, default=100)
    asked = parser.parse_args()
    rng = np.random.default_rng(0)
    left = rng.standard_normal((asked.users, asked.factors), dtype=np.float32)
    right = rng.standard_normal((asked.factors, asked.items), dtype=np.float32)
    times = measure(contenders(left, right, asked.k), asked.rounds)
    print(f"{asked.users} users x {asked.items} items x {asked.factors} factors, top {asked.k}")
    print(f"{'':22}{'users/s (min med max)':>26}{'share of the product (min med max)':>38}")
    for name, seconds in times.items():
        rates = asked.users / seconds
        shares = times["product alone"] / seconds
        print(f"{name:22}{spread(rates, '.0f'):>26}{spread(shares, '.2f'):>38}")


def contenders(left: Factors, right: Factors, k: int) -> dict[str, Callable[[], object]]:
    """Name to what is timed, the product first."""
    scores = np.zeros((BATCH, right.shape[1]), dtype=np.float32)
    found: dict[str, Callable[[], object]] = {
        "product alone": lambda: product_alone(left, right, scores),
        "artrec top_k": lambda: top_k(ProductScores(left, right), k),
        "numpy argpartition": lambda: argpartition(left, right, scores, k),
    }
    if find_spec("faiss"):
        import faiss

        index = faiss.IndexFlatIP(right.shape[0])
        index.add(np.ascontiguousarray(right.T))
        found["faiss flat"] = lambda: index.search(left, k)
    if find_spec("implicit"):
        from implicit.cpu.topk import topk

        items = np.ascontiguousarray(right.T)
        found["implicit topk"] = lambda: topk(items, left, k)
    return found


def measure(
    contenders: dict[str, Callable[[], object]], rounds: int
) -> dict[str, npt.NDArray[np.float64]]:
    """Seconds of each contender, one a round; a first round warms up and is not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds + 1):
        for name, run in contenders.items():
            start = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - start)
    return {name: np.array(each[1:]) for name, each in seconds.items()}


def product_alone(left: Factors, right: Factors, scores: Factors) -> None:
    """Every score once, into the same memory, with all BLAS threads."""
    for start in range(0, len(left), BATCH):
        rows = left[start : start + BATCH]
        np.matmul(rows, right, out=scores[: len(rows)])


def argpartition(left: Factors, right: Factors, scores: Factors, k: int) -> None:
    """What one writes by hand: product, argpartition, sort of the k."""
    for start in range(0, len(left), BATCH):
        rows = left[start : start + BATCH]
        part = np.matmul(rows, right, out=scores[: len(rows)])
        best = np.argpartition(part, -k, axis=1)[:, -k:]
        values = np.take_along_axis(part, best, axis=1)
        np.take_along_axis(best, np.argsort(-values, axis=1), axis=1)


def spread(values: npt.NDArray[np.float64], form: str) -> str:
    """Minimum, median and maximum as text."""
    return " ".join(format(each, form) for each in (values.min(), np.median(values), values.max()))


if __name__ == "__main__":
    main()
