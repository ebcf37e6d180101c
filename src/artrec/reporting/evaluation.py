"""The evaluation as a page: what was measured, how, and what may be concluded."""

from __future__ import annotations

import base64
import html
from collections.abc import Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from matplotlib.figure import Figure

RANKING = ("ndcg", "recall", "precision", "map", "mrr", "hit_rate")
BEYOND = ("coverage", "gini", "novelty", "intra_list_diversity", "popularity_lift")
RATING = ("rmse", "mae")
MISSING = "–"


def as_markdown(
    splits: Mapping[str, tuple[pd.DataFrame, pd.DataFrame]],
    notes: Mapping[str, str],
    selection: Mapping[str, Any],
    k: int,
) -> str:
    """The whole evaluation in Markdown.

    Args:
        splits: Split id to its result rows and its pairwise comparisons.
        notes: Split id to one paragraph on what the split is and what it cannot show.
        selection: What was chosen on validation (`artrec.recommend.selection.Selection`).
        k: Cut-off the tables show.
    """
    parts = ["# Evaluation", ""]
    for split_id, (results, comparisons) in splits.items():
        first = results.iloc[0]
        parts += [
            f"## Split {split_id}",
            "",
            notes[split_id],
            "",
            f"Data: {first['source_variant']}. Seed {first['seed']}. "
            f"{_counts(results)} Means over users, 95% bootstrap intervals in brackets.",
            "",
            _table(results, RANKING, k),
            "",
            _table(results, BEYOND, k),
            "",
        ]
        if results["metric"].isin(RATING).any():
            parts += [_table(results, RATING, 0), ""]
        parts += [_comparisons(comparisons), ""]
    parts += ["## Which model is published", "", _chosen(selection), ""]
    return "\n".join(parts)


def as_page(markdown: str, title: str, figures: Mapping[str, Figure]) -> str:
    """A Markdown report and its figures as one HTML file that asks no other address for anything.

    Args:
        markdown: The report.
        title: Page title.
        figures: Caption to figure, shown above the report.
    """
    from markdown_it import MarkdownIt

    body = MarkdownIt("commonmark").enable("table").render(markdown)
    images = "".join(
        f'<figure><img alt="{html.escape(caption)}" src="data:image/png;base64,{_png(figure)}">'
        f"<figcaption>{html.escape(caption)}</figcaption></figure>"
        for caption, figure in figures.items()
    )
    return PAGE.format(title=html.escape(title), images=images, body=body)


def _png(figure: Figure) -> str:
    buffer = BytesIO()
    # without metadata, so that equal figures are equal bytes
    figure.savefig(buffer, format="png", dpi=110, metadata={"Software": None})
    return base64.b64encode(buffer.getvalue()).decode()


def _counts(results: pd.DataFrame) -> str:
    first = results[results["metric"] == RANKING[0]].iloc[0]
    return f"{first['n_users']} users with a relevant withheld item."


def _table(results: pd.DataFrame, metrics: tuple[str, ...], k: int) -> str:
    rows = results[results["metric"].isin(metrics) & (results["k"] == k)]
    shown = [metric for metric in metrics if (rows["metric"] == metric).any()]
    order = rows[rows["metric"] == shown[0]].sort_values("mean", ascending=False)["model"]
    suffix = f"@{k}" if k else ""
    lines = [
        "| model | " + " | ".join(f"{metric}{suffix}" for metric in shown) + " |",
        "|---" * (len(shown) + 1) + "|",
    ]
    cells = rows.set_index(["model", "metric"])
    for model in order:
        values = [_cell(cells, str(model), metric) for metric in shown]
        lines.append(f"| {model} | " + " | ".join(values) + " |")
    return "\n".join(lines)


def _cell(cells: pd.DataFrame, model: str, metric: str) -> str:
    if (model, metric) not in cells.index:
        return MISSING
    row = cells.loc[(model, metric)]
    if pd.isna(row["low"]):
        return f"{row['mean']:.4f}"
    return f"{row['mean']:.4f} [{row['low']:.4f}, {row['high']:.4f}]"


def _comparisons(comparisons: pd.DataFrame) -> str:
    lines = [
        "Differences between models, paired over users; p-values after Holm's correction:",
        "",
        "| metric | model | against | difference | 95% interval | p (Holm) |",
        "|---|---|---|---|---|---|",
    ]
    for row in comparisons.itertuples():
        lines.append(
            f"| {row.metric}@{row.k} | {row.model} | {row.other} | {row.difference:+.4f} "
            f"| [{row.low:+.4f}, {row.high:+.4f}] | {row.p_holm:.4f} |"
        )
    return "\n".join(lines)


def _chosen(selection: Mapping[str, Any]) -> str:
    figures = ", ".join(f"{name} {mean:.4f}" for name, mean in selection["validation"].items())
    return (
        f"**{selection['model']}**, chosen by {selection['metric']} on validation ({figures}); "
        "test figures were not looked at. It is fitted anew on all interactions for the "
        "published recommendations, which are never evaluated."
    )


PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --ink: #1f2a44; --paper: #fdfcf9; --line: #d9d5c9;
  --quiet: #5d6678; --plot: #fff; }}
@media (prefers-color-scheme: dark) {{ :root {{ --ink: #e8e4d8; --paper: #16181d;
  --line: #3a3e48; --quiet: #a2a9b8; --plot: #f4f2ec; }} }}
body {{ margin: 0 auto; max-width: 62rem; padding: 2rem 1rem 4rem; color: var(--ink);
  background: var(--paper); font: 16px/1.55 Georgia, "Times New Roman", serif; }}
h1 {{ font-size: 2rem; margin: 0 0 1rem; }} h2 {{ margin: 2.5rem 0 .5rem; }}
table {{ border-collapse: collapse; display: block; overflow-x: auto; margin: 1rem 0;
  font: 13px/1.4 system-ui, sans-serif; }}
th, td {{ padding: .35rem .7rem; border-bottom: 1px solid var(--line); text-align: right;
  white-space: nowrap; font-variant-numeric: tabular-nums; }}
th:first-child, td:first-child {{ text-align: left; }}
figure {{ margin: 1.5rem 0; }} img {{ max-width: 100%; background: var(--plot);
  border-radius: 6px; }}
figcaption {{ color: var(--quiet); font-size: .9rem; }}
</style></head><body>
{images}
{body}
</body></html>
"""
