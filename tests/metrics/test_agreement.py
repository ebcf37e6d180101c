"""Our figures are those of ranx and ir_measures, where the definitions are the same."""

from __future__ import annotations

import ir_measures
import numpy as np
import pandas as pd
import pytest
import ranx
from ir_measures import AP, RR, P, R, Success, nDCG

from artrec.metrics.ranking import column, per_user

CUTOFFS = (5, 10, 20)
LONGEST = 30
IR_MEASURES = {
    "precision": P,
    "recall": R,
    "ndcg": nDCG,
    "map": AP,
    "mrr": RR,
    "hit_rate": Success,
}


@pytest.fixture(scope="module")
def many_lists():
    """300 users; every tenth has no list, every seventh a short one; some lists run past 20."""
    rng = np.random.default_rng(20)
    items = np.array([f"i{at:03}" for at in range(80)])
    lists, truth = [], []
    for at in range(300):
        user = f"u{at:03}"
        size = 0 if at % 10 == 0 else rng.integers(1, 5) if at % 7 == 0 else LONGEST
        for rank, item in enumerate(rng.permutation(items)[:size], start=1):
            # scores fall strictly: on ties the two libraries disagree with each other
            lists.append((user, item, float(LONGEST + 1 - rank), rank))
        for item in rng.permutation(items)[: rng.integers(1, 26)]:
            truth.append((user, item))
    return (
        pd.DataFrame(lists, columns=["user_id", "item_id", "score", "rank"]),
        pd.DataFrame(truth, columns=["user_id", "item_id"]),
    )


@pytest.fixture(scope="module")
def our_figures(many_lists):
    return per_user(*many_lists, CUTOFFS).set_index("user_id")


@pytest.fixture(scope="module")
def as_dicts(many_lists):
    """Run and truth as dictionaries; a user without a list has an empty one."""
    lists, truth = many_lists
    qrels = {user: dict.fromkeys(rows["item_id"], 1) for user, rows in truth.groupby("user_id")}
    run = {user: {} for user in qrels}
    for user, rows in lists.groupby("user_id"):
        run[user] = dict(zip(rows["item_id"], rows["score"], strict=True))
    return qrels, run


@pytest.mark.parametrize("metric", list(IR_MEASURES))
@pytest.mark.parametrize("k", CUTOFFS)
def test_ir_measures_agrees(metric, k, our_figures, as_dicts):
    qrels, run = as_dicts
    theirs = pd.Series(0.0, index=our_figures.index)
    for each in ir_measures.iter_calc([IR_MEASURES[metric] @ k], qrels, run):
        theirs[each.query_id] = each.value
    difference = (our_figures[column(metric, k)] - theirs).abs().max()
    assert difference <= 1e-9
    assert theirs.between(0, 1).all()
    assert theirs.max() > theirs.min()


@pytest.mark.filterwarnings("ignore:unsafe cast")
@pytest.mark.parametrize("metric", list(IR_MEASURES))
@pytest.mark.parametrize("k", CUTOFFS)
def test_ranx_agrees(metric, k, our_figures, as_dicts):
    qrels, run = (ranx.Qrels(as_dicts[0]), ranx.Run(as_dicts[1]))
    ranx.evaluate(qrels, run, column(metric, k), make_comparable=True)
    theirs = pd.Series(run.scores[column(metric, k)])
    assert set(theirs.index) == set(our_figures.index)
    difference = (our_figures[column(metric, k)] - theirs).abs().max()
    assert difference <= 1e-9
