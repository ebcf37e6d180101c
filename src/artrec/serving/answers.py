"""Answers of lists and works: what routes send, made once from one loaded bundle."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.responses import Response

from artrec.serving.histories import History
from artrec.serving.recommending import Asked, recommend
from artrec.serving.shelf import Loaded

MIXED = "mixed"


def as_json(told: Any, status: int = 200) -> Response:
    """An answer in JSON, quickly."""
    return Response(orjson.dumps(told), status, media_type="application/json")


def list_of(
    loaded: Loaded, histories: dict[str, History], asked: dict[str, Asked]
) -> dict[str, Any]:
    """A list of one medium, or one of several whose works take turns.

    Args:
        loaded: The bundle.
        histories: Medium to what the person knows of it.
        asked: Medium to what is asked for; the order is that of the turns.
    """
    if len(asked) == 1:
        ((medium, question),) = asked.items()
        answer = recommend(loaded.shelf(medium), histories[medium], question)
        return {"version": loaded.version, **answer}
    return _mixed(loaded, histories, asked)


def _mixed(
    loaded: Loaded, histories: dict[str, History], asked: dict[str, Asked]
) -> dict[str, Any]:
    first = next(iter(asked.values()))
    wanted = first.offset + first.n
    lists = [
        recommend(
            loaded.shelf(medium),
            histories[medium],
            Asked(-(-wanted // len(asked)) + 1, 0, each.steering, each.pool),
        )
        for medium, each in asked.items()
    ]
    longest = max(len(each["items"]) for each in lists)
    turns = [
        each["items"][at] for at in range(longest) for each in lists if at < len(each["items"])
    ]
    items = [
        {**work, "rank": rank}
        for rank, work in enumerate(turns[first.offset : wanted], start=first.offset + 1)
    ]
    more = len(turns) > wanted and bool(items)
    return {
        "list_id": lists[0]["list_id"],
        "version": loaded.version,
        "medium": MIXED,
        "fallback": all(each["fallback"] for each in lists),
        "n_profile": sum(each["n_profile"] for each in lists),
        "items": items,
        "next_offset": first.offset + len(items) if more else None,
    }
