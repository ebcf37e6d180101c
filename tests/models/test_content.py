"""Content-based filtering: brute force, what each field adds, likes and dislikes, cold works."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

import worlds
from artrec.data.content import Content as Works
from artrec.data.ids import IdMap
from artrec.data.interactions import Interactions
from artrec.errors import ConfigError, InputError
from artrec.models.base import FieldExplainingScorer
from artrec.models.content import Content, ContentConfig
from artrec.models.store import load_scorer, save_scorer

EVERYTHING = slice(None)
WEIGHTS = {"text": 1.0, "topics": 0.5}


def mixed(seed: int = 3) -> tuple[Interactions, Works]:
    """Ratings of 16 works of a content of 20, and none of four."""
    table = worlds.mixed_feelings(np.random.default_rng(seed), n_items=16).table
    known = Interactions.from_table(table, worlds.POSITIVE_FROM)
    items = IdMap.of(f"i{item:02}" for item in range(20))
    return known, worlds.content_for(items, np.random.default_rng(seed))


def fitted(known: Interactions, works: Works, **config: object) -> Content:
    settings_ = ContentConfig(**{"weights": WEIGHTS, **config})
    return Content.fit(known, settings_, np.random.default_rng(0), works)


def brute_force(known: Interactions, works: Works, below: float, centred: bool) -> np.ndarray:
    rows = [np.sqrt(w) * np.asarray(_dense(works.fields[name])) for name, w in WEIGHTS.items()]
    stacked = np.hstack(rows).astype(np.float64)
    said = stacked.any(axis=1)
    if centred:
        stacked = stacked - stacked[works.items.find(known.items.index)].mean(axis=0)
    stacked[~said] = 0
    lengths = np.linalg.norm(stacked, axis=1, keepdims=True)
    unit = stacked / np.where(lengths > 0, lengths, 1)
    near = unit @ unit.T
    np.fill_diagonal(near, 0)
    return known.onto_items(works.items).weights(below).toarray() @ near


def _dense(field: object) -> np.ndarray:
    return field.toarray() if sparse.issparse(field) else field


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.sampled_from([-1.0, -0.3, 0.0, 0.5]), st.booleans())
def test_scores_are_those_of_brute_force(seed: int, below: float, centred: bool) -> None:
    known, works = mixed(seed)
    scorer = fitted(known, works, below_in_profile=below, centred=centred)
    scores = scorer.score(known.onto_items(scorer.items)).block(EVERYTHING, EVERYTHING)
    np.testing.assert_allclose(scores, brute_force(known, works, below, centred), atol=2e-5)


def test_cold_works_are_among_the_items_and_are_scored() -> None:
    known, works = mixed()
    scorer = fitted(known, works)
    assert scorer.items == works.items
    scores = scorer.score(known.onto_items(scorer.items)).block(EVERYTHING, EVERYTHING)
    assert np.ptp(scores[:, 16:], axis=0).min() >= 0
    assert np.abs(scores[:, 16:]).max() > 0.1


def test_fields_and_profile_items_each_sum_to_the_score() -> None:
    known, works = mixed()
    scorer = fitted(known, works, below_in_profile=-0.5)
    assert isinstance(scorer, FieldExplainingScorer)
    profiles = known.onto_items(scorer.items)
    scores = scorer.score(profiles).block(EVERYTHING, EVERYTHING)
    for row in (0, 4, 9):
        one = profiles.take_users([row])
        for item in range(20):
            chosen, by_field = scorer.field_contributions(one, item)
            assert set(by_field) == set(WEIGHTS)
            total = sum(float(added.sum()) for added in by_field.values())
            assert total == pytest.approx(scores[row, item], abs=1e-5)
            again, added = scorer.contributions(one, item)
            np.testing.assert_array_equal(chosen, again)
            np.testing.assert_allclose(added, sum(by_field.values()), atol=1e-6)
            assert item not in chosen


def test_a_field_of_another_kind_adds_nothing() -> None:
    """Two works that share a creator only: all their closeness is the creators'."""
    creators = sparse.csr_array(np.array([[1, 0], [1, 0], [0, 1], [0, 1]], dtype=np.float32))
    text = sparse.csr_array(np.eye(4, dtype=np.float32))
    works = Works(IdMap.of("abcd"), {"creators": creators, "text": text})
    known = Interactions.from_table(worlds.table_of([("u", "a", 5.0)]), worlds.POSITIVE_FROM)
    scorer = fitted(known, works, weights={"creators": 1.0, "text": 1.0}, centred=False)
    _, by_field = scorer.field_contributions(known.onto_items(works.items), 1)
    assert by_field["creators"].tolist() == pytest.approx([0.5])
    assert by_field["text"].tolist() == pytest.approx([0.0])


