"""Planted worlds: small invented interactions whose right answer is known beforehand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from artrec import schema
from artrec.data.content import Content
from artrec.data.ids import IdMap
from artrec.data.interactions import Interactions

POSITIVE_FROM = 4.0
LIKED = 5.0
DISLIKED = 2.0


@dataclass(frozen=True)
class World:
    """Interactions and, for each user, the items that should lead that user's list."""

    table: pd.DataFrame
    answers: dict[str, set[str]]

    @property
    def interactions(self) -> Interactions:
        return Interactions.from_table(self.table, POSITIVE_FROM)


@dataclass(frozen=True)
class RatingWorld:
    """Ratings drawn from known biases and factors, and pairs kept out of them."""

    table: pd.DataFrame
    withheld: pd.DataFrame
    mean: float
    user_biases: dict[str, float]
    item_biases: dict[str, float]
    noise: float


def table_of(rows: list[tuple[str, str, float]]) -> pd.DataFrame:
    """An interactions table from (user, item, rating), one day apart in the order given."""
    frame = pd.DataFrame(rows, columns=[schema.USER_ID, schema.ITEM_ID, schema.RATING])
    frame[schema.TIMESTAMP] = 1_000_000_000 + 86_400 * np.arange(len(frame))
    return schema.INTERACTIONS.conform(frame)


