"""Kedro datasets for tables and reports, saved atomically; a raw table read with care."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd
from kedro.io import AbstractDataset, DatasetError
from kedro_datasets._typing import HTMLPreview, TablePreview
from kedro_datasets.json import JSONDataset
from kedro_datasets.pandas import CSVDataset, ParquetDataset
from kedro_datasets.text import TextDataset

from artrec.data.parquet import read_parquet
from artrec.data.sources.files import RawFile, read_raw
from artrec.datasets.atomic import replacing


class AtomicSave:
    """Mixed into a kedro-datasets class: `save` writes beside the file, then takes its place."""

    _filepath: PurePosixPath

    def save(self, data: Any) -> None:
        """Save through the parent class, atomically."""
        target = self._filepath
        with replacing(Path(target)) as fresh:
            # plots take their format from the suffix, so the fresh name keeps it
            self._filepath = PurePosixPath(fresh.as_posix())
            try:
                super().save(data)  # type: ignore[misc]
            finally:
                self._filepath = target


class ParquetTable(AtomicSave, ParquetDataset):
    """`pandas.ParquetDataset` of a local file, saved atomically and read by Arrow itself."""

    def load(self) -> pd.DataFrame:
        """See `artrec.data.parquet`."""
        return read_parquet(Path(self._filepath), **self._load_args)


class CSVTable(AtomicSave, CSVDataset):
    """`pandas.CSVDataset`, saved atomically."""


class JSONReport(AtomicSave, JSONDataset):
    """`json.JSONDataset`, saved atomically."""


class TextReport(AtomicSave, TextDataset):
    """`text.TextDataset`, saved atomically."""


class PageReport(TextReport):
    """A self-contained HTML page, shown by kedro-viz."""

    def preview(self) -> HTMLPreview:
        """The page itself."""
        return HTMLPreview(str(self.load()))


class RawTable(AbstractDataset[pd.DataFrame, pd.DataFrame]):
    """A table somebody else wrote (CSV or Parquet), read as text; what is wrong is said plainly.

    Args:
        filepath: The file, by its suffix ``.csv``, ``.csv.gz``, ``.tsv``, ``.parquet``.
        optional: When true, a file that is not there is an empty table.
        delimiter: Column separator of a CSV file.
        encoding: Text encoding of a CSV file.
        metadata: Free text for kedro-viz; artrec does not read it.
    """

    def __init__(
        self,
        *,
        filepath: str,
        optional: bool = False,
        delimiter: str = ",",
        encoding: str = "utf-8",
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self._filepath = PurePosixPath(filepath)
        self._optional = optional
        self._raw = RawFile(path=filepath, delimiter=delimiter, encoding=encoding)
        self.metadata = metadata

    def load(self) -> pd.DataFrame:
        """Read every cell as text.

        Raises:
            InputError: The file is missing, empty, truncated or not what it should be.
        """
        if self._optional and not self._exists():
            return pd.DataFrame()
        return read_raw(self._raw)

    def preview(self, nrows: int = 5) -> TablePreview:
        """The first rows, for kedro-viz.

        Args:
            nrows: How many.
        """
        rows = self.load().head(nrows)
        return TablePreview(rows.astype(object).where(rows.notna(), None).to_dict(orient="split"))

    def save(self, data: pd.DataFrame) -> None:  # noqa: ARG002
        """Refuse: raw data are never written."""
        raise DatasetError(f"{self._filepath} is raw input: artrec never writes it")

    def _exists(self) -> bool:
        return Path(self._filepath).is_file()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath), "optional": self._optional}
