"""Fitting a departure: windows cut out of the end of the fit, each with scorers of its own past."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from artrec.data.ids import IdMap
from artrec.data.interactions import Interactions
from artrec.errors import ConfigError, InputError, near_names
from artrec.models.base import Scorer
from artrec.models.departure import Departure, DepartureConfig, Window
from artrec.models.moments import Described, Floats, Moment
from artrec.splitting.base import require_times
from artrec.splitting.rolling import SECONDS_A_DAY, holdout_at

FitParts = Callable[[pd.DataFrame], Mapping[str, Scorer]]


def fit_departure(
    table: pd.DataFrame,
    works: pd.DataFrame | None,
    config: DepartureConfig,
    fit_parts: FitParts,
    positive_from: float | None,
    rng: np.random.Generator,
    cut: int | None = None,
) -> Departure:
    """Fit the level, the personal scorers and the departures on one table.

    The windows lie one before the other at the end of the table. For each, all scorers are fitted
    anew on what was before it, so that the labels of a window are unknown to what its features
    are made of. Windows with nothing before them are left out.

    Args:
        table: `schema.INTERACTIONS` with times: a holdout's fit, and nothing else.
        works: Table `schema.WORKS`, for years and genres, or None.
        config: The model's own config.
        fit_parts: Fits the level and the personal scorers on a table; called for each window and
            for the whole.
        positive_from: Lowest rating that counts as positive; None for implicit feedback.
        rng: Source of randomness.
        cut: Time in seconds that the windows are counted back from; by default that of the
            latest interaction.

    Raises:
        ConfigError: The level is not among what is fitted.
        InputError: There are no times, or too little of it for any window.
    """
    now, earlier = windows_of(table, works, config, fit_parts, positive_from, cut)
    return Departure.fit(now, earlier, config, rng)


def windows_of(
    table: pd.DataFrame,
    works: pd.DataFrame | None,
    config: DepartureConfig,
    fit_parts: FitParts,
    positive_from: float | None,
    cut: int | None = None,
) -> tuple[Window, list[Window]]:
    """What `Departure.fit` learns from: the end of the table, and the windows before it.

    Where several configurations are tried that differ in how they learn (`regularization`,
    `leave_out`, fewer of the `n_windows`), these are made once.

    Args:
        table: See `fit_departure`, and so the others.
        works: Years and genres.
        config: Its level, prior, and number and width of windows.
        fit_parts: Fits the scorers.
        positive_from: Lowest positive rating.
        cut: End of the last window.

    Returns:
        The end of the table, and the windows, the latest first.

    Raises:
        ConfigError: See `fit_departure`.
        InputError: See `fit_departure`.
    """
    times = require_times(table, "a departure from recent popularity")
    end = int(times.max()) + 1 if cut is None else cut
    width = round(config.width_days * SECONDS_A_DAY)
    starts = [end - back * width for back in range(1, config.n_windows + 1)]
    holdouts = [holdout_at(table, start, width) for start in starts if start > times.min()]
    if not holdouts:
        raise InputError(
            f"a window of {config.width_days:g} days leaves nothing before it",
            "lower `width_days`, or bring a longer history",
        )
    earlier = []
    for each in holdouts:
        try:
            parts = fit_parts(each.fit)
        except InputError:  # too few interactions for any item to be fitted
            continue
        earlier.append(_window(each.fit, each.withheld, works, parts, config, positive_from))
    now = _window(table, table.iloc[:0], works, fit_parts(table), config, positive_from)
    return now, earlier


def _window(
    known: pd.DataFrame,
    later: pd.DataFrame,
    works: pd.DataFrame | None,
    parts: Mapping[str, Scorer],
    config: DepartureConfig,
    positive_from: float | None,
) -> Window:
    if config.level not in parts:
        raise ConfigError(
            f"the level {config.level!r} is not among the scorers {sorted(parts)}",
            near_names(config.level, parts),
        )
    level = parts[config.level]
    history = Interactions.from_table(known, positive_from).onto_items(level.items)
    described = Described.of(level.items, works)
    moment = Moment.of(history, described, _log_level(level, config.prior))
    personal = {name: part for name, part in parts.items() if name != config.level}
    after = Interactions.from_table(later, positive_from).onto_items(level.items)
    return Window(moment, history, personal, after)


def _log_level(level: Scorer, prior: float) -> Floats:
    """Logarithm of what the level gives to somebody without a history."""
    nobody = pd.DataFrame({"user_id": [], "item_id": []}, dtype=object)
    stranger = Interactions.from_table(nobody, None, IdMap.of(["nobody"]), level.items)
    scores = level.score(stranger).block(slice(0, 1), slice(0, len(level.items)))[0]
    return np.asarray(np.log(np.maximum(scores, 0) + prior), dtype=np.float32)
