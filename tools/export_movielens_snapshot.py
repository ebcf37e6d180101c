"""Packs the CSV that export_movielens.R wrote into data/01_raw/movielens_snapshot.

    Rscript tools/export_movielens.R movielens.csv
    python tools/export_movielens_snapshot.py movielens.csv \
        --out data/01_raw/movielens_snapshot --date 2026-11-21

The CSV is not changed, only compressed, without a time or a name in the gzip header, so that the
same input gives the same bytes wherever zlib has the version that the provenance names.
"""

from __future__ import annotations

import argparse
import gzip
import io
import zlib
from pathlib import Path

from provenance import require_checksum, sha256, write_provenance

EXPORTED_SHA256 = "beed7527ae257be11fd48e3c6fac7f0cd025799041674e2e869ea9cff97df65e"
NAME = "ratings.csv.gz"


def compress(content: bytes) -> bytes:
    """Gzip stream of the content with an empty header: same content, same bytes."""
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=packed, mtime=0) as stream:
        stream.write(content)
    return packed.getvalue()


def main() -> None:
    """Compress the CSV and write its provenance."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("csv", type=Path, help="what export_movielens.R wrote")
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    parser.add_argument("--date", required=True, help="date of the export, for the provenance")
    parser.add_argument("--any-version", action="store_true", help="accept another checksum")
    arguments = parser.parse_args()
    expected = None if arguments.any_version else EXPORTED_SHA256
    exported = require_checksum(arguments.csv, expected)
    arguments.out.mkdir(parents=True, exist_ok=True)
    target = arguments.out / NAME
    target.write_bytes(compress(arguments.csv.read_bytes()))
    record = {
        "data_set": "MovieLens ratings, snapshot of October 2016, as dslabs::movielens",
        "package": "dslabs (Debian: r-cran-dslabs)",
        "package_version": "0.7.4",
        "debian_version": "0.7.4-1",
        "original_source": "https://grouplens.org/datasets/movielens/",
        "licence": "GroupLens terms of use; see LICENCE.md beside this file",
        "exported": arguments.date,
        "scripts": ["tools/export_movielens.R", "tools/export_movielens_snapshot.py"],
        "columns": ["movieId", "title", "year", "genres", "userId", "rating", "timestamp"],
        "rows": 100004,
        "changes": "none: columns, order and values as write.csv gives them; missing is NA",
        "exported_csv_sha256": exported,
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        "files": {NAME: {"sha256": sha256(target), "bytes": target.stat().st_size}},
    }
    write_provenance(arguments.out, record)


if __name__ == "__main__":
    main()
