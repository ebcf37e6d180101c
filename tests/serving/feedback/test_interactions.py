"""Feedback as interactions: on the medium's scale, one a person and work, what says nothing out."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra: pip install 'artrec[serve]'")

from artrec import schema
from artrec.serving.feedback.events import Event
from artrec.serving.feedback.interactions import Meaning, interactions_of

STARS = Meaning(positive_from=4.0, step=0.5)
ANN, BEN = "p_ann", "p_ben"


def events(*told: tuple[str, str, Any]) -> list[Event]:
    return [
        Event(f"k{at}", item, kind, value, at=1000 + at)
        for at, (item, kind, value) in enumerate(told)
    ]


def ratings(*told: tuple[str, str, Any], meaning: Meaning = STARS) -> dict[str, float]:
    table = interactions_of([(ANN, events(*told))], "movies", meaning).table
    return dict(zip(table["item_id"], table["rating"], strict=True))


def test_one_interaction_a_person_and_work() -> None:
    ann = events(
        ("movies:7", "rating", 3.0),
        ("movies:7", "rating", 4.5),
        ("books:7", "rating", 5.0),
        ("movies:1", "rating", 2.0),
    )
    ben = events(("movies:7", "rating", 1.0))
    found = interactions_of([(ANN, ann), (BEN, ben)], "movies", STARS)
    assert found.table.to_dict("records") == [
        {"user_id": ANN, "item_id": "1", "timestamp": 1003, "rating": 2.0},
        {"user_id": ANN, "item_id": "7", "timestamp": 1001, "rating": 4.5},
        {"user_id": BEN, "item_id": "7", "timestamp": 1000, "rating": 1.0},
    ]
    assert (found.people, found.left_out) == (2, {})
    schema.INTERACTIONS.conform(found.table)


def test_verdicts_without_a_rating_claim_the_least() -> None:
    assert ratings(("movies:1", "like", None)) == {"1": 4.0}
    assert ratings(("movies:1", "dislike", None)) == {"1": 3.5}
    assert ratings(("movies:1", "dislike", None), meaning=Meaning(4.0, 1.0)) == {"1": 3.0}


def test_the_later_verdict_counts() -> None:
    assert ratings(("movies:1", "rating", 5.0), ("movies:1", "like", None)) == {"1": 5.0}
    assert ratings(("movies:1", "rating", 2.0), ("movies:1", "like", None)) == {"1": 4.0}
    assert ratings(("movies:1", "rating", 5.0), ("movies:1", "dislike", None)) == {"1": 3.5}
    assert ratings(("movies:1", "rating", 1.0), ("movies:1", "dislike", None)) == {"1": 1.0}
    assert ratings(("movies:1", "like", None), ("movies:1", "rating", 1.0)) == {"1": 1.0}
    assert ratings(("movies:1", "rating", 5.0), (None, "undo", "k0")) == {}  # type: ignore[arg-type]
    assert ratings(("movies:1", "rating", 5.0), ("books:1", "undo", "k0")) == {}


def test_what_says_nothing_of_taste_is_counted() -> None:
    told = events(
        ("movies:1", "seen", None),
        ("movies:2", "seen", None),
        ("movies:3", "want", None),
        ("movies:4", "not_interested", None),
        ("movies:5", "click", None),
        ("movies:6", "impression", None),
        ("movies:7", "rating", 3.0),
    )
    found = interactions_of([(ANN, told)], "movies", STARS)
    assert found.table["item_id"].tolist() == ["7"]
    assert found.left_out == {
        "not interested": 1,
        "seen, without a verdict": 2,
        "wanted, not met yet": 1,
    }


def test_where_ratings_do_not_count_what_was_met_does() -> None:
    told = events(
        ("movies:1", "seen", None),
        ("movies:2", "like", None),
        ("movies:3", "dislike", None),
        ("movies:4", "want", None),
    )
    found = interactions_of([(ANN, told)], "movies", Meaning(None, 1.0))
    assert found.table["item_id"].tolist() == ["1", "2"]
    assert "rating" not in found.table
    assert sum(found.left_out.values()) == 2


def test_nobody_told_anything() -> None:
    found = interactions_of([], "movies", STARS)
    assert found.table.empty and found.people == 0
    assert list(found.table.columns) == ["user_id", "item_id", "timestamp", "rating"]
