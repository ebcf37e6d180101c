"""A small world of films in raw tables; the pipelines run on it in memory, or as a project."""

from __future__ import annotations

import atexit
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
import pandas as pd
import yaml
from kedro.config import OmegaConfigLoader
from kedro.framework.context import KedroContext
from kedro.framework.project import settings
from kedro.framework.startup import bootstrap_project
from kedro.io import AbstractDataset, DataCatalog, MemoryDataset
from kedro.pipeline import Pipeline
from kedro.runner import SequentialRunner
from kedro.validation.parameter_validator import ParameterValidator

from artrec.configuration import as_in, configured_media
from artrec.data.sources.raw import RawRows
from artrec.datasets.folders import BundleMember, BundleStore, CacheFolder
from artrec.media import Medium, only

Tree = dict[str, Any]

ROOT = Path(__file__).parents[1]
MEDIUM = "movies"
EMBEDDED = ("movielens_snapshot", "wikidata_films")  # raw data that every clone has
N_USERS, N_ITEMS, N_RATED = 48, 60, 25
START, A_DAY = 946_684_800, 86_400  # 2000-01-01
# few resamples, few trees: what is tested is not how good they are
TREES = {"n_rounds": 20, "stop_after": 5, "n_threads": 1}
QUICK: Tree = {"evaluation": {"n_bootstrap": 100}, "models": {"hybrid": {"trees": TREES}}}


def raw_ratings() -> pd.DataFrame:
    """The embedded source's columns, all text: two tastes, people who come one after another.

    Even users love even films and dislike odd ones, odd users the other way round; low film numbers
    are met more often. Each user rates one film a day.
    """
    rng = np.random.default_rng(7)
    likely = 1 / np.arange(3, N_ITEMS + 3)
    rows = []
    for user in range(N_USERS):
        chance = likely * np.where(np.arange(N_ITEMS) % 2 == user % 2, 3.0, 1.0)
        films = rng.choice(N_ITEMS, size=N_RATED, replace=False, p=chance / chance.sum())
        for day, film in enumerate(films):
            rating = rng.choice([4.0, 5.0] if film % 2 == user % 2 else [1.0, 3.5])
            time = START + (user * 60 + day) * A_DAY
            rows.append((film, f"u{user:02d}", f"{rating:g}", str(time)))
    table = pd.DataFrame(rows, columns=["film", "userId", "rating", "timestamp"])
    film = table.pop("film")
    return table.assign(
        movieId=film.map("{:03d}".format),
        title=film.map("Film {}".format),
        year=(1950 + film % 60).astype(str),
        genres=np.where(film % 2, "Drama|Romance", "Comedy"),
    )


def raw_metadata(n_films: int = 30) -> pd.DataFrame:
    """Film metadata, all text, for the first films of the world."""
    films = np.arange(n_films)
    return pd.DataFrame(
        {
            "wikidata_id": [f"Q{film}" for film in films],
            "imdb_id": [f"tt{film:07d}" for film in films],
            "title": [f"Film {film}" for film in films],
            "year": [str(1950 + film % 60) for film in films],
            "genres": "Drama",
            "directors": [f"Director {film % 7}" for film in films],
            **dict.fromkeys(("writers", "cast", "countries", "languages", "companies"), None),
            "runtime_minutes": "90",
        }
    )


def own_ratings() -> pd.DataFrame:
    """The same world under the names of a person's own file."""
    table = raw_ratings()[["userId", "movieId", "timestamp", "rating"]]
    return table.set_axis(["user_id", "item_id", "timestamp", "rating"], axis="columns")


@cache
def _bootstrapped() -> None:
    bootstrap_project(ROOT)


def registered(*media: str) -> dict[str, Pipeline]:
    """Every pipeline of the project, of the world's medium or of those named."""
    from artrec.pipeline_registry import register_pipelines

    with as_cloned(*media):
        return register_pipelines()


def world_medium(name: str = MEDIUM) -> Medium:
    """A medium as conf/base has it, the world's if no other is named."""
    with as_cloned(name):
        (found,) = (each for each in configured_media() if each.name == name)
    return found


@contextmanager
def as_cloned(*media: str) -> Iterator[None]:
    """Look at these media as a clone has them: conf/base over the embedded raw data.

    Whatever was fetched into this checkout, and whatever ran before in this process.
    """
    _bootstrapped()
    with as_in(embedded_project(), "base"), only(*(media or (MEDIUM,))):
        yield


