"""A report as blocks: the same in Markdown, and as one page that asks no other address."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

from artrec.reporting.plots import ACCENT, INK, LINE, QUIET

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from matplotlib.figure import Figure

# colours of the plots, and the page's variables that take their place
COLOURS = {INK: "ink", ACCENT: "accent", QUIET: "quiet", LINE: "line"}
# an underscore inside a word is an ordinary letter
SPECIAL = re.compile(r"[\\`*\[\]<>&|~#]|(?<!\w)_|_(?!\w)")
INTERVAL = re.compile(r" (\[[^\[\]]*\d\])</td>")
CHAPTER = re.compile(r"<h2>(.*?)</h2>")


@dataclass(frozen=True)
class Text:
    """Paragraphs, headings and tables in Markdown."""

    markdown: str


@dataclass(frozen=True)
class Fold:
    """What only some readers look at: closed on the page, a section in Markdown.

    Attributes:
        title: Shown always; plain text.
        markdown: What opens.
    """

    title: str
    markdown: str


@dataclass(frozen=True)
class Picture:
    """A plot.

    Attributes:
        caption: What it shows, for those who cannot see it too.
        name: Its file beside the Markdown, without ``.png``.
        figure: Drawn in the colours of `artrec.reporting.plots` only.
    """

    caption: str
    name: str
    figure: Figure


Block = Text | Fold | Picture


def plain(name: object) -> str:
    """A name as Markdown that shows just that name, on one line and inside a table's cell."""
    return SPECIAL.sub(r"\\\g<0>", " ".join(str(name).split()))


def as_markdown(blocks: Sequence[Block]) -> str:
    """The report in Markdown; plots are links to the files beside it."""
    parts = []
    for block in blocks:
        if isinstance(block, Text):
            parts.append(block.markdown)
        elif isinstance(block, Fold):
            parts.append(f"### {plain(block.title)}\n\n{block.markdown}")
        else:
            parts.append(f"![{plain(block.caption)}]({block.name}.png)")
    return "\n\n".join(each.strip("\n") for each in parts) + "\n"


def as_page(blocks: Sequence[Block], title: str) -> str:
    """The report as one HTML file, for light and dark, without script or outside address.

    Args:
        blocks: In the order of the page.
        title: Page title.
    """
    from markdown_it import MarkdownIt

    # names come from other people's files: HTML in them is text
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    body = "".join(_element(block, reader) for block in blocks)
    chapters = CHAPTER.findall(body)
    numbers = iter(range(len(chapters)))
    body = CHAPTER.sub(lambda found: f'<h2 id="c{next(numbers)}">{found[1]}</h2>', body)
    links = "".join(f'<li><a href="#c{at}">{each}</a></li>' for at, each in enumerate(chapters))
    opening, first, rest = body.partition('<h2 id="c0">')
    contents = f"<nav><ul>{links}</ul></nav>" if len(chapters) > 1 else ""
    return PAGE.format(title=html.escape(title), body=opening + contents + first + rest)


def _element(block: Block, reader: MarkdownIt) -> str:
    if isinstance(block, Picture):
        drawing = _svg(block.figure, block.caption)
        caption = f"<figcaption>{html.escape(block.caption)}</figcaption>"
        return f"<figure>{WIDE}{drawing}</div>{caption}</figure>"
    written = str(reader.render(block.markdown))
    written = written.replace("<table>", WIDE + "<table>").replace("</table>", "</table></div>")
    # an interval under its figure: tables stay narrow
    written = INTERVAL.sub(r" <small>\1</small></td>", written)
    if isinstance(block, Text):
        return written
    return f"<details><summary>{html.escape(block.title)}</summary>{written}</details>"


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
h1 {{ font-size: 2rem; line-height: 1.2; margin: 0 0 1rem; }}
h2 {{ margin: 3rem 0 .5rem; line-height: 1.25; }} h3 {{ margin: 2rem 0 .3rem; }}
p, ul {{ max-width: 44rem; }}
a {{ color: var(--accent); }}
nav ul {{ list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .3rem 1.4rem;
  font: 14px/1.5 system-ui, sans-serif; }}
code {{ font: .85em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }}
.wide {{ overflow-x: auto; margin: 1rem 0; }}
.wide:focus-visible, summary:focus-visible {{ outline: 2px solid var(--accent); }}
table {{ border-collapse: separate; border-spacing: 0; font: 13px/1.4 system-ui, sans-serif; }}
th, td {{ padding: .35rem .7rem; border-bottom: 1px solid var(--line); text-align: right;
  white-space: nowrap; font-variant-numeric: tabular-nums; vertical-align: top; }}
th {{ color: var(--quiet); font-weight: 600; }}
td small {{ display: block; color: var(--quiet); font-size: 11px; }}
th:first-child, td:first-child {{ text-align: left; position: sticky; left: 0;
  background: var(--paper); }}
tbody tr:hover td {{ background: var(--band); }}
details {{ border-top: 1px solid var(--line); }}
details + :not(details) {{ border-top: 1px solid var(--line); padding-top: 1rem; }}
details[open] {{ padding-bottom: 1rem; }}
summary {{ cursor: pointer; padding: .6rem 0; font: 600 14px/1.4 system-ui, sans-serif; }}
summary:hover {{ color: var(--accent); }}
th[style*="left"], td[style*="left"] {{ white-space: normal; min-width: 8.5rem;
  max-width: 13rem; overflow-wrap: normal; text-align: left; }}
th[style*="left"]:first-child, td[style*="left"]:first-child {{ min-width: 0; }}
td strong {{ color: var(--accent); }}
figure {{ margin: 2rem 0; }}
figcaption {{ color: var(--quiet); font: 13px/1.5 system-ui, sans-serif; max-width: 44rem; }}
svg {{ display: block; width: 100%; max-width: 48rem; min-width: 26rem; height: auto;
  font-family: system-ui, sans-serif; }}
</style></head><body>
{body}
</body></html>
"""
