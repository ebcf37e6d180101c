"""The committed data, read once for all tests of the data layer."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from artrec.data.sources import movielens_snapshot, wikidata_films
from artrec.data.sources.base import Parsed, SourceConfig
from artrec.data.sources.files import RawFile, read_raw
from artrec.data.sources.raw import RawRows

ROOT = Path(__file__).parents[2]
RAW = ROOT / "data" / "01_raw"


@pytest.fixture(scope="session")
def raw_folder() -> Path:
    return RAW


@pytest.fixture(scope="session")
def raw_snapshot() -> pd.DataFrame:
    return read_raw(RawFile(str(RAW / "movielens_snapshot" / "ratings.csv.gz")))


@pytest.fixture(scope="session")
def parsed_snapshot(raw_snapshot: pd.DataFrame) -> Parsed:
    return movielens_snapshot.parse({"ratings": RawRows.of(raw_snapshot)}, SourceConfig())


@pytest.fixture(scope="session")
def wikidata_table() -> pd.DataFrame:
    films, rejected = wikidata_films.parse(
        read_raw(RawFile(str(RAW / "wikidata_films" / "films.parquet")))
    )
    assert rejected.empty
    return films
