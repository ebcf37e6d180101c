"""Tags as of a time: none of a later moment, and nothing else of it either."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artrec import schema
from artrec.data.tag_times import TAG_TIMES, count_timed, known_before, times_cell


def works_of(*cells):
    rows = [(str(at), None, None, None, None, *each) for at, each in enumerate(cells)]
    columns = [*schema.WORKS.required, "tags", TAG_TIMES]
    return schema.WORKS.conform(pd.DataFrame(rows, columns=columns))


WORKS = works_of(("fen|mud|reed", "30|10|-"), ("oak", "20"), ("museum|subject", None), (None, None))


@pytest.mark.parametrize(
    ("time", "tags"),
    [
        (31, ["mud|fen", "oak"]),
        (30, ["mud", "oak"]),
        (20, ["mud", None]),
        (11, ["mud", None]),
        (10, [None, None]),
        (None, [None, None]),
    ],
)
def test_tags_given_before_a_time_in_the_order_they_were_given(time, tags):
    told = known_before(WORKS, time)
    assert told["tags"].tolist() == [*tags, "museum|subject", None]
    assert told[schema.ITEM_ID].tolist() == WORKS[schema.ITEM_ID].tolist()


def test_a_time_that_is_not_known_is_later_than_any():
    assert known_before(WORKS, 2**40)["tags"][0] == "mud|fen"


def test_the_table_itself_stays_and_one_without_times_is_the_same():
    before = WORKS.copy()
    known_before(WORKS, 15)
    pd.testing.assert_frame_equal(WORKS, before)
    timeless = WORKS.drop(columns=TAG_TIMES)
    assert known_before(timeless, 15) is timeless


def test_tags_with_a_time_are_counted():
    assert count_timed(WORKS) == 4
    assert count_timed(WORKS.drop(columns=TAG_TIMES)) == 0
    assert count_timed(works_of((None, None))) == 0


TAG_SETS = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 9), max_size=6)


@given(TAG_SETS, TAG_SETS, st.integers(0, 9), st.randoms())
def test_what_happens_from_a_time_on_changes_nothing_before_it(past, future, time, chance):
    """Neither which tags there are, nor their order: people of later times moved both."""
    then = {tag: at for tag, at in past.items() if at < time}
    later = {tag: at + time for tag, at in future.items() if tag not in then}

    def cells(times):
        order = list(times)
        chance.shuffle(order)
        if not order:
            return (None, None)
        return ("|".join(order), times_cell(times[each] for each in order))

    ours = known_before(works_of(cells(then)), time)
    theirs = known_before(works_of(cells(then | later)), time)
    pd.testing.assert_frame_equal(ours, theirs)
