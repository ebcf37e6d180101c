"""The service imports LightGBM without scikit-learn, and leaves both as others need them."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytest.importorskip("lightgbm", reason="the hybrid needs the extra: pip install 'artrec[models]'")
pytest.importorskip("sklearn", reason="there is nothing to leave out")


def printed(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_scikit_learn_stays_out_and_can_still_be_imported() -> None:
    code = """
import sys
from artrec.serving.lean_imports import import_lightgbm
import_lightgbm()
print("lightgbm" in sys.modules, "sklearn" in sys.modules)
import sklearn.base
print(sklearn.base.BaseEstimator.__name__)
import_lightgbm()
"""
    assert printed(code).split() == ["True", "False", "BaseEstimator"]


def test_what_is_there_already_stays() -> None:
    code = """
import sys, sklearn
from artrec.serving.lean_imports import import_lightgbm
import_lightgbm()
print(sys.modules["sklearn"] is sklearn, "lightgbm" in sys.modules)
"""
    assert printed(code).split() == ["True", "False"]
