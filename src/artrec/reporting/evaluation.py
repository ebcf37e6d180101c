"""The evaluation as a report: what was measured, how, and what may be concluded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from artrec.reporting.curves import plot_cutoffs, plot_reliability, plot_slices, plot_tradeoff
from artrec.reporting.cuts import by_protocol, cuts_table, over_cuts, protocol_name
from artrec.reporting.document import Block, Fold, Picture, Text, plain
from artrec.reporting.people import people_folds
from artrec.reporting.plots import plot_comparison, plot_frontier
from artrec.reporting.tables import (
    BEYOND,
    CLAIMABLE,
    MISSING,
    NDCG,
    RANKING,
    RATING,
    comparisons_table,
    figures_table,
    letters_of,
    models_of,
    overlaps_table,
    slices_table,
    table_of,
)
from artrec.reporting.words import (
    HOW_TO_READ,
    HOW_WITHHELD,
    KINDS,
    LATER_TAGS,
    MEANINGS,
    PEOPLE,
    SLICES,
    TRADE,
)

RECALL = "candidate_recall"


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Everything the report is made of.

    Attributes:
        holdouts: Judged holdouts, the headline first.
        tables: For each ``<holdout>_results`` (`artrec.metrics.summary`), ``_comparisons``,
            ``_slices``, ``_overlaps`` and ``_split``.
        selection: What was chosen on validation (`artrec.recommend.selection.Selection`).
        k: Cut-off the tables show.
        medium: What the works are, for example films.
        people: Table of `artrec.reporting.people.side_by_side`, or none.
        curves: Table of `artrec.recommend.tradeoff.trade_accuracy`, or none.
        predictions: Rating model to its predictions of the headline.
        kinds: Kind of document to how many works content models read of it; empty where none do.
        n_timed_tags: Tags of works that tell, or should tell, when they were given.
        learned: Model to how it learned from validation (`Hybrid.report`); empty where none did.
    """

    holdouts: tuple[str, ...]
    tables: Mapping[str, Any]
    selection: Mapping[str, Any]
    k: int
    medium: str = "works"
    people: pd.DataFrame | None = None
    curves: pd.DataFrame | None = None
    predictions: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    kinds: Mapping[str, int] = field(default_factory=dict)
    n_timed_tags: int = 0
    learned: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @property
    def headline(self) -> pd.DataFrame:
        """Result rows of the first protocol, over its cuts."""
        first, *_ = by_protocol(self.holdouts).values()
        return over_cuts([self.tables[f"{each}_results"] for each in first])

    def of(self, holdout: str, part: str) -> Any:
        """One table of one holdout."""
        return self.tables[f"{holdout}_{part}"]


def pictures_of(told: Evaluation) -> list[Picture]:
    """The plots, all of the headline; each is a file of its own too."""
    results, k = told.headline, told.k
    first = told.holdouts[0]
    best = next(iter(models_of(results, k)))
    pictures = [
        Picture("How good each model is", "comparison", plot_comparison(results, NDCG, k)),
        Picture(
            "Accuracy against coverage and novelty", "frontier", plot_frontier(results, NDCG, k)
        ),
        Picture(
            "For whom and for which works",
            "slices",
            plot_slices(told.of(first, "slices"), NDCG, k, best),
        ),
        Picture("At other lengths", "cutoffs", plot_cutoffs(results, (NDCG, "recall"), best)),
    ]
    for model, table in list(told.predictions.items())[:1]:
        drawn = plot_reliability(table, model)
        pictures.append(Picture("Reliability of predicted ratings", "reliability", drawn))
    if told.curves is not None:
        drawn = plot_tradeoff(told.curves, NDCG, k)
        pictures.append(Picture("Accuracy against diversity and calibration", "tradeoff", drawn))
    return pictures


