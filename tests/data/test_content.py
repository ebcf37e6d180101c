"""Content: rows follow the items asked for; what is unknown is zero."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from artrec.data.content import Content
from artrec.data.ids import IdMap
from artrec.errors import InputError


def ids(*names: str) -> IdMap:
    return IdMap.of(pd.Series(names, dtype="object"))


def three_works() -> Content:
    text = sparse.csr_array(np.eye(3, dtype=np.float32))
    return Content(ids("a", "b", "c"), {"text": text, "topic": np.eye(3, 2, dtype=np.float32)})


def test_rows_follow_the_items_asked_for() -> None:
    taken = three_works().take(ids("b", "z"))
    assert taken.fields["text"].toarray().tolist() == [[0, 1, 0], [0, 0, 0]]
    assert np.asarray(taken.fields["topic"]).tolist() == [[0, 1], [0, 0]]


def test_a_field_of_other_length_is_refused() -> None:
    with pytest.raises(InputError, match="2 rows; there are 3 works"):
        Content(ids("a", "b", "c"), {"text": np.zeros((2, 4), dtype=np.float32)})
