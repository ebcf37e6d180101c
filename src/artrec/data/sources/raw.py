"""Raw tables of text, in chunks: columns found by name, values converted, bad rows set aside."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from artrec import schema
from artrec.data.ids import NUL
from artrec.data.sources.text_chunks import TextChunk
from artrec.errors import InputError, near_names

if TYPE_CHECKING:
    import pyarrow as pa

BYTE_ORDER_MARK = "\ufeff"
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
# whole numbers beyond this are not exact in float64
EXACT_LIMIT = float(2**53)
SHOWN_LENGTH = 60

BoolArray = npt.NDArray[np.bool_]
Reason = Callable[[int], str]


@dataclass(frozen=True, eq=False)
class RawRows:
    """A raw table that is read anew each time it is iterated over.

    A chunk is a frame whose cells are text or None; its index counts the table's rows from 0 over
    all chunks. There is at least one chunk, if only an empty one.

    Attributes:
        columns: Names of the columns; none where an optional file is absent.
        chunks: Starts reading from the first row.
        texts: The same rows for those who can do without a Python object a cell; None where the
            source has only `chunks`.
    """

    columns: tuple[str, ...]
    chunks: Callable[[], Iterator[pd.DataFrame]]
    texts: Callable[[], Iterator[TextChunk]] | None = None

    @classmethod
    def of(cls, frame: pd.DataFrame) -> RawRows:
        """A table in memory, of columns of any type (see `artrec.data.sources.raw.as_text`)."""
        text = as_text(frame)
        return cls(tuple(text.columns), lambda: iter((text,)))

    @classmethod
    def absent(cls) -> RawRows:
        """Stands for an optional file that is not there."""
        return cls.of(pd.DataFrame())

    @property
    def present(self) -> bool:
        """Whether there is a table at all."""
        return bool(self.columns)

    def __iter__(self) -> Iterator[pd.DataFrame]:
        return self.chunks()

    def text_chunks(self) -> Iterator[TextChunk]:
        """The same rows, each chunk as Arrow or pandas holds it."""
        if self.texts is not None:
            return self.texts()
        return (TextChunk(chunk) for chunk in self)

    def whole(self) -> pd.DataFrame:
        """The table as one frame, index from 0."""
        frames = list(self)
        return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)

    def head(self, n_rows: int) -> pd.DataFrame:
        """The first rows, at most `n_rows` of the first chunk."""
        (first,) = islice(self, 1)
        return first.head(n_rows)


def as_text(raw: pd.DataFrame, missing: Iterable[str] = ("",)) -> pd.DataFrame:
    """Every cell as text, missing cells as None; column names as text without byte order mark.

    Text stays exactly as it is (leading zeros, blanks, case). Whole numbers in a float column,
    which is how Parquet files store ids with gaps, lose their ``.0``; times become ISO 8601.

    Args:
        raw: Table with columns of any type.
        missing: Texts that stand for a missing value.
    """
    absent = set(missing)
    columns = {}
    for position, name in enumerate(raw.columns):
        cells = _column_as_text(raw.iloc[:, position]).to_numpy(dtype=object, copy=True)
        cells[[cell is None or cell in absent for cell in cells]] = None
        columns[str(name).removeprefix(BYTE_ORDER_MARK)] = cells
    return pd.DataFrame(columns, dtype="object", columns=list(columns))


def _column_as_text(column: pd.Series) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return _none_for_missing(column.map(lambda time: time.isoformat(), na_action="ignore"))
    if pd.api.types.is_float_dtype(column.dtype):
        return _none_for_missing(column.astype("float64").map(_number_text, na_action="ignore"))
    return _none_for_missing(column.astype("object").map(str, na_action="ignore"))


def _none_for_missing(column: pd.Series) -> pd.Series:
    plain = column.astype("object")
    return plain.where(plain.notna(), None)


def _number_text(number: float) -> str:
    return str(int(number)) if number.is_integer() else repr(number)


def without(raw: pd.DataFrame, missing: Iterable[str]) -> pd.DataFrame:
    """A table of text in which some texts stand for a missing cell: those become None.

    Args:
        raw: Table of text, empty cells None already.
        missing: The texts.
    """
    texts = [text for text in missing if text]
    return raw.mask(raw.isin(texts), None) if texts else raw


def require_columns(
    raw: pd.DataFrame,
    wanted: Mapping[str, str],
    table: str,
    optional: Iterable[str] = (),
    parameter: str | None = None,
) -> None:
    """Check that a raw table has the columns a reader is told to use, and at least one row.

    Args:
        raw: The raw table.
        wanted: What a column means to artrec -> its name in the table.
        table: What errors call the table.
        optional: Meanings for which ``null`` is a possible name.
        parameter: Where names are set, as the hint says it; None for a published file, whose
            names are what they are.

    Raises:
        InputError: A column is missing, or two have its name; says which, and what to do.
    """
    names = [str(name) for name in raw.columns]
    lacking = [meaning for meaning in wanted if wanted[meaning] not in names]
    if lacking:
        first = wanted[lacking[0]]
        problem = f"{table}: no column {first!r} (for {lacking[0]}); the columns are {names}"
        hint = _column_hint(first, names)
        if parameter is None:
            raise InputError(problem, f"{hint}; it may be another version of the data set")
        hint += f"; the name is set under {parameter}.{lacking[0]}"
        raise InputError(problem, hint + " (null: none)" * (lacking[0] in set(optional)))
    for name in wanted.values():
        if name in names and f"{name}.1" in names:  # how pandas calls the second of that name
            problem = f"{table}: more than one column is called {name!r}; the columns are {names}"
            raise InputError(problem, "rename or remove those that are not meant")
    if len(raw) == 0:
        raise InputError(f"{table}: there are no rows below the header", "give it at least one row")


def _column_hint(name: str, names: list[str]) -> str:
    if len(names) == 1:
        for delimiter, word in DELIMITERS.items():
            if delimiter in names[0]:
                return f"the header is parted by {word}s: set the file's delimiter to {delimiter!r}"
    by_case = {each.strip().casefold(): each for each in names}
    near = by_case.get(name.casefold())
    return near_names(name, names) if near is None else f"did you mean {near!r}?"


@dataclass
class Sieve:
    """Collects, over one raw table, which rows are set aside and why (the first reason counts).

    Attributes:
        table: Name of the raw table in the quarantine.
        raw: The raw table, text; its index counts the file's rows from 0.
    """

    table: str
    raw: pd.DataFrame
    _reasons: dict[int, str] = field(default_factory=dict)

    def text(self, column: str) -> pd.Series:
        """A column that must not be missing; rows without it are set aside."""
        values = self.raw[column]
        self.reject(values.isna(), lambda _: f"{column} is missing")
        return values

    def ids(self, column: str) -> pd.Series:
        """A column of ids; rows with a missing id, or one that holds a NUL, are set aside.

        pandas takes a NUL for the end of a text, so that two such ids could become one.
        """
        values = self.text(column)
        if not holds_nul(values):
            return values
        broken = values.map(lambda outer: NUL in outer, na_action="ignore").eq(True)
        self.reject(broken, lambda at: f"{column} {shown(values.iloc[at])} holds a NUL character")
        return values

    def number(self, column: str, required: bool = True) -> pd.Series:
        """A column as float64; rows whose text is no finite number are set aside."""
        values = self.raw[column]
        if required:
            self.text(column)
        numbers = numbers_of(values)
        wrong = values.notna() & ~np.isfinite(numbers)
        self.reject(wrong, lambda at: f"{column} {shown(values.iloc[at])} is not a number")
        return numbers.where(np.isfinite(numbers))

    def whole_number(self, column: str) -> pd.Series:
        """An optional column as Int64; rows with a fraction or other text are set aside."""
        numbers = self.number(column, required=False)
        wrong = numbers.notna() & ((numbers % 1 != 0) | (numbers.abs() > EXACT_LIMIT))
        values = self.raw[column]
        self.reject(wrong, lambda at: f"{column} {shown(values.iloc[at])} is not a whole number")
        return numbers.where(~wrong).astype("Int64")

    def seconds(self, column: str, unit: Literal["s", "ms", "iso"]) -> pd.Series:
        """A column of times as whole seconds since 1970 (UTC), float64; fractions are cut off."""
        if unit == "iso":
            return self._seconds_of_iso(column)
        numbers = self.number(column)
        values = self.raw[column]
        wrong = numbers.abs() > EXACT_LIMIT
        self.reject(wrong, lambda at: f"{column} {shown(values.iloc[at])} is out of range")
        return np.floor(numbers.where(~wrong) / (1000.0 if unit == "ms" else 1.0))

    def _seconds_of_iso(self, column: str) -> pd.Series:
        values = self.text(column)
        times = pd.to_datetime(values, format="ISO8601", utc=True, errors="coerce")
        wrong = values.notna() & times.isna()
        self.reject(wrong, lambda at: f"{column} {shown(values.iloc[at])} is not an ISO 8601 time")
        return np.floor((times - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(seconds=1))

    def reject(self, wrong: pd.Series | BoolArray, reason: Reason) -> None:
        """Set rows aside.

        Args:
            wrong: Boolean of length n_rows.
            reason: From a row's position to the reason for it.
        """
        for at in np.flatnonzero(np.asarray(wrong, dtype=bool)):
            self._reasons.setdefault(int(at), reason(int(at)))

    def accepted(self) -> BoolArray:
        """Boolean of length n_rows: rows no reason stands against."""
        kept = np.ones(len(self.raw), dtype=bool)
        kept[list(self._reasons)] = False
        return kept

    def rejected(self) -> pd.DataFrame:
        """The rows set aside, as `schema.REJECTED`, in the raw order; rows count from 1."""
        at = sorted(self._reasons)
        rows = self.raw.iloc[at].to_dict(orient="records")
        return schema.REJECTED.conform(
            pd.DataFrame(
                {
                    "table": [self.table] * len(at),
                    "row": self.raw.index[at].to_numpy(dtype=np.int64) + 1,
                    "reason": [self._reasons[each] for each in at],
                    "values": [json.dumps(row, ensure_ascii=False) for row in rows],
                }
            )
        )


def holds_nul(values: pd.Series) -> bool:
    """Whether any cell of a column of text holds a NUL character."""
    return NUL in "".join(values.dropna())


def numbers_of(values: pd.Series) -> pd.Series:
    """A column of text as float64; what is no number is NaN, as `pandas.to_numeric` has it.

    Columns of whole numbers are converted by Arrow, of other columns each different text once.
    """
    whole = _whole_numbers(values)
    if whole is not None:
        return whole
    if not holds_nul(values):  # for factorize that is the end of a text
        codes, unique = pd.factorize(values)
        if len(unique) < len(values):
            each = pd.to_numeric(pd.Series(unique, dtype=object), errors="coerce").to_numpy(float)
            return pd.Series(np.append(each, np.nan)[codes], index=values.index)
    return pd.to_numeric(values, errors="coerce").astype("float64")


def _whole_numbers(values: pd.Series) -> pd.Series | None:
    import pyarrow as pa

    first = next((cell for cell in values if cell is not None), "")
    if not first.lstrip("-").isdecimal():
        return None  # Arrow is slow to say of every cell that it is none
    try:
        found = whole_numbers(pa.array(values, type=pa.string(), from_pandas=True))
    except UnicodeEncodeError:
        return None
    if found is None:
        return None
    return pd.Series(found.to_numpy(zero_copy_only=False).astype("float64"), index=values.index)


def whole_numbers(text: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray | None:
    """A column of text as int64; None where a cell is no whole number."""
    import pyarrow as pa
    import pyarrow.compute as pc

    # Arrow would read hexadecimal numbers
    if any(pc.any(pc.match_substring(text, sign)).as_py() for sign in "xX"):
        return None
    try:
        return text.cast(pa.int64())
    except pa.ArrowInvalid:
        return None


def shown(text: str) -> str:
    """A cell as it stands in a message: quoted, and cut when long."""
    return repr(text if len(text) <= SHOWN_LENGTH else text[: SHOWN_LENGTH - 3] + "...")
