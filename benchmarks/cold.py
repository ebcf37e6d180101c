"""Works that nobody has met: projection against a tuned cosine on the same fields, judged once.

    python benchmarks/cold.py books MIRROR [--together creators]
    python benchmarks/cold.py films [MIRROR]        (with a mirror: Wikipedia extracts as text)
    ... [--trials 32] [--works 4000] [--people 8000] [--judged 8000] [--seed 7]
        [--tuned FILE] [--out FILE]

A tenth of the works is cold in the test and as many in validation (`artrec.splitting.cold`): no
interaction of theirs is fitted on, and what people add to a work (shelves, genres made of shelves,
counts, means) is emptied. Cold works are ranked among themselves for everybody who liked one. The
two models that are tuned get the same fields, the same number of trials, the same random search
(some parameters of the best so far are moved, far in the first third of the trials) on validation,
where a sample of --works known works is fitted on; the test is looked at once with each one's best,
fitted on all. --tuned keeps every trial as it ends and takes up where it stands, so that a long run
may be parted. NDCG@10 with 95% bootstrap intervals over people; ratios are paired.
"""

from __future__ import annotations

import argparse
import functools
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from artrec import schema
from artrec.config import Config
from artrec.data.content import Content as Works
from artrec.data.enrich.registry import enrichment
from artrec.data.filters import keep_latest
from artrec.data.ids import IdMap
from artrec.data.interactions import Interactions
from artrec.data.parquet import read_parquet
from artrec.data.sources.base import SourceConfig
from artrec.data.sources.goodbooks import FROM_READERS, parse
from artrec.data.sources.raw import RawRows
from artrec.data.sources.records import RecordFiles, open_records
from artrec.features.fields import FieldsConfig, content_of
from artrec.features.text.cache import TextCache
from artrec.features.text.documents import DOCUMENT, DocumentConfig, documents
from artrec.features.text.encoding import TextConfig, TextEncoder
from artrec.metrics.bootstrap import resampled_sums
from artrec.metrics.lists import relevant_items
from artrec.metrics.ranking import per_user
from artrec.models.base import Scorer
from artrec.models.content import Content, ContentConfig
from artrec.models.ease_solve import EaseColumns
from artrec.models.projection import Projection, ProjectionConfig, ease_columns
from artrec.recommend.lists import lists_for_withheld
from artrec.splitting.base import Holdout
from artrec.splitting.cold import KNOWN_LATER, ColdConfig, hide_new, item_cold

POSITIVE_FROM = 4.0
K = 10
COLUMN = f"ndcg@{K}"
COMMITTED = Path(__file__).parents[1] / "data"
START = {
    "text": 1.0,
    "title": 0.1,
    "creators": 1.0,
    "series": 1.0,
    "genres": 0.5,
    "writers": 0.5,
    "cast": 0.5,
    "countries": 0.1,
    "languages": 0.05,
    "companies": 0.1,
    "year": 0.1,
}
NAMES = tuple(name for name in START if name != "text")
WIDE, NEAR, MOVED = 0.8, 0.4, 4


@dataclass(frozen=True)
class Data:
    """Interactions and works of one source, and which columns a new work would lack."""

    name: str
    table: pd.DataFrame
    works: pd.DataFrame
    hidden: tuple[str, ...]
    reading: DocumentConfig


@dataclass(frozen=True)
class Task:
    """A holdout, with people drawn, and the content as of it."""

    holdout: Holdout
    fit: Interactions
    content: Works
    relevant: pd.DataFrame


Trial = tuple[dict[str, float], dict[str, float]]  # field weights, other parameters