def checkerboard(n_users: int = 24, n_items: int = 16) -> World:
    """Even users like even items, odd users odd ones; each has not met two of their own colour.

    Answer: exactly those two.
    """
    rows, answers = [], {}
    for user in range(n_users):
        own = [item for item in range(n_items) if item % 2 == user % 2]
        hidden = {own[user // 2 % len(own)], own[(user // 2 + 3) % len(own)]}
        rows += [(f"u{user:02}", f"i{item:02}", LIKED) for item in own if item not in hidden]
        answers[f"u{user:02}"] = {f"i{item:02}" for item in hidden}
    return World(table_of(rows), answers)


def two_tastes(rng: np.random.Generator, n_users: int = 120, n_items: int = 40) -> World:
    """Two thirds like the first half of the items, one third the second; a tenth is noise.

    Answer: what a user has not met of the user's own half. Popularity is wrong for the minority.
    """
    rows, answers = [], {}
    for user in range(n_users):
        minority = user % 3 == 0
        own = np.arange(n_items // 2) + (n_items // 2 if minority else 0)
        other = np.setdiff1d(np.arange(n_items), own)
        met = rng.choice(own, size=n_items // 4, replace=False)
        strays = rng.choice(other, size=1)
        rows += [(f"u{user:03}", f"i{item:02}", LIKED) for item in [*met, *strays]]
        answers[f"u{user:03}"] = {f"i{item:02}" for item in np.setdiff1d(own, met)}
    return World(table_of(rows), answers)


def popularity_trap() -> World:
    """A blockbuster that most people like, and small circles that share five rare works.

    Eight of ten in a circle like all five works, four of them the blockbuster too. Two like four
    works and have met neither the fifth nor the blockbuster. Answer: the fifth.
    """
    rows, answers = [], {}
    for circle in range(8):
        works = [f"c{circle}w{work}" for work in range(5)]
        for member in range(10):
            user = f"c{circle}m{member}"
            hidden = {works[(circle + member) % 5]} if member < 2 else set()
            rows += [(user, work, LIKED) for work in works if work not in hidden]
            if hidden:
                answers[user] = hidden
            elif member < 6:
                rows.append((user, "blockbuster", LIKED))
    rows += [(f"x{user:02}", "blockbuster", LIKED) for user in range(60)]
    rows += [(f"x{user:02}", f"c{user % 8}w{user % 5}", LIKED) for user in range(60)]
    return World(table_of(rows), answers)


def mixed_feelings(rng: np.random.Generator, n_users: int = 30, n_items: int = 20) -> World:
    """Ratings of both kinds at random, with times: for what must hold on any data at all."""
    rows = []
    for user in range(n_users):
        met = rng.choice(n_items, size=int(rng.integers(2, n_items // 2)), replace=False)
        rows += [
            (f"u{user:02}", f"i{item:02}", float(rng.choice([DISLIKED, 3.5, 4.0, LIKED])))
            for item in met
        ]
    return World(table_of(rows), {})


def rating_world(
    rng: np.random.Generator, n_users: int = 150, n_items: int = 80, noise: float = 0.1
) -> RatingWorld:
    """Rating = 3 + user bias + item bias + one planted direction of taste + noise, unclipped.

    Half of all pairs are rated, a tenth of all is withheld. Biases and taste have mean zero.
    """
    mean = 3.0
    user_biases = _centred(rng.normal(scale=0.4, size=n_users))
    item_biases = _centred(rng.normal(scale=0.5, size=n_items))
    user_taste = _centred(rng.choice([-1.0, 1.0], size=n_users))
    item_taste = _centred(rng.choice([-0.7, 0.7], size=n_items))
    exact = mean + user_biases[:, None] + item_biases + np.outer(user_taste, item_taste)
    ratings = exact + rng.normal(scale=noise, size=exact.shape)
    draw = rng.random(exact.shape)
    users = [f"u{user:03}" for user in range(n_users)]
    items = [f"i{item:02}" for item in range(n_items)]

    def rated(chosen: np.ndarray) -> pd.DataFrame:
        pairs = np.argwhere(chosen)
        return table_of([(users[u], items[i], float(ratings[u, i])) for u, i in pairs])

    return RatingWorld(
        rated(draw < 0.5),
        rated((draw >= 0.5) & (draw < 0.6)),
        mean,
        dict(zip(users, user_biases, strict=True)),
        dict(zip(items, item_biases, strict=True)),
        noise,
    )


def _centred(values: np.ndarray) -> np.ndarray:
    return values - values.mean()


@dataclass(frozen=True)
class ContentWorld(World):
    """A world whose works say what they are; `content` holds cold works too."""

    content: Content


def content_for(items: IdMap, rng: np.random.Generator) -> Content:
    """Content at random for any items: for what must hold whatever the works say.

    A sparse and a dense field; about a fifth of the rows of each say nothing.
    """
    n = len(items)
    said = rng.random((n, 9)) * (rng.random((n, 9)) < 0.3) * (rng.random((n, 1)) < 0.8)
    dense = rng.normal(size=(n, 4)) * (rng.random((n, 1)) < 0.8)
    return Content(items, {"text": sparse.csr_array(_unit(said)), "topics": _unit(dense)})


def telling_text(
    rng: np.random.Generator, n_users: int = 90, n_themes: int = 3, n_works: int = 16
) -> ContentWorld:
    """Works of a few themes whose text says which, among words that say nothing.

    Everybody likes works of one theme and has met half of its warm ones. A quarter of each
    theme's works is cold: in the content, met by nobody. Ids give nothing away. Answer: the cold
    works of one's theme.
    """
    size = n_themes * n_works
    names = np.array([f"w{at:03}" for at in rng.permutation(size)])
    theme_of = np.arange(size) % n_themes
    cold = np.arange(size) // n_themes < n_works // 4
    rows, answers = [], {}
    for user in range(n_users):
        theme = user % n_themes
        warm = np.flatnonzero((theme_of == theme) & ~cold)
        met = rng.choice(warm, size=len(warm) // 2, replace=False)
        stray = rng.choice(np.flatnonzero((theme_of != theme) & ~cold))
        rows += [(f"u{user:03}", names[work], LIKED) for work in met]
        rows.append((f"u{user:03}", names[stray], DISLIKED))
        answers[f"u{user:03}"] = set(names[(theme_of == theme) & cold].tolist())
    themes = np.eye(n_themes)[theme_of]
    # every work shares a word with most others, and has some at random
    text = np.column_stack([themes, rng.random(size) < 0.8, rng.random((size, 20)) < 0.15])
    at = np.argsort(names)
    field = sparse.csr_array(_unit(text[at].astype(float)))
    content = Content(IdMap.of(names), {"text": field})
    return ContentWorld(table_of(rows), answers, content)


def _unit(rows: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)
