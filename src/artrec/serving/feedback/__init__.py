"""The feedback store: what people tell, kept durably, read back, exported and deleted."""

from artrec.serving.feedback.events import (
    Ack,
    Event,
    ForgottenPersonError,
    State,
    StoreUnavailableError,
    TooManyEventsError,
)
from artrec.serving.feedback.store import FeedbackStore, Snapshot

__all__ = [
    "Ack",
    "Event",
    "FeedbackStore",
    "ForgottenPersonError",
    "Snapshot",
    "State",
    "StoreUnavailableError",
    "TooManyEventsError",
]