def main() -> None:
    """Tune on validation, judge on test, print."""
    asked = arguments()
    data = LOADERS[asked.data](asked.mirror)
    rng = np.random.default_rng(asked.seed)
    folder = tempfile.TemporaryDirectory()  # tokens of the texts, read by both tasks
    config = ColdConfig(item_share=0.1, together=asked.together)
    split = item_cold(data.table, data.works, config, rng)
    cold = (*split.validation_items, *split.test_items)
    cache = TextCache(Path(folder.name))
    print(
        f"{data.name}, {split.split_id}: {len(split.validation_items)} works cold in validation, "
        f"{len(split.test_items)} in test",
        flush=True,
    )

    @functools.cache
    def validation() -> Task:
        drawn = np.random.default_rng(asked.seed)
        sampled = some_works(split.for_validation(), asked.works, drawn)
        return task_of(data, sampled, cold, asked.people, drawn, cache)

    best = {
        name: tuned(name, validation, asked.trials, asked.seed, asked.tuned)
        for name in ("content", "projection")
    }
    rng = np.random.default_rng(asked.seed)
    task = task_of(data, split.for_test(), split.test_items, asked.judged, rng, cache)
    values = judged_once(task, best, rng)
    report(values, rng, asked.out)


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("data", choices=sorted(LOADERS))
    parser.add_argument("mirror", type=Path, nargs="?")
    parser.add_argument("--together", choices=["editions", "creators"], default="editions")
    numbers = {"trials": 32, "works": 4000, "people": 8000, "judged": 8000, "seed": 7}
    for name, default in numbers.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--tuned", type=Path)
    return parser.parse_args()


def books(mirror: Path, shelves: bool = False) -> Data:
    """goodbooks-10k with its descriptions, and if asked with readers' shelves (genres, tags)."""
    folder = mirror / "goodbooks-10k"
    texts = pd.read_feather(mirror / "beeformer" / "goodbooks-item_text_descriptions.feather")
    tables = {
        "ratings": RawRows.of(pd.read_csv(folder / "ratings.csv", dtype=str)),
        "books": RawRows.of(pd.read_csv(folder / "books.csv", dtype=str)),
        "descriptions": RawRows.of(texts),
    }
    if shelves:
        for name in ("tags", "book_tags"):
            tables[name] = RawRows.of(pd.read_csv(folder / f"{name}.csv", dtype=str))
    source = SourceConfig(reader="goodbooks", name="goodbooks-10k", positive_from=POSITIVE_FROM)
    read = parse(tables, source)
    hidden = (*KNOWN_LATER, *FROM_READERS)
    table = keep_latest(read.interactions).table
    return Data("goodbooks", table, read.works, hidden, DocumentConfig(parts=("text",)))


def films(mirror: Path | None) -> Data:
    """The committed snapshot as ingested (run the main job first), with extracts if at hand."""
    folder = COMMITTED / "03_primary" / "movies"
    table = read_parquet(folder / "interactions.parquet")
    works = read_parquet(folder / "works.parquet").drop(columns="text", errors="ignore")
    if mirror is None:
        return Data("snapshot, metadata documents", table, works, KNOWN_LATER, DocumentConfig())
    records = open_records(RecordFiles(str(mirror / "wikipedia-movies")))
    works = enrichment("wikipedia_extracts").enrich(works, records).works
    name = f"snapshot, extracts of {works['text'].notna().mean():.0%}"
    return Data(name, table, works, KNOWN_LATER, DocumentConfig(parts=("text",)))


LOADERS: dict[str, Callable[[Any], Data]] = {"books": books, "films": films}


def some_works(holdout: Holdout, n_works: int, rng: np.random.Generator) -> Holdout:
    """The holdout with a sample of the known works only."""
    known = np.sort(holdout.fit[schema.ITEM_ID].unique())
    if len(known) <= n_works:
        return holdout
    kept = rng.choice(known, n_works, replace=False)
    fit = holdout.fit[holdout.fit[schema.ITEM_ID].isin(kept)].reset_index(drop=True)
    return replace(holdout, fit=fit, profiles=fit)


