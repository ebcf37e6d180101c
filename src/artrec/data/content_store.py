"""Content on disk: one array file a field, ids beside them; the same content gives the same bytes.

Layout: ``content.json`` (format and the fields' names in order), ``items.parquet`` and, a field,
``<place>.npz`` (compressed rows) or ``<place>.npy`` (dense).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import numpy as np
import pandas as pd
from scipy import sparse

from artrec import schema
from artrec.data.content import Content, Field
from artrec.data.ids import IdMap
from artrec.data.parquet import read_parquet
from artrec.errors import InputError

FORMAT: Final = 1
DESCRIPTION: Final = "content.json"
ITEMS: Final = "items.parquet"


def save_content(content: Content, folder: Path) -> None:
    """Write content to a new folder; overwriting atomically is the caller's.

    Args:
        content: Any content.
        folder: Is made, with its parents.
    """
    folder.mkdir(parents=True)
    ids = pd.DataFrame({schema.ITEM_ID: content.items.index.to_numpy(dtype=object)})
    ids.to_parquet(folder / ITEMS, index=False)
    for place, matrix in enumerate(content.fields.values()):
        if sparse.issparse(matrix):
            sparse.save_npz(folder / f"{place}.npz", sparse.csr_array(matrix), compressed=False)
        else:
            np.save(folder / f"{place}.npy", np.asarray(matrix), allow_pickle=False)
    told = {"format": FORMAT, "fields": list(content.fields)}
    (folder / DESCRIPTION).write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def load_content(folder: Path) -> Content:
    """Read what `save_content` wrote.

    Raises:
        InputError: The folder is not there, of another format, or damaged.
    """
    try:
        told = _description(folder)
        items = IdMap(pd.Index(read_parquet(folder / ITEMS)[schema.ITEM_ID], dtype="object"))
        fields = {name: _read(folder, place) for place, name in enumerate(told["fields"])}
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise InputError(
            f"{folder} is no content as artrec writes it: {error}",
            "run the stage that makes it again: kedro run --pipelines=text_embedding",
        ) from error
    return Content(items, fields)


def _description(folder: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
    if told.get("format") != FORMAT:
        raise ValueError(f"format {told.get('format')!r}; this artrec reads {FORMAT}")
    return told


def _read(folder: Path, place: int) -> Field:
    dense = folder / f"{place}.npy"
    if dense.exists():
        return np.asarray(np.load(dense, allow_pickle=False), dtype=np.float32)
    return sparse.csr_array(sparse.load_npz(folder / f"{place}.npz"), dtype=np.float32)
