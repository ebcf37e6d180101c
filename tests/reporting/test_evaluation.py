"""The report of an evaluation: what stands in it, what does not, and that it is safe to open."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import pytest

from artrec.reporting.evaluation import as_markdown, as_page, summary_table
from artrec.reporting.plots import plot_comparison, plot_frontier

MODELS = {"ease": 0.31, "popularity": 0.12, "item_knn": 0.25}
METRICS = ("ndcg", "recall", "hit_rate", "coverage", "popularity_lift")
ODD = "<b>bold|`x`_[a](javascript:1)"


def results_of(models: dict[str, float], users: int = 655, data_set: str = "snapshot") -> Any:
    return pd.DataFrame(
        [
            {
                "data_set": data_set,
                "source_variant": f"{data_set}[ratings=7]",
                "split_id": "per_user_last_0.2",
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


def tables_of(models: dict[str, float], users: int = 655, **named: Any) -> dict[str, Any]:
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
                "p_holm": 0.004,
            }
            for other in others
        ]
    )
    slices = results[results["metric"] == "ndcg"].assign(slice_by="history", slice="20-49")
    split = {"split_id": "per_user_last_0.2", "n_fit": 80251, "n_withheld": 19753}
    return {
        "t_results": results,
        "t_comparisons": comparisons,
        "t_slices": slices,
        "t_split": {**split, "tied_share": 0.228},
    }


def selection_of(model: str) -> dict[str, Any]:
    return {"model": model, "metric": "ndcg@10", "validation": {model: 0.3, "popularity": 0.1}}


def page_of(models: dict[str, float], **named: Any) -> str:
    tables = tables_of(models, **named)
    text = as_markdown(["t"], tables, selection_of(next(iter(models))), 10)
    figures = {
        "by model": plot_comparison(tables["t_results"], "ndcg", 10),
        "frontier": plot_frontier(tables["t_results"], "ndcg", 10),
    }
    return as_page(text, "artrec: <evaluation>", figures)


def test_every_model_stands_in_the_table_with_its_interval_best_first() -> None:
    text = as_markdown(["t"], tables_of(MODELS), selection_of("ease"), 10)
    rows = re.findall(r"^\| (\w+) \| (\S+ \[\S+ \S+\])", text, flags=re.MULTILINE)
    assert rows[:3] == [
        ("ease", "0.3100 [0.2900, 0.3300]"),
        ("item_knn", "0.2500 [0.2300, 0.2700]"),
        ("popularity", "0.1200 [0.1000, 0.1400]"),
    ]


def test_data_users_and_ties_are_named() -> None:
    text = as_markdown(["t"], tables_of(MODELS), selection_of("ease"), 10)
    assert "## per_user_last_0.2" in text
    assert "655 users" in text
    assert "80,251 interactions" in text
    assert "22.8%" in text
    assert "seed 3" in text


def test_differences_carry_interval_and_corrected_p() -> None:
    text = as_markdown(["t"], tables_of(MODELS), selection_of("ease"), 10)
    assert "| ndcg@10 | ease | popularity | +0.0600 | [+0.0100, +0.1100] | 0.0040 |" in text


@pytest.mark.parametrize(("users", "claims"), [(199, False), (200, True)])
def test_no_significance_is_claimed_below_200_users(users: int, claims: bool) -> None:
    text = as_markdown(["t"], tables_of(MODELS, users), selection_of("ease"), 10)
    assert ("p after Holm" in text) is claims
    assert ("no claim of significance" in text) is not claims
    assert ("Fewer than 200 users: report only" in text) is not claims


def test_the_page_says_which_model_is_published_and_why() -> None:
    text = as_markdown(["t"], tables_of(MODELS), selection_of("ease"), 10)
    chapter = text.split("## Which model is published")[1]
    assert "**ease**, chosen by ndcg@10 on validation (ease 0.3000, popularity 0.1000)" in chapter


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
    page = as_page("# Evaluation\n\n<img src=x onerror=alert(1)>", "title", {})
    assert "<img" not in page
    assert "&lt;img" in page


def test_the_page_asks_no_other_address() -> None:
    page = page_of(MODELS)
    addresses = re.findall(r"""(?:src|href)\s*=\s*["']([^"']*)""", page)
    assert [each for each in addresses if not each.startswith("#")] == []
    assert not re.search(r"url\(\s*['\"]?(?!#)", page)
    assert "<script" not in page
    assert "@import" not in page


def test_plots_follow_the_reader_into_the_dark() -> None:
    page = page_of(MODELS)
    drawings = re.findall(r"<svg.*?</svg>", page, flags=re.DOTALL)
    assert len(drawings) == 2
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