def task_of(
    data: Data,
    holdout: Holdout,
    cold: tuple[str, ...],
    people: int,
    rng: np.random.Generator,
    cache: TextCache,
) -> Task:
    """Draw people who liked a cold work, and describe all works by the fitted ones."""
    relevant = relevant_items(holdout.withheld, POSITIVE_FROM)
    everybody = np.sort(relevant[schema.USER_ID].unique())
    chosen = rng.choice(everybody, size=min(people, len(everybody)), replace=False)
    relevant = relevant[relevant[schema.USER_ID].isin(chosen)]
    works = hide_new(data.works, cold, data.hidden)
    works = works.sort_values(schema.ITEM_ID, ignore_index=True)
    known = works[schema.ITEM_ID].isin(holdout.fit[schema.ITEM_ID]).to_numpy()
    texts = documents(works, data.reading)[DOCUMENT].to_numpy(dtype=object)
    encoder = TextEncoder.fit(texts[known].tolist(), TextConfig(), rng, cache)
    rows = encoder.transform(texts.tolist(), cache)
    fields = FieldsConfig(names=NAMES)
    content = content_of(works, rows, works.loc[known, schema.ITEM_ID], fields)
    if data.hidden != KNOWN_LATER:  # what cold works lack says nothing about them
        content = Works(content.items, {k: v for k, v in content.fields.items() if k != "genres"})
    fit = Interactions.from_table(holdout.fit, POSITIVE_FROM)
    asked = IdMap.of([*fit.items.index, *(holdout.candidates or ())])  # no other work is scored
    return Task(holdout, fit, content.take(asked), relevant)


def ndcg(scorer: Scorer, task: Task) -> np.ndarray:
    """NDCG@10 of each person."""
    lists = lists_for_withheld(
        scorer,
        task.holdout.fit,
        task.holdout.profiles,
        task.relevant,
        POSITIVE_FROM,
        K,
        candidates=task.holdout.candidates,
    )
    return per_user(lists, task.relevant, (K,))[COLUMN].to_numpy()


class Fitter:
    """Fits either model of a trial; EASE is solved once a task."""

    def __init__(self, task: Task) -> None:
        self.task = task
        enough = task.fit.items.index[task.fit.item_counts() >= ProjectionConfig().min_support]
        self.known = task.fit.onto_items(IdMap(enough))
        self.own: EaseColumns | None = None

    def fit(self, name: str, trial: Trial) -> Scorer:
        weights, others = trial
        known = {field: weights[field] for field in weights if field in self.task.content.fields}
        if name == "content":
            config: Config = ContentConfig(weights=known, **others)
            rng = np.random.default_rng(0)
            return Content.fit(self.task.fit, config, rng, self.task.content)
        topics = weights.get("topics", weights["text"])
        config = ProjectionConfig(weights={**known, "topics": topics}, **others)
        if self.own is None:
            self.own = ease_columns(self.known, config)
        rng = np.random.default_rng(0)
        return Projection.project(self.known.items, self.own, config, rng, self.task.content)


# what is tuned beside the field weights, and its start
OTHERS: dict[str, dict[str, float]] = {
    "content": {"below_in_profile": 0.25},
    "projection": {
        "below_in_profile": 0.5,
        "sharpness": 1.5,
        "ridge": 0.3,
        "self_weight": 0.15,
        "row_exponent": 0.7,
        "column_exponent": 0.6,
    },
}
# these move by steps within bounds, all others by factors
BOUNDS = {"below_in_profile": (0, 1), "row_exponent": (0, 1.5), "column_exponent": (0, 1)}


def tuned(name: str, task: Callable[[], Task], trials: int, seed: int, file: Path | None) -> Trial:
    """Random search on validation; trials that the file has are not run again."""
    done: dict[str, list[tuple[float, Trial]]] = {}
    if file and file.exists():
        done = json.loads(file.read_text(encoding="utf-8"))
    weights = {**START, **({"topics": 1.0} if name == "projection" else {})}
    best: Trial = (weights, OTHERS[name])
    fitter = Fitter(task()) if len(done.get(name, [])) < trials else None
    for at in range(len(done.setdefault(name, [])), trials):
        assert fitter is not None
        if at:
            rng = np.random.default_rng([seed, at])
            best = max(done[name], key=lambda each: each[0])[1]
            best = moved(best, WIDE if at < trials / 3 else NEAR, rng, fitter.task)
        figure = float(ndcg(fitter.fit(name, best), fitter.task).mean())
        done[name].append((figure, best))
        print(f"  {name} {at}: {figure:.4f}  {shown(best, fitter.task)}", flush=True)
        if file:
            file.write_text(json.dumps(done, indent=1), encoding="utf-8")
    return max(done[name], key=lambda each: each[0])[1]


