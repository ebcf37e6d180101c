"""Pipeline split: one table into the holdouts that models are chosen and judged on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kedro.pipeline import Node, Pipeline

from artrec.media import Medium
from artrec.pipelines.split import nodes
from artrec.splitting.protocols import ROLLING_TEST, ROLLING_VALIDATION, Protocol

CUTS = "params:splitting"
COLD = "params:cold"
SEED = "params:seed"


@dataclass(frozen=True)
class _How:
    """Node functions of a protocol, and what they read beside the interactions."""

    for_validation: Callable[..., object]
    for_test: Callable[..., object]
    inputs: tuple[str, ...]


HOW = {
    "per_user": _How(nodes.split_each_user_for_validation, nodes.split_each_user_for_test, (CUTS,)),
    "random": _How(
        nodes.split_at_random_for_validation, nodes.split_at_random_for_test, (CUTS, SEED)
    ),
    "global": _How(nodes.split_at_one_earlier_time, nodes.split_at_one_time, (CUTS,)),
    "item_cold": _How(
        nodes.hold_out_works_for_validation, nodes.hold_out_works_for_test, ("works", COLD, SEED)
    ),
    "user_cold": _How(
        nodes.hold_out_people_for_validation, nodes.hold_out_people_for_test, (COLD, SEED)
    ),
}


def create_pipeline(medium: Medium) -> Pipeline:
    """Three tables and a report a holdout: fit, profiles, withheld; for cold works, which.

    Where a sample of the people is judged, validation also has what is withheld of the others.
    """
    return Pipeline(
        [
            node
            for protocol in medium.protocols
            for node in (
                _rolling(medium) if protocol.name == "rolling" else _splitting(protocol, medium)
            )
        ],
        namespace="split",
        prefix_datasets_with_namespace=False,
    )


def _splitting(protocol: Protocol, medium: Medium) -> list[Node]:
    how = HOW[protocol.name]
    made = dict.fromkeys(protocol.validation, how.for_validation)
    made |= dict.fromkeys(protocol.test, how.for_test)
    return [
        _node(split, holdout, how.inputs, _more(protocol, holdout))
        for holdout, split in made.items()
        if holdout in medium.split_off
    ]


def _rolling(medium: Medium) -> list[Node]:
    made = {name: nodes.at_cut("validation", n) for n, name in enumerate(ROLLING_VALIDATION, 1)}
    made |= {name: nodes.at_cut("test", n) for n, name in enumerate(ROLLING_TEST, 1)}
    return [
        _node(split, holdout, ("params:rolling",))
        for holdout, split in made.items()
        if holdout in medium.split_off
    ]


def _more(protocol: Protocol, holdout: str) -> tuple[str, ...]:
    """What a holdout has beside the tables of all."""
    if protocol.cold_items:
        return ("candidates",)
    return ("unjudged",) if protocol.sampled and holdout in protocol.validation else ()


def _node(
    split: Callable[..., object], holdout: str, inputs: tuple[str, ...], more: tuple[str, ...] = ()
) -> Node:
    parts = ["fit", "profiles", "withheld", "split", *more]
    return Node(
        split,
        inputs=["interactions", *inputs],
        outputs=[f"{holdout}_{part}" for part in parts],
        name=split.__name__,
    )
