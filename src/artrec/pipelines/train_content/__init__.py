"""Content training: the models that read what works are, beside who met them."""

from artrec.pipelines.train_content.pipeline import create_pipeline

__all__ = ["create_pipeline"]