def moved(trial: Trial, spread: float, rng: np.random.Generator, task: Task) -> Trial:
    """A trial with some parameters moved: steps within bounds, all others factors."""
    weights, others = (dict(each) for each in trial)
    told = [name for name in weights if name in {*task.content.fields, "topics"}]
    names = sorted([*told, *others])
    for name in rng.choice(names, min(MOVED, len(names)), replace=False).tolist():
        if name in BOUNDS:
            low, high = BOUNDS[name]
            step = rng.normal(0, spread * (high - low) / 3)
            others[name] = float(np.clip(others[name] + step, low, high))
        else:
            (others if name in others else weights)[name] *= float(np.exp(rng.normal(0, spread)))
    return weights, others


def shown(trial: Trial, task: Task) -> str:
    """Weights as shares of the text's, and the rest."""
    weights, others = trial
    fields = {*task.content.fields, "topics"} & set(weights)
    parts = {f: weights[f] / weights["text"] for f in sorted(fields)}
    return " ".join(f"{name}={value:.2g}" for name, value in {**parts, **others}.items())


def judged_once(
    task: Task, best: dict[str, Trial], rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """NDCG@10 a person of the tuned models and of what they must beat."""
    fitter = Fitter(task)
    weights, others = best["content"]
    plain = {"centred": False, "below_in_profile": others["below_in_profile"]}
    people = {"creators": 1.0, "series": 1.0}
    values = {
        "projection": ndcg(fitter.fit("projection", best["projection"]), task),
        "centred cosine": ndcg(fitter.fit("content", best["content"]), task),
        "cosine, not centred": ndcg(fitter.fit("content", (weights, plain)), task),
        "author + series": ndcg(fitter.fit("content", ({**people, "text": 0.0}, plain)), task),
        "text alone": ndcg(fitter.fit("content", ({"text": 1.0}, others)), task),
    }
    items = sorted(task.holdout.candidates or ())
    users = np.sort(task.relevant[schema.USER_ID].unique())
    drawn = [
        pd.DataFrame(
            {
                schema.USER_ID: user,
                schema.ITEM_ID: rng.permutation(items)[:K],
                schema.SCORE: 0.0,
                schema.RANK: np.arange(1, K + 1),
            }
        )
        for user in users[:2000]
    ]
    chance = per_user(pd.concat(drawn), task.relevant, (K,), users[:2000])[COLUMN]
    print(f"  random order: {chance.mean():.4f}")
    return values


def report(values: dict[str, np.ndarray], rng: np.random.Generator, out: Path | None) -> None:
    """Means with intervals, and ratios and differences to the centred cosine, paired."""
    names = list(values)
    stacked = np.column_stack([values[name] for name in names])
    resampled = resampled_sums(stacked, 10_000, rng) / len(stacked)
    peer = names.index("centred cosine")
    lines = []
    for at, name in enumerate(names):
        low, high = np.quantile(resampled[:, at], (0.025, 0.975))
        ratio = np.quantile(resampled[:, at] / resampled[:, peer], (0.025, 0.975))
        mean = stacked.mean(axis=0)
        lines.append(
            {
                "model": name,
                "people": len(stacked),
                "NDCG@10": round(mean[at], 4),
                "interval": f"[{low:.4f}, {high:.4f}]",
                "x centred cosine": round(mean[at] / mean[peer], 3),
                "of that": f"[{ratio[0]:.3f}, {ratio[1]:.3f}]",
            }
        )
    table = pd.DataFrame(lines)
    print(table.to_string(index=False))
    if out:
        table.to_csv(out, index=False)


if __name__ == "__main__":
    main()
