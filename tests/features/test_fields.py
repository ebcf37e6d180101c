"""Fields of works: arithmetic, unit rows, and nothing counted on works that are not fitted on."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from artrec import schema
from artrec.errors import InputError
from artrec.features.fields import FieldsConfig, content_of


def works_of(**columns: list[object]) -> pd.DataFrame:
    n = len(next(iter(columns.values())))
    ids = [f"w{at}" for at in range(n)]
    empty = {"item_id": ids, "title": ids, "year": [None] * n}
    empty |= {"genres": [None] * n, "creators": [None] * n}
    return schema.WORKS.conform(pd.DataFrame({**empty, **columns}))


def field(name: str, works: pd.DataFrame, fitted_on: list[str] | None = None, **config: object):
    content = content_of(
        works, None, works["item_id"] if fitted_on is None else fitted_on, FieldsConfig(**config)
    )
    return content.fields[name].toarray()


def test_a_row_holds_the_idf_of_its_values_at_length_one() -> None:
    works = works_of(genres=["Drama|War", "Drama", "drama |WAR!|war", None])
    made = field("genres", works)
    drama, war = np.log(5 / 4) + 1, np.log(5 / 3) + 1
    both = np.array([drama, war]) / np.hypot(drama, war)
    np.testing.assert_allclose(made, [both, [1, 0], both, [0, 0]], atol=1e-6)


def test_vocabulary_and_idf_come_from_the_fitted_works_alone() -> None:
    works = works_of(creators=["A|B", "A", "B|C", "C|A"])
    few = field("creators", works, ["w0", "w1"])
    assert few.shape == (4, 2)  # C is known of no fitted work
    changed = works.copy()
    changed.loc[2:, "creators"] = ["B|D", "A"]
    np.testing.assert_array_equal(field("creators", changed, ["w0", "w1"]), few)
    assert field("creators", works).shape == (4, 3)


def test_years_are_close_to_years_near_them() -> None:
    works = works_of(year=[1990, 1991, 2000, 2050, None, 1700, 1940])
    made = field("year", works, year_step=10, year_reach=20)
    near = made @ made.T
    assert near[0, 1] > 0.98 > near[0, 2] > 0.5 > near[0, 6]
    assert not made[4].any()
    np.testing.assert_allclose(np.diag(near)[[0, 1, 2, 3, 5]], 1, atol=1e-6)


def test_titles_are_their_words_in_all_their_names() -> None:
    works = works_of(title=["Seven (a.k.a. Se7en)", "Seven Samurai, The", "Heat"])
    near = field("title", works)
    near = near @ near.T
    assert near[0, 1] > 0 == near[0, 2]


def test_text_comes_along_in_the_order_of_the_items() -> None:
    works = works_of(genres=["Drama", "War", "Western"]).iloc[[2, 0, 1]]
    text = np.array([[3.0, 4.0], [0.0, 0.0], [0.0, 2.0]], dtype=np.float32)
    for matrix in (text, sparse.csr_array(text)):
        content = content_of(works, matrix, works["item_id"], FieldsConfig())
        rows = content.fields["text"]
        dense = rows.toarray() if sparse.issparse(rows) else rows
        np.testing.assert_allclose(dense, [[0, 0], [0, 1], [0.6, 0.8]], atol=1e-6)
        assert list(content.items.index) == ["w0", "w1", "w2"]


def test_what_is_not_told_makes_no_field() -> None:
    works = works_of(genres=["Drama", "War"], creators=[None, "A"])
    content = content_of(works, None, ["w0"], FieldsConfig(names=("genres", "creators", "series")))
    assert set(content.fields) == {"genres"}


def test_bad_tables_are_refused() -> None:
    works = works_of(genres=["Drama", "War"])
    with pytest.raises(InputError, match="3 rows"):
        content_of(works, np.zeros((3, 1), dtype=np.float32), [], FieldsConfig())
    with pytest.raises(InputError, match="unique"):
        content_of(pd.concat([works, works]), None, [], FieldsConfig())
    with pytest.raises(ValueError, match="year_reach"):
        FieldsConfig(year_step=10, year_reach=5)
    with pytest.raises(ValueError, match="after first_year"):
        FieldsConfig(first_year=2000, last_year=2000)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(alphabet="aB|é 7", max_size=8),
            st.one_of(st.none(), st.integers(-500, 3000)),
            st.booleans(),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_rows_are_of_length_one_or_zero(rows: list[tuple[str, int | None, bool]]) -> None:
    names, years, fitted = (list(each) for each in zip(*rows, strict=True))
    works = works_of(tags=names, year=years, title=names)
    before = works.copy()
    fitted_on = works["item_id"][np.array(fitted)]
    content = content_of(works, None, fitted_on, FieldsConfig())
    for matrix in content.fields.values():
        lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1))).ravel()
        assert np.all((np.abs(lengths - 1) < 1e-5) | (lengths == 0))
        assert matrix.dtype == np.float32
    pd.testing.assert_frame_equal(works, before)
