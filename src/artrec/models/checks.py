"""Checks every model makes before it fits, scores or is restored."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from artrec.config import Config
from artrec.data.ids import IdMap
from artrec.data.interactions import Interactions
from artrec.errors import ConfigError, InputError

C = TypeVar("C", bound=Config)
Array = TypeVar("Array", bound=npt.NDArray[Any])


def check_fit(interactions: Interactions, model: str) -> None:
    """Refuse to fit on nothing.

    Raises:
        InputError: There is no interaction.
    """
    if len(interactions) == 0:
        users, items = interactions.shape
        raise InputError(
            f"model {model!r} needs at least one interaction to fit on; "
            f"it got none ({users} users, {items} items)",
            "look at what the filters dropped (minimum support, window)",
        )


def check_profiles(profiles: Interactions, items: IdMap, model: str) -> None:
    """Refuse profiles whose columns are not the items of the model.

    Raises:
        InputError: The profiles are over other items.
    """
    if profiles.items is not items and profiles.items != items:
        raise InputError(
            f"model {model!r} scores profiles over its own {len(items)} items; "
            f"these are over {len(profiles.items)} others",
            "call profiles.onto_items(scorer.items) first",
        )


def as_config(config: Config, kind: type[C]) -> C:
    """Return the configuration, known to be of the kind a model reads.

    Raises:
        ConfigError: It is the configuration of another model.
    """
    if not isinstance(config, kind):
        raise ConfigError(
            f"wanted a {kind.__name__}; got a {type(config).__name__}",
            "artrec.models.registry.config_class gives the config of a model's name",
        )
    return config


def sealed(array: Array) -> Array:
    """Return the array, made read-only: a fitted model never changes."""
    array.flags.writeable = False
    return array


def degree_scale(degrees: npt.NDArray[Any], exponent: float) -> npt.NDArray[np.float64]:
    """Degrees to a power, 1 where the degree is 0.

    Examples:
        >>> degree_scale(np.array([4.0, 0.0]), 0.5)
        array([2., 1.])
    """
    safe = np.where(degrees > 0, degrees, 1).astype(np.float64)
    return np.asarray(safe**exponent, dtype=np.float64)
