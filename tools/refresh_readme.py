"""Writes the figures of README.md anew from the reports of the last run: `make recommend` first.

What lies between `<!-- NAME:begin -->` and `<!-- NAME:end -->` is made here; tests/test_docs.py
compares it with the reports. Run from the project's root: `python tools/refresh_readme.py`.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
REPORTS = ROOT / "data" / "08_reporting" / "movies"
HEADLINE, BASELINE = "ndcg@10", "popularity"
COLUMNS = {
    "recall@10": "recall@10",
    "hit_rate@10": "hit rate@10",
    "coverage@10": "coverage@10",
    "popularity_lift@10": "popularity lift@10",
}
EXAMPLE = ["recommend", "--like", "Alien (1979)", "--like", "Brazil", "-k", "5"]


def results() -> str:
    """The table of models, and what may be said of the best one."""
    summary = pd.read_csv(REPORTS / "evaluation_summary.csv")
    splits = list(dict.fromkeys(summary["split"]))
    own = summary[summary["split"] == splits[0]]
    other, cold = (_of_protocol(summary, name) for name in ("global_cut", "item_cold"))
    head = ["model", "NDCG@10", "95% interval", *COLUMNS.values()]
    lines = [f"| {' | '.join(head)} |", "|---" + "|---:" * (len(head) - 1) + "|"]
    for row in own.to_dict("records"):
        cells = [f"{row[HEADLINE]:.3f}", f"{row['ndcg_low']:.3f} to {row['ndcg_high']:.3f}"]
        cells += [f"{row[name]:.3f}" for name in COLUMNS]
        lines.append(f"| {row['model']} | {' | '.join(cells)} |")
    said = [_said_of_best(own), _said_of_cut(other), _said_of_cold(cold)]
    return "\n".join([*lines, *(line for each in said for line in ("", each))])


def _of_protocol(summary: pd.DataFrame, name: str) -> pd.DataFrame:
    return summary[summary["split"].str.startswith(name)]


def _said_of_cold(cold: pd.DataFrame) -> str:
    figures = _figures(cold)
    return (
        f"Films nobody has rated, ranked among themselves by what is known of them: {figures} "
        f"({cold['n_users'].iloc[0]} users)."
    )


def _figures(table: pd.DataFrame) -> str:
    pairs = zip(table["model"], table[HEADLINE], strict=True)
    return ", ".join(f"{model} {figure:.3f}" for model, figure in pairs)


def example() -> str:
    """A recommendation for somebody new, as the command prints it."""
    artrec = Path(sys.executable).with_name("artrec")
    printed = subprocess.run(
        [str(artrec), *EXAMPLE],
        cwd=ROOT,
        env=os.environ | {"COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    typed = " ".join(f'"{word}"' if word[0].isupper() else word for word in EXAMPLE)
    return f"```console\n$ artrec {typed}\n{printed.strip()}\n```"


def _said_of_best(own: pd.DataFrame) -> str:
    best, base = own.iloc[0], own[own["model"] == BASELINE].iloc[0]
    pairs = pd.read_csv(REPORTS / "per_user_test" / "comparisons.csv")
    pair = pairs[
        (pairs["k"] == 10) & (pairs["model"] == best["model"]) & (pairs["other"] == BASELINE)
    ].iloc[0]
    return (
        f"`{best['model']}` reaches {best[HEADLINE] / base[HEADLINE]:.2f} times popularity's "
        f"NDCG@10. User by user the difference is {pair['difference']:+.3f}, 95% interval "
        f"{pair['low']:+.3f} to {pair['high']:+.3f}, p = {pair['p_holm']:.3f} after Holm's "
        f"correction, {pair['n_users']} users."
    )


def _said_of_cut(other: pd.DataFrame) -> str:
    figures = _figures(other)
    return (
        "The same models on one cut through everybody's time "
        f"([protocol](docs/evaluation.md#the-two-splits)), NDCG@10: {figures}. "
        f"That is {other['n_users'].iloc[0]} users: too few to claim anything, so it is reported "
        "only."
    )


SECTIONS: dict[str, Callable[[], str]] = {"results": results, "example": example}


def section_of(name: str) -> re.Pattern[str]:
    """Where a section stands: its two markers and what is between."""
    return re.compile(rf"(<!-- {name}:begin -->\n).*?(<!-- {name}:end -->)", re.DOTALL)


def main() -> None:
    """Rewrite every section."""
    text = README.read_text(encoding="utf-8")
    for name, make in SECTIONS.items():
        fresh = make()
        text = section_of(name).sub(
            lambda found, fresh=fresh: found[1] + fresh + "\n" + found[2], text
        )
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
