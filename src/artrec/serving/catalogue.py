"""Works by themselves: search, one work, its neighbours, works to begin with, taste, map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from artrec.data.interactions import NO_TIME
from artrec.recommend.person import Opinion
from artrec.recommend.rerank import diverse_order
from artrec.recommend.search import label
from artrec.serving.histories import Entry, History, history_of
from artrec.serving.recommending import brief, cover
from artrec.serving.shelf import Loaded, Shelf
from artrec.serving.works import Places

N_START: Final = 12
START_ROUNDS: Final = 3
START_POOL: Final = 240
START_DIVERSITY: Final = 0.6
ABOVE_NOTHING: Final = 1e-9
MOST_LIKED: Final = 500
N_CREATORS: Final = 12
N_NEIGHBORS: Final = 50
N_POINTS: Final = 3_000


def search(loaded: Loaded, query: str, medium: str | None, n: int) -> list[dict[str, Any]]:
    """Works whose title fits what was typed, best first, over one medium or all."""
    shelves = [loaded.shelf(medium)] if medium else list(loaded.shelves.values())
    found = []
    for shelf in shelves:
        for match in shelf.titles.suggest(query, n):
            at = match.place
            told = {
                "item": shelf.works.name(at),
                "title": shelf.works.titles[at],
                "year": shelf.works.year(at),
                "creators": shelf.works.values(at, "creators"),
                "medium": shelf.medium,
                "cover": cover(
                    shelf.works.name(at), shelf.works.titles[at], shelf.works.values(at, "genres")
                ),
                "match": round(match.score, 1),
            }
            found.append((match.order, told))
    found.sort(key=lambda pair: -pair[0])  # of equals the medium that comes first
    return [told for _, told in found[:n]]


def work(shelf: Shelf, at: int) -> dict[str, Any]:
    """Everything told of one work."""
    works, manifest = shelf.works, shelf.member.manifest
    listed = ("languages", "countries", "writers", "cast", "tags")
    return {
        **brief(shelf, at),
        **{column: works.values(at, column) for column in listed},
        "liked_by": int(shelf.liked[at]),
        "known": bool(shelf.item_at[at] >= 0),
        "n_neighbors": len(neighbors(shelf, at, N_NEIGHBORS)),
        "attribution": manifest.attribution,
        "licence": manifest.licence,
    }


def neighbors(shelf: Shelf, at: int, n: int) -> list[dict[str, Any]]:
    """Works near one: what the model gives somebody who likes that one alone.

    Those of which that says no more than knowing nothing are left out.
    """
    if shelf.item_at[at] < 0:
        return []
    alone = history_of(shelf, {at: Entry(liked=True)})
    opinion = Opinion(shelf.scorer, alone.profile(shelf))
    scores = opinion.scores.astype(np.float64)
    nothing = shelf.of_nobody
    scores[scores <= nothing + ABOVE_NOTHING] = -np.inf
    scores[shelf.item_at[at]] = -np.inf
    order = np.argsort(-scores, kind="stable")[:n]
    order = order[np.isfinite(scores[order])]
    return [
        {**brief(shelf, int(shelf.place_of[item])), "score": float(scores[item]), "rank": rank}
        for rank, item in enumerate(order.tolist(), start=1)
    ]


def start(shelf: Shelf, number: int) -> list[dict[str, Any]]:
    """A dozen works to choose from at a first visit.

    Informative ones: well known, so that people can say something of them; loved by some rather
    than by all, so that what they say tells them apart; unlike each other. Rounds share no work.

    Args:
        shelf: Of the medium.
        number: Which round, from 1 to `START_ROUNDS`.
    """
    order = shelf.to_begin_with
    rows = order[(number - 1) * N_START : number * N_START]
    return [brief(shelf, int(at)) for at in rows]


def works_to_begin_with(shelf: Shelf) -> Places:
    """Works of all rounds of `start`, in order.

    How much a work tells apart is the spread of what people make of it: p (1 - p) of the share
    that likes it, times how many know it (on a logarithmic scale).
    """
    profiles = shelf.member.profiles
    at = profiles.items.find(shelf.works.ids)
    met = np.append(profiles.item_counts(), 0)[at].astype(np.float64)
    likely = (shelf.liked + 1) / (met + 2)
    telling = np.log1p(met) * np.sqrt(likely * (1 - likely))
    telling[(shelf.item_at < 0) | (met == 0)] = 0
    pool = np.argsort(-telling, kind="stable")[:START_POOL]
    known = pool[telling[pool] > 0]
    pool = known if len(known) else pool
    n = N_START * START_ROUNDS
    chosen = diverse_order(telling[pool], shelf.works.traits[pool], n, START_DIVERSITY)
    return np.asarray(pool[chosen])


def taste(shelf: Shelf, history: History) -> dict[str, Any]:
    """A person's taste in one medium, beside that of the average reader."""
    works = shelf.works
    liked = history.liked()
    own = np.asarray(works.genres[liked].sum(axis=0)).ravel() if len(liked) else shelf.usual * 0
    shares = own / own.sum() if own.sum() > 0 else own
    genres = [
        {"name": name, "share": float(shares[at]), "average_share": float(shelf.usual[at])}
        for at, name in enumerate(works.genre_names)
        if shares[at] > 0 or shelf.usual[at] > 0
    ]
    creators = Counter(each for at in liked.tolist() for each in works.values(at, "creators"))
    rated = history.ratings[~np.isnan(history.ratings)]
    times = np.where(history.times == NO_TIME, 0, history.times)[history.positive]
    latest = liked[np.argsort(-times, kind="stable")][:MOST_LIKED]
    return {
        "medium": shelf.medium,
        "n": len(history.places),
        "n_liked": len(liked),
        "mean_rating": round(float(rated.mean()), 3) if len(rated) else None,
        "genres": sorted(genres, key=lambda each: (-each["share"], -each["average_share"])),
        "decades": _decades(shelf, liked),
        "creators": [{"name": name, "n": n} for name, n in creators.most_common(N_CREATORS)],
        "liked": [works.name(int(at)) for at in latest],
    }


def map_of(shelf: Shelf, also: Sequence[int]) -> dict[str, Any]:
    """Works as points: the best known ones, and those asked for that lie on the map."""
    atlas = shelf.atlas
    shown = np.zeros(len(atlas.places), dtype=bool)
    shown[:N_POINTS] = True
    shown |= np.isin(atlas.places, np.asarray(also, dtype=np.int64))
    works = shelf.works
    at = atlas.places[shown].tolist()
    points = atlas.points[shown]
    return {
        "medium": shelf.medium,
        "items": [works.name(each) for each in at],
        "x": points[:, 0].tolist(),
        "y": points[:, 1].tolist(),
        "title": [label(works.titles[each], works.year(each)) for each in at],
        "genre": [next(iter(works.values(each, "genres")), "") for each in at],
    }


def _decades(shelf: Shelf, liked: Places) -> list[dict[str, Any]]:
    years = shelf.works.years
    decades = np.floor(years / 10) * 10
    known = ~np.isnan(decades)
    own = Counter(decades[liked].tolist())
    usual: Counter[float] = Counter()
    for decade, weight in zip(decades[known].tolist(), shelf.liked[known].tolist(), strict=True):
        usual[decade] += weight
    own = Counter({decade: n for decade, n in own.items() if not np.isnan(decade)})
    mine, all_ = max(sum(own.values()), 1), max(sum(usual.values()), 1)
    return [
        {"name": f"{int(d)}s", "share": own[d] / mine, "average_share": float(usual[d] / all_)}
        for d in sorted(usual.keys() | own.keys())
        if own[d] or usual[d]
    ]
