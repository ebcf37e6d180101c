"""Kedro dataset for plots, apart from the others because it imports matplotlib."""

from __future__ import annotations

from kedro_datasets.matplotlib import MatplotlibDataset

from artrec.datasets.files import AtomicSave


class Plot(AtomicSave, MatplotlibDataset):
    """`matplotlib.MatplotlibDataset`, saved atomically."""
