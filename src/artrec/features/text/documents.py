"""The document of a work: the words an encoder reads, and of which kind they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import AfterValidator, Field

from artrec import schema
from artrec.config import Config
from artrec.errors import near_names
from artrec.features.text.language import languages_of
from artrec.features.text.preprocess import PreprocessConfig, holds_token

DOCUMENT: Final = "document"
KIND: Final = "kind"
LANGUAGE: Final = "language"
CUT: Final = "cut"

WRITTEN: Final = ("text", "tags")
METADATA: Final = (
    schema.TITLE,
    schema.GENRES,
    schema.CREATORS,
    "writers",
    "cast",
    "series",
    "countries",
    "languages",
    "companies",
    "materials",
    "decade",
)
KINDS: Final = ("text", "tags", "metadata", "empty")


def _known_parts(parts: tuple[str, ...]) -> tuple[str, ...]:
    for each in parts:
        if each not in (*WRITTEN, *METADATA):
            raise ValueError(f"no part {each!r}: {near_names(each, (*WRITTEN, *METADATA))}")
    return parts


class DocumentConfig(Config):
    """Which columns of a work make its document."""

    parts: Annotated[tuple[str, ...], AfterValidator(_known_parts)] = Field(
        default=(*WRITTEN, *METADATA),
        min_length=1,
        description="Columns that are read, and the decade of the year, in the document's order.",
    )
    metadata: Literal["always", "without_text", "never"] = Field(
        default="always",
        description="Whether title, genres, people and the like join a document that has a text.",
    )
    max_characters: int = Field(
        default=20_000,
        ge=100,
        description="Characters of a text that are read; what follows is cut off, and flagged.",
    )


def documents(
    works: pd.DataFrame, config: DocumentConfig, preprocess: PreprocessConfig | None = None
) -> pd.DataFrame:
    """The document of each work.

    Args:
        works: Table `schema.WORKS`; a column that is absent is a part that no work has.
        config: Parts and their order.
        preprocess: How its reader makes tokens of it: a part of which none is left (stop words
            only) says nothing. None: its reader reads words as they stand.

    Returns:
        One row a work, in the order of `works`: item_id, document, kind ("text"; "tags" where
        there is no text; "metadata" where there are no words but those of the metadata;
        "empty"), language (of a text: ISO 639-1 or "unknown"; None where there is no text; kept,
        whatever it is), cut (whether the text was longer than is read).
    """
    columns = {part: _telling(_cells(works, part), preprocess) for part in config.parts}
    texts = [cell[: config.max_characters] for cell in columns.get("text", [""] * len(works))]
    rows = [
        _document({**dict(zip(columns, cells, strict=True)), **_read(config, text)}, config)
        for text, cells in zip(texts, zip(*columns.values(), strict=True), strict=True)
    ]
    detected = iter(languages_of([text for text in texts if text]))
    return pd.DataFrame(
        {
            schema.ITEM_ID: works[schema.ITEM_ID].to_numpy(dtype=object),
            DOCUMENT: pd.Series([each for each, _ in rows], dtype=object),
            KIND: pd.Series([kind for _, kind in rows], dtype=object),
            LANGUAGE: pd.Series([next(detected) if each else None for each in texts], dtype=object),
            CUT: pd.Series(
                [len(cell) > config.max_characters for cell in columns.get("text", texts)],
                dtype=bool,
            ),
        }
    )


def documents_anew(
    written: pd.DataFrame,
    works: pd.DataFrame,
    changed: Sequence[bool] | npt.NDArray[np.bool_],
    config: DocumentConfig,
    preprocess: PreprocessConfig | None = None,
) -> pd.DataFrame:
    """The same table with the documents of some works written anew.

    Args:
        written: What `documents` returned of the same works, in their order.
        works: `schema.WORKS`, as they are now.
        changed: Which of them say something else than before.
        config: Parts and their order.
        preprocess: See `documents`.
    """
    at = np.flatnonzero(changed)
    table = written.drop(index=written.index[at])
    fresh = documents(works.iloc[at], config, preprocess).set_index(written.index[at])
    return pd.concat([table, fresh]).sort_index()


def kinds_of(table: pd.DataFrame) -> dict[str, int]:
    """How many works have a document of each kind, for a report to say.

    Args:
        table: What `documents` returns.
    """
    counts = table[KIND].value_counts()
    return {kind: int(counts.get(kind, 0)) for kind in KINDS}


def _read(config: DocumentConfig, text: str) -> dict[str, str]:
    return {"text": text} if "text" in config.parts else {}


def _document(cells: dict[str, str], config: DocumentConfig) -> tuple[str, str]:
    """Document and kind of one work, from part to what it says ("" where it says nothing)."""
    written = [part for part in WRITTEN if cells.get(part)]
    kind = written[0] if written else "metadata"
    left_out = config.metadata == "never" or (config.metadata == "without_text" and written)
    said = [cell for part, cell in cells.items() if cell and (part in WRITTEN or not left_out)]
    if not said:
        return "", "empty"
    # one statement a line: no phrase runs over from one part into the next
    return "\n".join(said), kind


def _telling(cells: list[str], preprocess: PreprocessConfig | None) -> list[str]:
    if preprocess is None:
        return cells
    return [cell if cell and holds_token(cell, preprocess) else "" for cell in cells]


def _cells(works: pd.DataFrame, part: str) -> list[str]:
    """What one part says of each work, as readable words."""
    if part == "decade":
        years = works[schema.YEAR].astype("float64") // 10 * 10
        return ["" if pd.isna(year) else f"{int(year)}s" for year in years]
    if part not in works:
        return [""] * len(works)
    cells = [cell.strip() if isinstance(cell, str) else "" for cell in works[part]]
    if part in {"text", schema.TITLE}:
        return cells
    return [cell.replace(schema.SEPARATOR, ", ") for cell in cells]
