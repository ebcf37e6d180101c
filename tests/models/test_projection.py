"""Projection: the formula, cold works with telling text, warm works as EASE has them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

import worlds
from artrec.data.content import Content
from artrec.data.ids import IdMap
from artrec.data.interactions import Interactions
from artrec.errors import ConfigError, InputError
from artrec.models.ease import Ease, EaseConfig
from artrec.models.projection import Projection, ProjectionConfig

EVERYTHING = slice(None)
PLAIN = {
    "regularization": 5,
    "weights": {"text": 1.0, "topics": 0.5},
    "min_support": 1,
    "column_exponent": 0,
    "n_weights": 1000,
    "below_in_fit": 0,
    "below_in_profile": 0,
}


def world(seed: int = 3, n_users: int = 30) -> tuple[Interactions, Content]:
    """Ratings of works i00 to i15, and four cold ones between them."""
    rng = np.random.default_rng(seed)
    table = worlds.mixed_feelings(rng, n_users, n_items=16).table
    items = IdMap.of([*(f"i{at:02}" for at in range(16)), "h0", "i07b", "i11b", "z0"])
    return Interactions.from_table(table, worlds.POSITIVE_FROM), worlds.content_for(items, rng)


def fitted(known: Interactions, content: Content, **config: object) -> Projection:
    settings = ProjectionConfig(**{**PLAIN, **config})
    return Projection.fit(known, settings, np.random.default_rng(0), content)


def dense(field: object) -> np.ndarray:
    return field.toarray() if sparse.issparse(field) else field


def by_the_formula(known: Interactions, content: Content, config: ProjectionConfig) -> np.ndarray:
    """Columns of the cold works, from plain dense algebra."""
    warm = content.items.find(known.items.index)
    x = known.weights().toarray().astype(np.float64)
    p = np.linalg.inv(x.T @ x + config.regularization * np.eye(len(warm)))
    b = -p / np.diag(p)
    np.fill_diagonal(b, 0)
    lengths = np.linalg.norm(b, axis=1, keepdims=True)
    lengths[lengths == 0] = 1
    b = (b + config.self_weight * np.eye(len(warm))) / lengths**config.row_exponent
    stacked = np.hstack(
        [np.sqrt(w) * dense(content.fields[name]) for name, w in config.weights.items()]
    )
    said = stacked.any(axis=1)
    stacked = (stacked - stacked[warm].mean(axis=0)) * said[:, None]
    lengths = np.linalg.norm(stacked, axis=1, keepdims=True)
    unit = stacked / np.where(lengths > 0, lengths, 1)
    kernel = np.exp(config.sharpness * (unit @ unit.T - 1))
    cold = np.setdiff1d(np.arange(len(content.items)), warm)
    ridge = config.ridge * (1 - np.exp(-config.sharpness))
    solved = np.linalg.solve(
        kernel[np.ix_(warm, warm)] + ridge * np.eye(len(warm)), kernel[np.ix_(warm, cold)]
    )
    columns = np.zeros((len(content.items), len(content.items)))
    columns[np.ix_(warm, cold)] = (b @ solved) * said[cold]
    return columns[:, cold]


@pytest.mark.parametrize("n_users", [8, 30])
@pytest.mark.parametrize(("sharpness", "row_exponent"), [(0.3, 0), (3.0, 0.7)])
def test_cold_columns_are_those_of_the_formula(
    n_users: int, sharpness: float, row_exponent: float
) -> None:
    known, content = world(n_users=n_users)
    scorer = fitted(known, content, sharpness=sharpness, row_exponent=row_exponent)
    cold = np.setdiff1d(np.arange(20), content.items.find(known.items.index))
    expected = by_the_formula(known, content, scorer.config)
    np.testing.assert_allclose(scorer.columns[:, cold].toarray(), expected, atol=1e-5)
    assert np.abs(expected).max() > 0.01


def test_warm_works_score_as_ease_has_them() -> None:
    known, content = world()
    scorer = fitted(known, content)
    ease = Ease.fit(known, EaseConfig(regularization=5), np.random.default_rng(0))
    ours = scorer.score(known.onto_items(scorer.items)).block(EVERYTHING, EVERYTHING)
    theirs = ease.score(known).block(EVERYTHING, EVERYTHING)
    np.testing.assert_allclose(ours[:, scorer.items.find(known.items.index)], theirs, atol=1e-5)


def test_works_with_few_interactions_are_predicted_and_count_for_nothing() -> None:
    known, content = world()
    rare = known.items.index[known.item_counts() < 7]
    assert 0 < len(rare) < 16
    scorer = fitted(known, content, min_support=7)
    kept = known.onto_items(IdMap(known.items.index.difference(rare)))
    assert (scorer.columns != fitted(kept, content).columns).nnz == 0
    assert not scorer.columns[scorer.items.find(rare)].nnz


def test_only_the_largest_weights_of_a_column_are_kept() -> None:
    known, content = world()
    whole, few = fitted(known, content), fitted(known, content, n_weights=3)
    assert few.columns.nnz < whole.columns.nnz
    for column in range(20):
        left = few.columns[:, [column]].toarray().ravel()
        full = whole.columns[:, [column]].toarray().ravel()
        chosen = np.flatnonzero(left)
        assert len(chosen) <= 3
        np.testing.assert_array_equal(left[chosen], full[chosen])
        rest = np.setdiff1d(np.arange(20), chosen)
        assert np.abs(full[rest]).max() <= np.abs(left[chosen]).min(initial=np.inf)


def test_columns_are_scaled_by_their_length() -> None:
    known, content = world()
    lengths = {
        exponent: np.sqrt(
            fitted(known, content, column_exponent=exponent).columns.power(2).sum(axis=0)
        )
        for exponent in (0, 0.5, 1)
    }
    there = lengths[0] > 0
    np.testing.assert_allclose(lengths[1][there], 1, atol=1e-5)
    np.testing.assert_allclose(lengths[0.5], np.sqrt(lengths[0]), atol=1e-5)


def test_works_of_which_nothing_is_said_score_nothing() -> None:
    known, content = world()
    blind = {name: dense(field).copy() for name, field in content.fields.items()}
    for field in blind.values():
        field[content.items.find(["z0", "h0"])] = 0
    fields = {name: sparse.csr_array(field) for name, field in blind.items()}
    scorer = fitted(known, Content(content.items, fields))
    scores = scorer.score(known.onto_items(scorer.items)).block(EVERYTHING, EVERYTHING)
    assert not scores[:, scorer.items.find(["z0", "h0"])].any()
    assert scores[:, scorer.items.find(["i07b"])].any()


def test_without_cold_works_there_is_nothing_to_predict() -> None:
    known, content = world()
    scorer = fitted(known, content.take(known.items), weights={"text": 1.0})
    assert scorer.items == known.items
    assert scorer.columns.nnz


def share_found(scorer, planted: worlds.ContentWorld) -> float:
    """Mean share of the answers among as many leading cold works."""
    met = scorer.items.find(planted.interactions.items.index)
    cold = np.setdiff1d(np.arange(len(scorer.items)), met)
    profiles = planted.interactions.onto_items(scorer.items)
    scores = scorer.score(profiles).block(EVERYTHING, EVERYTHING)
    shares = []
    for user, answer in planted.answers.items():
        row = int(profiles.users.to_index([user])[0])
        leading = cold[np.argsort(-scores[row, cold], kind="stable")[: len(answer)]]
        shares.append(len(answer & set(scorer.items.to_id(leading))) / len(answer))
    return float(np.mean(shares))


def test_telling_text_leads_to_cold_works_and_shuffled_text_does_not() -> None:
    planted = worlds.telling_text(np.random.default_rng(2))
    config = {"weights": {"text": 1.0}, "column_exponent": 0.7}
    assert share_found(fitted(planted.interactions, planted.content, **config), planted) > 0.95
    rows = np.random.default_rng(0).permutation(len(planted.content.items))
    shuffled = Content(planted.content.items, {"text": planted.content.fields["text"][rows]})
    assert share_found(fitted(planted.interactions, shuffled, **config), planted) < 0.6


def test_topics_come_from_the_text_of_known_works_where_the_content_has_none() -> None:
    planted = worlds.telling_text(np.random.default_rng(2))
    config = {"weights": {"topics": 1.0}, "n_topics": 6}
    scorer = fitted(planted.interactions, planted.content, **config)
    assert share_found(scorer, planted) > 0.9
    with pytest.raises(ConfigError, match="weighted fields"):
        fitted(planted.interactions, planted.content, **{**config, "n_topics": 0})
    met = planted.content.items.find(planted.interactions.items.index)
    cold = np.setdiff1d(np.arange(len(planted.content.items)), met)
    text = planted.content.fields["text"].toarray()
    text[cold[0]] = text[cold[1]]
    changed = Content(planted.content.items, {"text": sparse.csr_array(text)})
    others = np.setdiff1d(np.arange(len(text)), cold[0])
    again = fitted(planted.interactions, changed, **config)
    assert (again.columns[:, others] != scorer.columns[:, others]).nnz == 0


def test_interactions_of_cold_works_are_never_looked_at() -> None:
    """What is predicted of a work depends on its content and on other works alone."""
    known, content = world()
    cold = ["h0", "z0"]
    table = known.to_table()
    leaked = worlds.table_of([(user, item, 5.0) for user in ("u01", "u02") for item in cold])
    both = Interactions.from_table(
        worlds.pd.concat([table, leaked], ignore_index=True), worlds.POSITIVE_FROM
    )
    columns = scorer_columns(known, content, cold, 3)
    np.testing.assert_array_equal(scorer_columns(both, content, cold, 3), columns)
    assert (scorer_columns(both, content, cold, 1) != columns).any()


def scorer_columns(
    known: Interactions, content: Content, items: list[str], min_support: int
) -> np.ndarray:
    scorer = fitted(known, content, min_support=min_support)
    return scorer.columns[:, scorer.items.find(items)].toarray()


def test_what_cannot_be_fitted_is_refused() -> None:
    known, content = world()
    with pytest.raises(ConfigError, match="did you mean 'topics'"):
        fitted(known, content, weights={"topic": 1.0})
    with pytest.raises(InputError, match="min_support"):
        fitted(known, content, min_support=1000)
