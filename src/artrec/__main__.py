"""Kedro's entry point: ``python -m artrec`` runs the project as ``kedro run`` does."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

# Kedro's own search for the command would look into artrec.cli, which is the `artrec` command
from kedro.framework.cli.project import run
from kedro.framework.project import configure_project


def main(*args: Any, **kwargs: Any) -> Any:
    """Run ``kedro run`` of this package with the given arguments."""
    configure_project(Path(__file__).parent.name)
    interactive = hasattr(sys, "ps1")
    kwargs["standalone_mode"] = not interactive
    return run(*args, **kwargs)


if __name__ == "__main__":
    main()
