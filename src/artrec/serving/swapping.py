"""Swapping in another bundle: loaded beside the one in use, then put in its place in one step."""

from __future__ import annotations

from artrec.errors import ArtrecError
from artrec.serving.service import Service
from artrec.serving.shelf import Loaded
from artrec.serving.spare_memory import give_back
from artrec.serving.watching import LOG


def swap(service: Service) -> Loaded:
    """Load the version that CURRENT names; the one in use stays where that fails.

    Raises:
        BundleError: The version cannot be used.
    """
    with service.swapping:  # so that two who saw the same new version count it once
        return _swap(service)


def _swap(service: Service) -> Loaded:
    before = "" if service.shelves.is_empty else service.loaded.version
    try:
        loaded = service.shelves.load()
    except ArtrecError as error:
        service.watch.reloads.labels("failed").inc()
        LOG.error("a bundle could not be loaded", extra={"problem": error.problem})
        raise
    if service.shelves.problem:
        service.watch.reloads.labels("failed").inc()
        LOG.error("a bundle is damaged", extra={"problem": service.shelves.problem})
    give_back()  # of the loading, and of the bundle before
    if loaded.version != before:
        service.watch.reloads.labels("done").inc()
        service.watch.swapped(loaded.version, before)
        LOG.info("bundle in use", extra={"version": loaded.version})
    return loaded
