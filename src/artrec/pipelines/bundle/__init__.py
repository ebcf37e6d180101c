"""Bundle: what a service needs of one medium, in one checked folder."""

from artrec.pipelines.bundle.pipeline import create_pipeline

__all__ = ["create_pipeline"]
