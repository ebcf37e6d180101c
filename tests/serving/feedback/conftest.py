"""What tests of the feedback store share: a store of one's own, a clock that can be turned."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from artrec.serving.feedback import FeedbackStore


class Clock:
    """Unix seconds that stand still until they are set."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(tmp_path: Path) -> str:
    """URL of a SQLite database that is not there yet."""
    return f"sqlite:///{tmp_path / 'kept' / 'feedback.db'}"


@pytest.fixture
def store(database: str, clock: Clock) -> Iterator[FeedbackStore]:
    from artrec.serving.feedback import FeedbackStore

    with FeedbackStore(database, clock) as opened:
        yield opened
