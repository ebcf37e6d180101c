"""Which text encoder serves a content-based recommender best: judged on validation only.

    python benchmarks/encoders.py DATA [--users 3000] [--works N] [--encoders a,b] [--documents c,d]
        [--hide genres,tags] [--cache FOLDER] [--out FILE]

DATA is a folder with interactions.parquet and works.parquet, for example data/03_primary/movies.
A person's profile is the sum of the rows of what they liked; works are ranked by cosine with it,
both less the mean row of the training works (a cosine that is not centred prefers works that are
near everything). Two protocols, test never looked at:

- warm: a random 20% of each person's interactions withheld from all works not in the profile;
- cold: a tenth of the works withheld entirely (editions together), ranked among themselves; what
  a new work would not have (--hide) is left out of all documents.

Encoders are fitted on the works of the training part only. NDCG@10, its 95% bootstrap interval
over people, the seconds of the fit, and texts encoded a second after it (tokens not remembered).
--works draws a sample of the works, for encoders that are too slow for all of them. --cache keeps
what was encoded, so that a slow encoder may be stopped and asked again; its seconds say nothing.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from artrec import schema
from artrec.data.ids import IdMap
from artrec.data.interactions import Interactions
from artrec.data.parquet import read_parquet
from artrec.features.text.cache import TextCache
from artrec.features.text.documents import DOCUMENT, METADATA, DocumentConfig, documents
from artrec.features.text.encoders import Rows
from artrec.features.text.encoding import TextConfig, TextEncoder
from artrec.metrics.bootstrap import intervals, plain_mean
from artrec.metrics.lists import relevant_items
from artrec.metrics.ranking import per_user
from artrec.splitting.base import Holdout, SplittingConfig
from artrec.splitting.cold import ColdConfig, item_cold
from artrec.splitting.holdout import random_holdout

WORDS = {"longest": 1}
ENCODERS = {
    "bag_of_words": TextConfig(encoder="bag_of_words", parameters=WORDS),
    "tf_idf, words as written": TextConfig(parameters=WORDS, preprocess={"lemmatize": False}),
    "tf_idf": TextConfig(parameters=WORDS),
    "tf_idf, phrases": TextConfig(parameters=WORDS, phrases={}),
    "tf_idf, pairs": TextConfig(parameters={"longest": 2}),
    "tf_idf, triples": TextConfig(parameters={"longest": 3}),
    "tf_idf_svd 128": TextConfig(encoder="tf_idf_svd", parameters={"n_factors": 128} | WORDS),
    "tf_idf_svd 256": TextConfig(encoder="tf_idf_svd", parameters={"n_factors": 256} | WORDS),
    "tf_idf_svd 512": TextConfig(encoder="tf_idf_svd", parameters={"n_factors": 512} | WORDS),
    "word2vec": TextConfig(encoder="word2vec"),
    "minilm": TextConfig(encoder="minilm"),
}
DOCUMENTS = {
    "text": DocumentConfig(parts=("text",)),
    "metadata": DocumentConfig(parts=METADATA),
    "text + metadata": DocumentConfig(parts=("text", *METADATA)),
    "everything": DocumentConfig(),
}
SLOW = ("minilm",)
K = 10
DEPTH = 20
SEED = 20261121


@dataclass(frozen=True)
class Task:
    """People and works to rank for them, of one protocol."""

    name: str
    training: npt.NDArray[np.bool_]
    profiles: Interactions
    relevant: pd.DataFrame
    allowed: npt.NDArray[np.bool_]


def main() -> None:
    """Measure and print, a row at a time."""
    asked = arguments()
    works = read_parquet(asked.data / "works.parquet")
    works = works.sort_values(schema.ITEM_ID).reset_index(drop=True)
    table = read_parquet(asked.data / "interactions.parquet")
    rng = np.random.default_rng(SEED)
    if asked.works:
        works = works.iloc[np.sort(rng.choice(len(works), asked.works, replace=False))]
    table = table[table[schema.ITEM_ID].isin(works[schema.ITEM_ID])]
    hidden = works.drop(columns=[each for each in asked.hide if each in works])
    lines = []
    for task in tasks(table, works, asked.positive_from, asked.users, rng):
        for label in asked.documents:
            seen = hidden if task.name == "cold" else works
            texts = documents(seen, DOCUMENTS[label])[DOCUMENT].tolist()
            for encoder in asked.encoders:
                line = {"protocol": task.name, "documents": label, "encoder": encoder}
                line |= measure(task, texts, ENCODERS[encoder], asked.cache)
                lines.append(line)
                print(" ".join(f"{value}" for value in line.values()), flush=True)
    if asked.out:
        pd.DataFrame(lines).to_csv(asked.out, index=False)


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--users", type=int, default=3000)
    parser.add_argument("--works", type=int)
    parser.add_argument("--positive-from", type=float, default=4.0)
    fast = ";".join(each for each in ENCODERS if each not in SLOW)
    for name, default in (("encoders", fast), ("documents", ";".join(DOCUMENTS)), ("hide", "")):
        parser.add_argument(f"--{name}", type=lambda text: text.split(";"), default=default)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--out", type=Path)
    return parser.parse_args()


def tasks(
    table: pd.DataFrame,
    works: pd.DataFrame,
    positive_from: float,
    n_users: int,
    rng: np.random.Generator,
) -> list[Task]:
    """The warm and the cold task over the same works."""
    warm = random_holdout(table, SplittingConfig(), rng).for_validation()
    cold = item_cold(table, works, ColdConfig(), rng).for_validation()
    return [
        task_of(name, holdout, works, positive_from, n_users, rng)
        for name, holdout in (("warm", warm), ("cold", cold))
    ]


def task_of(
    name: str,
    holdout: Holdout,
    works: pd.DataFrame,
    positive_from: float,
    n_users: int,
    rng: np.random.Generator,
) -> Task:
    """A sample of people with something liked in the profile and something to be found."""
    relevant = relevant_items(holdout.withheld, positive_from)
    profiles = holdout.profiles
    liked = profiles.loc[profiles[schema.RATING] >= positive_from, schema.USER_ID]
    people = np.array(sorted(set(relevant[schema.USER_ID]) & set(liked)), dtype=object)
    people = people[np.sort(rng.choice(len(people), min(n_users, len(people)), replace=False))]
    items = IdMap.of(works[schema.ITEM_ID])
    history = profiles[profiles[schema.USER_ID].isin(people)]
    training = np.isin(items.index, holdout.fit[schema.ITEM_ID].unique())
    allowed = np.ones(len(items), dtype=bool)
    if holdout.candidates is not None:
        allowed = np.isin(items.index, holdout.candidates)
    return Task(
        name,
        training,
        Interactions.from_table(history, positive_from, items=items),
        relevant[relevant[schema.USER_ID].isin(people)],
        allowed,
    )


def measure(
    task: Task, texts: list[str], config: TextConfig, folder: Path | None
) -> dict[str, object]:
    """NDCG@10 of one encoder, its interval, and what it took."""
    training = [text for text, known in zip(texts, task.training, strict=True) if known]
    cache = TextCache(folder) if folder else None
    start = time.perf_counter()
    encoder = TextEncoder.fit(training, config, np.random.default_rng(SEED), cache)
    fitted = time.perf_counter()
    rows = encoder.transform(texts, cache)
    done = time.perf_counter()
    lists = ranked(task, rows)
    values = per_user(lists, task.relevant, (K,), metrics=("ndcg",))[f"ndcg@{K}"].to_numpy()
    rng = np.random.default_rng(SEED)
    low, high = intervals([plain_mean("ndcg", K, values)], 2000, 0.95, rng)[0]
    return {
        "ndcg@10": f"{values.mean():.4f}",
        "low": f"{low:.4f}",
        "high": f"{high:.4f}",
        "users": len(values),
        "works": len(texts),
        "features": rows.shape[1],
        "fit_s": f"{fitted - start:.1f}",
        "texts_s": f"{len(texts) / (done - fitted):.0f}",
    }


def ranked(task: Task, rows: Rows) -> pd.DataFrame:
    """Lists by centred cosine; equal scores in the order of ids."""
    mean = np.asarray(rows[np.flatnonzero(task.training)].mean(axis=0)).ravel()
    along = np.asarray(rows @ mean).ravel()
    lengths = np.asarray(
        rows.multiply(rows).sum(axis=1) if sparse.issparse(rows) else (rows**2).sum(axis=1)
    ).ravel()
    scale = 1 / np.sqrt(np.maximum(lengths - 2 * along + mean @ mean, 1e-9))
    liked = task.profiles.weights() * scale[np.newaxis, :]  # (n_users, n_works)
    liked = sparse.csr_array(liked)
    added = np.asarray(liked.sum(axis=1)).reshape(-1, 1)
    profiles = liked @ rows
    products = profiles @ rows.T
    scores = products.toarray() if sparse.issparse(products) else np.asarray(products)
    scores = scores - np.asarray(profiles @ mean).reshape(-1, 1) + added * (mean @ mean - along)
    scores *= scale
    scores[task.profiles.seen().toarray() > 0] = -np.inf
    scores[:, ~task.allowed] = -np.inf
    order = np.argsort(-scores, axis=1, kind="stable")[:, :DEPTH]
    users = np.repeat(np.arange(len(order)), DEPTH)
    kept = np.isfinite(np.take_along_axis(scores, order, axis=1)).ravel()
    table = {
        schema.USER_ID: task.profiles.users.to_id(users),
        schema.ITEM_ID: task.profiles.items.to_id(order.ravel()),
        schema.SCORE: np.take_along_axis(scores, order, axis=1).ravel(),
        schema.RANK: np.tile(np.arange(1, DEPTH + 1), len(order)),
    }
    return pd.DataFrame(table)[kept].reset_index(drop=True)


if __name__ == "__main__":
    main()
