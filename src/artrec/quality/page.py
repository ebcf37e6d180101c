"""The validation report as one HTML page that needs nothing beside itself."""

from __future__ import annotations

from html import escape
from typing import Any, Final

from artrec.quality.report import FOLLOWS, counts, found, headline, mark, percent, sets_rows_aside

STYLE: Final = """
:root { color-scheme: light dark;
  --page: #f7f7f5; --card: #ffffff; --ink: #1d2326; --quiet: #5d676d; --line: #e2e4e3;
  --good: #1b7a4b; --warn: #9a6200; --bad: #b3261e;
  --good-tint: #e4f3ea; --warn-tint: #fbf0d9; --bad-tint: #fbe6e4; }
@media (prefers-color-scheme: dark) { :root {
  --page: #14181a; --card: #1c2124; --ink: #e6e9ea; --quiet: #9aa5ab; --line: #2f363a;
  --good: #63c795; --warn: #e3b04b; --bad: #f2877f;
  --good-tint: #1a3327; --warn-tint: #382d15; --bad-tint: #3d201f; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 68rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { font-size: 1.1rem; font-weight: 600; color: var(--quiet); margin: 0 0 .75rem; }
h2 { font-size: 1.2rem; margin: 0; }
.verdict { border-left: .4rem solid var(--tone); background: var(--tint);
  border-radius: .5rem; padding: 1.1rem 1.4rem; }
.verdict p { margin: 0; font-size: 1.35rem; font-weight: 650; }
.verdict ul { margin: .6rem 0 0; padding-left: 1.2rem; }
.good { --tone: var(--good); --tint: var(--good-tint); }
.warn { --tone: var(--warn); --tint: var(--warn-tint); }
.bad { --tone: var(--bad); --tint: var(--bad-tint); }
section { background: var(--card); border: 1px solid var(--line); border-radius: .6rem;
  padding: 1.3rem 1.4rem; margin-top: 1.25rem; }
.counts { color: var(--quiet); margin: .2rem 0 .8rem; font-variant-numeric: tabular-nums; }
.bar { display: flex; height: .5rem; border-radius: .25rem; overflow: hidden;
  background: var(--bad); margin-bottom: 1rem; }
.bar i { background: var(--good); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .93rem; }
th { text-align: left; font-weight: 600; color: var(--quiet); font-size: .8rem; }
th, td { padding: .45rem .75rem .45rem 0; border-bottom: 1px solid var(--line);
  vertical-align: top; }
tr:last-child td { border-bottom: 0; }
.wide td:nth-child(2) { min-width: 12rem; }
.wide .count + td { min-width: 0; }
@media (max-width: 40rem) { .follows { display: none; } }
td.number, th.number { text-align: right; white-space: nowrap;
  font-variant-numeric: tabular-nums; }
.state { width: 7.4rem; }
.follows { color: var(--quiet); white-space: nowrap; width: 9.5rem; padding-left: 1.25rem; }
.count { width: 4rem; padding-right: 1.25rem; }
.mark { display: inline-block; min-width: 5.2rem; text-align: center; padding: .05rem .5rem;
  border-radius: 1rem; font-size: .8rem; font-weight: 600; color: var(--tone);
  background: var(--tint); white-space: nowrap; }
code { font: .85rem ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
  overflow-wrap: anywhere; }
.example { display: block; color: var(--quiet); margin-top: .15rem; }
footer { color: var(--quiet); font-size: .88rem; margin-top: 1.5rem; }
"""

TONES: Final = {"ok": "good", "set aside": "warn", "warning": "warn", "STOP": "bad"}


def as_html(report: dict[str, Any]) -> str:
    """The report as a self-contained page, light or dark as the reader's system is."""
    limit = percent(report["max_quarantined_share"])
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>Validation report</title><style>{STYLE}</style></head><body><main>",
        "<h1>Validation report</h1>",
        _verdict(report),
        *(_table(table) for table in report["tables"]),
        _quarantine(report["reasons"]),
        f"<footer>More than {limit} of a table's rows set aside stops the run. Where a row fails "
        "several expectations, it is counted under the first. Each table is judged on the rows "
        "that the expectations above let through.</footer>",
        "</main></body></html>",
    ]
    return "\n".join(parts) + "\n"


def _verdict(report: dict[str, Any]) -> str:
    tone = "bad" if not report["passed"] else "warn" if report["warnings"] else "good"
    notes = [*report["stops"], *(f"warning: {each}" for each in report["warnings"])]
    listed = "".join(f"<li>{escape(note)}</li>" for note in notes)
    return (
        f'<div class="verdict {tone}"><p>{escape(headline(report))}</p>'
        + (f"<ul>{listed}</ul>" if notes else "")
        + "</div>"
    )


def _table(table: dict[str, Any]) -> str:
    rows = "".join(_expectation(each) for each in table["expectations"])
    width = f"{100 * (1 - table['share_set_aside']):.2f}%"
    return (
        f"<section><h2>{escape(table['name'].capitalize())}</h2>"
        f'<p class="counts">{escape(counts(table))}</p>'
        + (
            f'<div class="bar"><i style="width:{width}"></i></div>'
            if table["rows_in"] and sets_rows_aside(table)
            else ""
        )
        + '<div class="wide"><table><thead><tr><th class="state"></th><th>expected</th>'
        '<th class="number">rows that fail, or count</th><th class="follows">if not</th></tr>'
        f"</thead><tbody>{rows}</tbody></table></div></section>"
    )


def _expectation(expectation: dict[str, Any]) -> str:
    word = mark(expectation)
    return (
        f'<tr><td><span class="mark {TONES[word]}">{word}</span></td>'
        f"<td>{escape(expectation['says'])}</td>"
        f'<td class="number">{escape(found(expectation))}</td>'
        f'<td class="follows">{FOLLOWS[expectation["severity"]]}</td></tr>'
    )


def _quarantine(reasons: list[dict[str, Any]]) -> str:
    if not reasons:
        return '<section><h2>Quarantine</h2><p class="counts">No row was set aside.</p></section>'
    total = sum(each["rows"] for each in reasons)
    rows = "".join(_reason(each) for each in reasons)
    return (
        f'<section><h2>Quarantine</h2><p class="counts">{total:,} '
        f"row{'' if total == 1 else 's'}, by reason; a row's number counts from 1 below the "
        "header.</p>"
        '<div class="wide"><table><thead><tr><th class="number count">rows</th><th>table</th>'
        f"<th>reason and examples</th></tr></thead><tbody>{rows}</tbody></table></div></section>"
    )


def _reason(reason: dict[str, Any]) -> str:
    examples = "".join(
        f'<code class="example">row {each["row"]:,} · {escape(each["values"])}</code>'
        for each in reason["examples"]
    )
    return (
        f'<tr><td class="number count">{reason["rows"]:,}</td><td>{escape(reason["table"])}</td>'
        f"<td>{escape(reason['reason'])}{examples}</td></tr>"
    )
