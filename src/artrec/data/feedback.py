"""What people told the service, as `artrec feedback export` writes it: one source more."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from artrec import schema
from artrec.data.sources.base import RatingColumns, SourceVariant
from artrec.data.sources.raw import RawRows, Sieve, require_columns
from artrec.data.sources.tables import Gathered, interactions_from
from artrec.data.sources.variants import Fingerprint
from artrec.errors import InputError

FEEDBACK: Final = "feedback"
PERSON_ID: Final = "p_[a-z2-7]{26}"  # 128 random bits: no source's user is called so


@dataclass(frozen=True, eq=False)
class ParsedFeedback:
    """Feedback in canonical tables.

    Attributes:
        interactions: `schema.INTERACTIONS`, in the raw order.
        rejected: `schema.REJECTED`: rows whose values did not convert.
        variant: What they were read from.
    """

    interactions: pd.DataFrame
    rejected: pd.DataFrame
    variant: SourceVariant


def parse_feedback(raw: RawRows, source: pd.DataFrame) -> ParsedFeedback:
    """Read exported feedback.

    Args:
        raw: Columns user_id, item_id, timestamp, and rating where the source has ratings.
        source: Interactions of the source (`schema.INTERACTIONS`).

    Raises:
        InputError: A column is missing, or a user of the source has the id of a person.
    """
    refuse_people(source)
    rating = schema.RATING if schema.RATING in source else None
    columns = RatingColumns(rating=rating)
    wanted = {name: column for name, column in columns if column is not None}
    fingerprint, gathered = Fingerprint(), Gathered()
    for chunk in raw:
        require_columns(chunk, wanted, FEEDBACK)
        fingerprint.add(FEEDBACK, chunk, wanted.values())
        sieve = Sieve(FEEDBACK, chunk)
        gathered.add(interactions_from(sieve, columns), sieve)
    variant = fingerprint.variant(FEEDBACK)
    return ParsedFeedback(gathered.interactions(), gathered.rejected(), variant)


def refuse_people(source: pd.DataFrame) -> None:
    """Refuse a source whose users could be taken for people of the service.

    Raises:
        InputError: One has such an id.
    """
    person = re.compile(PERSON_ID)
    for user in source[schema.USER_ID].unique():
        if person.fullmatch(user):
            raise InputError(
                f"the user {user!r} of the source has the id of a person of the service",
                "leave the feedback out of the source itself, or call its users otherwise",
            )


def with_feedback(variant: Mapping[str, Any], feedback: SourceVariant) -> dict[str, Any]:
    """The variant of a source that has taken feedback in.

    Args:
        variant: Of the source, as a dictionary.
        feedback: Of the feedback.
    """
    digest = hashlib.sha256(f"{variant['sha256']} {feedback.sha256}".encode()).hexdigest()
    rows = {**variant["rows"], **feedback.rows}
    return SourceVariant(variant["source"], rows, digest).to_dict()


def joined(interactions: pd.DataFrame, feedback: pd.DataFrame) -> pd.DataFrame:
    """Interactions of a source and then those of feedback, in the source's columns.

    Args:
        interactions: `schema.INTERACTIONS`.
        feedback: The same, users of its own; columns the source has not are left out.
    """
    if feedback.empty:
        return interactions
    same = feedback[list(interactions.columns)]
    return schema.INTERACTIONS.conform(pd.concat([interactions, same], ignore_index=True))
