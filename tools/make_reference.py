"""Writes docs/reference.md from the docstrings and the command line's own help.

Run from the project's root: `python tools/make_reference.py`; tests/test_docs.py sees that the page
is what this makes. `PUBLIC` is the Python API: its names, signatures and meaning are kept.
"""

from __future__ import annotations

import functools
import inspect
import re
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import click

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference.md"

# heading: (what it is for, names)
PUBLIC: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "Recommend": (
        "From a published bundle. `artrec.Recommender` is all that most programs need.",
        ("artrec:Recommender",),
    ),
    "Bundles": (
        "The store of published versions.",
        (
            "artrec.bundle.location:find_store",
            "artrec.bundle.store:list_versions",
            "artrec.bundle.store:current",
            "artrec.bundle.store:use",
            "artrec.bundle.store:publish",
        ),
    ),
    "Tables and interactions": (
        "Tables are pandas frames under the contracts of `artrec.schema`.",
        (
            "artrec.schema:Table.conform",
            "artrec.data.interactions:Interactions.from_table",
            "artrec.data.filters:keep_latest",
            "artrec.data.filters:min_support",
            "artrec.data.filters:k_core",
        ),
    ),
    "Splits": (
        "What models are fitted on, and what is withheld.",
        (
            "artrec.splitting.temporal:per_user_last",
            "artrec.splitting.temporal:global_cut",
            "artrec.splitting.temporal:fold_in",
            "artrec.splitting.holdout:random_holdout",
        ),
    ),
    "Models": (
        "By name; each has its config beside it.",
        (
            "artrec.models.registry:model_class",
            "artrec.models.registry:config_class",
            "artrec.models.fitting:fit_model",
            "artrec.models.store:save_scorer",
            "artrec.models.store:load_scorer",
            "artrec.recommend.rank:recommend",
            "artrec.recommend.rank:top_k",
        ),
    ),
    "Metrics": (
        "Lists and truth in, values a user out; then means, intervals and comparisons.",
        (
            "artrec.metrics.lists:relevant_items",
            "artrec.metrics.ranking:per_user",
            "artrec.metrics.beyond_accuracy:beyond_accuracy",
            "artrec.metrics.rating:rating_measured",
            "artrec.metrics.summary:result_rows",
            "artrec.metrics.comparison:compare",
        ),
    ),
}
INTRO = """# Reference

Made from the docstrings by `python tools/make_reference.py`; a test keeps it so.

"""
SECTION = re.compile(r"^(Args|Attributes|Returns|Raises|Warns|Examples):$")


def page() -> str:
    """The whole page."""
    parts = [INTRO]
    for heading, (about, names) in PUBLIC.items():
        parts.append(f"## {heading}\n\n{about}\n\n")
        parts += [_entry(name) for name in names]
    parts.append("## Command line\n\nExit codes: 0 done, 1 it failed, 2 wrongly written.\n\n")
    parts += _commands()
    return "".join(parts).rstrip() + "\n"


def _entry(name: str) -> str:
    module, _, path = name.partition(":")
    found: Any = functools.reduce(getattr, path.split("."), import_module(module))
    if not inspect.isclass(found):
        return _described(f"{module}.{path}", found, "###")
    members = [
        _described(f"{path}.{member}", getattr(found, member), "####")
        for member, raw in vars(found).items()
        if not member.startswith("_") and not isinstance(raw, functools.cached_property)
    ]
    return "".join([_described(f"{module}.{path}", found, "###"), *members])


def _described(name: str, found: Any, level: str) -> str:
    if isinstance(found, property):
        return f"{level} {name}\n\n{_prose(inspect.getdoc(found) or '')}\n"
    signature = re.sub(r"(: |-> )'([^']*)'", r"\1\2", str(inspect.signature(found)))
    call = _folded(f"{name.rpartition('.')[2]}{signature}")
    prose = _prose(inspect.getdoc(found) or "")
    return f"{level} {name}\n\n```python\n{call}\n```\n\n{prose}\n"


def _folded(call: str) -> str:
    """A signature, a parameter a line where it is long."""
    if len(call) <= 96:
        return call
    start, rest = call.split("(", 1)
    inside, _, result = rest.rpartition(")")
    parts, depth, last = [], 0, 0
    for at, letter in enumerate(inside):
        depth += (letter in "([") - (letter in ")]")
        if letter == "," and not depth:
            parts.append(inside[last:at].strip())
            last = at + 1
    parts.append(inside[last:].strip())
    return f"{start}(\n" + "".join(f"    {part},\n" for part in parts) + f"){result}"


def _prose(text: str) -> str:
    """A Google docstring as Markdown: bold sections, entries as lists, examples as code."""
    lines: list[str] = []
    section = ""
    for line in text.splitlines():
        if SECTION.match(line):
            section = line.rstrip(":")
            lines += [f"**{section}**", ""]
            lines += ["```text"] if section == "Examples" else []
            continue
        if line and not line.startswith(" ") and section:
            lines += ["```"] if section == "Examples" else []
            section = ""
        lines.append(_in_section(line, section))
    if section == "Examples":
        lines.append("```")
    return "\n".join(lines) + "\n"


def _in_section(line: str, section: str) -> str:
    bare = line.removeprefix("    ")
    if section in ("Args", "Attributes", "Raises", "Warns") and bare and bare[0] != " ":
        name, _, rest = bare.partition(": ")
        return f"- `{name}`: {rest}"
    return bare.removeprefix("  ") if section not in ("", "Examples", "Returns") else bare


def _commands() -> list[str]:
    from artrec.cli import main

    return [
        f"### artrec {name}\n\n```text\n{_help(command, ['artrec', *name.split()])}\n```\n\n"
        for name, command in _leaves(main)
    ]


def _leaves(group: click.Group, prefix: str = "") -> list[tuple[str, click.Command]]:
    found: list[tuple[str, click.Command]] = []
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            found += _leaves(command, f"{prefix}{name} ")
        else:
            found.append((f"{prefix}{name}", command))
    return found


def _help(command: click.Command, path: list[str]) -> str:
    """Its help as the terminal shows it: under the command it belongs to, 96 columns wide."""
    from artrec.cli import main

    over = main.make_context("artrec", [], resilient_parsing=True)
    over.terminal_width = over.max_content_width = 96
    for group in path[1:-1]:
        over = click.Context(main.commands[group], info_name=group, parent=over)
    context = click.Context(command, info_name=path[-1], parent=over)
    return re.sub(r"[ \t]+$", "", command.get_help(context), flags=re.MULTILINE)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
