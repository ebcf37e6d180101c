"""Stored scorers that are damaged, foreign or half written are refused, and run no code."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import worlds
from artrec.data.interactions import Interactions
from artrec.data.texts import Texts
from artrec.errors import BundleError
from artrec.models.base import Model
from artrec.models.registry import config_class, model_class
from artrec.models.store import _read_array, load_scorer, save_scorer


def fitted(name: str, interactions: Interactions) -> Model:
    return model_class(name).fit(interactions, config_class(name)(), np.random.default_rng(7))


@pytest.fixture(scope="module")
def mixed() -> Interactions:
    return worlds.mixed_feelings(np.random.default_rng(3)).interactions


@pytest.mark.parametrize(
    "lost", ["scorer.json", "items.ids.npy", "items.ids_starts.npy", "kernel.npy"]
)
@pytest.mark.parametrize("damage", ["missing", "truncated", "emptied", "foreign"])
def test_a_damaged_file_is_named(
    lost: str, damage: str, mixed: Interactions, tmp_path: Path
) -> None:
    save_scorer(fitted("ease", mixed), tmp_path)
    path = tmp_path / lost
    whole = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        spoilt = {
            "truncated": whole[: len(whole) // 2],
            "emptied": b"",
            "foreign": b"\x80\x04K\x01.",
        }
        path.write_bytes(spoilt[damage])
    with pytest.raises(BundleError, match=lost):
        load_scorer(tmp_path)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("format", 0),
        ("format", None),
        ("model", "magic"),
        ("model", 3),
        ("model", "svd"),
        ("config", {"regularization": -1}),
        ("config", []),
        ("n_items", 3),
        ("arrays", {}),
        ("arrays", {"kernel": 3}),
        ("arrays", {"../kernel": {"dtype": "<f4", "shape": [1]}}),
        ("arrays", {"kernel": {"dtype": "<f4", "shape": [1]}}),
    ],
)
def test_a_description_that_does_not_fit_is_refused(
    key: str, value: object, mixed: Interactions, tmp_path: Path
) -> None:
    save_scorer(fitted("ease", mixed), tmp_path)
    path = tmp_path / "scorer.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), key: value}))
    with pytest.raises(BundleError, match=str(tmp_path)):
        load_scorer(tmp_path)


class Payload:
    """Writes a file where it is unpickled."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.marker,)


@pytest.mark.parametrize("mmap", [True, False])
def test_code_in_an_array_is_never_run(mmap: bool, mixed: Interactions, tmp_path: Path) -> None:
    save_scorer(fitted("popularity", mixed), tmp_path / "scorer")
    payload = np.array([Payload(tmp_path / "ran")], dtype=object)
    np.save(tmp_path / "scorer" / "counts.npy", payload, allow_pickle=True)
    with pytest.raises(BundleError, match=r"counts\.npy"):
        load_scorer(tmp_path / "scorer", mmap=mmap)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("other", [np.zeros(20, dtype=np.float64), np.zeros(21, dtype=np.float32)])
def test_an_array_of_another_type_or_shape_is_refused(
    other: np.ndarray, mixed: Interactions, tmp_path: Path
) -> None:
    save_scorer(fitted("popularity", mixed), tmp_path)
    np.save(tmp_path / "counts.npy", other)
    with pytest.raises(BundleError, match=r"counts\.npy"):
        load_scorer(tmp_path)


def test_nothing_outside_the_folder_is_read(mixed: Interactions, tmp_path: Path) -> None:
    save_scorer(fitted("popularity", mixed), tmp_path / "scorer")
    path = tmp_path / "scorer" / "scorer.json"
    (tmp_path / "scorer" / "counts.npy").rename(tmp_path / "counts.npy")
    path.write_text(path.read_text().replace('"counts"', '"../counts"'))
    with pytest.raises(BundleError, match=r"scorer\.json cannot be used: array '\.\./counts'"):
        load_scorer(tmp_path / "scorer")


def test_a_save_that_broke_off_is_no_scorer(
    mixed: Interactions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_scorer(fitted("svd", mixed), tmp_path)

    def full_disk(*_: object, **__: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(np, "save", full_disk)
    with pytest.raises(OSError, match="No space"):
        save_scorer(fitted("svd", mixed), tmp_path)
    with pytest.raises(BundleError, match=r"scorer\.json is missing"):
        load_scorer(tmp_path)


def test_a_scorer_of_format_1_is_read(mixed: Interactions, tmp_path: Path) -> None:
    """Its items are a table."""
    scorer = fitted("ease", mixed)
    save_scorer(scorer, tmp_path)
    for path in tmp_path.glob("items.*"):
        path.unlink()
    pd.DataFrame({"item_id": scorer.items.index.to_numpy()}).to_parquet(tmp_path / "items.parquet")
    description = json.loads((tmp_path / "scorer.json").read_text())
    (tmp_path / "scorer.json").write_text(json.dumps({**description, "format": 1}))
    assert load_scorer(tmp_path).items == scorer.items
    save_scorer(scorer, tmp_path)
    assert not (tmp_path / "items.parquet").exists()
    assert load_scorer(tmp_path).items == scorer.items


@pytest.mark.parametrize("ids", [["a", "a"], ["b", "a"], ["a"], ["a", "b", "c"]])
def test_items_out_of_order_are_refused(
    mixed: Interactions, tmp_path: Path, ids: list[str]
) -> None:
    save_scorer(fitted("ease", mixed), tmp_path)
    Texts.of(ids).save(tmp_path, "items.ids")
    with pytest.raises(BundleError, match=r"items\.ids\.npy cannot be used: .* sorted, distinct"):
        load_scorer(tmp_path)


def test_the_indices_of_compressed_rows_stay_mapped(mixed: Interactions, tmp_path: Path) -> None:
    save_scorer(fitted("item_knn", mixed), tmp_path)
    loaded = load_scorer(tmp_path).similarity
    for kept in (loaded.data, loaded.indices):
        assert isinstance(owner(kept), np.memmap)
    assert loaded.indptr.dtype == loaded.indices.dtype == np.int32


def owner(array: np.ndarray) -> np.ndarray:
    """The array whose memory another one shows."""
    is_last = isinstance(array, np.memmap) or array.base is None
    return array if is_last else owner(array.base)


def test_pointers_beyond_32_bits_stay_wide(tmp_path: Path) -> None:
    path = tmp_path / "indptr.npy"
    wide = np.array([0, 2**31], dtype=np.int64)
    np.save(path, wide)
    array = _read_array(path, {"dtype": "<i8", "shape": [2]}, mmap=True)
    assert array.dtype == np.int64
    assert array.tolist() == wide.tolist()
