"""`python -m artrec.cli`: the `artrec` command where its script is not on the path."""

from artrec.cli import main

main(prog_name="artrec")
