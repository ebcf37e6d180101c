"""Reading one raw file as text: every trouble with the file itself becomes a clear error."""

from __future__ import annotations

import gzip
import warnings
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pandas as pd

from artrec.data.sources.raw import as_text
from artrec.errors import InputError, near_names

CSV_SUFFIXES = (".csv", ".tsv", ".txt")
GZIP_MAGIC = b"\x1f\x8b"
PARQUET_MAGIC = b"PAR1"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class RawFile:
    """A file somebody else wrote.

    Attributes:
        path: The file; its suffix (.csv, .tsv, .txt, each also .gz, or .parquet) says its format.
        delimiter: Column separator of a text file.
        encoding: Encoding of a text file; a UTF-8 byte order mark is read over.
    """

    path: str
    delimiter: str = ","
    encoding: str = "utf-8"


def read_raw(file: RawFile) -> pd.DataFrame:
    """Read a file with every cell as text, missing and empty cells as None.

    Raises:
        InputError: The file is missing, unreadable, empty, truncated, of another format or
            encoding, or its lines do not fit its header.
    """
    path = Path(file.path)
    content = _content_of(path)
    suffixes = [each.lower() for each in path.suffixes]
    if suffixes and suffixes[-1] == ".parquet":
        return as_text(_parse_parquet(path, content))
    if content.startswith(GZIP_MAGIC):
        content = _decompress(path, content)
    if not any(each in CSV_SUFFIXES for each in suffixes):
        raise InputError(
            f"{path} is neither CSV nor Parquet by its name",
            "save the table as .csv, .csv.gz, .tsv or .parquet and name that file",
        )
    return as_text(_parse_csv(path, content, file.delimiter, file.encoding))


def _content_of(path: Path) -> bytes:
    if not path.exists():
        folder = path.parent
        beside = [each.name for each in sorted(folder.iterdir())] if folder.is_dir() else []
        if not beside:
            raise InputError(
                f"no file at {path}",
                f"nothing is in its folder {folder} either: put the file there, or set another "
                "filepath in the catalog of conf",
            )
        raise InputError(f"no file at {path}", f"in {folder}: {near_names(path.name, beside)}")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}", "name a file you may read"
        ) from error
    if not content:
        raise InputError(f"{path} is empty (0 bytes)", "copy or export it again")
    return content


def _decompress(path: Path, content: bytes) -> bytes:
    try:
        return gzip.decompress(content)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(
            f"{path} is damaged or cut off: {error}", "copy or download it again"
        ) from error


def _parse_parquet(path: Path, content: bytes) -> pd.DataFrame:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(pa.BufferReader(content))
        # without arrow's own metadata, which could turn columns into an index
        return table.replace_schema_metadata(None).to_pandas(integer_object_nulls=True)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        kind = "damaged or cut off" if content.startswith(PARQUET_MAGIC) else "no Parquet file"
        first = str(error).splitlines()[0]
        raise InputError(f"{path} is {kind}: {first}", "copy or export it again") from error


def _parse_csv(path: Path, content: bytes, delimiter: str, encoding: str) -> pd.DataFrame:
    if content.startswith(PARQUET_MAGIC):
        raise InputError(f"{path} is a Parquet file, not CSV", "name it with the suffix .parquet")
    text = _decode(path, content, encoding)
    if not text.strip():
        raise InputError(f"{path} is empty: it has no header", "copy or export it again")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            return pd.read_csv(
                BytesIO(text.encode("utf-8")),
                sep=delimiter,
                dtype=str,
                keep_default_na=False,
                index_col=False,
                header=0,
            )
    except (pd.errors.ParserError, pd.errors.ParserWarning) as error:
        reason = str(error).strip().removeprefix("Error tokenizing data. C error: ")
        raise InputError(
            f"{path} has lines that do not fit its header: {reason}",
            "put cells that hold the delimiter, a quote or a line break in double quotes; "
            f"the delimiter is set to {delimiter!r}",
        ) from error


def _decode(path: Path, content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        likely = "utf-16" if content.startswith(UTF16_MARKS) else "cp1252"
        raise InputError(
            f"{path} is not {encoding}: byte {content[error.start]:#04x} at {error.start}",
            f"set the file's encoding (it may be {likely!r}), or save it as UTF-8",
        ) from error
    except LookupError as error:
        raise InputError(
            f"unknown encoding {encoding!r} for {path}", "use a name such as 'utf-8' or 'cp1252'"
        ) from error
