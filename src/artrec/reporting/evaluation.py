"""The evaluation as a page: what was measured, how, and what may be concluded."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from io import StringIO
from typing import TYPE_CHECKING, Any

import pandas as pd

from artrec.reporting.plots import ACCENT, INK, LINE, QUIET

if TYPE_CHECKING:
    from matplotlib.figure import Figure

RANKING = ("ndcg", "recall", "precision", "map", "mrr", "hit_rate")
BEYOND = ("coverage", "gini", "novelty", "intra_list_diversity", "popularity_lift")
RATING = ("rmse", "mae")
SUMMARISED = ("ndcg", "recall", "hit_rate", "coverage", "popularity_lift", "rmse")
# below this many users the report claims no significance
CLAIMABLE = 200
MISSING = "-"
# colours of the plots, and the page's variables that take their place
COLOURS = {INK: "ink", ACCENT: "accent", QUIET: "quiet", LINE: "line"}


def as_markdown(
    holdouts: Sequence[str], tables: Mapping[str, Any], selection: Mapping[str, Any], k: int
) -> str:
    """The whole evaluation in Markdown.

    Args:
        holdouts: Names of the judged holdouts, the headline first.
        tables: For each holdout ``<holdout>_results`` (`artrec.metrics.summary`),
            ``_comparisons``, ``_slices`` and ``_split``.
        selection: What was chosen on validation (`artrec.recommend.selection.Selection`).
        k: Cut-off the tables show.
    """
    parts = ["# Evaluation", "", HOW_TO_READ, ""]
    for holdout in holdouts:
        results = tables[f"{holdout}_results"]
        parts += [
            f"## {_plain(tables[f'{holdout}_split']['split_id'])}",
            "",
            _about(results, tables[f"{holdout}_split"]),
            "",
            _table(results, RANKING, k),
            "",
            _table(results, BEYOND, k),
            "",
            *([_table(results, RATING, 0), ""] if results["metric"].isin(RATING).any() else []),
            _comparisons(tables[f"{holdout}_comparisons"], k),
            "",
            _slices(tables[f"{holdout}_slices"], k),
            "",
        ]
    return "\n".join([*parts, "## Which model is published", "", _chosen(selection), ""])


def summary_table(results: Mapping[str, pd.DataFrame], k: int) -> pd.DataFrame:
    """A row a holdout and model, best first: the figures people ask for, in one small table.

    Args:
        results: Holdout to its result rows.
        k: Cut-off of the figures.
    """
    rows = []
    for table in results.values():
        near = table[table["k"].isin((0, k))].set_index(["model", "metric"])
        order = near.xs(SUMMARISED[0], level="metric")["mean"].sort_values(ascending=False)
        for model in order.index:
            own = near.loc[model]
            first = own.loc[SUMMARISED[0]]
            row = {"split": first["split_id"], "model": model, "n_users": first["n_users"]}
            row |= {
                f"{metric}@{k}" if own.loc[metric, "k"] else metric: round(
                    own.loc[metric, "mean"], 4
                )
                for metric in SUMMARISED
                if metric in own.index
            }
            low, high = round(first["low"], 4), round(first["high"], 4)
            rows.append(row | {f"{SUMMARISED[0]}_low": low, f"{SUMMARISED[0]}_high": high})
    return pd.DataFrame(rows)


def as_page(markdown: str, title: str, figures: Mapping[str, Figure]) -> str:
    """A Markdown report and its figures as one HTML file that asks no other address for anything.

    Args:
        markdown: The report.
        title: Page title.
        figures: What it shows, for those who cannot see it, to figure; they follow the opening.
    """
    from markdown_it import MarkdownIt

    # names come from other people's files: HTML in them is text
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)
    body = body.replace("<table>", WIDE + "<table>").replace("</table>", "</table></div>")
    images = "".join(
        f"<figure>{WIDE}{_svg(figure, caption)}</div></figure>"
        for caption, figure in figures.items()
    )
    before, chapter, after = body.partition("<h2>")
    return PAGE.format(title=html.escape(title), body=before + images + chapter + after)


def _svg(figure: Figure, caption: str) -> str:
    """A figure as an element of the page, in the page's colours, light or dark."""
    import matplotlib as mpl

    text = StringIO()
    # text stays text; fixed ids and, below, no date, so that equal figures are equal bytes
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": caption}):
        figure.savefig(text, format="svg", transparent=True)
    drawing = re.sub(r"<metadata>.*?</metadata>", "", text.getvalue(), flags=re.DOTALL)
    drawing = drawing[drawing.index("<svg") :]
    for colour, variable in COLOURS.items():
        drawing = drawing.replace(colour, f"var(--{variable})")
    return drawing.replace("<svg", f'<svg role="img" aria-label="{html.escape(caption)}"', 1)


def _about(results: pd.DataFrame, split: Mapping[str, Any]) -> str:
    first = results[results["metric"] == RANKING[0]].iloc[0]
    ties = split.get("tied_share")
    tied = (
        "" if ties is None else f" Share of users with a tie in time at the boundary: {ties:.1%}."
    )
    few = "" if first["n_users"] >= CLAIMABLE else f" Fewer than {CLAIMABLE} users: report only."
    return (
        f"Data: {_plain(first['source_variant'])}; seed {first['seed']}; {split['n_fit']:,} "
        f"interactions fitted on, {split['n_withheld']:,} withheld. **{first['n_users']} users** "
        f"with a relevant withheld item, {first['n_users_without_list']} of them without a list."
        f"{tied}{few}"
    )


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
        lines.append(f"| {_plain(model)} | " + " | ".join(values) + " |")
    return "\n".join(lines)


