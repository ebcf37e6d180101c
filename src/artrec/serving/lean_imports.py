"""Imports without what the service has no use for."""

from __future__ import annotations

import sys
import threading
from typing import Final

UNUSED: Final = "sklearn"

_importing = threading.Lock()


def import_lightgbm() -> None:
    """Import LightGBM without scikit-learn.

    LightGBM makes estimators of scikit-learn's kind where that is installed: 48 MB of modules, a
    second of every start, and nothing that a published forest needs. Nothing is changed where one
    of the two is there already.
    """
    with _importing:
        if "lightgbm" in sys.modules or UNUSED in sys.modules:
            return
        sys.modules[UNUSED] = None  # type: ignore[assignment]  # "there is none", says the import
        try:
            import lightgbm  # noqa: F401
        except ImportError:
            pass  # what needs it says so
        finally:
            del sys.modules[UNUSED]