@cache
def embedded_project() -> Path:
    """A folder that links to this project, but for raw data that a clone does not have."""
    folder = Path(mkdtemp(prefix="artrec-embedded-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name in ("conf", "src", "pyproject.toml"):
        (folder / name).symlink_to(ROOT / name)
    raw = Path("data") / "01_raw"
    (folder / raw).mkdir(parents=True)
    for name in EMBEDDED:
        (folder / raw / name).symlink_to(ROOT / raw / name)
    return folder


def configured(env: str = "base", medium: Mapping[str, Any] | None = None) -> Tree:
    """Parameters as `conf/` gives them, with changes to the medium's block."""
    _bootstrapped()
    loader = OmegaConfigLoader(str(ROOT / "conf"), env=env, **settings.CONFIG_LOADER_ARGS)
    parameters: Tree = dict(loader["parameters"])
    return merged(parameters, {MEDIUM: medium or {}})


def merged(tree: Mapping[str, Any], changes: Mapping[str, Any]) -> Tree:
    """A copy of nested mappings with changes at any depth."""
    result = dict(tree)
    for name, value in changes.items():
        inside = isinstance(value, Mapping) and isinstance(result.get(name), Mapping)
        result[name] = merged(result[name], value) if inside else value
    return result


def typed(pipeline: Pipeline, parameters: Tree) -> dict[str, Any]:
    """The ``params:`` inputs of a pipeline, validated and typed as Kedro does it."""
    validator = ParameterValidator({"asked": pipeline})
    context = KedroContext(
        project_path=ROOT, config_loader=None, env=None, package_name=None, hook_manager=None
    )
    context._validated_params_cache = validator.validate_raw_params(parameters)
    feed = context._get_parameters()
    return {name: feed[name] for name in pipeline.inputs() if name.startswith("params:")}


# datasets that are a folder by nature
FOLDERS: dict[str, Callable[..., AbstractDataset[Any, Any]]] = {
    "bundle_member": BundleMember,
    "text_cache": CacheFolder,
    "bundle_store": BundleStore,
}


class Kept(MemoryDataset):
    """Stands for a file: still there after the runner has no more use for it."""

    def _release(self) -> None:
        return


def run_stage(
    pipeline: Pipeline,
    data: Mapping[str, Any],
    folder: Path,
    parameters: Tree | None = None,
) -> dict[str, Any]:
    """Run a pipeline on memory data; what is a folder by nature lies in `folder`.

    Args:
        pipeline: A pipeline of the registry.
        data: Its free inputs, by their name without the medium.
        folder: For bundle and store.
        parameters: Nested parameters; by default those of conf/base with few resamples.

    Returns:
        Every dataset it has read or made, by its name without the medium; where an error ends
        the run, see `catalog_for`.
    """
    catalog = catalog_for(pipeline, data, folder, parameters)
    SequentialRunner().run(pipeline, catalog)
    return loaded(pipeline, catalog)


def catalog_for(
    pipeline: Pipeline,
    data: Mapping[str, Any],
    folder: Path,
    parameters: Tree | None = None,
) -> DataCatalog:
    """The catalog of `run_stage`."""
    feed = typed(pipeline, configured(medium=QUICK) if parameters is None else parameters)
    datasets: dict[str, AbstractDataset[Any, Any]] = {
        name: MemoryDataset(value) for name, value in feed.items()
    }
    for name in pipeline.datasets() - set(feed):
        given = data.get(short(name))
        if isinstance(given, pd.DataFrame) and short(name).startswith("raw_"):
            given = RawRows.of(given)
        datasets[name] = Kept() if given is None else Kept(given)
        if short(name) in FOLDERS:
            place = folder / short(name) / name.partition(".")[0]
            datasets[name] = FOLDERS[short(name)](filepath=str(place))
    return DataCatalog(datasets)


def loaded(pipeline: Pipeline, catalog: DataCatalog) -> dict[str, Any]:
    """What a catalog holds of a pipeline's datasets, by name without the medium."""
    names = {name for name in pipeline.datasets() if not name.startswith("params:")}
    return {short(name): catalog.load(name) for name in sorted(names) if catalog.exists(name)}


def short(name: str) -> str:
    """A dataset's name without the medium."""
    return name.rpartition(".")[2]


def quicken(parameters: Path) -> None:
    """Put `QUICK` into a copy of the medium's parameters."""
    told = yaml.safe_load(parameters.read_text(encoding="utf-8"))
    parameters.write_text(yaml.safe_dump(merged(told, {MEDIUM: QUICK})), encoding="utf-8")


def copied_project(folder: Path) -> Path:
    """A project of its own around the small world: this one's conf, and data in 01_raw only.

    Its parameters are this one's but for `QUICK`.
    """
    project = folder / "project"
    shutil.copytree(ROOT / "conf", project / "conf", ignore=shutil.ignore_patterns("local"))
    (project / "conf" / "local").mkdir()
    (project / "src").mkdir()
    shutil.copy(ROOT / "pyproject.toml", project)
    quicken(project / "conf" / "base" / "parameters_movies.yml")
    raw = project / "data" / "01_raw"
    for source in ("movielens_snapshot", "wikidata_films", "own"):
        (raw / source).mkdir(parents=True)
    raw_ratings().to_csv(raw / "movielens_snapshot" / "ratings.csv.gz", index=False)
    raw_metadata().to_parquet(raw / "wikidata_films" / "films.parquet", index=False)
    return project


def sample_embedded(project: Path, n_users: int) -> None:
    """Put some people of the embedded ratings, and an eighth of the films, into a project."""
    raw = Path("data") / "01_raw"
    ratings = pd.read_csv(
        ROOT / raw / "movielens_snapshot" / "ratings.csv.gz", dtype=str, keep_default_na=False
    )
    counts = ratings["userId"].value_counts()
    users = sorted(counts[(counts >= 40) & (counts < 120)].index)[:n_users]
    sample = ratings[ratings["userId"].isin(users)]
    sample.to_csv(project / raw / "movielens_snapshot" / "ratings.csv.gz", index=False)
    films = pd.read_parquet(ROOT / raw / "wikidata_films" / "films.parquet").iloc[::8]
    films.to_parquet(project / raw / "wikidata_films" / "films.parquet", index=False)
