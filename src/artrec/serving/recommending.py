"""From a person's history and steering to a list with reasons: plain functions, no web."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from artrec.models.base import FloatArray
from artrec.recommend.person import Opinion
from artrec.recommend.rerank import diverse_order
from artrec.recommend.why import Part
from artrec.serving.histories import History
from artrec.serving.reasoning import (
    BASE,
    N_BECAUSE,
    Reasons,
    is_carried,
    popular_reason,
    reasons_of,
    verbs_of,
)
from artrec.serving.shelf import Shelf
from artrec.serving.steering import Steering, allowed_by, moved
from artrec.serving.works import Floats, Mask, Places

LEAST_POOL: Final = 300
POOL_FACTOR: Final = 3
FALLBACK_DIVERSITY: Final = 0.5
MOST_FAMOUS: Final = 50
SURE_WORKS: Final = 4.0
SURE_SPREAD: Final = 3.0
N_PATTERNS: Final = 8
N_TOLD: Final = 3  # parts of a score whose works are looked for, in a list


@dataclass(frozen=True)
class Asked:
    """What is asked for.

    Attributes:
        n: Works in the list.
        offset: Works to skip.
        steering: Sliders and filters.
        pool: Places of the only works that may come; None for all.
    """

    n: int
    offset: int
    steering: Steering
    pool: Places | None = None


@dataclass(frozen=True, eq=False)
class Chosen:
    """The works of a list before they are told.

    Attributes:
        places: Their places on the shelf, best first.
        more: Whether works follow behind them.
        fallback: Whether nothing is known of the person.
        opinion: What the scorer says; None for a fallback.
        scores: Shape (n_works,): what each work's score is, `nan` where it has none.
    """

    places: Places
    more: bool
    fallback: bool
    opinion: Opinion | None
    scores: Floats


def recommend(shelf: Shelf, history: History, asked: Asked) -> dict[str, Any]:
    """A list as it is answered (see `routes.messages.List`)."""
    chosen = choose(shelf, history, asked)
    items = tell(shelf, history, chosen, asked.offset)
    end = asked.offset + len(items)
    return {
        "list_id": secrets.token_hex(8),
        "medium": shelf.medium,
        "fallback": chosen.fallback,
        "n_profile": len(history.places),
        "items": items,
        "next_offset": end if chosen.more and items else None,
    }


def choose(shelf: Shelf, history: History, asked: Asked) -> Chosen:
    """The works of a list: scored, filtered, steered, in series order, made diverse.

    Of somebody of whom the scorer knows nothing the works are those that were liked most lately
    (`Shelf.recently`), made diverse.
    """
    opinion = Opinion(shelf.scorer, history.profile(shelf)) if history.n_liked else None
    fallback = opinion is None or opinion.is_silent
    scores = np.full(len(shelf.works), np.nan)
    if opinion is None or fallback:
        opinion = None
        # the last year decides, all years where it is silent
        scores[:] = shelf.recently + shelf.liked / (1.0 + shelf.liked.max(initial=0.0))
    else:
        scores[shelf.place_of] = opinion.scores
    open_ = _open(shelf, history, asked) & ~np.isnan(scores)
    wanted = asked.offset + asked.n
    pool = _pool(shelf, history, scores, open_, wanted + 1)
    order = _ordered(shelf, history, asked, pool, fallback)
    places = order[asked.offset : wanted]
    return Chosen(places, len(order) > wanted, fallback, opinion, scores)


def tell(shelf: Shelf, history: History, chosen: Chosen, offset: int) -> list[dict[str, Any]]:
    """Chosen works with reasons, how sure, and what they are."""
    told = reasons_for(shelf, history, chosen)
    sure = _sure(chosen, history)
    return [
        {
            **brief(shelf, int(at)),
            "score": float(chosen.scores[at]),
            "rank": offset + rank,
            "sure": float(sure[rank - 1]),
            "popular": reasons.popular,
            "because": reasons.because,
            "reason": reasons.sentence,
        }
        for rank, (at, reasons) in enumerate(zip(chosen.places, told, strict=True), start=1)
    ]


def reasons_for(shelf: Shelf, history: History, chosen: Chosen) -> list[Reasons]:
    """The reasons of each chosen work."""
    if chosen.opinion is None:
        return [popular_reason(int(shelf.liked[at])) for at in chosen.places]
    parts = chosen.opinion.parts(shelf.item_at[chosen.places], N_BECAUSE, N_TOLD)
    famous = set(shelf.by_fame[:MOST_FAMOUS].tolist())
    verbs = verbs_of(history)
    found = []
    for at, own in zip(chosen.places.tolist(), parts, strict=True):
        reasons = reasons_of(shelf, verbs, at, own)
        if at in famous and is_carried(own):
            reasons = Reasons(reasons.because, reasons.sentence, True)
        found.append(reasons)
    return found


def why(shelf: Shelf, history: History, at: int) -> dict[str, Any]:
    """Why a work scores as it does: base and contributions that sum to the score."""
    chosen = choose(shelf, history, Asked(1, 0, Steering()))
    if chosen.opinion is None:
        count = float(shelf.liked[at])
        parts = [Part("liked_by_most", count, ())] if count else []
        return _told_why(shelf, at, count, parts, np.delete(shelf.liked, history.places))
    met = shelf.item_at[history.places]
    others = np.delete(chosen.opinion.scores, met[met >= 0])
    item = int(shelf.item_at[at])
    if item < 0:
        return _told_why(shelf, at, 0.0, [], others)
    (parts,) = chosen.opinion.parts(np.array([item]), 10)
    return _told_why(shelf, at, float(chosen.opinion.scores[item]), parts, others)


def brief(shelf: Shelf, at: int) -> dict[str, Any]:
    """What a list shows of a work; made once, not to be changed."""
    kept = shelf.briefs.get(at)
    if kept is None:
        works = shelf.works
        genres = works.values(at, "genres")
        told = {
            "item": works.name(at),
            "title": works.titles[at],
            "year": works.year(at),
            "creators": works.values(at, "creators"),
            "medium": shelf.medium,
            "genres": genres,
            "minutes": works.length(at),
            "series": works.series(at),
            "cover": cover(works.name(at), works.titles[at], genres),
        }
        kept = shelf.briefs.keep(at, told)
    return kept


def cover(name: str, title: str, genres: Sequence[str]) -> dict[str, Any]:
    """A typographic cover's hue, pattern and initials; the same for the same work, always."""
    kind = hashlib.blake2b((genres[0] if genres else name).casefold().encode(), digest_size=2)
    own = hashlib.blake2b(name.encode(), digest_size=2).digest()
    hue = (int.from_bytes(kind.digest(), "big") + own[0] // 8) % 360
    words = [word for word in title.split() if word[:1].isalnum()]
    initials = "".join(word[0] for word in words[:2]).upper()
    return {"hue": hue, "pattern": own[1] % N_PATTERNS, "initials": initials}


def _told_why(
    shelf: Shelf, at: int, score: float, parts: Sequence[Part], others: FloatArray
) -> dict[str, Any]:
    from artrec.recommend.words import in_words

    works = shelf.works
    return {
        "item": works.name(at),
        "title": works.titles[at],
        "score": score,
        "base": float(sum(part.contribution for part in parts if part.group in BASE)),
        "place": 1 + int((others > score).sum()),
        "of": len(others),
        "middle": float(np.median(others)) if len(others) else 0.0,
        "parts": [
            {
                "group": part.group,
                "label": in_words(part.group),
                "contribution": part.contribution,
                "works": [
                    {
                        "item": f"{shelf.medium}:{item_id}",
                        "title": works.titles[works.find(item_id)],
                        "contribution": share * part.contribution,
                    }
                    for item_id, share in part.works
                ],
            }
            for part in parts
            if part.group not in BASE
        ],
    }


def _open(shelf: Shelf, history: History, asked: Asked) -> Mask:
    """Works that may come: not known, not barred, through every filter."""
    allowed = allowed_by(asked.steering, shelf.works)
    open_ = np.ones(len(shelf.works), dtype=bool) if allowed is None else allowed
    open_[history.places] = False
    open_[history.barred] = False
    if asked.pool is not None:
        among = np.zeros(len(open_), dtype=bool)
        among[asked.pool] = True
        open_ &= among
    return open_


def _pool(shelf: Shelf, history: History, scores: Floats, open_: Mask, wanted: int) -> Places:
    """The best works by score, best first, each series from its first volume not met."""
    size = max(LEAST_POOL, POOL_FACTOR * wanted)
    places = np.flatnonzero(open_)
    if len(places) > size:
        best = np.argpartition(-scores[places], size - 1)[:size]
        places = np.sort(places[best])
    places = places[np.argsort(-scores[places], kind="stable")]
    volumes = shelf.works.volumes
    if not volumes.of_work:
        return places
    met = history.met(len(shelf.works))
    found: dict[int, None] = {}
    for at in places.tolist():
        for first in volumes.first_unmet(at, met):
            if open_[first]:
                found.setdefault(first)
                break
    return np.array(list(found), dtype=np.int64)


def _ordered(shelf: Shelf, history: History, asked: Asked, pool: Places, fallback: bool) -> Places:
    """The pool in the order of the list; relevance falls evenly from 1 to 0 along it."""
    steering = asked.steering
    relevance = np.linspace(1.0, 0.0, len(pool)) if len(pool) > 1 else np.ones(len(pool))
    if steering.moves:
        closeness = _closeness(shelf, history, pool)
        relevance = moved(steering, relevance, shelf.fame[pool], closeness)
        order = np.argsort(-relevance, kind="stable")
        pool, relevance = pool[order], relevance[order]
    diversity = max(steering.diversity, FALLBACK_DIVERSITY if fallback else 0.0)
    if diversity > 0 and len(pool) > 1:
        first = asked.offset + asked.n + 1
        pool = pool[diverse_order(relevance, shelf.works.genres[pool], first, diversity)]
    return pool


def _closeness(shelf: Shelf, history: History, pool: Places) -> Floats:
    """How like each work of the pool is to what the person liked: mean cosine of traits."""
    traits = shelf.works.traits
    liked = history.liked()
    if not len(liked):
        return np.zeros(len(pool))
    taste = np.asarray(traits[liked].sum(axis=0)).ravel() / len(liked)
    return np.asarray(traits[pool] @ taste)


def _sure(chosen: Chosen, history: History) -> Floats:
    """How sure each work is, 0..1: how far above all works it stands, with how much known.

    With z the score's distance from the mean of all works in standard deviations, and n the
    liked works: ``z / (z + 3) * n / (n + 4)``; 0 for a fallback. It is no probability.
    """
    if chosen.opinion is None or not len(chosen.places):
        return np.zeros(len(chosen.places))
    every = chosen.opinion.scores
    spread = float(every.std()) or 1.0
    z = np.maximum((chosen.scores[chosen.places] - float(every.mean())) / spread, 0.0)
    known = history.n_liked / (history.n_liked + SURE_WORKS)
    return np.round(z / (z + SURE_SPREAD) * known, 3)
