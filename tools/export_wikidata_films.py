"""Exports the film table of bokeh-sampledata 2026.1 into data/01_raw/wikidata_films.

    python tools/export_wikidata_films.py movies.db --out data/01_raw/wikidata_films \
        --date 2026-11-21

Only version 2026.1 and its checksum are accepted: earlier versions carry another table under the
same name, which is not CC0. Values stay as they are, except that empty text becomes missing;
columns empty for every film are left out. The bytes of the Parquet file depend on the version of
pyarrow, which the provenance names; the values do not.
"""

from __future__ import annotations

import argparse
import sqlite3
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from provenance import require_checksum, sha256, write_provenance

DATABASE_SHA256 = "1d9c6a02e488d0354b2309e16130c58820a91ac2ce417e814c5964f9579a65ac"
NAME = "films.parquet"
TEXT, WHOLE, REAL = pa.string(), pa.int64(), pa.float64()
# column in the file, where it comes from, its type
COLUMNS = [
    ("wikidata_id", "'Q' || omdb.ID", TEXT),
    ("imdb_id", "omdb.imdbID", TEXT),
    ("title", "omdb.Title", TEXT),
    ("year", "omdb.Year", WHOLE),
    ("released", "omdb.Released", TEXT),
    ("runtime_minutes", "omdb.Runtime", REAL),
    ("certificate", "omdb.Rating", TEXT),
    ("genres", "omdb.Genre", TEXT),
    ("directors", "omdb.Director", TEXT),
    ("writers", "omdb.Writer", TEXT),
    ("cast", "omdb.Cast", TEXT),
    ("languages", "omdb.Language", TEXT),
    ("countries", "omdb.Country", TEXT),
    ("companies", "tomatoes.Production", TEXT),
    ("awards", "omdb.Awards", TEXT),
    ("oscars", "omdb.Oscars", WHOLE),
    ("metacritic", "omdb.Metacritic", REAL),
    ("critics_rating", "tomatoes.Rating", REAL),
    ("critics_meter", "tomatoes.Meter", REAL),
    ("critics_reviews", "tomatoes.Reviews", REAL),
    ("box_office_usd", "tomatoes.BoxOffice", REAL),
]


def read_films(database: Path) -> pa.Table:
    """The chosen columns of both tables, ordered by Wikidata id."""
    chosen = ", ".join(source for _, source, _ in COLUMNS)
    query = f"SELECT {chosen} FROM omdb JOIN tomatoes ON omdb.ID = tomatoes.ID ORDER BY omdb.ID"
    with sqlite3.connect(database) as connection:
        rows = connection.execute(query).fetchall()
    arrays = []
    for values, (_, _, kind) in zip(zip(*rows, strict=True), COLUMNS, strict=True):
        kept = [None if value == "" else value for value in values]
        arrays.append(pa.array([None if v is None else cast(v, kind) for v in kept], type=kind))
    return pa.table(arrays, names=[name for name, _, _ in COLUMNS])


def cast(value: object, kind: pa.DataType) -> object:
    """A database value as the column's type."""
    return float(str(value)) if kind == REAL else value


def main() -> None:
    """Write the table and its provenance."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database", type=Path, help="movies.db of the 2026.1 wheel")
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    parser.add_argument("--date", required=True, help="date of the export, for the provenance")
    arguments = parser.parse_args()
    source = require_checksum(arguments.database, DATABASE_SHA256)
    films = read_films(arguments.database)
    arguments.out.mkdir(parents=True, exist_ok=True)
    target = arguments.out / NAME
    pq.write_table(films, target, compression="zstd", compression_level=19)
    record = {
        "data_set": "Film metadata of Wikidata: films of 1940-2014 with review-score statements",
        "package": "bokeh-sampledata",
        "package_version": "2026.1",
        "original_source": "https://www.wikidata.org/ (structured data), retrieved 2026-10-18",
        "licence": "CC0-1.0; see LICENCE.md beside this file",
        "exported": arguments.date,
        "scripts": ["tools/export_wikidata_films.py"],
        "pyarrow": pa.__version__,
        "columns": {name: origin for name, origin, _ in COLUMNS},
        "rows": films.num_rows,
        "changes": "empty text became missing; columns renamed; columns without a value left out",
        "database_sha256": source,
        "files": {NAME: {"sha256": sha256(target), "bytes": target.stat().st_size}},
    }
    write_provenance(arguments.out, record)


if __name__ == "__main__":
    main()
