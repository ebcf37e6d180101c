"""Saving and loading a fitted scorer: plain arrays, a table of items and a JSON; no code.

A folder holds ``scorer.json`` (format, model, config, and each array's type and shape), the ids of
items (two arrays of `artrec.data.texts`; ``items.parquet`` in format 1, which is read still) and
one ``<name>.npy`` an array; a scorer made of others has theirs as folders of the same kind under
``parts``. The same scorer gives the same bytes.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import ValidationError

from artrec import schema
from artrec.data.ids import IdMap
from artrec.data.parquet import read_parquet
from artrec.data.texts import Texts
from artrec.errors import ArtrecError, BundleError
from artrec.models.base import Composite, Scorer
from artrec.models.registry import config_class, model_class

FORMAT: Final = 2
READ_FORMATS: Final = (1, 2)
DESCRIPTION: Final = "scorer.json"
ITEMS: Final = "items.ids"  # with a point in it, as no array's name has
OLD_ITEMS: Final = "items.parquet"
PARTS: Final = "parts"
POINTERS: Final = "indptr"

T = TypeVar("T")


def save_scorer(scorer: Scorer, folder: Path) -> None:
    """Write a scorer into a folder, which is made if needed; arrays of an earlier one are removed.

    The description is written last, so that a folder without one is not a scorer.

    Args:
        scorer: Any fitted scorer.
        folder: Where its files go.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / DESCRIPTION).unlink(missing_ok=True)
    for old in folder.glob("*.npy"):
        old.unlink()
    shutil.rmtree(folder / PARTS, ignore_errors=True)
    parts = parts_of(scorer)
    for name, part in parts.items():
        save_scorer(part, folder / PARTS / name)
    arrays = scorer.arrays()
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)
    (folder / OLD_ITEMS).unlink(missing_ok=True)
    Texts.of(scorer.items.index).save(folder, ITEMS)
    description = {
        "format": FORMAT,
        "model": scorer.name,
        "config": scorer.config.model_dump(mode="json"),
        "n_items": len(scorer.items),
        "arrays": {name: _signature(array) for name, array in sorted(arrays.items())},
    }
    if parts:
        description["parts"] = list(parts)
    text = json.dumps(description, indent=2, sort_keys=True) + "\n"
    (folder / DESCRIPTION).write_text(text, encoding="utf-8")


def load_scorer(folder: Path, mmap: bool = True) -> Scorer:
    """Read a scorer that `save_scorer` wrote.

    Args:
        folder: Where its files are.
        mmap: Map arrays from their files instead of reading them at once.

    Raises:
        BundleError: A file is missing, damaged, of another format or does not fit the others;
            the message names it.
    """
    return _load(folder, mmap, [])


def _load(folder: Path, mmap: bool, maps: list[IdMap]) -> Scorer:
    """Load; of equal `maps` read so far one is kept, so that nothing is looked up twice."""
    description = _read_description(folder / DESCRIPTION)
    path = folder / DESCRIPTION
    try:
        kind = model_class(description["model"])
        config = config_class(description["model"]).model_validate(description["config"])
    except (ArtrecError, ValidationError) as error:
        raise _damaged(path, str(error)) from error
    items = _read_items(folder, description)
    items = next((each for each in maps if each == items), items)
    maps.append(items)
    arrays = {
        name: _read_array(folder / f"{name}.npy", expected, mmap)
        for name, expected in description["arrays"].items()
    }
    parts = {
        name: _load(folder / PARTS / name, mmap, maps) for name in description.get("parts", [])
    }
    try:
        if issubclass(kind, Composite):
            made: Scorer = kind.from_parts(items, config, arrays, parts)
            return made
        return kind.from_arrays(items, config, arrays)
    except (ArtrecError, KeyError, ValueError, IndexError) as error:
        raise _damaged(path, f"its arrays do not make a {description['model']!r}") from error


def parts_of(scorer: Scorer) -> Mapping[str, Scorer]:
    """The scorers that a scorer is made of; none for most."""
    return scorer.parts() if isinstance(scorer, Composite) else {}


def _signature(array: npt.NDArray[Any]) -> dict[str, Any]:
    return {"dtype": array.dtype.str, "shape": list(array.shape)}


def _is_signature(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and set(value) == {"dtype", "shape"}
        and isinstance(value["shape"], list)
    )


def _read_description(path: Path) -> dict[str, Any]:
    def read() -> dict[str, Any]:
        read_back: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(read_back, dict):
            raise ValueError("it is not a JSON object")
        return read_back

    description = _attempt(path, read)
    if description.get("format") not in READ_FORMATS:
        raise BundleError(
            f"{path} has format {description.get('format')!r}; this artrec reads "
            f"{' and '.join(map(str, READ_FORMATS))}",
            "fit and publish again with this version, or use the artrec that wrote it",
        )
    wanted = {"model": str, "config": dict, "n_items": int, "arrays": dict}
    for key, kind in wanted.items():
        if not isinstance(description.get(key), kind):
            raise _damaged(path, f"{key!r} should be a {kind.__name__}")
    for name, signature in description["arrays"].items():
        # a name becomes a file's name: nothing outside the folder may be reached
        if not name.isidentifier() or not _is_signature(signature):
            raise _damaged(path, f"array {name!r} is not described by dtype and shape")
    names = description.get("parts", [])
    if not isinstance(names, list) or not all(_is_part(name) for name in names):
        raise _damaged(path, "'parts' should be a list of names")
    return description


def _is_part(name: Any) -> bool:
    return isinstance(name, str) and name.isidentifier()


def _read_items(folder: Path, description: Mapping[str, Any]) -> IdMap:
    is_old = description["format"] == 1
    path = folder / (OLD_ITEMS if is_old else f"{ITEMS}.npy")

    def read() -> list[str]:
        ids = read_parquet(path)[schema.ITEM_ID] if is_old else Texts.load(folder, ITEMS)
        return list(ids.tolist())

    index = pd.Index(_attempt(path, read), dtype="object")
    n_items = description["n_items"]
    if len(index) != n_items or not (index.is_monotonic_increasing and index.is_unique):
        raise _damaged(path, f"it should hold {n_items} sorted, distinct ids")
    return IdMap(index)


def _read_array(path: Path, expected: Any, mmap: bool) -> npt.NDArray[Any]:
    def read() -> npt.NDArray[Any]:
        mappable = mmap and 0 not in expected["shape"]  # an empty array cannot be mapped
        array = np.load(path, mmap_mode="r" if mappable else None, allow_pickle=False)
        return np.asarray(array)

    array = _attempt(path, read)
    if _signature(array) != expected:
        raise _damaged(path, f"it should be {expected}, it is {_signature(array)}")
    if path.stem.endswith(POINTERS) and array.dtype == np.int64 and _is_narrow(array):
        # beside wide pointers scipy would copy mapped indices into wide ones
        array = array.astype(np.int32)
    array.flags.writeable = False
    return array


def _is_narrow(array: npt.NDArray[np.int64]) -> bool:
    return bool(array.max(initial=0) <= np.iinfo(np.int32).max)


def _attempt(path: Path, read: Callable[[], T]) -> T:
    try:
        return read()
    except FileNotFoundError as error:
        name = error.filename or path
        raise BundleError(f"{name} is missing", "publish again, or use another version") from error
    except (OSError, KeyError, ValueError, EOFError, ArtrecError) as error:
        raise _damaged(path, str(error)) from error


def _damaged(path: Path, why: str) -> BundleError:
    return BundleError(f"{path} cannot be used: {why}", "publish again, or use another version")
