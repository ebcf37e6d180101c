"""Kedro datasets for tables and reports, saved atomically; a raw table read with care."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd
from kedro.io import AbstractDataset, DatasetError
from kedro_datasets._typing import HTMLPreview, TablePreview
from kedro_datasets.json import JSONDataset
from kedro_datasets.pandas import CSVDataset, ParquetDataset
from kedro_datasets.text import TextDataset

from artrec.data.parquet import read_parquet
from artrec.data.sources.archives import MissingMemberError
from artrec.data.sources.files import RawFile, open_raw
from artrec.data.sources.raw import RawRows
from artrec.data.sources.records import RecordFiles, open_records
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


class _Raw(AbstractDataset[RawRows, RawRows]):
    """What raw tables share: they are opened as text and never written.

    Args:
        filepath: The file or folder.
        optional: When true, one that is not there is a table without columns.
        metadata: Free text for kedro-viz; artrec does not read it.
    """

    def __init__(
        self, *, filepath: str, optional: bool = False, metadata: dict[str, Any] | None = None
    ) -> None:
        self._filepath = PurePosixPath(filepath)
        self._optional = optional
        self.metadata = metadata

    def load(self) -> RawRows:
        """Open the table; its rows are read when they are asked for.

        Raises:
            InputError: The file is missing, empty, truncated or not what it should be.
        """
        if self._optional and not self._exists():
            return RawRows.absent()
        return self._open()

    def _open(self) -> RawRows:
        raise NotImplementedError

    def preview(self, nrows: int = 5) -> TablePreview:
        """The first rows, for kedro-viz.

        Args:
            nrows: How many.
        """
        return TablePreview(self.load().head(nrows).to_dict(orient="split"))

    def save(self, data: RawRows) -> None:  # noqa: ARG002
        """Refuse: raw data are never written."""
        raise DatasetError(f"{self._filepath} is raw input: artrec never writes it")

    def _exists(self) -> bool:
        return Path(self._filepath).exists()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath), "optional": self._optional}


class RawTable(_Raw):
    """A table somebody else wrote (CSV, Parquet, Feather), read as text; what is wrong is said.

    Args:
        filepath: The file, by its suffix ``.csv``, ``.csv.gz``, ``.tsv``, ``.dat``, ``.parquet``,
            ``.feather``, or a ``.zip`` that holds one.
        member: Which file of a zip archive, by its base name in whatever folder.
        optional: When true, a file or member that is not there is a table without columns.
        delimiter: Column separator of a text file.
        encoding: Encoding of a text file.
        columns: Names of the columns of a text file without a header.
        metadata: Free text for kedro-viz; artrec does not read it.
    """

    def __init__(
        self,
        *,
        filepath: str,
        member: str | None = None,
        optional: bool = False,
        delimiter: str = ",",
        encoding: str = "utf-8",
        columns: Sequence[str] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(filepath=filepath, optional=optional, metadata=metadata)
        names = None if columns is None else tuple(columns)
        self._raw = RawFile(filepath, delimiter, encoding, member, names)

    def _open(self) -> RawRows:
        try:
            return open_raw(self._raw)
        except MissingMemberError:
            if self._optional:
                return RawRows.absent()
            raise

    def _describe(self) -> dict[str, Any]:
        return super()._describe() | {"member": self._raw.member}


class RawRecords(_Raw):
    """JSON records somebody else wrote, as a text table (see `artrec.data.sources.records`).

    Args:
        filepath: A ``.json`` file, a folder of them, or a ``.zip`` that holds them.
        pattern: Which files of a folder or archive, by their base name.
        optional: When true, a file or folder that is not there is a table without columns.
        metadata: Free text for kedro-viz; artrec does not read it.
    """

    def __init__(
        self,
        *,
        filepath: str,
        pattern: str = "*.json",
        optional: bool = False,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(filepath=filepath, optional=optional, metadata=metadata)
        self._raw = RecordFiles(filepath, pattern)

    def _open(self) -> RawRows:
        return open_records(self._raw)