def _cell(cells: pd.DataFrame, model: str, metric: str) -> str:
    if (model, metric) not in cells.index:
        return MISSING
    row = cells.loc[(model, metric)]
    if pd.isna(row["mean"]):
        return MISSING
    if pd.isna(row["low"]):
        return f"{row['mean']:.4f}"
    return f"{row['mean']:.4f} [{row['low']:.4f}, {row['high']:.4f}]"


def _comparisons(comparisons: pd.DataFrame, k: int) -> str:
    rows = comparisons[comparisons["k"] == k]
    if rows.empty:
        return "One model: nothing to compare."
    if rows["n_users"].iloc[0] < CLAIMABLE:
        return f"Fewer than {CLAIMABLE} users: no claim of significance is made."
    lines = [
        "Differences between models, paired over users; p after Holm's correction:",
        "",
        "| figure | model | minus | difference | 95% interval | p |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row.metric}@{row.k} | {_plain(row.model)} | {_plain(row.other)} "
        f"| {row.difference:+.4f} "
        f"| [{row.low:+.4f}, {row.high:+.4f}] | {row.p_holm:.4f} |"
        for row in rows.itertuples()
    ]
    return "\n".join(lines)


def _slices(slices: pd.DataFrame, k: int) -> str:
    rows = slices[(slices["metric"] == RANKING[0]) & (slices["k"] == k)]
    models = list(dict.fromkeys(rows["model"]))
    lines = [
        f"By slice, {RANKING[0]}@{k}:",
        "",
        "| slice | users | " + " | ".join(map(_plain, models)) + " |",
        "|---" * (len(models) + 2) + "|",
    ]
    for (by, name), part in rows.groupby(["slice_by", "slice"], sort=False):
        means = part.set_index("model")["mean"]
        cells = " | ".join(f"{means[model]:.4f}" for model in models)
        lines.append(f"| {_plain(f'{by}: {name}')} | {part['n_users'].iloc[0]} | {cells} |")
    return "\n".join(lines)


def _chosen(selection: Mapping[str, Any]) -> str:
    figures = ", ".join(
        f"{_plain(name)} {mean:.4f}" for name, mean in selection["validation"].items()
    )
    return (
        f"**{_plain(selection['model'])}**, chosen by {selection['metric']} on validation "
        f"({figures}); test figures were not looked at. It is fitted anew on all "
        "interactions for the published recommendations, which are never evaluated."
    )


def _plain(name: object) -> str:
    """A name as Markdown that shows just that name, on one line and inside a table's cell."""
    return SPECIAL.sub(r"\\\g<0>", " ".join(str(name).split()))


# an underscore inside a word is an ordinary letter
SPECIAL = re.compile(r"[\\`*\[\]<>&|~#]|(?<!\w)_|_(?!\w)")

HOW_TO_READ = """Every user's withheld interactions are hidden, a list is made from what is left,
and the list is judged by what was hidden. Only items rated at least as high as the source's
threshold count as found. Candidates are the items a model was fitted on, but those in the
user's profile; a withheld item it was not fitted on counts as missed.
Means are over users; brackets are 95% bootstrap intervals over users. The definitions of the
figures stand in `artrec.metrics`."""

WIDE = '<div class="wide" tabindex="0">'

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --ink: #1f2a44; --paper: #fdfcf9; --line: #d9d5c9;
  --quiet: #5d6678; --accent: #b5472f; --band: #f4f1e9; }}
@media (prefers-color-scheme: dark) {{ :root {{ --ink: #e8e4d8; --paper: #16181d;
  --line: #3a3e48; --quiet: #a2a9b8; --accent: #f09a7f; --band: #1e2128; }} }}
* {{ box-sizing: border-box; }}
body {{ margin: 0 auto; max-width: 66rem; padding: 2rem 1rem 4rem; color: var(--ink);
  background: var(--paper); font: 16px/1.55 Georgia, "Times New Roman", serif;
  overflow-wrap: anywhere; }}
h1 {{ font-size: 2rem; margin: 0 0 1rem; }} h2 {{ margin: 3rem 0 .5rem; }}
p {{ max-width: 44rem; }}
code {{ font: .85em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }}
.wide {{ overflow-x: auto; margin: 1rem 0; }}
.wide:focus-visible {{ outline: 2px solid var(--accent); }}
table {{ border-collapse: collapse; font: 13px/1.4 system-ui, sans-serif; }}
th, td {{ padding: .35rem .7rem; border-bottom: 1px solid var(--line); text-align: right;
  white-space: nowrap; font-variant-numeric: tabular-nums; }}
th {{ color: var(--quiet); font-weight: 600; }}
th:first-child, td:first-child {{ text-align: left; position: sticky; left: 0;
  background: var(--paper); }}
tbody tr:hover td {{ background: var(--band); }}
figure {{ margin: 2rem 0; }}
svg {{ display: block; width: 100%; max-width: 48rem; min-width: 26rem; height: auto;
  font-family: system-ui, sans-serif; }}
</style></head><body>
{body}
</body></html>
"""