def test_disliked_works_push_works_like_them_down() -> None:
    world = worlds.telling_text(np.random.default_rng(1))
    rows = [("u", min(world.answers["u000"]), worlds.DISLIKED)]
    profile = Interactions.from_table(
        worlds.table_of(rows), worlds.POSITIVE_FROM, items=world.content.items
    )
    for below, sign in ((-0.5, -1), (0.5, 1), (0.0, 0)):
        scorer = Content.fit(
            world.interactions,
            ContentConfig(weights={"text": 1}, below_in_profile=below),
            np.random.default_rng(0),
            world.content,
        )
        scores = scorer.score(profile).block(EVERYTHING, EVERYTHING)[0]
        alike = world.content.items.find(sorted(world.answers["u000"] - {rows[0][1]}))
        assert np.sign(scores[alike].mean().round(6)) == sign


def test_centring_takes_the_hub_off_the_top() -> None:
    """One work shares a word with every other, and nobody's taste is in it."""
    rng = np.random.default_rng(4)
    themes = np.kron(np.eye(4), np.ones((5, 1)))
    text = np.column_stack([themes, np.ones(20), rng.random((20, 10)) < 0.3]).astype(np.float32)
    text = np.vstack([text, [0, 0, 0, 0, 1, *np.zeros(10)]])
    text = (text / np.linalg.norm(text, axis=1, keepdims=True)).astype(np.float32)
    works = Works(IdMap.of(f"w{at:02}" for at in range(21)), {"text": sparse.csr_array(text)})
    rows = [(f"u{theme}", f"w{5 * theme + at:02}", 5.0) for theme in range(4) for at in range(3)]
    known = Interactions.from_table(worlds.table_of(rows), worlds.POSITIVE_FROM)
    rank_of_hub = []
    for centred in (False, True):
        scorer = fitted(known, works, weights={"text": 1.0}, centred=centred)
        scores = scorer.score(known.onto_items(works.items)).block(EVERYTHING, EVERYTHING)
        rank_of_hub.append(float((scores > scores[:, [20]]).sum(axis=1).mean()))
    assert rank_of_hub[0] + 2 < rank_of_hub[1]


def test_works_that_say_nothing_score_nothing_and_change_nothing() -> None:
    known, works = mixed()
    silent = [at for at in range(20) if not any(_dense(f)[at].any() for f in works.fields.values())]
    fields = {
        name: _dense(field) * (np.arange(20) != 7)[:, None] for name, field in works.fields.items()
    }
    works = Works(works.items, {name: sparse.csr_array(field) for name, field in fields.items()})
    scorer = fitted(known, works)
    scores = scorer.score(known.onto_items(scorer.items)).block(EVERYTHING, EVERYTHING)
    assert not scores[:, [7, *silent]].any()


def test_a_saved_scorer_scores_cold_works_as_before(tmp_path) -> None:
    known, works = mixed()
    scorer = fitted(known, works)
    save_scorer(scorer, tmp_path)
    loaded = load_scorer(tmp_path)
    profiles = known.onto_items(works.items)
    for columns in (EVERYTHING, slice(3, 18)):
        np.testing.assert_array_equal(
            loaded.score(profiles).block(EVERYTHING, columns),
            scorer.score(profiles).block(EVERYTHING, columns),
        )


def test_what_cannot_be_fitted_is_refused() -> None:
    known, works = mixed()
    with pytest.raises(ConfigError, match="did you mean 'text'"):
        fitted(known, works, weights={"texts": 1.0})
    with pytest.raises(InputError, match="same medium"):
        others = replace(works, items=IdMap.of(f"x{at:02}" for at in range(20)))
        fitted(known, others)
    with pytest.raises(ValueError, match="letters"):
        ContentConfig(weights={"../text": 1.0})


def test_telling_text_leads_to_cold_works() -> None:
    world = worlds.telling_text(np.random.default_rng(2))
    scorer = Content.fit(
        world.interactions, ContentConfig(), np.random.default_rng(0), world.content
    )
    profiles = world.interactions.onto_items(scorer.items)
    scores = scorer.score(profiles).block(EVERYTHING, EVERYTHING)
    cold = np.setdiff1d(
        np.arange(len(scorer.items)), scorer.items.find(world.interactions.items.index)
    )
    shares = []
    for user, answer in world.answers.items():
        row = int(profiles.users.to_index([user])[0])
        leading = cold[np.argsort(-scores[row, cold], kind="stable")[: len(answer)]]
        shares.append(len(answer & set(scorer.items.to_id(leading))) / len(answer))
    assert np.mean(shares) > 0.95
