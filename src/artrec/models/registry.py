"""Names of the models and where they live; nothing is imported before it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from artrec.config import Config
from artrec.errors import ConfigError, near_names
from artrec.models.base import ContentModel, Model

MODELS: Final[dict[str, str]] = {
    "popularity": "artrec.models.popularity:Popularity",
    "recent_popularity": "artrec.models.popularity:Popularity",
    "item_knn": "artrec.models.item_knn:ItemKnn",
    "user_knn": "artrec.models.user_knn:UserKnn",
    "svd": "artrec.models.svd:Svd",
    "biased_svd": "artrec.models.biased_svd:BiasedSvd",
    "ease": "artrec.models.ease:Ease",
    "content": "artrec.models.content:Content",
    "projection": "artrec.models.projection:Projection",
    "graph_filter": "artrec.models.graph_filter:GraphFilter",
    "content_ease": "artrec.models.content_ease:ContentEase",
    "blend": "artrec.models.blend:Blend",
    "hybrid": "artrec.models.hybrid:Hybrid",
    "departure": "artrec.models.departure:Departure",
}

# those that also predict ratings (artrec.models.base.RatingPredictor)
RATING_MODELS: Final = ("biased_svd",)

# those that read the content of works (artrec.models.base.ContentModel)
CONTENT_MODELS: Final = ("content", "projection", "content_ease")

# those of them that score works without any interaction
COLD_MODELS: Final = ("content", "projection")

# of these, what has a meaning for such works alone: elsewhere the columns are known, not predicted
COLD_ONLY: Final = ("projection",)

# those that are given other scorers
HYBRID_MODELS: Final = ("blend", "hybrid", "departure")

# of these, what learns from the labels of a validation part; the others from earlier windows
LEARNED_ON_VALIDATION: Final = ("blend", "hybrid")

# a window that ends at the cut has a meaning only where one cut ends everybody's training
GLOBAL_CUT_ONLY: Final = ("recent_popularity", "departure")


def model_class(name: str) -> type[Model]:
    """The class of a model.

    Raises:
        ConfigError: There is no model of this name.
    """
    module, kind = _place(name)
    found: type[Model] = getattr(import_module(module), kind)
    return found


def content_model_class(name: str) -> type[ContentModel]:
    """The class of a model of `CONTENT_MODELS`.

    Raises:
        ConfigError: There is no model of this name.
    """
    module, kind = _place(name)
    found: type[ContentModel] = getattr(import_module(module), kind)
    return found


def config_class(name: str) -> type[Config]:
    """The configuration class of a model: it stands beside the model as ``<Model>Config``.

    Raises:
        ConfigError: There is no model of this name.
    """
    module, kind = _place(name)
    found: type[Config] = getattr(import_module(module), f"{kind}Config")
    return found


def _place(name: str) -> tuple[str, str]:
    if name not in MODELS:
        raise ConfigError(f"there is no model {name!r}", near_names(name, MODELS))
    module, _, kind = MODELS[name].partition(":")
    return module, kind