def blocks_of(told: Evaluation, pictures: Sequence[Picture]) -> list[Block]:
    """The whole report, block by block.

    Args:
        told: What is told.
        pictures: What `pictures_of` gave.
    """
    drawn = {each.name: each for each in pictures}
    blocks: list[Block] = [
        Text(f"# Evaluation: {plain(told.medium)}\n\n{_verdict(told)}\n\n{HOW_TO_READ}"),
        Fold("What the figures mean", MEANINGS),
    ]
    groups = by_protocol(told.holdouts)
    for number, holdouts in enumerate(groups.values()):
        blocks += _protocol(told, holdouts, drawn if number == 0 else {})
    blocks += _tradeoff(told, drawn)
    if told.people is not None and len(told.people):
        n_people = told.people["user_id"].nunique()
        headline = plain(told.of(told.holdouts[0], "split")["split_id"])
        opening = f"## {n_people} people's lists, beside each other\n\nOf {headline}. {PEOPLE}"
        order = models_of(told.of(told.holdouts[0], "results"), told.k)
        blocks += [Text(opening), *people_folds(told.people, order)]
    if told.kinds:
        later = f"\n\n{LATER_TAGS}" if told.n_timed_tags else ""
        blocks.append(Text(f"## What content models read\n\n{_kinds(told.kinds)}{later}"))
    chosen = f"## Which model is published\n\n{_chosen(told.selection)}{_ceilings(told.learned)}"
    return [*blocks, Text(chosen)]


def _verdict(told: Evaluation) -> str:
    results, k = told.headline, told.k
    best, *others = models_of(results, k)
    first = results[(results["metric"] == NDCG) & (results["k"] == k)].set_index("model").loc[best]
    if pd.isna(first["mean"]):
        return "Nobody has a relevant withheld work: there is nothing to say."
    figure = f"{first['mean']:.4f} [{first['low']:.4f}, {first['high']:.4f}]"
    of_whom = f"{int(first['n_users']):,} people"
    if "spread" in results:
        of_whom = f"the lowest and the highest cut in brackets, {of_whom} over all cuts"
    return (
        f"Judged on {plain(first['data_set'])} by {plain(first['split_id'])}, "
        f"**{plain(best)}** has the highest NDCG@{k}: {figure}, {of_whom}."
        f"{_told_apart(told, best, others)} "
        f"Published is **{plain(told.selection['model'])}**, which was chosen on validation."
    )


def _told_apart(told: Evaluation, best: str, others: Sequence[str]) -> str:
    """Which models the best one is not told apart from; nothing is claimed over several cuts."""
    first, *_ = by_protocol(told.holdouts).values()
    comparisons = told.of(told.holdouts[0], "comparisons")
    groups = letters_of(told.headline, comparisons, told.k) if len(first) == 1 else {}
    if not groups or not others:
        return ""
    alike = [each for each in others if set(groups[each]) & set(groups[best])]
    if not alike:
        return " It is significantly better than every other model."
    return f" It is not significantly better than {', '.join(map(plain, alike))}."


def _protocol(
    told: Evaluation, holdouts: Sequence[str], drawn: Mapping[str, Picture]
) -> list[Block]:
    split_id = plain(told.of(holdouts[0], "split")["split_id"])
    heading, how = HOW_WITHHELD.get(protocol_name(holdouts[0]), (split_id, ""))
    if len(holdouts) == 1:
        title = f"## {heading}"
        return [Text(f"{title}\n\n{how}".strip()), *_holdout(told, holdouts[0], drawn)]
    results = [told.of(each, "results") for each in holdouts]
    merged = over_cuts(results)
    title = f"## {heading}: {len(holdouts)} cuts"
    explained = "Brackets here hold the lowest and the highest cut, not an interval."
    parts = [title, how, explained, figures_table(merged, RANKING, told.k)]
    parts += [figures_table(merged, BEYOND, told.k), "Each cut, NDCG:", _cuts(results, told.k)]
    blocks: list[Block] = [Text("\n\n".join(each for each in parts if each))]
    blocks += drawn.values()
    for each in holdouts:
        inner = [block for block in _holdout(told, each, {}) if not isinstance(block, Picture)]
        text = "\n\n".join(
            block.markdown if isinstance(block, Text) else f"**{block.title}**\n\n{block.markdown}"
            for block in inner
            if not isinstance(block, Picture)
        )
        blocks.append(Fold(f"The cut {told.of(each, 'split')['split_id']}", text))
    return blocks


