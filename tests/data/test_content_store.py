"""Content on disk: a round trip, equal bytes, and damage that is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from artrec.data.content import Content
from artrec.data.content_store import load_content, save_content
from artrec.data.ids import IdMap
from artrec.errors import InputError


@pytest.fixture
def two_fields() -> Content:
    items = IdMap.of(pd.Series(["007", "b"], dtype="object"))
    words = sparse.csr_array(np.array([[0, 1, 0], [0, 0, 0]], dtype=np.float32))
    return Content(items, {"text": words, "odd name/": np.eye(2, dtype=np.float32)})


def test_what_was_saved_is_loaded(two_fields: Content, tmp_path: Path) -> None:
    save_content(two_fields, tmp_path / "content")
    found = load_content(tmp_path / "content")
    assert found.items.index.tolist() == ["007", "b"]
    assert list(found.fields) == ["text", "odd name/"]
    assert found.fields["text"].toarray().tolist() == [[0, 1, 0], [0, 0, 0]]
    assert found.fields["text"].dtype == np.float32
    np.testing.assert_array_equal(found.fields["odd name/"], np.eye(2))


def test_equal_content_gives_equal_bytes(two_fields: Content, tmp_path: Path) -> None:
    for name in ("one", "two"):
        save_content(two_fields, tmp_path / name)
    one, two = (
        {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}
        for name in ("one", "two")
    )
    assert one == two


@pytest.mark.parametrize("name", ["content.json", "items.parquet", "0.npz", "1.npy"])
@pytest.mark.parametrize("how", ["gone", "cut"])
def test_damage_is_said(two_fields: Content, tmp_path: Path, name: str, how: str) -> None:
    folder = tmp_path / "content"
    save_content(two_fields, folder)
    path = folder / name
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(InputError, match="text_embedding"):
        load_content(folder)


def test_another_format_is_refused(two_fields: Content, tmp_path: Path) -> None:
    save_content(two_fields, tmp_path / "content")
    (tmp_path / "content" / "content.json").write_text('{"format": 2}')
    with pytest.raises(InputError, match="this artrec reads 1"):
        load_content(tmp_path / "content")
