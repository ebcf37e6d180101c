"""artrec recommends artistic works and says why."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

# Nothing phones home: silences kedro's and mlflow's usage reports before either is imported.
os.environ.setdefault("DO_NOT_TRACK", "true")
# OpenMP's threads (LightGBM, scikit-learn) sleep while they wait for one another: where another
# process has a core, spinning made growing trees ten times slower. Read when OpenMP is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

if TYPE_CHECKING:
    from artrec.recommend.recommender import Recommender as Recommender

__version__ = "0.1.0"
__all__ = ["Recommender", "__version__"]


def __getattr__(name: str) -> object:
    """Load the public API on first use, so that ``import artrec`` stays fast."""
    if name == "Recommender":
        from artrec.recommend.recommender import Recommender

        return Recommender
    raise AttributeError(f"module 'artrec' has no attribute {name!r}")
