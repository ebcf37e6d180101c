"""The command line: recommendations, similar works, evaluations and bundles, without Kedro."""

from __future__ import annotations

import click

import artrec
from artrec.cli.bundle import bundle
from artrec.cli.data import data
from artrec.cli.evaluate import evaluate
from artrec.cli.feedback import feedback
from artrec.cli.recommend import recommend, similar
from artrec.cli.serve import serve


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(artrec.__version__, prog_name="artrec")
def main() -> None:
    """Recommend artistic works, and say why.

    Works from the bundle that `make recommend` published: no training, no pipelines. `data` brings
    more of the public data it is made from. Exit codes: 0 done, 1 it failed, 2 the command was
    written wrongly.
    """


for command in (recommend, similar, evaluate, bundle, data, feedback, serve):
    main.add_command(command)

# Kedro looks for `cli` in a project's cli module and adds its commands to `kedro`: artrec adds none
cli = click.Group("artrec")