def _holdout(told: Evaluation, holdout: str, drawn: Mapping[str, Picture]) -> list[Block]:
    results, k = told.of(holdout, "results"), told.k
    comparisons = told.of(holdout, "comparisons")
    groups = letters_of(results, comparisons, k)
    tables = [
        _about(results, told.of(holdout, "split")),
        figures_table(results, RANKING, k, groups),
        figures_table(results, BEYOND, k),
        figures_table(results, RATING, 0),
    ]
    blocks: list[Block] = [Text("\n\n".join(each for each in tables if each))]
    blocks += [drawn[name] for name in _LEADING if name in drawn]
    slices = told.of(holdout, "slices")
    by_slice = [SLICES, f"NDCG@{k}:", slices_table(slices, NDCG, k)]
    lifts = slices[slices["metric"] == "popularity_lift"]
    if len(lifts):
        by_slice += [f"Popularity lift@{k}:", slices_table(lifts, "popularity_lift", k)]
    blocks.append(Fold(f"By slice: {told.medium} and people", "\n\n".join(by_slice)))
    blocks.append(Fold("Differences between models", comparisons_table(comparisons, k)))
    overlaps = told.tables.get(f"{holdout}_overlaps")
    if overlaps is not None and len(overlaps):
        alike = overlaps_table(overlaps, models_of(results, k), k)
        words = f"Share of one model's first {k} that another's first {k} hold too."
        blocks.append(Fold("How alike the lists of two models are", f"{words}\n\n{alike}"))
    return blocks


_LEADING = ("comparison", "frontier", "slices", "cutoffs", "reliability")


def _about(results: pd.DataFrame, split: Mapping[str, Any]) -> str:
    first = results[results["metric"] == NDCG].iloc[0]
    ties = split.get("tied_share")
    tied = (
        "" if ties is None else f" Share of users with a tie in time at the boundary: {ties:.1%}."
    )
    few = "" if first["n_users"] >= CLAIMABLE else f" Fewer than {CLAIMABLE} users: report only."
    return (
        f"Split {plain(split['split_id'])}. "
        f"Data: {plain(first['source_variant'])}; seed {first['seed']}; {split['n_fit']:,} "
        f"interactions fitted on, {split['n_withheld']:,} withheld. **{first['n_users']} users** "
        f"with a relevant withheld item, {first['n_users_without_list']} of them without a list."
        f"{tied}{few}"
    )


def _cuts(results: Sequence[pd.DataFrame], k: int) -> str:
    table = cuts_table(results, NDCG, k)
    body = [
        [plain(model), *(MISSING if pd.isna(each) else f"{each:.4f}" for each in row)]
        for model, row in zip(table.index, table.to_numpy(), strict=True)
    ]
    return table_of(["model", *map(plain, table.columns)], body)


def _tradeoff(told: Evaluation, drawn: Mapping[str, Picture]) -> list[Block]:
    if told.curves is None or told.curves.empty:
        return []
    first = told.curves.iloc[0]
    opening = (
        f"## Diversity and calibration\n\n{TRADE}\n\n"
        f"Lists of {plain(first['model'])}, {first['n_users']:,} people, k = {first['k']}."
    )
    wide = told.curves.pivot_table(
        index=["method", "strength"], columns="metric", values="mean", sort=False
    )
    body = [
        [f"{plain(method)} {strength:g}", *(f"{each:.4f}" for each in row)]
        for (method, strength), row in zip(wide.index, wide.to_numpy(), strict=True)
    ]
    table = table_of(["re-ranking, strength", *map(plain, wide.columns)], body)
    blocks: list[Block] = [Text(opening)]
    if "tradeoff" in drawn:
        blocks.append(drawn["tradeoff"])
    return [*blocks, Fold("The figures of the curves", table)]


def _kinds(kinds: Mapping[str, int]) -> str:
    total = max(sum(kinds.values()), 1)
    lines = [
        f"- {count:,} works ({count / total:.1%}): {KINDS.get(kind, kind)}"
        for kind, count in kinds.items()
        if count
    ]
    few = ""
    if not kinds.get("text"):
        few = (
            "\n\nNo work has a text of its own here: wherever this page says text, content or "
            "meaning, it is the metadata that was read."
        )
    return "\n".join(lines) + few


def _chosen(selection: Mapping[str, Any]) -> str:
    figures = ", ".join(
        f"{plain(name)} {mean:.4f}" for name, mean in selection["validation"].items()
    )
    return (
        f"**{plain(selection['model'])}**, chosen by {selection['metric']} on validation "
        f"({figures}); test figures were not looked at. It is fitted anew on all "
        "interactions for the published recommendations, which are never evaluated."
    )


def _ceilings(learned: Mapping[str, Mapping[str, float]]) -> str:
    """What no order of a hybrid's candidates can pass: the share of the withheld among them."""
    return "".join(
        f"\n\nOf what validation withheld from {report['users']:.0f} people and they liked, "
        f"{report[RECALL]:.0%} was among the candidates of {plain(model)}: the ceiling of any "
        "order of them."
        for model, report in learned.items()
        if RECALL in report
    )
