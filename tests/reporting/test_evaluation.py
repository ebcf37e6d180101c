"""The report of an evaluation: what stands in it, what does not, and that it is safe to open."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from artrec.reporting.cuts import over_cuts, summary_table
from artrec.reporting.document import Fold, Text, as_markdown, as_page
from artrec.reporting.evaluation import Evaluation, blocks_of, pictures_of

MODELS = {"ease": 0.31, "popularity": 0.12, "item_knn": 0.25}
METRICS = ("ndcg", "recall", "hit_rate", "coverage", "novelty", "popularity_lift")
ODD = "<b>bold|`x`_[a](javascript:1)"


def results_of(
    models: dict[str, float],
    users: int = 655,
    data_set: str = "snapshot",
    split_id: str = "per_user_last_0.2",
) -> Any:
    return pd.DataFrame(
        [
            {
                "data_set": data_set,
                "source_variant": f"{data_set}[ratings=7]",
                "split_id": split_id,
                "model": model,
                "seed": 3,
                "k": 10,
                "n_users": users,
                "n_users_without_list": 2,
                "metric": metric,
                "mean": mean,
                "low": mean - 0.02,
                "high": mean + 0.02,
            }
            for model, mean in models.items()
            for metric in METRICS
        ]
    )


def tables_of(
    models: dict[str, float], users: int = 655, holdout: str = "t", p: float = 0.004, **named: Any
) -> dict[str, Any]:
    results = results_of(models, users, **named)
    first, *others = models
    comparisons = pd.DataFrame(
        [
            {
                "metric": "ndcg",
                "k": 10,
                "model": first,
                "other": other,
                "n_users": users,
                "difference": 0.06,
                "low": 0.01,
                "high": 0.11,
                "p_holm": p,
            }
            for other in others
        ],
        columns=[*"abc", "metric", "k", "model", "other", "n_users", "p_holm", "difference"]
        if not others
        else None,
    )
    ndcg = results[results["metric"].isin(["ndcg", "popularity_lift"])]
    slices = [ndcg.assign(slice_by="history", slice=name) for name in (">=50", "20-49", "<20")]
    overlaps = [(first, other, 10, users, 0.25) for other in others]
    split = {"split_id": results["split_id"].iloc[0], "n_fit": 80251, "n_withheld": 19753}
    return {
        f"{holdout}_results": results,
        f"{holdout}_comparisons": comparisons,
        f"{holdout}_slices": pd.concat(slices),
        f"{holdout}_split": {**split, "tied_share": 0.228},
        f"{holdout}_overlaps": pd.DataFrame(
            overlaps, columns=["model", "other", "k", "n_users", "overlap"]
        ),
    }


def selection_of(model: str) -> dict[str, Any]:
    return {"model": model, "metric": "ndcg@10", "validation": {model: 0.3, "popularity": 0.1}}


def told_of(models: dict[str, float], users: int = 655, **named: Any) -> Evaluation:
    tables = tables_of(models, users, **named)
    return Evaluation(("t",), tables, selection_of(next(iter(models))), 10, "films")


def text_of(told: Evaluation) -> str:
    return as_markdown(blocks_of(told, []))


def page_of(models: dict[str, float], **named: Any) -> str:
    told = told_of(models, **named)
    return as_page(blocks_of(told, pictures_of(told)), "artrec: <evaluation>")


def test_every_model_stands_in_the_table_with_its_interval_best_first() -> None:
    text = text_of(told_of(MODELS))
    rows = re.findall(r"^\| (\w+) \| (\w*) \| (\S+ \[\S+ \S+\])", text, flags=re.MULTILINE)
    assert rows[:3] == [
        ("ease", "a", "0.3100 [0.2900, 0.3300]"),
        ("item_knn", "b", "0.2500 [0.2300, 0.2700]"),
        ("popularity", "b", "0.1200 [0.1000, 0.1400]"),
    ]


def test_data_users_and_ties_are_named() -> None:
    text = text_of(told_of(MODELS))
    assert text.startswith("# Evaluation: films")
    assert "## per_user_last_0.2" in text
    assert "655 users" in text
    assert "80,251 interactions" in text
    assert "22.8%" in text
    assert "seed 3" in text


def test_differences_carry_interval_and_corrected_p() -> None:
    text = text_of(told_of(MODELS))
    assert "| ndcg@10 | ease | popularity | +0.0600 | [+0.0100, +0.1100] | 0.0040 |" in text


def test_slices_come_as_people_count_with_users_beside() -> None:
    text = text_of(told_of(MODELS))
    rows = re.findall(r"^\| history: (\S+) \| (\d+) \| 0.3100", text, flags=re.MULTILINE)
    names = [name.replace("\\", "") for name, _ in rows]
    assert names[:3] == ["<20", "20-49", ">=50"]
    assert {users for _, users in rows} == {"655"}
    assert "Popularity lift@10:" in text


def test_overlaps_read_the_same_both_ways() -> None:
    text = text_of(told_of(MODELS))
    assert "| ease | - | 25% | 25% |" in text
    assert "| popularity | 25% | - | - |" in text


@pytest.mark.parametrize(("users", "claims"), [(199, False), (200, True)])
def test_no_significance_is_claimed_below_200_users(users: int, claims: bool) -> None:
    text = text_of(told_of(MODELS, users))
    assert ("p after Holm |" in text) is claims
    assert ("| letters |" in text) is claims
    assert ("It is significantly better" in text) is claims
    assert ("no claim of significance" in text) is not claims
    assert ("Fewer than 200 users: report only" in text) is not claims


def test_the_opening_says_what_is_not_told_apart() -> None:
    text = text_of(told_of(MODELS, p=0.3))
    assert "It is not significantly better than item_knn, popularity." in text


def test_the_page_says_which_model_is_published_and_why() -> None:
    chapter = text_of(told_of(MODELS)).split("## Which model is published")[1]
    assert "**ease**, chosen by ndcg@10 on validation (ease 0.3000, popularity 0.1000)" in chapter


def test_the_ceiling_of_a_hybrid_is_told_beside_what_is_published() -> None:
    told = told_of(MODELS)
    learned = {"hybrid": {"candidate_recall": 0.67, "users": 250.0}}
    chapter = text_of(replace(told, learned=learned)).split("## Which model is published")[1]
    assert "from 250 people" in chapter
    assert "67% was among the candidates of hybrid: the ceiling" in chapter
    assert "ceiling" not in text_of(told)


def test_without_texts_the_report_says_that_metadata_was_read() -> None:
    told = told_of(MODELS)
    kinds = {"text": 0, "tags": 0, "metadata": 30, "empty": 10}
    text = text_of(Evaluation(told.holdouts, told.tables, told.selection, 10, kinds=kinds))
    assert "- 30 works (75.0%): metadata only" in text
    assert "No work has a text of its own here" in text
    kinds["text"] = 1
    text = text_of(Evaluation(told.holdouts, told.tables, told.selection, 10, kinds=kinds))
    assert "No work has a text" not in text


def test_tags_that_have_times_are_told_apart_from_what_is_judged() -> None:
    told = replace(told_of(MODELS), kinds={"text": 1, "tags": 2, "metadata": 0, "empty": 0})
    assert "before anything withheld had happened" not in text_of(told)
    chapter = text_of(replace(told, n_timed_tags=3)).split("## What content models read")[1]
    assert "only those given before anything withheld had happened" in " ".join(chapter.split())


def test_odd_names_are_shown_as_they_are_and_do_nothing() -> None:
    page = page_of({ODD: 0.3, "popularity": 0.1}, data_set=ODD)
    assert "<b>" not in page
    assert "javascript:1" in page
    assert 'href="javascript' not in page
    shown = "&lt;b&gt;bold|`x`_[a](javascript:1)"
    assert f"<td>{shown}</td>" in page
    assert f"Data: {shown}[ratings=7]" in page
    # a bar in a name is no new column
    heads = re.findall(r"<thead>.*?</thead>", page, flags=re.DOTALL)
    bodies = re.findall(r"<tbody>.*?</tbody>", page, flags=re.DOTALL)
    for head, body in zip(heads, bodies, strict=True):
        assert body.count("<td") == head.count("<th>") * body.count("<tr>") > 0


def test_markup_in_a_report_is_text() -> None:
    bad = "<img src=x onerror=alert(1)>"
    page = as_page([Text(f"# Evaluation\n\n{bad}"), Fold(bad, bad)], bad)
    assert "<img" not in page
    assert page.count("&lt;img") == 4


def test_the_page_asks_no_other_address() -> None:
    page = page_of(MODELS)
    addresses = re.findall(r"""(?:src|href)\s*=\s*["']([^"']*)""", page)
    assert [each for each in addresses if not each.startswith("#")] == []
    assert not re.search(r"url\(\s*['\"]?(?!#)", page)
    assert "<script" not in page
    assert "@import" not in page


def test_links_of_the_page_lead_to_its_chapters() -> None:
    page = page_of(MODELS)
    targets = re.findall(r'<li><a href="#(\w+)">', page)
    assert targets == re.findall(r'<h2 id="(\w+)">', page)
    assert len(targets) == 2


def test_what_is_folded_is_a_section_in_markdown() -> None:
    blocks = [Text("# A"), Fold("More", "inside")]
    assert as_markdown(blocks) == "# A\n\n### More\n\ninside\n"
    assert "<details><summary>More</summary><p>inside</p>" in as_page(blocks, "A")


def test_plots_follow_the_reader_into_the_dark() -> None:
    page = page_of(MODELS)
    drawings = re.findall(r"<svg.*?</svg>", page, flags=re.DOTALL)
    assert len(drawings) == 4
    for drawing in drawings:
        colours = {each for each in re.findall(r"#[0-9a-f]{6}\b", drawing) if each != "#000000"}
        assert colours == set()
        assert "var(--ink)" in drawing
    assert "prefers-color-scheme: dark" in page


def test_wide_tables_scroll_inside_the_page() -> None:
    page = page_of(MODELS)
    assert page.count("<table>") == page.count('<div class="wide" tabindex="0"><table>') > 0
    assert re.search(r"\.wide \{[^}]*overflow-x: auto", page)


def test_same_tables_same_bytes() -> None:
    assert page_of(MODELS) == page_of(MODELS)


def test_cuts_of_one_protocol_are_told_together() -> None:
    better = {model: mean + 0.04 for model, mean in MODELS.items()}
    tables = tables_of(MODELS, holdout="rolling_test_1", split_id="rolling_14d_A")
    tables |= tables_of(better, holdout="rolling_test_2", split_id="rolling_14d_B")
    names = ("rolling_test_1", "rolling_test_2")
    told = Evaluation(names, tables, selection_of("ease"), 10)
    text = text_of(told)
    assert "## Rolling cuts in time: 2 cuts" in text
    assert "| ease | 0.3300 [0.3100, 0.3500] |" in text
    assert "| ease | 0.3100 | 0.3500 | 0.3300 | 0.0283 |" in text
    # what is tested on one cut is not claimed of all
    assert "significantly better" not in text.split("##")[0]
    assert "### The cut rolling_14d_B" in text
    summary = summary_table({each: tables[f"{each}_results"] for each in names}, 10)
    assert summary["split"].unique().tolist() == ["rolling_14d, mean of 2 cuts"]
    assert summary.loc[0, ["model", "n_users", "ndcg@10"]].tolist() == ["ease", 1310, 0.33]
    page = as_page(blocks_of(told, pictures_of(told)), "cuts")
    assert page.count("<svg") == 4


def test_a_headline_over_nobody_is_told_and_drawn() -> None:
    tables = tables_of(MODELS, users=0)
    nothing = {"mean": np.nan, "low": np.nan, "high": np.nan, "n_users": 0}
    tables |= {each: tables[each].assign(**nothing) for each in ("t_results", "t_slices")}
    tables["t_comparisons"] = tables["t_comparisons"].iloc[:0]
    curves = pd.DataFrame(columns=["model", "method", "strength", "metric", "k", "mean", "high"])
    told = Evaluation(("t",), tables, selection_of("ease"), 10, curves=curves)
    page = as_page(blocks_of(told, pictures_of(told)), "nobody")
    assert "there is nothing to say" in page
    assert "nan" not in text_of(told)


def test_one_cut_stays_as_it_is() -> None:
    results = results_of(MODELS)
    assert over_cuts([results]) is results


def test_the_summary_has_a_row_a_split_and_model_best_first() -> None:
    results = results_of(MODELS)
    rmse = results[results["metric"] == "ndcg"].head(1).assign(metric="rmse", k=0, mean=0.87)
    other = results_of({"popularity": 0.2}).assign(split_id="global")
    table = summary_table({"a": pd.concat([results, rmse]), "b": other}, 10)
    assert table[["split", "model"]].to_numpy().tolist() == [
        ["per_user_last_0.2", "ease"],
        ["per_user_last_0.2", "item_knn"],
        ["per_user_last_0.2", "popularity"],
        ["global", "popularity"],
    ]
    best = table.iloc[0]
    assert (best["ndcg@10"], best["ndcg_low"], best["ndcg_high"]) == (0.31, 0.29, 0.33)
    assert best["rmse"] == 0.87
    assert pd.isna(table["rmse"].iloc[1])
