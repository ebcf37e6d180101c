"""Columns of works as a service maps them say what the table says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from artrec.data.work_columns import NUMBERS, SHOWN, TEXTS, WorkColumns
from film_world import film_works


def test_columns_say_what_the_table_says(tmp_path: Path) -> None:
    works = film_works().sort_values("item_id", ignore_index=True)
    works["runtime_minutes"] = np.where(works.index % 2, 90.0, np.nan)
    WorkColumns.of(works).save(tmp_path / "columns")
    found = WorkColumns.load(tmp_path / "columns")
    assert len(found) == len(works)
    assert set(found.texts) == set(TEXTS)
    assert set(found.numbers) == set(NUMBERS)
    for name in set(TEXTS) & set(works.columns):
        assert found.texts[name].tolist() == works[name].fillna("").tolist()
    for name in NUMBERS:
        wanted = works[name].to_numpy(dtype=float, na_value=np.nan)
        np.testing.assert_array_equal(found.numbers[name], wanted)


def test_a_column_that_the_table_does_not_have_is_empty() -> None:
    works = pd.DataFrame({"item_id": ["1"], "title": ["Thing, The (1982)"], "year": [1982]})
    found = WorkColumns.of(works)
    assert found.texts["tags"].tolist() == [""]
    assert np.isnan(found.numbers["runtime_minutes"]).all()
    assert found.texts[SHOWN].tolist() == ["The Thing"]


def test_a_work_without_a_title_is_shown_by_its_id() -> None:
    works = pd.DataFrame({"item_id": ["7"], "title": [None], "year": [1982]})
    found = WorkColumns.of(works)
    assert found.texts[SHOWN].tolist() == ["(7)"]
    assert found.names.names.tolist() == []


def test_names_that_were_mapped_find_what_those_made_now_find(tmp_path: Path) -> None:
    made = WorkColumns.of(film_works())
    made.save(tmp_path / "columns")
    mapped = WorkColumns.load(tmp_path / "columns")
    for typed in ("alien", "the", "bla run", "z", "", "amelie"):
        for ask in ("beginning", "alike", "with_words"):
            asked = {"beginning": (typed,), "alike": (typed, 3), "with_words": (typed.split(),)}
            ours = getattr(made.names.lookup, ask)(*asked[ask])
            theirs = getattr(mapped.names.lookup, ask)(*asked[ask])
            np.testing.assert_array_equal(ours, theirs)
